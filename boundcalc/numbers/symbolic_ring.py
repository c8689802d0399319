"""Defines the ring of SymPy expressions; importing this module imports SymPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy
from flint import fmpq
from sympy.printing.latex import LatexPrinter

from boundcalc.numbers.moments import Number


class ExpectedMinimum(sympy.Function):
    """E min(d, Bin(n, p)), left unevaluated."""

    nargs = 3

    def _latex(self, printer: LatexPrinter, **_: object) -> str:
        d, n, p = (printer.doprint(argument) for argument in self.args)
        return rf"\mathbb{{E}}\min\left({d}, \operatorname{{Bin}}({n}, {p})\right)"


class SymbolicArithmetic:
    """SymPy expressions in the symbols of :mod:`boundcalc.model.notation`."""

    def number(self, value: fmpq) -> sympy.Rational:
        return sympy.Rational(int(value.p), int(value.q))

    def power(self, base: Number, exponent: fmpq) -> sympy.Expr:
        return base ** self.number(exponent)

    def minimum(self, *values: Number) -> sympy.Expr:
        return sympy.Min(*values)

    def maximum(self, *values: Number) -> sympy.Expr:
        return sympy.Max(*values)

    def isolation(self, p: Number, n: Number) -> sympy.Expr:
        return (1 - p) ** (n - 1)

    def expected_minimum(self, d: Number, n: Number, p: Number) -> sympy.Expr:
        return ExpectedMinimum(d, n, p)

    def log(self, value: Number) -> sympy.Expr:
        return sympy.log(value)

    def cases(self, n: Number, pieces: Sequence[tuple[Number, Callable[[], Number]]]) -> sympy.Expr:
        ends = [start for start, _ in pieces[1:]]
        branches = [(sympy.sympify(piece()), n < end) for (_, piece), end in zip(pieces, ends, strict=False)]
        return sympy.Piecewise(*branches, (sympy.sympify(pieces[-1][1]()), True))


SYMBOLIC = SymbolicArithmetic()
