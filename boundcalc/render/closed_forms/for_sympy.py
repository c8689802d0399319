r"""Prints a bound as LaTeX that both readers of SymPy, antlr and lark, read back right.

``d(d+2)`` is a function of d + 2 for one and several readings for the other, ``d \cdot`` a name "dcdot"; each lacks some of \min,
cases, capital Greek letters, \pi and Q_{10}. Here every product has its *, a minimum is half of a sum less an absolute value,
cases are lines of their own, and what has a name that one of them cannot read has another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sympy

from boundcalc.bounds.declaration import Bound, UpperBound
from boundcalc.language.claims import plain
from boundcalc.model.notation import latex_names
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.symbolic_ring import ExpectedMinimum
from boundcalc.render.closed_forms.closed_form import named_expression
from boundcalc.render.closed_forms.conditions import conditions

BOUNDED = "I_{0}"
"""What stands for I*."""
UNDER = "F_{0}"
"""What stands for a function of a row whose supremum is taken."""
_OTHER = {
    r"\pi": r"\rho",
    r"\Lambda": r"\lambda_{0}",
    "E(h)": r"\epsilon",
    "n'": "n_{1}",
    "z'": "z_{1}",
    r"\Phi": r"\phi",
    r"\kappa'": r"\psi",
}
_NAME = re.compile(r"(?P<base>\\?[A-Za-z]+'?(?:\(h\))?)(?:_\{?(?P<index>\d+)\}?)?(?:\(d\))?")
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def for_sympy(bound: Bound, m: int) -> str:
    """The bound for exponent m: comments that begin with %, and a formula a line.

    Raises
    ------
    ParameterError
        If the bound has no expanded form for m.
    """
    why = bound.undefined(m)
    if why:
        raise ParameterError("m", m, f"{why} for the bound {bound.key}")
    if bound.general is not None and m > bound.general.up_to:
        raise ParameterError("m", m, f"must be at most {bound.general.up_to} for a form of {bound.key} without recursions")
    return "\n".join(_lines(bound, m))


def _lines(bound: Bound, m: int) -> Iterator[str]:
    expression, q = named_expression(bound, m)
    printer = _Printer(latex_names(m) | q.names)
    upper, over_rows = isinstance(bound, UpperBound), bool(bound.operator(m))
    relation = r"\le" if upper else r"\ge"
    body = [f"{UNDER} = {printer.text(expression)}" if over_rows else f"{BOUNDED} {relation} {printer.text(expression)}"]
    definitions = list(_definitions(expression, q.meanings, printer))
    yield f"% bound {bound.key} ({bound.section}) for m = {m}: a formula a line, for sympy.parsing.latex.parse_latex"
    yield f"% assumes: {plain('; '.join(conditions(bound, m))) or 'nothing more'}"
    yield f"% {BOUNDED} is the largest improvement I*"
    if over_rows:
        yield f"% and at most the supremum of {UNDER} over the rows with a_i = 1 of all Gram matrices"
    for ours, theirs in sorted(printer.renamed.items()):
        yield f"% {theirs} stands for {ours}"
    yield from definitions
    yield from body


def _definitions(expression: Any, meanings: dict[Any, Any], printer: _Printer) -> Iterator[str]:
    """What the names stand for, each after what it uses."""
    found: list[Any] = []

    def visit(inside: Any) -> None:
        for sign in sorted(inside.free_symbols, key=str):
            if sign in meanings and sign not in found:
                meaning = meanings[sign]
                if not isinstance(meaning, str):
                    visit(meaning)
                found.append(sign)

    visit(expression)
    for sign in found:
        meaning = meanings[sign]
        if isinstance(meaning, str):
            yield f"{printer.text(sign)} = {meaning}"
        elif isinstance(meaning, sympy.Piecewise):
            for place, (value, condition) in enumerate(meaning.args):
                yield f"% {'else ' if place else ''}where {printer.condition(condition)}:"
                yield rf"\frac{{1}}{{{printer.text(sign)}}} = {printer.text(value)}"
        else:
            yield f"{printer.text(sign)} = {printer.text(meaning)}"


class _Printer:
    """Writes expressions with every sign in place; remembers what had to have another name."""

    def __init__(self, names: dict[Any, str]) -> None:
        self.names = names
        self.renamed: dict[str, str] = {}

    def text(self, expression: Any, least: int = _SUM) -> str:
        """The expression, in brackets where it binds less than ``least``."""
        written, rank = self._written(expression)
        return f"({written})" if rank < least else written

    def condition(self, relation: Any) -> str:
        """A comparison, for a comment."""
        sign = {sympy.StrictLessThan: "<", sympy.GreaterThan: ">="}[type(relation)]
        return f"{self.text(relation.lhs)} {sign} {self.text(relation.rhs)}"

    def _written(self, expression: Any) -> tuple[str, int]:
        if expression.is_Symbol:
            return self._name(self.names.get(expression, expression.name)), _ATOM
        if expression.is_Integer:
            return str(expression), _ATOM if expression >= 0 else _SUM
        if expression.is_Add:
            return self._sum(expression), _SUM
        if expression.is_Mul or expression.is_Rational:
            return self._product(expression)
        if expression.is_Pow:
            return self._power(*expression.as_base_exp())
        if isinstance(expression, sympy.Min):
            return self._least(list(expression.args)), _ATOM
        if isinstance(expression, sympy.log):
            return rf"\ln({self.text(expression.args[0])})", _ATOM
        if isinstance(expression, ExpectedMinimum):
            d, n, p = (self.text(part, _ATOM) for part in expression.args)
            chance = rf"\binom{{{n}}}{{k}}*{p}^{{k}}*(1 - {p})^{{{n} - k}}"
            return rf"{d} - \sum_{{k = 0}}^{{{d} - 1}} (({d} - k)*{chance})", _SUM
        raise TypeError(f"{type(expression).__name__}: no LaTeX for SymPy's readers")

    def _name(self, latex: str) -> str:
        match = _NAME.fullmatch(latex)
        if match is None:
            raise TypeError(f"{latex}: no name for SymPy's readers")
        base, index = match["base"], match["index"]
        found = _OTHER.get(base, base)
        if index is not None:
            place = int(index)
            found += "_{" + (index if place < 10 else chr(ord("a") + place - 10)) + "}"
        if re.sub(r"[{}]", "", found) != re.sub(r"[{}]|\(d\)", "", latex):
            self.renamed[latex] = found
        return found

    def _sum(self, expression: Any) -> str:
        terms = sorted(expression.as_ordered_terms(), key=lambda term: bool(term.could_extract_minus_sign()))
        text = self.text(terms[0], _PRODUCT) if not terms[0].could_extract_minus_sign() else f"-{self.text(-terms[0], _PRODUCT)}"
        for term in terms[1:]:
            negative = term.could_extract_minus_sign()
            text += f" - {self.text(-term, _PRODUCT)}" if negative else f" + {self.text(term, _PRODUCT)}"
        return text

    def _product(self, expression: Any) -> tuple[str, int]:
        if not expression.is_Add and expression.could_extract_minus_sign():
            return f"-{self.text(-expression, _PRODUCT)}", _SUM
        above, below = sympy.fraction(expression)
        if below != 1:
            return rf"\frac{{{self.text(above)}}}{{{self.text(below)}}}", _ATOM
        return "*".join(self.text(factor, _POWER) for factor in expression.as_ordered_factors()), _PRODUCT

    def _power(self, base: Any, exponent: Any) -> tuple[str, int]:
        if exponent.could_extract_minus_sign():
            return rf"\frac{{1}}{{{self.text(base**-exponent)}}}", _ATOM
        if exponent == sympy.Rational(1, 2):
            return rf"\sqrt{{{self.text(base)}}}", _ATOM
        return f"{self.text(base, _ATOM)}^{{{self.text(exponent)}}}", _POWER

    def _least(self, values: list[Any]) -> str:
        """min(a, b) = (a + b - |a - b|)/2, applied from the right."""
        first, *rest = (self.text(value, _PRODUCT) for value in sorted(values, key=str))
        for other in rest:
            first = rf"\frac{{{first} + {other} - |{first} - {other}|}}{{2}}"
        return first
