"""Prints SymPy expressions as LaTeX in the order of factors and terms of the field: p, moments, cumulants, then sizes."""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter

from boundcalc.numbers.errors import ParameterError

_ORDER = "pi r p I_first I_second lambda nu theta kappa mu tau N G c Phi n n_used d eta_1 eta_2 xi zeta Q x y s"
_RANK = {name: rank for rank, name in enumerate(_ORDER.split(" "))}


class FieldPrinter(LatexPrinter):
    """Positive terms first; factors in the order of the field."""

    def _as_ordered_terms(self, expr: Any, order: str | None = None) -> list[Any]:
        terms = list(super()._as_ordered_terms(expr, order=order))
        degrees = [_degree(term) for term in terms]
        if sum(degree > 0 for degree in degrees) > 1:  # by degree in the cumulants, or in p; what has none comes last
            terms = [terms[k] for k in sorted(range(len(terms)), key=lambda k: (degrees[k] == 0, degrees[k]))]
        first = next((k for k, term in enumerate(terms) if not term.could_extract_minus_sign()), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]

    def _print_Mul(self, expr: Any) -> str:
        coefficient, rest = expr.as_coeff_Mul()
        sign = "-" if coefficient < 0 else ""
        above, below = sympy.fraction(rest)
        coefficient = abs(coefficient)
        if below == 1 and coefficient.q != 1 and not above.is_Add:
            return f"{sign}\\frac{{{self._product(coefficient.p, above)}}}{{{coefficient.q}}}"
        if below == 1:
            return sign + _joined([*([] if coefficient == 1 else [self._print(coefficient)]), self._product(1, above)])
        return f"{sign}\\frac{{{self._product(coefficient.p, above)}}}{{{self._product(coefficient.q, below)}}}"

    def _product(self, number: int, rest: Any) -> str:
        factors = sorted(sympy.Mul.make_args(rest), key=_factor_rank)
        if factors == [sympy.S.One]:
            return str(number)
        alone = len(factors) == 1 and number == 1
        parts = [] if number == 1 else [str(number)]
        for factor in factors:
            text = self._print(factor)
            if factor.is_Add and not alone:
                text = rf"\left({text}\right)"
            elif isinstance(factor, sympy.Min | sympy.Max) and not alone:
                text = rf"\,{text}" if parts else text
            parts.append(text)
        return _joined(parts)

    def _print_log(self, expr: Any, exp: Any = None) -> str:
        text = rf"\ln\left({self._print(expr.args[0])}\right)"
        return text if exp is None else f"{text}^{{{exp}}}"

    def _print_Min(self, expr: Any, exp: Any = None) -> str:
        return self._least("min", expr, exp)

    def _print_Max(self, expr: Any, exp: Any = None) -> str:
        return self._least("max", expr, exp)

    def _least(self, name: str, expr: Any, exp: Any) -> str:
        inside = ", ".join(self._print(argument) for argument in sorted(expr.args, key=_size_rank))
        text = rf"\{name}\left({inside}\right)"
        return text if exp is None else f"{text}^{{{exp}}}"


def _joined(factors: list[str]) -> str:
    """Factors beside each other, with a dot before one that begins with a digit."""
    return factors[0] + "".join(rf" \cdot {text}" if text[0].isdigit() else f" {text}" for text in factors[1:])


def _degree(term: Any) -> int:
    """Total degree of a term in the cumulants, or else in p."""
    total = 0
    powers = [factor.as_base_exp() for factor in sympy.Mul.make_args(term)]
    for names in (("kappa_", "total_"), ("p",)):
        total = sum(int(e) for b, e in powers if b.is_Symbol and e.is_Integer and b.name.startswith(names) and b.name != "pi")
        if total:
            break
    return total


def _size_rank(value: Any) -> tuple[int, tuple[Any, ...]]:
    """The arguments of a minimum: n and d before what is compared with them."""
    return (0 if value.is_Symbol and value.name in ("n", "d") else 1, _factor_rank(value))


def _factor_rank(factor: Any) -> tuple[Any, ...]:
    """Sort key: numbers, symbols and their powers by name, then compound factors by size, minima last."""
    if factor.is_number:
        return (0, 0, 0, "")
    base = factor.as_base_exp()[0]
    if base.is_Symbol:
        name, _, index = base.name.rpartition("_")
        if base.name in _RANK or not name:
            name, index = base.name, "0"
        # of one family the highest index first, as in kappa_4 kappa_2; power sums ascend
        number = int(index) if index.isdigit() else 0
        return (1, _RANK.get(name, 40), -number if name in ("kappa", "total") else number, base.name)
    kind = 4 if isinstance(base, sympy.Min | sympy.Max) else 3 if base.has(sympy.Min) else 2
    return (kind, sympy.count_ops(factor), 0, str(factor))


_TALL = re.compile(r"\\(?:frac|sqrt|begin|binom|sum|prod|left|right)")
_INNER = re.compile(r"\\left\(((?:(?!\\left|\\right).)*)\\right\)")


def flattened(text: str) -> str:
    r"""Brackets around what is not tall lose their \left and \right."""
    while True:
        changed = _INNER.sub(lambda match: match[0] if _TALL.search(match[1]) else f"({match[1]})", text)
        if changed == text:
            return text
        text = changed


@cache
def _printer(names: tuple[tuple[Any, str], ...]) -> FieldPrinter:
    return FieldPrinter({"symbol_names": dict(names), "fold_frac_powers": True})


def print_latex(expression: Any, names: dict[Any, str]) -> str:
    """LaTeX of a SymPy expression with these symbol names.

    Raises
    ------
    ParameterError
        For a number with more digits than Python writes.
    """
    try:
        return flattened(_printer(tuple(names.items())).doprint(expression))
    except ValueError as error:
        if "integer string conversion" not in str(error):
            raise
        raise ParameterError("latex", "a number", f"must have at most {sys.get_int_max_str_digits()} digits") from None
