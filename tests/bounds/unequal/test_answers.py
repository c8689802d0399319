"""Which features are held: what is said of every good W is true of those found by search."""

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import powers

from boundcalc.bounds.catalog import find
from boundcalc.bounds.evaluate import Report, report
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.unequal.answers import listed, selection, sentences
from boundcalc.bounds.unequal.climb import UnequalImprovement, climbed, starts
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.model.features import FeatureProblem, Features, Group


def test_the_features_that_no_optimal_matrix_holds():
    found = report(features=Features.each(["1", "4", "2", "1/2"], ["1/5"] * 4, "rademacher"), d=2, m=3, digits=8)
    assert found.selection.represented == (2, 3)
    assert found.selection.count == found.selection.as_json(8)["represented_count"] == 2
    assert sentences(found.selection)[0] == "the witness represents 2 features: 2-3"
    assert found.selection.certain == (2, 3)
    assert [(columns, cap) for columns, cap in found.selection.limited] == [((1,), fmpq(0)), ((4,), fmpq(0))]
    assert "keep the 2 features of largest omega p g" in found.verdict


@pytest.mark.parametrize(
    ("base", "p", "law"), [("0.5", "0.02", "gaussian"), ("0.4", "0.05", "rademacher"), ("0.6", "0.1", "uniform")]
)
def test_limits_hold_for_weights_that_are_as_good(base, p, law):
    problem = powers(6, 2, base, p, law)
    found = report(problem, digits=10)
    best = found.best_lower.value.certified / kinds(problem)[0].alone
    target = np.log(float(int(best.p) / int(best.q)))
    objective = UnequalImprovement(kinds(problem), 3)
    limits = {column: float(int(cap.p) / int(cap.q)) for columns, cap in found.selection.limited for column in columns}
    assert limits
    seen = 0
    for start in starts(6, 2, 16, 3):
        value, weights = climbed(objective, start)
        if value < target - 1e-10:
            continue
        seen += 1
        gram = weights.T @ weights
        fraction = np.diagonal(gram) ** 2 / (gram**2).sum(axis=1).clip(1e-300)  # one law and p: the variances cancel
        for column, cap in limits.items():
            assert fraction[column - 1] <= cap + 1e-6 or np.linalg.norm(weights[:, column - 1]) < 1e-6
        for column in found.selection.certain:
            assert np.linalg.norm(weights[:, column - 1]) > 1e-3 * np.linalg.norm(weights)
    assert seen


def test_of_many_features_the_first_are_named():
    """Blocks of a witness of a million features: 1000 columns of each are listed, and the sentence says how many there are."""
    features = Features((Group(500_000, 1, "1e-6", "gaussian"), Group(500_000, "1/2", "1e-6", "gaussian")))
    outcome = evaluate_lower(find("direct_sum"), FeatureProblem(features, 20, 3), 8)
    found = selection(Report(outcome.problem, (evaluate_upper(find("rank"), outcome.problem, 8),), (outcome,), 8))
    assert found.count == outcome.choice.shown["n"] > len(found.represented)
    assert sentences(found)[0].startswith(f"the witness represents {found.count} features, among them ")


def test_columns_in_runs():
    assert listed((5, 1, 2, 3)) == "1-3, 5"
    assert listed((4,)) == "4"
