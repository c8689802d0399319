"""The search of a report finds the witnesses of the theory, where the orthonormal basis is far off."""

import pytest
from flint import fmpq
from oracles.unequal_problems import powers

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group

SEARCH = find("search")


@pytest.mark.parametrize(
    ("base", "law", "p", "n", "d", "witness"),
    [
        ("0.9", "rademacher", "1e-4", 6, 2, 2.75483),
        ("0.9", "rademacher", "1e-2", 6, 2, 2.47053),
        ("0.7", "gaussian", "1e-4", 6, 2, 1.27472 / 0.6 * 0.6),
        ("0.9", "rademacher", "1e-4", 12, 3, 4.66009),
    ],
)
def test_the_witnesses_of_the_theory_or_better(base, law, p, n, d, witness):
    found = evaluate_lower(SEARCH, powers(n, d, base, p, law), 10)
    assert float(found) / float(p) >= witness * (1 - 3e-6)


def test_the_value_is_the_exact_improvement_of_the_witness():
    problem = powers(5, 2, "0.8", "1e-3", "uniform")
    found = evaluate_lower(SEARCH, problem, 10)
    shown = found.choice.shown
    groups = tuple(problem.features.groups[column - 1] for column in shown["columns"])
    again = exact_loss(shown["matrix"], m=3, features=Features(groups))
    assert found.value.certified == again.improvement_best_scale
    assert len(shown["matrix"]) == 2


def test_beyond_a_first_order_transition():
    """Importances 1, 1, ω at p → 0: superposition helps above ω* = 0.04783835…, far below the local threshold 1/7."""
    p = fmpq(1, 10**9)

    def gain(omega):
        groups = (Group(2, 1, p, "rademacher"), Group(1, omega, p, "rademacher"))
        return evaluate_lower(SEARCH, FeatureProblem(Features(groups), 2, 3), 12).value.certified / p

    assert gain("0.048317") > fmpq(2) + fmpq(2, 10**4)  # 1.01 ω*
    assert gain("0.0473") < fmpq(2) + fmpq(1, 10**8)
