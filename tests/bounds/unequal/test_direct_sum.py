"""Witnesses of equal features on features of other importances: the mean over all ways to place them, exactly."""

from itertools import permutations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.bounds.unequal.direct_sum import classes
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group

DIRECT_SUM = find("direct_sum")


@pytest.mark.parametrize("number", range(4))
def test_the_mean_over_all_placements(number):
    generator = np.random.default_rng(number)
    W = generator.integers(-3, 4, (2, 4))
    importances = [fmpq(1), fmpq(2, 3), fmpq(1, 5), fmpq(7)]
    equal = exact_loss(W.tolist(), m=3, p="1/7", law="gaussian")
    total, best = fmpq(0), fmpq(0)
    for order in permutations(importances):
        found = exact_loss(W.tolist(), m=3, features=Features.each(order, ["1/7"] * 4, "gaussian"))
        total += 2 * found.C - found.D
        best = max(best, found.improvement_best_scale)
    mean = sum(importances, fmpq(0)) / 4
    assert total / 24 == mean * (2 * equal.C - equal.D)
    assert best >= mean * equal.improvement_best_scale


def test_blocks_are_placed_on_the_most_important_features():
    """The simplex of the plane on three features of four and one feature alone, or better; the value is exact."""
    features = Features.each(["1", "9/10", "8/10", "1/100"], ["1e-4"] * 4, "rademacher")
    found = evaluate_lower(DIRECT_SUM, FeatureProblem(features, 2, 3), 12)
    # three lines at 60 degrees: C²/D of equal features times the mean importance 9/10
    lines = exact_loss_of_three_lines()
    assert found.value.certified == fmpq(9, 10) * lines
    assert found.choice.shown["blocks"][0]["columns"] == [1, 2, 3]


def exact_loss_of_three_lines() -> fmpq:
    from boundcalc.loss.exact import exact_loss_of_gram

    half = fmpq(-1, 2)
    gram = [[1, half, half], [half, 1, half], [half, half, 1]]
    return exact_loss_of_gram(gram, m=3, p="1e-4", law="rademacher").improvement_best_scale


def test_classes_of_other_activities_share_the_dimensions():
    groups = (Group(5, 1, "1e-4", "rademacher"), Group(5, 1, "2e-4", "gaussian", 2), Group(3, "1/2", "1e-4", "rademacher"))
    problem = FeatureProblem(Features(groups), 5, 3)
    found = evaluate_lower(DIRECT_SUM, problem, 12)
    blocks = found.choice.shown["blocks"]
    assert sum(block["d"] for block in blocks) <= 5
    columns = [column for block in blocks for column in block["columns"]]
    assert len(columns) == len(set(columns)) == found.choice.shown["n"]
    for block in blocks:  # a block stays within one activity and law
        assert len({6 <= column <= 10 for column in block["columns"]}) == 1
    alone = evaluate_lower(find("orthonormal"), problem, 12)
    assert found.value.certified > alone.value.certified


def test_mean_importances_are_those_of_the_features():
    """The prefix sums against the list of all importances, also past its end."""
    problem = FeatureProblem(
        [Group(3, 2, "0.1", "rademacher"), Group(1, 5, "0.1", "rademacher"), Group(4, "1/3", "0.1", "rademacher")], 2, 3
    )
    (own,) = classes(problem)
    every = [fmpq(5), *[fmpq(2)] * 3, *[fmpq(1, 3)] * 4]
    for first in range(9):
        for count in range(1, 10):
            assert own.mean(first, count) == sum(every[first : first + count], fmpq(0)) / count
