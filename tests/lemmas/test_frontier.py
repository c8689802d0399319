"""Lemma F: the two families of members by hand as identities, and what the constructor refuses."""

from __future__ import annotations

import pytest
from flint import fmpq, fmpq_poly

from boundcalc.lemmas import frontier
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.numbers.errors import ParameterError


def cubic_member(d: int, u: fmpq) -> FrontierPolynomial:
    """h = 2u t⁴ − u² t² ≤ t⁶ for 0 < u ≤ 12/(d + 4): x = (1 − u)², y = 6u/(d(d+2)) − u²/d."""
    return frontier.of_polynomial(fmpq_poly([0, -u * u, 2 * u]), d, 3)


def square_member(d: int, v: fmpq) -> FrontierPolynomial:
    """h = 2v t² − v² ≤ t⁴ for v > 0: x = (1 − v)², y = 2v/d − v²."""
    return frontier.of_polynomial(fmpq_poly([-v * v, 2 * v]), d, 2)


@pytest.mark.parametrize("d", [2, 3, 5, 24, 1000])
def test_families_by_hand(d):
    for u in (fmpq(1, 7 * d), fmpq(3, d + 2), fmpq(12, d + 4)):
        member = cubic_member(d, u)
        assert (member.x, member.y) == ((1 - u) ** 2, 6 * u / (d * (d + 2)) - u**2 / d)
    for v in (fmpq(1, 9 * d), fmpq(1, d), fmpq(5, 6)):
        member = square_member(d, v)
        assert (member.x, member.y) == ((1 - v) ** 2, 2 * v / d - v**2)


def test_best_members_of_the_families():
    for d in (3, 8):
        best = cubic_member(d, fmpq(3, d + 2)).y
        assert all(cubic_member(d, fmpq(3, d + 2) + step).y < best for step in (fmpq(1, 50), fmpq(-1, 50)))
        best = square_member(d, fmpq(1, d)).y
        assert all(square_member(d, fmpq(1, d) + step).y < best for step in (fmpq(1, 50), fmpq(-1, 50)))


def test_past_the_end_of_the_family_a_coefficient_is_negative():
    with pytest.raises(ParameterError, match="nonnegative"):
        cubic_member(3, fmpq(12, 7) + fmpq(1, 1000))


def test_what_is_refused():
    with pytest.raises(ParameterError, match="at most"):
        FrontierPolynomial(3, 3, fmpq(1), (fmpq(1, 100),))  # a positive constant is above t^6 at 0
    with pytest.raises(ParameterError, match="at most"):
        FrontierPolynomial(3, 3, fmpq(99, 100), frontier.of_polynomial(fmpq_poly([0, 0, 0, 1]), 3, 3).coefficients)
    with pytest.raises(ParameterError, match="must not be negative"):
        FrontierPolynomial(3, 3, fmpq(-1, 10**9), (fmpq(0),))
    with pytest.raises(ParameterError, match="at most"):
        FrontierPolynomial(1, 3, fmpq(1, 2), (fmpq(1),))


def test_a_share_beyond_one_scales_a_member():
    """3h <= 3 u^2 for the tangent h at v = 1/5, and no share below 3 serves, as 3h touches 3 u^2 at v."""
    d, v = 4, fmpq(1, 5)
    coefficients = tuple(3 * h for h in square_member(d, v).coefficients)
    member = FrontierPolynomial(d, 2, fmpq(3), coefficients)
    assert (member.x, member.y) == (3 * (1 - v) ** 2, 3 * (2 * v / d - v**2))
    with pytest.raises(ParameterError, match="at most"):
        FrontierPolynomial(d, 2, 3 - fmpq(1, 10**9), coefficients)


def test_on_the_line_everything_may_be_global():
    member = FrontierPolynomial(1, 3, fmpq(1), (fmpq(1),))
    assert (member.x, member.y) == (0, 1)


def test_moving_to_the_global_part():
    assert frontier.trade(fmpq(1), fmpq(0), fmpq(1), fmpq(7)) == (0, fmpq(1, 7))
