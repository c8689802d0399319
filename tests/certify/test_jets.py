"""Jets against SymPy's derivatives at rational points, and their enclosure property on boxes."""

import pytest
import sympy
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.certify.jets import constant, maximum, minimum, positive_part, power, sqrt, variables
from boundcalc.numbers.enclosure import Enclosure, precision

x, y = sympy.symbols("x y")
FUNCTIONS = {
    "polynomial": lambda a, b: 3 * a**3 * b - 2 * b**2 + a * 7 - fmpq(1, 3),
    "quotient": lambda a, b: (a + b) ** 2 / (1 + a * a + b**4) - 1 / (3 + b),
    "roots": lambda a, b: root(a) * (2 - root(b) ** 3) / (5 + a),
    "powers": lambda a, b: (1 + a) ** -3 + (a * b) ** 5 - b / 4,
    "reversed": lambda a, b: 2 / a - (1 - b) * fmpq(2, 3) - (-a),
    "zeroth": lambda a, b: (a + b) ** 0 + a,
}


def root(value):
    """The square root of a jet or of a SymPy expression."""
    return sympy.sqrt(value) if isinstance(value, sympy.Expr) else sqrt(value)


def symbolic(name):
    """The same formula in SymPy: exact constants become SymPy's."""
    source = FUNCTIONS[name]
    third, two_thirds = sympy.Rational(1, 3), sympy.Rational(2, 3)
    if name == "polynomial":
        return 3 * x**3 * y - 2 * y**2 + 7 * x - third
    if name == "reversed":
        return 2 / x - (1 - y) * two_thirds + x
    return sympy.sympify(source(x, y))


def holds(ball, exact):
    """Whether a ball holds a SymPy number."""
    value = sympy.N(exact, 60)
    found = Enclosure.of(ball)
    low, high = (sympy.Rational(int(e.p), int(e.q)) for e in (found.lower, found.upper))
    slack = sympy.Rational(1, 10**50)
    return bool(low - slack <= value) and bool(value <= high + slack)


points = st.builds(fmpq, st.integers(1, 40), st.integers(3, 17))


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(a=points, b=points, width=st.sampled_from([fmpq(0), fmpq(1, 1000), fmpq(1, 16)]))
def test_derivatives_on_a_box_hold_those_at_its_points(name, a, b, width):
    expression = symbolic(name)
    sides = width * a, width * b / 2
    with precision(120):
        jet = FUNCTIONS[name](*variables([arb(a, sides[0]), arb(b, sides[1])], 2))
        for s, t in ((0, 0), (-1, 1), (1, fmpq(-1, 3))):
            at = {v: sympy.Rational(int(c.p), int(c.q)) for v, c in ((x, a + sides[0] * s), (y, b + sides[1] * t))}
            assert holds(jet.value, expression.subs(at))
            for ball, v in zip(jet.gradient, (x, y), strict=True):
                assert holds(ball, sympy.diff(expression, v).subs(at))
            for ball, (v, w) in zip(jet.hessian, ((x, x), (y, x), (y, y)), strict=True):
                assert holds(ball, sympy.diff(expression, v, w).subs(at))
        if width == 0:
            assert all(ball.rel_accuracy_bits() > 60 or ball.contains(0) for ball in (jet.value, *jet.gradient, *jet.hessian))


@pytest.mark.parametrize("order", [0, 1, 2])
def test_orders_agree(order):
    with precision(80):
        box = [arb(fmpq(3, 2), fmpq(1, 8)), arb(fmpq(1, 2), fmpq(1, 8))]
        for f in FUNCTIONS.values():
            jet, full = f(*variables(box, order)), f(*variables(box, 2))
            assert len(jet.gradient) == (2 if order else 0)
            assert len(jet.hessian) == (3 if order == 2 else 0)
            assert jet.value.overlaps(full.value)
            assert all(a.overlaps(b) for a, b in zip(jet.gradient, full.gradient, strict=False))


def test_kinks_have_generalised_gradients_and_no_hessian():
    (a,) = variables([arb(0, 1)], 2)
    kink = positive_part(a)
    assert kink.gradient[0].contains(0)
    assert kink.gradient[0].contains(1)
    assert not kink.hessian[0].is_finite()
    (b,) = variables([arb(fmpq(3, 2), fmpq(1, 2))], 2)
    assert positive_part(b) is b
    assert positive_part(-b).value == 0
    # a box that only touches the kink keeps both sides of it: both slopes of -|x| at 0
    (c,) = variables([arb(-1, 1)], 1)
    slope = minimum(c, -c).gradient[0]
    assert slope.contains(1)
    assert slope.contains(-1)


def test_maximum_and_minimum_of_mixed_arguments():
    (a,) = variables([arb(2)], 1)
    assert maximum(3, a).value == 3
    assert maximum(a, fmpq(1, 2)).gradient[0] == 1
    assert minimum(a, 3).value == 2
    assert minimum(arb(1), 2) == 1
    assert maximum(arb(1), arb(4)) == 4
    assert constant(arb(5), a).gradient[0] == 0


def test_roots_at_the_edge_of_their_domain():
    with precision(64):
        a, b = variables([arb(fmpq(1, 2), fmpq(1, 2)), arb(3)], 2)
        value = sqrt(a) + b
        assert value.value.contains(3)
        assert value.value.contains(4)
        assert not value.gradient[0].is_finite()
        assert value.gradient[1] == 1  # the other variable's derivative is not lost
        assert sqrt(arb(-1)) == 0
        assert sqrt(arb(4)) == 2


@pytest.mark.parametrize("exponent", [2, 3, 4, 7, -1, -2, -3, 0, fmpq(1, 2), fmpq(3, 2), fmpq(-5, 2), fmpq(2, 3)])
@pytest.mark.parametrize(("low", "high"), [(1, 3), (2, 2), (fmpq(1, 7), 5)])
def test_powers_are_tight_at_their_ends(exponent, low, high):
    with precision(100):
        ball = power(arb((fmpq(low) + high) / 2, (fmpq(high) - low) / 2), exponent)
        ends = [arb(e) ** arb(fmpq(exponent)) for e in (low, high)]
        assert all(ball.overlaps(end) for end in ends)
        exact_range = max(ends, key=float) - min(ends, key=float)
        assert float((ball.upper() - ball.lower()).upper()) <= float(exact_range.upper()) * (1 + 1e-4) + 1e-25  # 30-bit radii


def test_even_powers_of_a_ball_around_zero_are_not_negative():
    square = power(arb(0, 2), 2)
    assert square.lower() >= arb("-1e-7")
    assert square.upper() >= 4
    assert not power(arb(0, 2), -2).is_finite()
    assert power(arb(0, 2), 3).contains(-8)


def test_foreign_operands_are_refused():
    (a,) = variables([arb(1)], 1)
    for operation in (lambda: a + 0.5, lambda: a * "2", lambda: a / None):
        with pytest.raises(TypeError):
            operation()
