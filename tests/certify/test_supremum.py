"""Branch and bound against closed forms, the exact engine, sampling, and honest stops."""

import random

import mpmath
import pytest
import sympy
from flint import fmpq, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.certify.jets import maximum, positive_part, sqrt
from boundcalc.certify.rational_function import supremum_rational
from boundcalc.certify.supremum import supremum
from boundcalc.numbers.errors import CertificationError, ParameterError

TIGHT = fmpq(1, 10**12)


def cumulants(p):
    """κ_2, κ_4, κ_6 of Rademacher features."""
    return p, p - 3 * p**2, p - 15 * p**2 + 30 * p**3


@pytest.mark.parametrize(
    ("function", "box", "value", "point"),
    [
        (lambda w: w / (1 + w**2), [(0, None)], fmpq(1, 2), (1,)),
        (lambda w: w / (1 + w), [(0, None)], fmpq(1), (None,)),
        (lambda w: 1 / (1 + w), [(fmpq(1, 3), None)], fmpq(3, 4), (fmpq(1, 3),)),
        (lambda w: positive_part(2 - w) ** 2 / (1 + w), [(0, None)], fmpq(4), (0,)),
        (lambda w: -(positive_part(2 - w) ** 2) / (1 + w), [(0, None)], fmpq(0), None),
        (lambda w: -abs_(w - fmpq(1, 3)), [(0, 1)], fmpq(0), None),
        (lambda x: sqrt(x) - x, [(0, 4)], fmpq(1, 4), (fmpq(1, 4),)),
        (lambda x, y: 1 / (1 + (x - fmpq(1, 3)) ** 2 + (y + fmpq(1, 7)) ** 2), [(-1, 1), (-1, 1)], fmpq(1), None),
        (lambda x, y: x * y / (1 + x**2 * y**2 + (x - y) ** 2), [(0, 3), (0, 3)], fmpq(1, 2), (1, 1)),
        (lambda x, y: x + y, [(0, fmpq(1, 3)), (-2, fmpq(1, 7))], fmpq(10, 21), (fmpq(1, 3), fmpq(1, 7))),
        (lambda x, y: maximum(x, y) - x * y, [(0, 1), (0, 1)], fmpq(1), None),
        (lambda x, y, z: (x + 2 * y + 3 * z) / (1 + x**2 + y**2 + z**2), [(-2, 2)] * 3, None, None),
        (lambda x, y, z: x * y * z * (3 - x - y - z), [(0, 1), (0, 1), (0, 1)], fmpq(81, 256), (fmpq(3, 4),) * 3),
        (lambda x: x - x + 5, [(2, 2)], fmpq(5), (2,)),
        (lambda x: fmpq(5, 3), [(0, 1)], fmpq(5, 3), None),
    ],
)
def test_closed_forms(function, box, value, point):
    slack = fmpq(1, 10**7)
    found = supremum(function, box, relative=slack, absolute=slack)
    assert found.converged
    if value is None:  # √14/2
        assert 4 * found.lower**2 <= 14 <= 4 * found.upper**2
    else:
        assert found.lower <= value <= found.upper
    assert found.upper - found.lower <= max(slack, slack * abs(found.lower))
    if point is not None:
        for have, want in zip(found.point, point, strict=True):
            assert (have is None) == (want is None)
            assert want is None or abs(have - want) < fmpq(1, 100)


def abs_(x):
    return maximum(x, -x)


@pytest.mark.parametrize("p", [fmpq(1, 10**9), fmpq(1, 1000), fmpq(7, 100), fmpq(2, 10)])
@pytest.mark.parametrize(("relative", "boxes"), [(fmpq(1, 10**6), 300), (TIGHT, 300)])
def test_capacity_agrees_with_the_exact_engine(p, relative, boxes):
    k2, k4, k6 = cumulants(p)
    q = fmpq_poly([1, 1])
    exact = supremum_rational(q * (k4 + 3 * k2**2 * q) ** 2, k6 + 15 * k4 * k2 * q + 15 * k2**3 * q**3, fmpq(0), None, 30).enclosure

    def row(w):
        return (1 + w) * (k4 + 3 * k2**2 * (1 + w)) ** 2 / (k6 + 15 * k4 * k2 * (1 + w) + 15 * k2**3 * (1 + w) ** 3)

    found = supremum(row, [(0, None)], relative=relative)
    assert found.converged
    assert found.boxes <= boxes
    assert found.lower <= exact.upper
    assert exact.lower <= found.upper
    assert found.upper - found.lower <= relative * found.lower


def test_frontier_in_capacity_and_in_its_root():
    """U9's row function in t, with √t, and in s = √t, where it is a rational function with a positive part."""
    k2, k4, k6 = cumulants(fmpq(1, 1000))
    lam, nu, x3, x2 = k4 / 2, k2**2, fmpq(1, 2), fmpq(1, 3)

    def in_t(t):
        return positive_part(k4 - lam + 3 * k2**2 / t - nu / sqrt(t)) ** 2 / (
            t * (k6 * x3 + 15 * k4 * k2 * x2 / t + 15 * k2**3 / t**3)
        )

    s = fmpq_poly([0, 1])
    g = (k4 - lam) * s**2 + 3 * k2**2 - nu * s
    exact = supremum_rational(
        g**2, k6 * x3 * s**6 + 15 * k4 * k2 * x2 * s**4 + 15 * k2**3, fmpq(0), fmpq(1), 30, positive=g
    ).enclosure
    found = supremum(in_t, [(fmpq(1, 10**6), 1)], relative=TIGHT)
    assert found.converged
    assert found.lower <= exact.upper
    assert exact.lower <= found.upper


coefficients = st.lists(st.integers(-9, 9), min_size=2, max_size=5)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(coefficients, coefficients, st.integers(-3, 1), st.integers(1, 4))
def test_random_rational_functions(top, root, low, length):
    def horner(values, x):
        result = 0
        for c in reversed(values):
            result = result * x + c
        return result

    found = supremum(
        lambda x: horner(top, x) / (horner(root, x) ** 2 + fmpq(1, 3)),
        [(low, low + length)],
        relative=fmpq(1, 10**9),
        absolute=fmpq(1, 10**9),
    )
    exact = supremum_rational(fmpq_poly(top), fmpq_poly(root) ** 2 + fmpq(1, 3), fmpq(low), fmpq(low + length), 30).enclosure
    assert found.converged
    assert found.lower <= exact.upper
    assert exact.lower <= found.upper


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.integers(-5, 5), min_size=6, max_size=6), st.integers(1, 60), st.integers(0, 10**6))
def test_the_upper_end_is_never_below_a_sample(c, budget, seed):
    def f(x, y):
        return (
            (c[0] + c[1] * x + c[2] * y + c[3] * x * y) * positive_part(x + c[4] * y) / (1 + (x - y) ** 2 + x**2 * y**2 + c[5] ** 2)
        )

    found = supremum(f, [(-2, 2), (fmpq(-1, 3), 3)], relative=fmpq(1, 1000), absolute=fmpq(1, 1000), budget=budget)
    source = random.Random(seed)
    with mpmath.workdps(30):
        for _ in range(200):
            x, y = mpmath.mpf(source.randint(-200, 200)) / 100, mpmath.mpf(source.randint(-33, 300)) / 100
            value = (
                (c[0] + c[1] * x + c[2] * y + c[3] * x * y) * max(0, x + c[4] * y) / (1 + (x - y) ** 2 + x**2 * y**2 + c[5] ** 2)
            )
            assert found.upper is None or value <= mpmath.mpf(int(found.upper.p)) / int(found.upper.q) + mpmath.mpf(10) ** -25
    assert found.boxes <= budget + 6  # both halves of the last box are finished, with their faces
    assert found.converged == (found.upper is not None and found.upper - found.lower <= fmpq(1, 1000) * max(1, abs(found.lower)))


class TestHonestStops:
    def test_budget(self):
        found = supremum(lambda x, y: 1 / (1 + (x - y) ** 2), [(-9, 7), (-9, 7)], relative=TIGHT, budget=30)
        assert not found.converged  # a whole line of maximisers
        assert found.lower <= 1 <= found.upper

    def test_poles_are_infinite(self):
        found = supremum(lambda x: 1 / (x - fmpq(1, 3)), [(0, 1)], budget=200)
        assert found.upper is None
        assert not found.converged
        with pytest.raises(CertificationError):
            _ = found.enclosure
        assert found.as_json(5)["upper"] is None

    def test_growth_at_infinity(self):
        assert supremum(lambda w: w, [(0, None)], budget=100).upper is None

    def test_a_removable_singularity_away_from_the_maximum_is_a_gap_too(self):
        assert supremum(lambda x: x**2 / x, [(-1, 1)], budget=100).upper is None

    def test_cancellation_at_infinity_is_no_value(self):
        found = supremum(lambda w: w - (1 + w), [(0, None)], budget=100)
        assert found.lower <= -1
        assert found.upper is None

    def test_nowhere_finite(self):
        with pytest.raises(CertificationError):
            supremum(lambda x: x / (x - x), [(0, 1)], budget=20)


def test_a_maximum_on_a_kink_between_two_boxes_is_not_lost():
    """The first bisection of [−1, 1] falls on the kink, where each half rises towards the other."""
    found = supremum(lambda x: 1 - abs_(x), [(-1, 1)], relative=TIGHT)
    assert found.lower <= 1 <= found.upper
    found = supremum(lambda x, y: 2 - abs_(x) - abs_(y), [(-1, 1), (-1, 1)], relative=fmpq(1, 100))
    assert found.lower <= 2 <= found.upper


def test_expressions():
    w, s = sympy.symbols("w s")
    found = supremum((1 + w) * sympy.Max(0, 3 - w) ** 2 / (1 + w**3), [(0, None)], symbols=[w], relative=TIGHT)
    direct = supremum(lambda w: (1 + w) * positive_part(3 - w) ** 2 / (1 + w**3), [(0, None)], relative=TIGHT)
    assert found.lower <= direct.upper
    assert direct.lower <= found.upper
    two = supremum(w * s / (1 + w**2) - s**2, [(0, None), (0, 1)], symbols=[w, s], relative=fmpq(1, 10**8))
    assert two.lower <= fmpq(1, 16) <= two.upper  # w = 1, s = 1/4


def test_five_and_a_free_moment():
    """U7 for m = 5, p = 1/1000, with g_2 = w² s free and the higher ones least: against a polished mpmath scan."""
    p = fmpq(1, 1000)
    k = {2: p, 4: p - 3 * p**2}
    binomial = sympy.binomial
    for n in (6, 8, 10):
        k[n] = p - sum((int(binomial(n - 1, j - 1)) * k[j] * p for j in range(2, n, 2)), fmpq(0))

    def row(w, s, number=lambda value: value):
        g = [None, w, w**2 * s, w**3 * s**2, w**4 * s**3, w**5 * s**4]
        moments = {0: 1}
        for n in range(2, 11, 2):
            moments[n] = number(k[n]) * (1 + g[n // 2])
            for j in range(2, n, 2):
                moments[n] = moments[n] + int(binomial(n - 1, j - 1)) * number(k[j]) * (1 + g[j // 2]) * moments[n - j]
        return (1 + w) * (5 * number(k[2]) * moments[4] + 10 * number(k[4]) * moments[2] + number(k[6])) ** 2 / moments[10]

    found = supremum(row, [(0, None), (0, 1)], relative=fmpq(1, 10**4))
    assert found.converged
    with mpmath.workdps(40):
        exact = lambda value: mpmath.mpf(int(value.p)) / int(value.q)  # noqa: E731
        best = max(
            (row(mpmath.exp(mpmath.mpf(a) / 50), mpmath.mpf(b) / 20, exact), a, b)
            for a in range(-50, 500, 2)
            for b in range(0, 21, 4)
        )
        assert best[0] <= exact(found.upper)
        assert abs(best[0] / exact(found.lower) - 1) < 0.002


@pytest.mark.parametrize(
    ("box", "options", "parameter"),
    [
        ([], {}, "box"),
        ([(0, 1)] * 4, {}, "box"),
        ([(1, 0)], {}, "box"),
        ([(0, 1)], {"relative": fmpq(-1)}, "relative"),
        ([(0, 1)], {"relative": fmpq(0)}, "relative"),
        ([(0, 1)], {"budget": 0}, "budget"),
    ],
)
def test_bad_input(box, options, parameter):
    with pytest.raises(ParameterError) as caught:
        supremum(lambda *x: x[0], box, **options)
    assert caught.value.parameter == parameter


def test_summary():
    found = supremum(lambda w: w / (1 + w**2), [(0, None)])
    summary = found.as_json(8)
    assert summary["converged"] is True
    assert summary["boxes"] == found.boxes
    assert summary["depth"] == found.depth > 0
    assert found.enclosure.lower == found.lower
    assert fmpq(*map(int, sympy.Rational(summary["lower"]).as_numer_denom())) <= found.lower
    assert fmpq(*map(int, sympy.Rational(summary["upper"]).as_numer_denom())) >= found.upper
