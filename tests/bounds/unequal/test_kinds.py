"""Kinds of features: equal ones are one kind wherever they stand, and sums of the largest count each as often as it occurs."""

from itertools import chain

import pytest
from flint import fmpq

from boundcalc.bounds.unequal.kinds import kinds, top, top_enclosure
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.enclosure import Enclosure


def mixed() -> FeatureProblem:
    groups = (
        Group(2, "1/2", "1/10", "gaussian"),
        Group(1, 3, "1/10", "rademacher"),
        Group(3, "1/2", "1/10", "gaussian"),
        Group(1, 3, "1/10", "rademacher", 2),
    )
    return FeatureProblem(Features(groups), 2, 3)


def test_equal_features_are_one_kind_and_the_most_valuable_come_first():
    found = kinds(mixed())
    assert [kind.count for kind in found] == [1, 1, 5]
    # ω p α²/β: 3/10 · 4 with scale 2, 3/10, 1/2 · 1/10 · 9/15
    assert [kind.alone for kind in found] == [fmpq(12, 10), fmpq(3, 10), fmpq(3, 100)]
    assert [kind.worth for kind in found] == [fmpq(12, 10), fmpq(3, 10), fmpq(1, 20)]
    assert [kind.columns(10) for kind in found] == [[7], [3], [1, 2, 4, 5, 6]]
    assert found[2].columns(3) == [1, 2, 4]


@pytest.mark.parametrize("k", range(9))
def test_the_sum_of_the_largest(k):
    pairs = [(2, fmpq(1, 3)), (1, fmpq(5)), (4, fmpq(1, 2))]
    every = sorted(chain.from_iterable([value] * count for count, value in pairs), reverse=True)
    assert top(pairs, k) == sum(every[:k], fmpq(0))
    ends = top_enclosure([(count, Enclosure(value, value + 1)) for count, value in pairs], k)
    assert (ends.lower, ends.upper) == (sum(every[:k], fmpq(0)), sum(every[:k], fmpq(0)) + min(k, 7))
