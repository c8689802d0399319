"""Floors for decoders of any form: their parts by hand, by quadrature and by samples, for each law that they cover."""

from __future__ import annotations

from math import comb, e, erf, exp, pi, sqrt

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.relu.decoders import DECODED, given_active, of_one_kind
from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Group
from boundcalc.model.nonnegative_laws import Exponential, HalfNormal, UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError

NAMES = {UniformFromZero: "uniform01", Exponential: "exponential", HalfNormal: "half-normal"}
DENSITY = {
    "uniform01": lambda u: np.where((u >= 0) & (u <= 1), 1.0, 0.0),
    "exponential": lambda u: np.where(u >= 0, np.exp(-np.maximum(u, 0)), 0.0),
    "half-normal": lambda u: np.where(u >= 0, sqrt(2 / pi) * np.exp(-u * u / 2), 0.0),
}
REACH = {"uniform01": 1.0, "exponential": 40.0, "half-normal": 9.0}
POWER = {"uniform01": 1 / (2 * pi * e), "exponential": e / (2 * pi), "half-normal": 0.25}
VARIANCE = {"uniform01": 1 / 12, "exponential": 1.0, "half-normal": 1 - 2 / pi}
LAWS = list(DENSITY)


def number(value) -> float:
    return int(value.p) / int(value.q)


def of(n: int, d: int, p: str, law: str = "uniform01") -> dict[str, float]:
    return {floor.key: number(floor.value.lower) for floor in floors(ReluProblem((Group(n, 1, p, law),), d), pairs=False)}


def kernels(law: str, k: int, count: int) -> float:
    if law == "uniform01":
        return (k / 2 - k * (k + 1) * (k + 2) / (6 * (count + 1) * (count + 2))) / 4
    return k * (1 + sum(1 / j for j in range(k + 1, count + 1))) if law == "exponential" else float(k)


@pytest.mark.parametrize("kind", NAMES)
def test_variance_and_entropy_power_by_quadrature(kind):
    law = NAMES[kind]
    u = (np.arange(400_000) + 0.5) * REACH[law] / 400_000
    rho = DENSITY[law](u)
    step = REACH[law] / 400_000
    entropy = -(rho * np.log(rho)).sum() * step
    variance = (rho * u * u).sum() * step - ((rho * u).sum() * step) ** 2
    with precision(64):
        assert float(DECODED[kind].variance().mid()) == pytest.approx(variance, rel=1e-6)
        assert float(DECODED[kind].entropy_power().mid()) == pytest.approx(exp(2 * entropy) / (2 * pi * e), rel=1e-6)


@pytest.mark.parametrize("law", LAWS)
def test_scalar_decoder_in_closed_form(law):
    kappa = POWER[law] ** 2 / VARIANCE[law]
    assert of(20, 5, "1/20", law)["scalar_decoder"] == pytest.approx(kappa * 15 / 400, rel=1e-9)
    assert of(20, 5, "1/20", "uniform:0:3")["scalar_decoder"] == pytest.approx(9 * of(20, 5, "1/20")["scalar_decoder"], rel=1e-9)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("n", "d", "p"), [(20, 5, 0.3), (40, 3, 0.2), (6, 5, 0.5)])
def test_any_decoder_is_the_mean_of_what_each_number_active_gives(law, n, d, p):
    def entropy(k):
        return (k - d) * POWER[law] * (POWER[law] / VARIANCE[law]) ** (d / (k - d))

    expected = sum(
        comb(n, k) * p**k * (1 - p) ** (n - k) * max(entropy(k), k * VARIANCE[law] - kernels(law, d, k))
        for k in range(d + 1, n + 1)
    )
    assert of(n, d, str(p), law)["any_decoder"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("law", "tau"),
    [
        ("uniform01", lambda u: u * (1 - u) / 2),
        ("exponential", lambda u: u),
        (
            "half-normal",
            lambda u: 1 - sqrt(2 / pi) * np.vectorize(lambda t: (1 - erf(t / sqrt(2))) / 2 / (exp(-t * t / 2) / sqrt(2 * pi)))(u),
        ),
    ],
)
def test_stein_kernels(law, tau):
    """τ(u)ρ(u) = ∫_u^∞ (t − m)ρ(t)dt on a grid, and the mean of the 3 largest of 8 in closed form, against samples."""
    u = (np.arange(20_000) + 0.5) * min(REACH[law], 6.0) / 20_000
    rho = DENSITY[law](u)
    step = u[1] - u[0]
    mean = 1.0 if law == "exponential" else (rho * u).sum() / rho.sum()
    tail = np.cumsum(((u - mean) * rho)[::-1])[::-1] * step
    if law == "exponential":  # what lies beyond the grid
        tail = tail + exp(-6) * 6
    middle = slice(200, 12_000)
    assert np.allclose(tail[middle] / rho[middle], tau(u[middle]), atol=2e-3)
    drawn = {
        "uniform01": lambda rng: rng.random((40_000, 8)),
        "exponential": lambda rng: rng.exponential(size=(40_000, 8)),
        "half-normal": lambda rng: np.abs(rng.standard_normal((40_000, 8))),
    }[law](np.random.default_rng(0))
    largest = np.sort(tau(drawn[:4000] if law == "half-normal" else drawn), axis=1)[:, -3:].sum(1)
    spread = 5 * largest.std() / largest.size**0.5
    assert largest.mean() <= kernels(law, 3, 8) + spread
    assert law == "half-normal" or largest.mean() >= kernels(law, 3, 8) - spread


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("weights", [(1, 1), (1, 0.5), (1, -0.4), (1, 0.05), (1, 1, 1), (1, 0.7, -0.5), (1, -0.9, 0.1)])
def test_the_best_decoder_on_a_line(law, weights):
    """All active, d = 1: the sum of conditional variances by convolution on a grid is above both floors, and equals by hand what
    two exponential values of equal weight leave, 2 · E s²/12 = 1."""
    points, reach = 4096, REACH[law]
    step = reach / points
    total = int(2 ** np.ceil(np.log2(points * sum(abs(w) for w in weights) + 8)))

    def placed(w: float, k: int) -> np.ndarray:
        u = (np.arange(points) + 0.5) * step
        mass = DENSITY[law](u) * step
        found = np.bincount(np.floor(abs(w) * np.arange(points)).astype(int), mass * u**k / mass.sum(), total)
        return found if w > 0 else np.roll(found[::-1], 1)

    def convolved(first: int, k: int) -> np.ndarray:
        parts = [np.fft.fft(placed(w, k if j == first else 0)) for j, w in enumerate(weights)]
        return np.fft.ifft(np.prod(parts, axis=0)).real

    y = convolved(0, 0)
    left = 0.0
    for i in range(len(weights)):
        u1, u2 = convolved(i, 1), convolved(i, 2)
        inside = y > 1e-12
        left += (u2[inside] - u1[inside] ** 2 / y[inside]).sum()
    with precision(64):
        floor = float(given_active(len(weights), 1, DECODED[next(kind for kind, name in NAMES.items() if name == law)]).mid())
    scalar = POWER[law] ** 2 / VARIANCE[law] * (len(weights) - 1)
    assert left > floor
    assert left > scalar
    if law == "exponential" and weights == (1, 1):
        assert left == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("law", ["exponential", "half-normal"])
def test_networks_in_closed_form_by_samples(law):
    """Pairs and dropped features, sampled: the loss is what is said, above every floor."""
    problem = ReluProblem((Group(5, 1, "2/5", law),), 3)
    network = closed_network(problem)
    rng = np.random.default_rng(5)
    x = np.where(rng.random((200_000, 5)) < 0.4, problem.features.groups[0].law.sample(rng, (200_000, 5)), 0)
    W, b = network.weights.astype(float), np.array([number(value) for value in network.bias])
    loss = ((x - np.maximum(x @ W.T @ W + b, 0)) ** 2).sum(1)
    assert abs(loss.mean() - number(network.loss)) < 5 * loss.std() / 200_000**0.5 + 1e-4
    assert all(number(floor.value.upper) < number(network.loss) for floor in floors(problem))


def test_pairs_of_different_scales():
    """E min(u, v)² of exponential values of means 1 and 2: 2 (2/3)²."""
    groups = (Group(1, 1, "1/2", "exponential"), Group(1, 1, "1/2", "exponential", scale=2))
    assert closed_network(ReluProblem(groups, 1)).loss <= 2 * fmpq(1, 4) * 2 * fmpq(4, 9)


def test_laws_of_several_kinds_and_the_loss_of_weights():
    mixed = ReluProblem((Group(3, 1, "1/2", "exponential"), Group(3, 1, "1/2", "uniform01")), 2)
    assert of_one_kind(mixed) is None
    assert floors(mixed) == []
    assert closed_network(mixed).loss > 0
    with pytest.raises(ParameterError, match=r"law = exponential: has floors alone, on the command line bounds --activation relu;"):
        relu_loss(np.ones((2, 3)), p="1/2", law="exponential")
