"""w = low + u/(1 − u): values agree with direct evaluation, and limits at infinity are finite."""

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.certify.compactification import unbounded
from boundcalc.certify.jets import maximum, sqrt, variables
from boundcalc.numbers.enclosure import precision

FUNCTIONS = {
    "quotient": lambda w: (3 * w**2 + 1) / (w * w + w + 5),
    "mixed": lambda w: (1 + w) * (2 - 1 / (1 + w)) ** 2 / (7 + w) - fmpq(1, 3),
    "root": lambda w: sqrt(w + 1) * w / (1 + w) ** fmpq(3, 2),
    "maximum": lambda w: maximum(w - 3, 2) ** 2 / (1 + w**2),
    "decay": lambda w: 5 / (2 + w) - w / (1 + w**3),
}
LIMITS = {"quotient": 3, "mixed": fmpq(11, 3), "root": 1, "maximum": 1, "decay": 0}


def compact(f, u, low, order=0):
    jet = f(*unbounded(variables([u], order), [low], [0]))
    return jet.jet()


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    u=st.builds(lambda a, b: fmpq(a, a + b), st.integers(0, 500), st.integers(1, 500)), low=st.sampled_from([fmpq(0), fmpq(2, 3)])
)
def test_agrees_with_direct_evaluation(name, u, low):
    with precision(100):
        direct = FUNCTIONS[name](variables([arb(low + u / (1 - u))], 0)[0]).value
        value = compact(FUNCTIONS[name], arb(u), low).value
        assert value.overlaps(direct)
        assert (value - direct).abs_upper() < arb("1e-20")


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("low", [fmpq(0), fmpq(7)])
def test_limits_at_infinity(name, low):
    with precision(100):
        at = compact(FUNCTIONS[name], arb(1), low).value
        assert at.contains(LIMITS[name])
        near = compact(FUNCTIONS[name], arb(1 - fmpq(1, 2000), fmpq(1, 2000)), low).value
        assert near.is_finite()
        assert near.contains(LIMITS[name])
        assert near.rad() < arb("0.3")


def test_derivatives_follow_u():
    """d/du of w²/(1 + w²) with w = u/(1 − u) is 2u(1 − u)/(u² + (1 − u)²)²."""
    u = fmpq(2, 7)
    with precision(100):
        slope = compact(lambda w: w**2 / (1 + w**2), arb(u), fmpq(0), order=1).gradient[0]
        assert slope.contains(2 * u * (1 - u) / (u**2 + (1 - u) ** 2) ** 2)


def test_growth_is_not_finite_at_infinity():
    assert not compact(lambda w: w + 1, arb(1), fmpq(0)).value.is_finite()


def test_zero_on_a_box_and_zero_at_a_point():
    def cancelling(w):
        return (1 + w) - w

    def cut(w):
        return maximum(2 - w, 0) ** 2 / (1 + w)

    with precision(100):
        # both have base 0 at v = 0, but only the second is zero on a box around infinity
        assert not compact(cancelling, arb(1), fmpq(0)).value.is_zero()
        box = arb(fmpq(15, 16), fmpq(1, 16))
        assert not compact(cancelling, box, fmpq(0)).value.is_zero()
        assert compact(cut, box, fmpq(0)).value.is_zero()


def test_two_variables_of_which_one_is_unbounded():
    with precision(100):
        at = variables([arb(1), arb(fmpq(1, 2))], 0)
        value = (lambda w, s: s * (w - 2 * s * w) / (1 + w) + s)(*unbounded(at, [fmpq(0), fmpq(0)], [0]))
        assert value.jet().value.contains(fmpq(1, 2))
        # a bounded variable on the left of every operation
        value = (lambda w, s: (s + w) * (s - w) / (s * w * w) + s / (1 + w))(*unbounded(at, [fmpq(0), fmpq(0)], [0]))
        assert value.jet().value.contains(-2)
