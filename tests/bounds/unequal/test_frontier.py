"""U9 for features that differ: against the table of the theory, and its parameters against dense samples."""

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import powers, sampled

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.unequal import frontier
from boundcalc.bounds.unequal.frontier import buckets
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.model.features import FeatureProblem, Features

FRONTIER = find("frontier")

TABLE = [
    # base, law, p, n, d, witness/(max v), geometric ratio: theory, section 8
    ("0.9", "rademacher", "1e-4", 6, 2, 2.75483, 1.016),
    ("0.9", "rademacher", "1e-2", 6, 2, 2.47053, 1.007),
    ("0.9", "rademacher", "0.05", 6, 2, 2.03862, 1.005),
    ("0.7", "rademacher", "1e-2", 6, 3, 2.52653, 1.030),
    ("0.7", "gaussian", "1e-4", 6, 2, 1.27472, 1.037),
    ("0.7", "gaussian", "0.05", 6, 3, 1.56790, 1.023),
    ("0.7", "uniform", "0.05", 6, 3, 1.96524, 1.039),
    ("0.9", "rademacher", "1e-4", 12, 3, 4.66009, 1.031),
    ("0.9", "rademacher", "1e-2", 12, 3, 3.98537, 1.010),
    ("0.7", "rademacher", "1e-2", 12, 3, 2.49798, 1.041),
]
POWER_LAWS = [("1e-3", "-1.5", 6, 2, 1.50069, 1.068), ("0.05", "-1.5", 6, 3, 1.61595, 1.076), ("0.05", "-2", 12, 3, 1.40145, 1.061)]


def largest(problem: FeatureProblem) -> float:
    return max(float(int(kind.worth.p) / int(kind.worth.q)) for kind in kinds(problem))


MATRIX = [
    ("0.9", "rademacher", "1e-4", 2, 2.75483, 1.00015),
    ("0.9", "rademacher", "1e-2", 2, 2.47053, 1.00087),
    ("0.7", "gaussian", "1e-4", 2, 1.27472, 1.00007),
    ("0.7", "gaussian", "0.05", 3, 1.56790, 1.014),
]
"""The same for the matrix form, n = 6."""


def geometric(problem: FeatureProblem, monkeypatch) -> float:
    """The geometric form alone, over max v."""
    monkeypatch.setattr(frontier, "MOST_MATRIX_KINDS", 0)
    found = frontier.joint_parameters.__wrapped__(problem)
    return number(found.value([kind.count for kind in kinds(problem)], problem.rank)) / largest(problem)


@pytest.mark.parametrize(("base", "law", "p", "d", "witness", "ratio"), MATRIX)
def test_the_ratios_of_the_matrix_form(base, law, p, d, witness, ratio):
    problem = powers(6, d, base, p, law)
    found = float(evaluate_upper(FRONTIER, problem, 10)) / largest(problem)
    assert witness * (1 - 1e-5) <= found <= witness * ratio * 1.001


@pytest.mark.parametrize(("base", "law", "p", "n", "d", "witness", "ratio"), TABLE)
def test_the_ratios_of_the_theory(base, law, p, n, d, witness, ratio, monkeypatch):
    found = geometric(powers(n, d, base, p, law), monkeypatch)
    assert witness * (1 - 1e-5) <= found <= witness * ratio * 1.005


@pytest.mark.parametrize(("first", "power", "n", "d", "witness", "ratio"), POWER_LAWS)
def test_the_ratios_of_power_laws(first, power, n, d, witness, ratio, monkeypatch):
    activities = [f"{float(first) * i ** float(power):.15g}" for i in range(1, n + 1)]
    problem = FeatureProblem(Features.each([1] * n, activities, "rademacher"), d, 3)
    found = geometric(problem, monkeypatch)
    assert witness * (1 - 1e-5) <= found <= witness * ratio * 1.005


def number(value: fmpq) -> float:
    return float(int(value.p) / int(value.q))


@pytest.mark.parametrize("case", range(14))
def test_the_parameters_meet_every_inequality_on_samples(case):
    """The proof's inequalities in floating point, from moments alone; and the value is their sum, hardly more."""
    problem = sampled(case, largest_n=6, least_p=-3)
    outcome = evaluate_upper(FRONTIER, problem, 10)
    if outcome.value is None:
        assert "kappa_4" in outcome.why_not
        return
    if problem.equal is not None:
        return
    found = outcome.choice.values["parameters"]
    u = np.linspace(0, 1, 2001)
    for member, order in ((found.pure, 3), (found.mixed, 2)):
        values = sum(number(c) * zonal(problem.d, 2 * k, np.sqrt(u)) for k, c in enumerate(member.coefficients))
        below = values <= number(member.share) * u**order + 1e-12
        assert below.all() if problem.d > 1 else below[-1]
        assert all(c >= 0 for c in member.coefficients[1:])
        assert 0 <= member.share <= 1
    t = np.geomspace(1e-7, 1, 20001)
    nu, theta = (number(x) for x in (found.nu, found.theta))
    total = theta * problem.rank
    of = [k for k, kind in enumerate(kinds(problem)) for _ in range(kind.count)]
    multipliers, firsts, share = (
        [number(found.lambda_)] * len(of),
        [number(found.pure.share - found.pure.x)] * len(of),
        found.pure.share,
    )
    if found.matrix is not None:  # its own inequalities: test_matrix_member
        multipliers, firsts = [number(found.matrix.multipliers[k]) for k in of], [number(found.matrix.end(k)) for k in of]
        share = found.matrix.share
        total += number(found.matrix.offset)
    total += sum(number(x**2 / h.y) for x, h in ((found.lambda_, found.pure), (found.nu, found.mixed)) if x)
    every = [kind for kind in kinds(problem) for _ in range(kind.count)]
    cumulants = []
    for kind in every:
        second, fourth, sixth = (number(kind.p * kind.moment(k)) for k in (2, 4, 6))
        k4, k6 = fourth - 3 * second**2, sixth - 15 * fourth * second + 30 * second**3
        cumulants.append((number(kind.importance), second, k4, max(k6, 0), k4 + min(k6, 0) / (15 * second)))
    second = number(found.mixed.share - found.mixed.x)
    left = [1 - number(share), 1 - number(found.mixed.share)]
    for i, (weight, k2, k4, pure, paid) in enumerate(cumulants):
        # what the others add at least, from a sum of squares and from Hölder
        others = [own for j, own in enumerate(cumulants) if j != i]
        crowd = 1 / t - 1
        fourth = sixth = 0.0
        if others and all(own[4] > 0 for own in others):
            fourth = (k2 * crowd) ** 2 / sum(own[1] ** 2 / own[4] for own in others)
        if others and all(own[3] > 0 for own in others):
            sixth = (k2 * crowd) ** 3 / sum(own[1] ** 1.5 / own[3] ** 0.5 for own in others) ** 2
        f, c = np.sqrt(weight * pure), np.sqrt(15 * weight * paid * k2)
        gain = weight * (k4 + 3 * k2**2 / t) - multipliers[i] * f - nu * c / np.sqrt(t)
        energy = weight * (pure + left[0] * sixth) - firsts[i] * f**2 + 15 * weight * k2**3 / t**3
        energy = energy + (15 * weight * k2 * (paid + left[1] * fourth) - second * c**2) / t
        total += max((np.maximum(gain, 0) ** 2 / energy - theta * t).max(), 0)
    for weight, _, _, pure, _ in cumulants:
        for other, _, _, same, _ in cumulants:
            assert np.sqrt(weight * pure * other * same) <= (weight * same + other * pure) / 2 * (1 + 1e-9)
    assert float(outcome) == pytest.approx(total, rel=1e-6)


def zonal(d: int, degree: int, x: np.ndarray) -> np.ndarray:
    """The zonal harmonic of that degree with value 1 at 1."""
    from scipy.special import eval_chebyt, eval_gegenbauer

    if d == 1:
        return np.ones_like(x)
    if d == 2:
        return eval_chebyt(degree, x)
    return eval_gegenbauer(degree, (d - 2) / 2, x) / eval_gegenbauer(degree, (d - 2) / 2, 1.0)


def test_many_kinds_are_proposed_for_in_buckets():
    found = buckets(100, 32)
    assert sorted(k for group in found for k in group) == list(range(100))
    assert len(found) == 32
    assert found[0] == [0]
    assert buckets(3, 32) == [[0], [1], [2]]
