r"""Lays out a bound in closed form: one displayed inequality and the definitions of the names in it.

Parts that are wider than a line get names of their own, \Phi_1, \Phi_2, …, so that the rest can be broken at its signs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy

from boundcalc.bounds.declaration import Bound, UpperBound
from boundcalc.model.notation import NOTATION, latex_names, symbol
from boundcalc.numbers.display import shows
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.closed_forms.named import NamedQuantities
from boundcalc.render.lines import sums
from boundcalc.render.printer import print_latex
from boundcalc.render.renaming import NONE
from boundcalc.render.tokens import read
from boundcalc.render.width import TEXT_WIDTH, width

LARGEST_TEXT = 60_000
"""Longest formula, in characters, that is laid out."""
ROOM = TEXT_WIDTH - 50
"""Width that a part may take beside a name and a sign."""


@dataclass(frozen=True)
class ClosedForm:
    """A bound's inequality for one exponent.

    Attributes
    ----------
    inequality : str
        LaTeX of I* <= … or I* >= ….
    definitions : tuple of (name, value)
        LaTeX of the names in it, in the order of their use.
    symbols : tuple of str
        Names in :mod:`boundcalc.model.notation` of what remains free.
    note : str
        Why the form is not expanded, as a sentence; empty where it is.
    over_rows : bool
        Whether a supremum over the power sums of a row is taken.
    """

    inequality: str
    definitions: tuple[tuple[str, str], ...]
    symbols: tuple[str, ...]
    note: str = ""
    over_rows: bool = False


@lru_cache(maxsize=128)
def closed_form(bound: Bound, m: int) -> ClosedForm:
    """The bound for exponent m; unexpanded, with a note, where the expanded form would be too large.

    Raises
    ------
    ParameterError
        If the bound exists for other exponents only.
    """
    why = bound.undefined(m)
    if why:
        raise ParameterError("m", m, f"{why} for the bound {bound.key}")
    general = bound.general
    if general is None or m <= general.up_to:
        return _expanded(bound, m)
    note = f"the form is not expanded: that is done up to $m = {general.up_to}$, as it would take too long for $m = {m}$"
    return ClosedForm(general.inequality, general.definitions, general.symbols, note, bool(bound.operator(m)))


@shows(Bound, "statement")
def in_one_line(bound: Bound, m: int) -> str:
    """The inequality and its definitions as one formula."""
    return r", \quad ".join(statement_lines(bound, m))


def statement_lines(bound: Bound, m: int) -> list[str]:
    """The inequality, and each definition of a name in it."""
    form = closed_form(bound, m)
    return [NONE(form.inequality), *(f"{NONE(name)} = {NONE(value)}" for name, value in form.definitions)]


def named_expression(bound: Bound, m: int) -> tuple[Any, NamedQuantities]:
    """The formula, or what stands under its supremum, as an expression, and what the names in it stand for."""
    q = NamedQuantities(m)
    expression = sympy.sympify(bound.formula(q, **bound.symbols(m)))
    for j in range(1, m + 1):  # for formulas that receive the cumulants as symbols
        if symbol("kappa", 2 * j) in expression.free_symbols:
            q.cumulant(j)
    return expression if bound.operator(m) else q.arranged(expression), q


def _expanded(bound: Bound, m: int) -> ClosedForm:
    expression, q = named_expression(bound, m)
    operator = bound.operator(m)
    names = latex_names(m) | q.names
    layout = _Layout(names, dict(q.meanings))
    relation = r"\le" if isinstance(bound, UpperBound) else r"\ge"
    left = rf"I^{{\ast}} {relation} "
    if operator:
        rows = {symbol("Q", 2 * j) for j in range(1, m + 1)}
        outside, inside = expression.as_independent(*rows, as_Add=True)
        constant, inside = inside.as_independent(*rows, as_Add=False) if not inside.is_Add else (sympy.S.One, inside)
        factor = "" if constant == 1 else layout.text(constant, ROOM / 3) + r"\, "
        inside = q.arranged(inside)
        room = ROOM - width(operator + factor)
        text = factor + operator + layout.text(inside, room)
        if outside != 0:
            text = layout.text(outside, ROOM) + " + " + text
    else:
        text = layout.text(expression, ROOM)
    found = layout.definitions(text)
    return ClosedForm(left + text, tuple(found), entries(layout.free), over_rows=bool(operator))


def entries(signs: Iterable[Any]) -> tuple[str, ...]:
    """The names in the notation of SymPy symbols, in its order."""
    return tuple(name for name in NOTATION if any(_is_entry(sign, name) for sign in signs))


def _is_entry(sign: Any, name: str) -> bool:
    base, _, index = sign.name.rpartition("_")
    return bool(sign.name == name or (base == name and index.isdigit() and "%d" in NOTATION[name].latex))


class _Layout:
    """Prints expressions, naming the parts that are too wide; collects the definitions that are used."""

    def __init__(self, names: dict[Any, str], meanings: dict[Any, Any]) -> None:
        self.names, self.meanings = names, meanings
        self.used: list[Any] = []
        self.parts: dict[Any, Any] = {}
        self.free: set[Any] = set()

    def text(self, expression: Any, room: float) -> str:
        """LaTeX whose parts between top-level signs fit into ``room``."""
        while True:
            expression = expression.xreplace({part: sign for sign, part in self.parts.items() if part != expression})
            text = print_latex(expression, self.names)
            if len(text) > LARGEST_TEXT:
                raise ParameterError("m", "large", "gives a formula that is too long to be laid out")
            part = None if _fits(text, room) else self._widest(expression, room)
            if part is None:
                self._use(expression)
                return text
            sign = sympy.Symbol(f"Phi_{len(self.parts) + 1}", positive=True)
            self.names[sign] = rf"\Phi_{{{len(self.parts) + 1}}}"
            self.parts[sign] = self.meanings[sign] = part

    def _widest(self, expression: Any, room: float) -> Any:
        """The widest sum inside the first term that does not fit; any compound part where there is no sum."""
        for term in sympy.Add.make_args(expression):
            if _fits(print_latex(term, self.names), room):
                continue
            inner = [node for node in sympy.preorder_traversal(term) if node != term and node != expression]
            for kinds in ((sympy.Add,), (sympy.Min, sympy.Max, sympy.Mul, sympy.Pow)):
                found = [node for node in inner if isinstance(node, kinds) and not node.is_number and self._width(node) > 60]
                if found:
                    return max(found, key=self._width)
        return None

    def _width(self, node: Any) -> float:
        return width(print_latex(node, self.names))

    def _use(self, expression: Any) -> None:
        for sign in sorted(expression.free_symbols, key=lambda sign: _natural(sign.name)):
            if sign in self.meanings:
                if sign not in self.used:
                    self.used.append(sign)
            else:
                self.free.add(sign)

    def definitions(self, _: str) -> list[tuple[str, str]]:
        """Name and value of everything that is used, until nothing new turns up."""
        found: list[tuple[Any, str]] = []
        at = 0
        while at < len(self.used):
            sign = self.used[at]
            at += 1
            meaning = self.meanings[sign]
            if isinstance(meaning, str):
                found.append((sign, meaning))
                self.free |= {symbol("d")} if "d" in meaning else set()
            elif isinstance(meaning, sympy.Piecewise):
                found.append((sign, self._cases(meaning)))
            else:
                found.append((sign, self.text(meaning, ROOM)))
        found.sort(key=lambda pair: _place(pair[0].name))
        return [(r"\frac{1}{G}" if sign.name == "G" else self.names[sign], value) for sign, value in found]

    def _cases(self, meaning: Any) -> str:
        rows = []
        for value, condition in meaning.args:
            if _fits(print_latex(value, self.names), 130.0):
                self._use(value)
                shown = print_latex(value, self.names)
            else:
                sign = sympy.Symbol(f"Phi_{len(self.parts) + 1}", positive=True)
                self.names[sign] = rf"\Phi_{{{len(self.parts) + 1}}}"
                self.parts[sign] = self.meanings[sign] = value
                self.used.append(sign)
                shown = self.names[sign]
            self._use(condition)
            rows.append(f"{shown}, & {print_latex(condition, self.names)}")
        return r"\begin{cases} " + r" \\[3pt] ".join(rows) + r" \end{cases}"


def _fits(text: str, room: float) -> bool:
    return max(width(line) for line in sums(read(text), room)) <= room


_PLACES = ("G", "Phi", "total", "delta", "tau", "N", "pi", "r", "kappa", "other")


def _place(name: str) -> tuple[int, int]:
    """The place of a definition: what is used first comes first."""
    base, index = _natural(name)
    return (_PLACES.index(base) if base in _PLACES else len(_PLACES), index)


def _natural(name: str) -> tuple[str, int]:
    base, _, index = name.rpartition("_")
    return (base, int(index)) if index.isdigit() else (name, 0)
