"""Where weights stand: the share is an interval that holds the truth, and nothing is claimed of a tie."""

import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.standing import standing
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure

SHARP = Problem(n=6, d=3, m=3, p="1/5", law="rademacher")  # I* = r p g: the orthonormal basis is optimal
LOOSE = Problem(n=12, d=3, m=3, p="1/100", law="gaussian")


def test_a_sharp_problem_gives_one_number():
    answer = report(SHARP, digits=20)
    best = fmpq(3, 5)
    for share in (fmpq(1), fmpq(1, 3)):
        found = standing(Enclosure.of(share * best), answer)
        assert found.share == Enclosure(share, share)
        assert found.against_basis == Enclosure.of(share)
        assert (found.better is None) == (share == 1)
    assert standing(Enclosure.of(best / 3), answer).better_by == Enclosure.of(3)


@pytest.mark.parametrize("share", [fmpq(1, 2), fmpq(9, 10)])
def test_a_loose_problem_gives_an_interval(share):
    answer = report(LOOSE, digits=20)
    upper, lower = answer.best_upper.value.enclosure, answer.best_lower.value.enclosure
    gain = share * lower.lower
    found = standing(Enclosure.of(gain), answer)
    assert found.share.lower <= gain / upper.upper < gain / upper.lower
    assert found.share.upper >= gain / lower.upper
    assert found.better is answer.best_lower
    assert found.better_by.lower <= 1 / share <= found.better_by.upper


def test_more_than_every_known_witness():
    answer = report(LOOSE, digits=20)
    lower = answer.best_lower.value.enclosure
    found = standing(Enclosure.of(lower.upper * fmpq(100001, 100000)), answer)
    assert found.better is None
    assert found.share.upper == 1
