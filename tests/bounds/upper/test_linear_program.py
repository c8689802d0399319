"""The bound U3(c): where it applies, its value by hand, and its place among the closed forms."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from flint import fmpq

from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import linear_program, universal, very_sparse
from boundcalc.certify.linear_program import LinearProgramCertificate
from boundcalc.model.problem import INFINITY, Problem

BOUND = linear_program.BOUND
SIZES = [(n, 3) for n in (5, 7, 8, 9, 10)] + [(n, 4) for n in range(13, 21)]


def fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_value_by_hand_and_below_the_closed_forms(n, d):
    p = Fraction(1, 1000)
    problem = Problem(n, d, 3, "1/1000", "gaussian")
    found = evaluate_upper(BOUND, problem)
    assert found.value is not None
    G = Fraction(found.choice.shown["G"])
    alone = (1 - p) ** (n - 1)
    # Gaussian: mu_4²/mu_6 = 9/15, mu_2 = 1
    by_hand = p * (alone * Fraction(9, 15) * G + (1 - alone) * min(n, comb(d + 2, 3)))
    assert fraction(found.value.enclosure.lower) <= by_hand <= fraction(found.value.enclosure.upper)
    for other in (universal.BOUND, very_sparse.BOUND):
        value = evaluate_upper(other, problem).value
        assert value is not None
        assert found.value.enclosure.less(value.enclosure) is True


def test_what_is_shown_is_a_certificate():
    problem = Problem(8, 3, 3, "1e-6", "rademacher")
    shown = evaluate_upper(BOUND, problem).choice.shown
    h = tuple(fmpq(*map(int, text.partition("/")[::2])) if "/" in text else fmpq(int(text)) for text in shown["gegenbauer"])
    assert shown["degree"] == len(h) - 1
    G = Fraction(shown["G"])
    assert LinearProgramCertificate(8, 3, 3, h, fmpq(G.numerator, G.denominator)).verify()


@pytest.mark.parametrize(
    ("n", "d", "m"),
    [
        (3, 3, 3),  # n <= d
        (4, 3, 3),  # simplex
        (6, 3, 3),  # icosahedron
        (11, 3, 3),  # a weighted half-design of 11 points
        (12, 3, 3),
        (5, 4, 3),
        (12, 4, 3),  # 24-cell
        (23, 4, 3),
        (24, 4, 3),
        (120, 8, 3),
        (60, 4, 5),  # 600-cell
        (INFINITY, 3, 3),
        (10**30, 3, 3),
        (7, 3, 1),
        (7, 1, 3),
        (4, 2, 3),
        (300, 201, 3),
        (7, 3, 11),
    ],
)
def test_nothing_is_claimed_without_an_improvement(n, d, m):
    found = evaluate_upper(BOUND, Problem(n, d, m, "1e-6", "rademacher"))
    assert found.value is None
    assert found.why_not is not None
    assert "closed forms" in found.why_not
    assert "\n" not in found.why_not


@pytest.mark.parametrize(("n", "d", "m"), [(14, 3, 5), (56, 4, 5), (130, 5, 5), (330, 5, 7), (12500, 15, 5), (220, 4, 9)])
def test_larger_exponents(n, d, m):
    problem = Problem(n, d, m, "1e-12", "uniform")
    ours, closed = evaluate_upper(BOUND, problem), evaluate_upper(very_sparse.BOUND, problem)
    assert ours.value is not None
    assert closed.value is not None
    assert ours.value.enclosure.less(closed.value.enclosure) is True


def test_the_expression_is_that_of_very_sparse():
    assert BOUND.expression(3) == very_sparse.BOUND.expression(3)
    assert "G" in BOUND.latex(5)
