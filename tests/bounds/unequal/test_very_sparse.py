"""U2 for features that differ: isolation by enumeration, the one-active part by direct maximisation."""

from itertools import product

import numpy as np
import pytest
from flint import arb, fmpq
from oracles.unequal_problems import powers, sampled
from scipy.optimize import minimize

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.bounds.unequal.very_sparse import best_member, isolations, one_active
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.enclosure import precision

VERY_SPARSE = find("very_sparse")


def test_the_probability_to_be_active_alone():
    problem = FeatureProblem(
        Features((Group(2, 1, "1/3", "uniform"), Group(1, 2, "1/5", "uniform"), Group(1, 1, "1", "uniform"))), 2, 3
    )
    every = kinds(problem)
    activities = [kind.p for kind in every for _ in range(kind.count)]
    place = 0
    with precision(100):
        found = isolations(every)
    for kind, enclosed in zip(every, found, strict=True):
        alone = fmpq(0)
        for state in product((0, 1), repeat=4):
            if sum(state) == 1 and state[place]:
                weight = fmpq(1)
                for s, p in zip(state, activities, strict=True):
                    weight *= p if s else 1 - p
                alone += weight
        with precision(100):
            assert enclosed.contains(arb(alone))
            assert enclosed.rad() < 1e-25
        place += kind.count


@pytest.mark.parametrize("number", range(8))
def test_the_one_active_part_is_the_maximum_for_its_member(number):
    """sup_b 2 s·b − x |b|² − y (Σ b)², by a general optimiser."""
    problem = sampled(number, largest_d=3, least_p=-4)
    if problem.d == 1:
        problem = FeatureProblem(problem.features, 2, 3)
    if problem.equal is not None:
        return
    member, lam = best_member(problem)
    with precision(200):
        roots = [
            (kind.importance * pi * arb(kind.single)).sqrt()
            for kind, pi in zip(kinds(problem), isolations(kinds(problem)), strict=True)
        ]
        value = float(one_active(kinds(problem), member, lam).mid())
    s = np.array([float(root.mid()) for root, kind in zip(roots, kinds(problem), strict=True) for _ in range(kind.count)])
    unit = s.max()
    x, y = (float(int(end.p) / int(end.q)) for end in (member.x, member.y))

    def negative(b):
        return -(2 * s / unit @ b - x * b @ b - y * b.sum() ** 2), -(2 * s / unit - 2 * x * b - 2 * y * b.sum())

    best = max(
        -minimize(
            negative, start * np.ones(len(s)), jac=True, bounds=[(0, None)] * len(s), options={"ftol": 1e-15, "gtol": 1e-10}
        ).fun
        for start in (0.01, 1.0)
    )
    assert value / unit**2 == pytest.approx(best, rel=1e-6)


def test_one_dimension_in_the_sparse_limit_holds_one_feature():
    problem = powers(5, 1, "0.9", "1e-9", "gaussian")
    value = float(evaluate_upper(VERY_SPARSE, problem, 15))
    assert value == pytest.approx(1e-9 * 9 / 15, rel=1e-7)  # max ω p g


@pytest.mark.parametrize(("base", "n", "d", "ratio"), [("0.9", 6, 2, 1.055), ("0.9", 12, 3, 1.155)])
def test_the_ratios_of_the_theory_or_better(base, n, d, ratio):
    witness = {6: 2.75483, 12: 4.66009}[n]
    found = float(evaluate_upper(VERY_SPARSE, powers(n, d, base, "1e-4", "rademacher"), 10)) / 1e-4
    assert witness < found <= witness * ratio * 1.0005


def test_a_million_features_take_no_longer():
    groups = [Group(200_000, f"{10 - k}/10", "1e-7", "rademacher") for k in range(5)]
    small = [Group(10, f"{10 - k}/10", "1e-7", "rademacher") for k in range(5)]
    many, few = (evaluate_upper(VERY_SPARSE, FeatureProblem(Features(tuple(g)), 3, 3), 10) for g in (groups, small))
    assert many.value.certified > few.value.certified
    assert many.value.enclosure.digits >= 10


def test_beyond_float64_it_is_left_out_with_a_reason():
    features = Features(tuple(Group(1, 10**4000, p, "rademacher") for p in ("1/300", "1/500", "1/700")))
    outcome = evaluate_upper(VERY_SPARSE, FeatureProblem(features, 2, 3))
    assert outcome.value is None
    assert outcome.why_not == "beyond float64, in which its parameters are proposed"
