"""Exact suprema against closed forms, mpmath maximisation, SymPy's critical points and an eliminated threshold."""

import mpmath
import pytest
import sympy
from flint import fmpq, fmpq_poly, fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.certify.rational_function import supremum_rational
from boundcalc.certify.real_roots import RealRoot, isolate_real_roots, refine
from boundcalc.numbers.errors import ParameterError

X = fmpq_poly([0, 1])
ONE = fmpq_poly([1])


RADEMACHER = (fmpq(1), fmpq(1), fmpq(1))
UNIFORM = (fmpq(1, 3), fmpq(1, 5), fmpq(1, 7))
GAUSSIAN = (fmpq(1), fmpq(3), fmpq(15))


def capacity(p, mu2, mu4, mu6):
    """U7's row functions for m = 3: the numerator and the two denominators whose lesser counts."""
    k2, k4, k6 = p * mu2, p * mu4 - 3 * (p * mu2) ** 2, p * mu6 - 15 * p**2 * mu2 * mu4 + 30 * (p * mu2) ** 3
    q = X + 1
    den = k6 + 15 * k4 * k2 * q + 15 * k2**3 * q**3
    return q * (k4 + 3 * k2**2 * q) ** 2, den, den + k6 * X**3 + 15 * k4 * k2 * X**2 * q


def closed(value, enclosure):
    """Whether an enclosure holds a SymPy number, by 60 digits."""
    value = sympy.N(value, 60)
    low, high = (sympy.Rational(int(end.p), int(end.q)) for end in (enclosure.lower, enclosure.upper))
    return low - sympy.Rational(1, 10**50) <= value <= high + sympy.Rational(1, 10**50)


@pytest.mark.parametrize(
    ("num", "den", "low", "high", "value", "location"),
    [
        (X, 1 + X**2, fmpq(0), None, fmpq(1, 2), fmpq(1)),
        (ONE, 1 + X**2, fmpq(0), None, fmpq(1), fmpq(0)),  # the derivative vanishes at the end
        (1 - X**8, 1 + X**8, fmpq(0), None, fmpq(1), fmpq(0)),
        (X, 1 + X, fmpq(0), None, fmpq(1), "infinity"),
        (2 * X**2 + X, 3 + X**2, fmpq(-1), None, None, None),
        (X**3, ONE, fmpq(-2), fmpq(3), fmpq(27), fmpq(3)),
        (-X, ONE, fmpq(1, 3), None, fmpq(-1, 3), fmpq(1, 3)),
        (fmpq_poly([5]), fmpq_poly([7]), fmpq(2), None, fmpq(5, 7), fmpq(2)),
        (X, ONE, fmpq(4), fmpq(4), fmpq(4), fmpq(4)),
        (fmpq_poly([]), 1 + X, fmpq(0), None, fmpq(0), fmpq(0)),
    ],
)
def test_closed_forms(num, den, low, high, value, location):
    found = supremum_rational(num, den, low, high, 20)
    if value is None:
        w = sympy.symbols("w")
        critical = 6 + sympy.sqrt(39)  # of (2w² + w)/(w² + 3): w² − 12 w − 3 = 0
        assert closed(((2 * w**2 + w) / (w**2 + 3)).subs(w, critical), found.enclosure)
        assert isinstance(found.location, RealRoot)
        assert found.location.polynomial == fmpz_poly([-3, -12, 1])
    else:
        assert (found.exact, found.location) == (value, location)
        assert found.enclosure.is_exact


@pytest.mark.parametrize("digits", [5, 50, 2000])
def test_an_irrational_supremum(digits):
    found = supremum_rational(X * (2 - X**2), ONE, fmpq(0), fmpq(2), digits)
    assert found.exact is None
    assert found.enclosure.digits >= digits
    # the value v satisfies v² = 32/27
    assert found.enclosure.lower**2 <= fmpq(32, 27) <= found.enclosure.upper**2


def test_a_rational_value_at_an_irrational_point():
    found = supremum_rational(6 - (X**2 - 2) ** 2, fmpq_poly([3]), fmpq(-5), fmpq(5), 20)
    assert found.exact == 2
    assert [found.location, *found.ties] == isolate_real_roots(X**2 - 2)


def test_ties_of_irrational_values():
    even = supremum_rational(2 * X**2 - X**6, ONE, fmpq(-3), fmpq(3), 20)
    assert len(even.ties) == 1
    assert even.exact is None
    assert closed(sympy.sqrt(sympy.Rational(32, 27)), even.enclosure)
    inner = X**3 - 2 * X
    several = supremum_rational(inner * (2 - inner**2), ONE, fmpq(-3, 2), fmpq(3, 2), 20)
    # every solution of x³ − 2x = √(2/3) in the interval ties
    assert 1 + len(several.ties) == len(
        [
            r
            for r in sympy.Poly("27*(x**3-2*x)**2-18", sympy.symbols("x")).nroots(n=30)
            if abs(sympy.im(r)) < 1e-20 and abs(r) <= 1.5 and r**3 - 2 * r > 0
        ]
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_near_ties_are_decided(sign):
    tilt = fmpq(sign, 10**150)
    found = supremum_rational(2 * X**2 - X**6 + tilt * X, ONE, fmpq(-3), fmpq(3), 10)
    assert found.ties == ()
    assert (found.location.low > 0) == (sign > 0)


def test_ends_beat_or_tie_critical_points():
    poly = X**3 - 3 * X  # 2 at −1 and at 2
    found = supremum_rational(poly, ONE, fmpq(-2), fmpq(2), 10)
    assert (found.exact, found.location, found.ties) == (2, -1, (2,))
    assert supremum_rational(poly, ONE, fmpq(-2), fmpq(201, 100), 10).location == fmpq(201, 100)


@pytest.mark.parametrize(
    ("num", "den", "low", "high", "parameter"),
    [
        (X, X - 1, fmpq(0), None, "den"),
        (X, X, fmpq(0), fmpq(1), "den"),
        (X, (X - 1) ** 2, fmpq(0), None, "den"),
        (X, 1 - X, fmpq(0), fmpq(1), "den"),
        (X, -ONE, fmpq(0), fmpq(1), "den"),
        (X, X**2 - 2, fmpq(0), fmpq(1), "den"),
        (X**2, 1 + X, fmpq(0), None, "num"),
        (X, ONE, fmpq(1), fmpq(0), "high"),
    ],
)
def test_bad_input(num, den, low, high, parameter):
    with pytest.raises(ParameterError) as caught:
        supremum_rational(num, den, low, high, 10)
    assert caught.value.parameter == parameter
    assert "\n" not in str(caught.value)


def test_a_limit_of_minus_infinity_is_no_candidate():
    assert supremum_rational(1 - X**2, 1 + X, fmpq(0), None, 10).exact == 1


class TestPositivePart:
    """(g)_+²/D, where the square of a negative g must not count."""

    def test_restricts(self):
        g = 1 - X
        assert supremum_rational(g**2, 1 + X**2, fmpq(1, 2), None, 10).location == "infinity"
        found = supremum_rational(g**2, 1 + X**2, fmpq(1, 2), None, 10, positive=g)
        assert (found.exact, found.location) == (fmpq(1, 5), fmpq(1, 2))

    def test_growth_outside_is_allowed(self):
        assert supremum_rational((1 - X) ** 2, ONE, fmpq(0), None, 10, positive=1 - X).exact == 1

    def test_zero_where_nowhere_positive(self):
        assert supremum_rational((1 - X) ** 2, ONE, fmpq(2), None, 10, positive=1 - X).exact == 0

    def test_zero_beats_negative_values(self):
        found = supremum_rational(-(X - 1), 1 + X**2, fmpq(0), fmpq(3), 10, positive=X - 1)
        assert found.exact == 0

    def test_needs_a_continuous_function(self):
        with pytest.raises(ParameterError):
            supremum_rational(X, ONE, fmpq(0), fmpq(1), 10, positive=X - fmpq(1, 2))


coefficients = st.lists(st.integers(-9, 9), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(coefficients, coefficients, st.integers(-4, 2), st.integers(0, 5))
def test_random_functions_against_numerical_critical_points(top, root, low, length):
    num, den = fmpq_poly(top), fmpq_poly(root) ** 2 + fmpq(1, 3)
    low, high = fmpq(low), fmpq(low + length)
    found = supremum_rational(num, den, low, high, 25)
    assert found.enclosure.digits >= 25
    # independent: SymPy derivative, mpmath roots
    x = sympy.symbols("x")
    n = sympy.Poly(list(reversed(top)), x).as_expr()
    d = sympy.Poly(list(reversed(root)), x).as_expr() ** 2 + sympy.Rational(1, 3)
    slope = sympy.Poly(sympy.expand(sympy.diff(n, x) * d - n * sympy.diff(d, x)), x)
    with mpmath.workdps(60):
        points = [mpmath.mpf(int(low.p)), mpmath.mpf(int(high.p))]
        free = sympy.sqf_part(slope) if not slope.is_zero else slope
        if free.degree() > 0:
            for r in mpmath.polyroots([int(c) for c in free.clear_denoms()[1].all_coeffs()], maxsteps=500, extraprec=400):
                if abs(mpmath.im(r)) < mpmath.mpf(10) ** -30 and points[0] <= mpmath.re(r) <= points[1]:
                    points.append(mpmath.re(r))
        f = sympy.lambdify(x, n / d, "mpmath")
        best = max(mpmath.mpf(f(point)) for point in points)
        ends = [mpmath.mpf(int(e.p)) / int(e.q) for e in (found.enclosure.lower, found.enclosure.upper)]
        slack = mpmath.mpf(10) ** -40 * (1 + abs(best))
        assert ends[0] - slack <= best <= ends[1] + slack


@pytest.mark.parametrize("p", [fmpq(1, 10**9), fmpq(1, 1000), fmpq(7, 100), fmpq(3, 40)])
def test_capacity_for_three_and_signs(p):
    """Rademacher, m = 3, H+ holds: against a dense mpmath scan with a polished maximum."""
    num, den, _ = capacity(p, *RADEMACHER)
    found = supremum_rational(num, den, fmpq(0), None, 30)
    with mpmath.workdps(60):
        k = mpmath.mpf(int(p.p)) / int(p.q)
        k2, k4, k6 = k, k - 3 * k**2, k - 15 * k**2 + 30 * k**3

        def f(u):
            q = mpmath.exp(u)
            return q * (k4 + 3 * k2**2 * q) ** 2 / (k6 + 15 * k4 * k2 * q + 15 * k2**3 * q**3)

        grid = [mpmath.mpf(j) / 40 for j in range(1200)]
        values = [f(u) for u in grid]
        top = values.index(max(values))
        low, high = grid[max(top - 1, 0)], grid[top + 1]
        for _ in range(150):
            a, b = low + (high - low) / 3, high - (high - low) / 3
            low, high = (a, high) if f(a) < f(b) else (low, b)
        best = f((low + high) / 2)
        ends = [mpmath.mpf(int(e.p)) / int(e.q) for e in (found.enclosure.lower, found.enclosure.upper)]
        assert ends[0] * (1 - mpmath.mpf(10) ** -45) <= best <= ends[1] * (1 + mpmath.mpf(10) ** -45)
        assert max(values) <= ends[1]


def no_superposition(p, mu2, mu4, mu6):
    """Whether U7's supremum sits at w = 0, and that it then equals p α²/β exactly."""
    num, *dens = capacity(p, mu2, mu4, mu6)
    value = num(fmpq(0)) / dens[0](fmpq(0))
    found = [supremum_rational(num, den, fmpq(0), None, 15) for den in dens]
    at_zero = all(one.exact == value for one in found)
    if at_zero:
        assert value == p * mu4**2 / mu6
        assert all(fmpq(0) in (one.location, *one.ties) for one in found)
    return at_zero


@pytest.mark.parametrize(
    ("p", "law", "expected"),
    [
        ("0.12270623", RADEMACHER, False),
        ("0.12270624", RADEMACHER, True),
        ("0.2", RADEMACHER, True),
        ("1/3", RADEMACHER, True),
        ("0.299999", UNIFORM, False),
        ("0.3", UNIFORM, True),
        ("0.6", UNIFORM, True),
        ("0.99", GAUSSIAN, False),
        ("1", GAUSSIAN, True),
    ],
)
def test_no_superposition(p, law, expected):
    value = sympy.Rational(p)
    assert no_superposition(fmpq(int(value.p), int(value.q)), *law) is expected


def test_the_threshold_is_an_explicit_algebraic_number():
    """Eliminating w: the supremum leaves w = 0 where f(0) D − num has a double root, at 108 p² − 54 p + 5 = 0."""
    w, p = sympy.symbols("w p")
    k2, k4, k6 = p, p - 3 * p**2, p - 15 * p**2 + 30 * p**3
    num = (1 + w) * (k4 + 3 * k2**2 * (1 + w)) ** 2
    den = k6 + 15 * k4 * k2 * (1 + w) + 15 * k2**3 * (1 + w) ** 3
    gap = sympy.Poly(sympy.cancel((num.subs(w, 0) * den - num * den.subs(w, 0)) / w), w)
    factors = [f for f, _ in sympy.factor_list(gap.discriminant())[1] if f != p]
    assert factors == [108 * p**2 - 54 * p + 5]
    threshold = isolate_real_roots(fmpz_poly([5, -54, 108]), fmpq(0), fmpq(1, 3))[0]
    assert (threshold.index, refine(threshold, 8).decimals(8)[0]) == (0, "0.12270623")
    assert closed((9 - sympy.sqrt(21)) / 36, refine(threshold, 40))
    # on either side of it, 1e-30 away
    narrow = refine(threshold, 30)
    assert not no_superposition(narrow.lower, *RADEMACHER)
    assert no_superposition(narrow.upper, *RADEMACHER)
