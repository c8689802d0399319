"""U9 for features that differ: against the table of the theory, and its parameters against dense samples."""

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import powers, sampled

from boundcalc.bounds.catalog import find
from boundcalc.bounds.evaluate import evaluate_upper
from boundcalc.bounds.unequal.frontier import buckets, root_below
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


@pytest.mark.parametrize(("base", "law", "p", "n", "d", "witness", "ratio"), TABLE)
def test_the_ratios_of_the_theory(base, law, p, n, d, witness, ratio):
    problem = powers(n, d, base, p, law)
    found = float(evaluate_upper(FRONTIER, problem, 10)) / largest(problem)
    assert witness * (1 - 1e-5) <= found <= witness * ratio * 1.005


@pytest.mark.parametrize(("first", "power", "n", "d", "witness", "ratio"), POWER_LAWS)
def test_the_ratios_of_power_laws(first, power, n, d, witness, ratio):
    activities = [f"{float(first) * i ** float(power):.15g}" for i in range(1, n + 1)]
    problem = FeatureProblem(Features.each([1] * n, activities, "rademacher"), d, 3)
    found = float(evaluate_upper(FRONTIER, problem, 10)) / largest(problem)
    assert witness * (1 - 1e-5) <= found <= witness * ratio * 1.005


@pytest.mark.parametrize("number", [0, 3, 4, 7, 11, 12])
def test_the_parameters_meet_every_inequality_on_samples(number):
    """The proof's inequalities in floating point, from moments alone; and the value is their sum, hardly more."""
    problem = sampled(number, largest_n=6, least_p=-3)
    outcome = evaluate_upper(FRONTIER, problem, 10)
    if outcome.value is None:
        assert "kappa_4" in outcome.why_not
        return
    found = outcome.choice.values["parameters"]
    u = np.linspace(0, 1, 2001)
    for member, order in ((found.pure, 3), (found.mixed, 2)):
        # Gegenbauer polynomials of S^{d-1} by their generating recurrence for C_k^{(d-2)/2}, normalised; Chebyshev for d = 2
        values = np.zeros_like(u)
        for k, coefficient in enumerate(member.coefficients):
            values += float(int(coefficient.p) / int(coefficient.q)) * zonal(problem.d, 2 * k, np.sqrt(u))
        assert (values <= u**order + 1e-12).all() if problem.d > 1 else values[-1] <= 1
        assert all(coefficient >= 0 for coefficient in member.coefficients[1:])
    t = np.geomspace(1e-7, 1, 20001)
    lam, nu, theta = (float(int(x.p) / int(x.q)) for x in (found.lambda_, found.nu, found.theta))
    ends = [float(int((1 - member.x).p) / int((1 - member.x).q)) for member in (found.pure, found.mixed)]
    total = theta * problem.rank + sum(
        float(int((x**2 / member.y).p) / int((x**2 / member.y).q))
        for x, member in ((found.lambda_, found.pure), (found.nu, found.mixed))
        if x
    )
    shares = []
    for kind in kinds(problem):
        p, weight = (float(int(x.p) / int(x.q)) for x in (kind.p, kind.importance))
        second, fourth, sixth = (float(int(kind.moment(k).p) / int(kind.moment(k).q)) * p for k in (2, 4, 6))
        k4, k6 = fourth - 3 * second**2, sixth - 15 * fourth * second + 30 * second**3
        pure, mixed = weight * max(k6, 0), weight * (15 * k4 * second + min(k6, 0))
        f, c = np.sqrt(pure), np.sqrt(mixed)
        gain = weight * (k4 + 3 * second**2 / t) - lam * f - nu * c / np.sqrt(t)
        energy = pure - ends[0] * f**2 + (mixed - ends[1] * c**2) / t + 15 * weight * second**3 / t**3
        total += kind.count * max((np.maximum(gain, 0) ** 2 / energy - theta * t).max(), 0)
        shares.append((weight, k6, f))
    for weight, k6, f in shares:
        for other, sixth, g in shares:
            assert f * g <= (weight * max(sixth, 0) + other * max(k6, 0)) / 2 * (1 + 1e-9)
    assert float(outcome) == pytest.approx(total, rel=1e-6)


def zonal(d: int, degree: int, x: np.ndarray) -> np.ndarray:
    """The zonal harmonic of that degree with value 1 at 1."""
    from scipy.special import eval_chebyt, eval_gegenbauer

    if d == 1:
        return np.ones_like(x)
    if d == 2:
        return eval_chebyt(degree, x)
    return eval_gegenbauer(degree, (d - 2) / 2, x) / eval_gegenbauer(degree, (d - 2) / 2, 1.0)


@pytest.mark.parametrize("number", range(200))
def test_a_root_from_below(number):
    generator = np.random.default_rng(number)
    value = fmpq(int(generator.integers(1, 10**9)), int(generator.integers(1, 10**9))) * fmpq(10) ** int(
        generator.integers(-200, 200)
    )
    root = root_below(value)
    assert 0 < root
    assert value * (1 - fmpq(1, 10**11)) < root * root <= value


def test_many_kinds_are_proposed_for_in_buckets():
    found = buckets(100, 32)
    assert sorted(k for group in found for k in group) == list(range(100))
    assert len(found) == 32
    assert found[0] == [0]
    assert buckets(3, 32) == [[0], [1], [2]]
