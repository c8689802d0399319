"""The threshold of no superposition, found again from the row function by SymPy alone."""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq

from boundcalc.bounds.upper import capacity
from boundcalc.model.laws import parse_law
from boundcalc.model.notation import symbol
from boundcalc.model.problem import INFINITY, Problem
from tools.rows import cumulants_symbolic, unit_rows
from tools.threshold import no_superposition_threshold, no_superposition_windows, superposition_threshold

P, W = symbol("p"), sympy.Symbol("w", nonnegative=True)


def gap(law):
    """(g p D~ - (1 + w) C~^2)/w for m = 3, with kappa_6 < 0 <= kappa_4: the spread form, g_2 = g_3 = 0."""
    correlation, energy = unit_rows(3)
    mu = {symbol("mu", k): sympy.Rational(str(parse_law(law).moment(k))) for k in (2, 4, 6)}
    values = {symbol("kappa", 2 * j): value.subs(mu) for j, value in enumerate(cumulants_symbolic(3), 1)}
    values |= {symbol("Q", 2): 1 + W, symbol("Q", 4): 1, symbol("Q", 6): 1}
    g = mu[symbol("mu", 4)] ** 2 / mu[symbol("mu", 6)]
    difference = sympy.expand(g * P * energy.subs(values) - (1 + W) * correlation.subs(values) ** 2)
    quotient, rest = sympy.div(sympy.Poly(difference, W), sympy.Poly(W, W))
    assert rest.is_zero
    return quotient


def test_Rademacher():
    found = superposition_threshold(parse_law("rademacher"))
    assert found.polynomial == sympy.Poly(108 * P**2 - 54 * P + 5, P)
    assert found.index == 0
    assert sympy.simplify(found.root - (sympy.Rational(1, 4) - sympy.sqrt(21) / 36)) == 0
    assert abs(found.root.evalf(30) - sympy.Float("0.12270623")) < 1e-8


def test_rademacher_threshold_is_where_the_gap_touches_zero():
    """Its minimal polynomial divides the discriminant of the gap in w or the gap's value at the boundary."""
    found = superposition_threshold(parse_law("rademacher"))
    quotient = gap("rademacher")
    events = sympy.discriminant(quotient.as_expr(), W) * quotient.all_coeffs()[0] * quotient.all_coeffs()[-1]
    assert sympy.rem(sympy.Poly(events, P), found.polynomial).is_zero
    below, above = (quotient.as_expr().subs(P, sympy.nsimplify(str(float(found.root) + step))) for step in (-1e-3, 1e-3))
    points = [sympy.Rational(k, 100) for k in range(2000)]
    assert min(below.subs(W, w) for w in points) < 0
    assert min(above.subs(W, w) for w in points) >= 0


@pytest.mark.parametrize(("law", "value"), [("uniform", "3/10"), ("gaussian", "1")])
def test_rational_thresholds(law, value):
    assert superposition_threshold(parse_law(law)).root == sympy.Rational(value)


def test_no_threshold():
    assert superposition_threshold(parse_law("laplace")) is None


def test_latex_names_polynomial_and_root():
    assert superposition_threshold(parse_law("rademacher")).latex.endswith(
        r"108 p^{2} - 54 p + 5 = 0, \quad \text{real root no. } 1"
    )


def alone(problem):
    """r p g of Rademacher features."""
    return problem.rank * problem.p


def test_the_threshold_is_the_root_of_a_quadratic():
    root = no_superposition_threshold(parse_law("rademacher"))
    assert [int(c) for c in root.polynomial.coeffs()] == [5, -54, 108]
    assert root.index == 0
    p = root.refined(200).low
    assert abs(int(p.p) / int(p.q) - (9 - 21**0.5) / 36) < 1e-16  # the quadratic solved by hand
    # just below, superposition is no longer excluded
    step = fmpq(1, 10**12)
    above, below = (Problem(INFINITY, 2, 3, x, "rademacher") for x in (p + step, p - step))
    assert capacity.BOUND.exact(above, capacity.BOUND.choose(above)) == alone(above)
    assert capacity.BOUND.enclose(below, capacity.BOUND.choose(below), 30).lower > alone(below)


def test_windows_of_the_named_laws():
    ends = {
        law: [(a.rational, b.rational) for a, b in no_superposition_windows(parse_law(law))]
        for law in ("rademacher", "gaussian", "uniform", "laplace")
    }
    assert ends["uniform"] == [(fmpq(3, 10), fmpq(3, 5))]
    assert ends["gaussian"] == [(1, 1)]
    assert ends["laplace"] == []
    assert ends["rademacher"] == [(None, fmpq(1, 3))]
