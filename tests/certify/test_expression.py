"""Compiled SymPy expressions against SymPy's own substitution; what is not understood is refused."""

import pytest
import sympy
from flint import arb, fmpq

from boundcalc.certify.expression import compile_expression
from boundcalc.certify.jets import variables
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError

x, y = sympy.symbols("x y", positive=True)


@pytest.mark.parametrize(
    "expression",
    [
        (1 + x) * (x + y) ** 2 / (3 + x**3) - sympy.Rational(2, 7),
        sympy.sqrt(x * y) + x ** sympy.Rational(-3, 2),
        sympy.Max(0, x - y) ** 2 + sympy.Min(x, y, 3),
        sympy.sqrt(2) * x - sympy.Rational(1, 3) ** sympy.Rational(1, 3),
        sympy.Integer(5),
        x,
        (x + y) ** 7 / (x + y + 1) ** 2,
    ],
)
def test_values(expression):
    with precision(150):
        at = variables([arb(fmpq(5, 3)), arb(fmpq(7, 4))], 0)
        found = compile_expression(expression, [x, y])(*at)
        ball = getattr(found, "value", found)
        value = sympy.N(expression.subs({x: sympy.Rational(5, 3), y: sympy.Rational(7, 4)}), 60)
        assert (arb(ball) - arb(str(value))).abs_upper() < arb("1e-38")


def test_common_parts_are_computed_once():
    expression = x
    for _ in range(60):
        expression = (expression + 1) * expression  # 2^60 leaves as a tree
    function = compile_expression(expression, [x])
    assert function(fmpq(0)) == 0


@pytest.mark.parametrize(
    "expression", [sympy.exp(x), x**y, x + sympy.Float(0.1), sympy.pi * x, sympy.Function("f")(x), x + sympy.oo, 2**x]
)
def test_other_operations_are_refused(expression):
    with pytest.raises(ParameterError):
        compile_expression(expression, [x, y])


def test_unknown_symbols_are_refused():
    for symbols in ([x], [x, x], []):
        with pytest.raises(ParameterError):
            compile_expression(x + y, symbols)
