"""The test functions against averages over sharp configurations and against floating-point quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.certify.gegenbauer import even_gegenbauer
from boundcalc.certify.quadrature_dual import is_optimal, levenshtein_test_functions, strength
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

SHARP = {  # (d, lines): squared inner products of one line with the others, with multiplicities; strength
    (3, 6): ({fmpq(1, 5): 5}, 2),
    (4, 12): ({fmpq(0): 3, fmpq(1, 4): 8}, 2),
    (6, 36): ({fmpq(0): 15, fmpq(1, 4): 20}, 2),
    (7, 63): ({fmpq(0): 30, fmpq(1, 4): 32}, 2),
    (8, 120): ({fmpq(0): 63, fmpq(1, 4): 56}, 3),
    (23, 2300): ({fmpq(0): 1408, fmpq(1, 9): 891}, 3),
}


@pytest.mark.parametrize("size", SHARP)
def test_the_quadrature_of_a_sharp_configuration_is_the_configuration(size):
    (d, n), (products, tau) = size, SHARP[size]
    assert strength(n, d, 11) == tau
    found = levenshtein_test_functions(n, d, tau, 11)
    for polynomial, value in zip(even_gegenbauer(d, 11)[tau + 1 :], found, strict=True):
        average = (1 + sum(count * polynomial(u) for u, count in products.items())) / fmpq(n)
        assert value == average >= 0
    assert is_optimal(n, d, 3, 11)


def quadrature(n: int, d: int, tau: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights in floating point, by the companion matrix and the Vandermonde system."""
    moments = np.cumprod([1.0] + [(2 * k + 1) / (d + 2 * k) for k in range(tau)]) - 1 / n
    even = 1 - tau % 2
    inner = moments[even:]
    nodes = len(inner) // 2
    hankel = np.array([[inner[i + j] for j in range(nodes)] for i in range(nodes)])
    lower = np.linalg.solve(hankel, -inner[nodes : 2 * nodes])
    roots = np.roots([1.0, *lower[::-1]])
    points = np.concatenate([[0.0], roots]) if even else roots
    weights = np.linalg.solve(np.vander(points, increasing=True).T, moments[: len(points)])
    return points, weights


@pytest.mark.parametrize(("n", "d"), [(7, 3), (9, 3), (13, 4), (19, 4), (30, 5), (37, 5), (100, 8), (47, 6), (12, 3)])
def test_against_floating_point_nodes(n, d):
    tau = strength(n, d, 9)
    points, weights = quadrature(n, d, tau)
    assert (weights > 0).all()
    assert ((points >= 0) & (points < 1)).all()
    for polynomial, value in zip(even_gegenbauer(d, 8)[tau + 1 :], levenshtein_test_functions(n, d, tau, 8), strict=True):
        p = np.array([int(c.p) / int(c.q) for c in polynomial.coeffs()])
        direct = 1 / n + weights @ np.polyval(p[::-1], points)
        assert int(value.p) / int(value.q) == pytest.approx(direct, abs=1e-9)


@pytest.mark.parametrize(("n", "d", "m"), [(7, 3, 3), (13, 4, 3), (30, 5, 3), (100, 8, 3), (12, 3, 5), (40, 4, 5)])
def test_the_dual_value_is_the_universal_constant(n, d, m):
    points, weights = quadrature(n, d, strength(n, d, m))
    G = best_constant(Quantities(EXACT, Problem(n, d, m, 1, "rademacher")))
    assert int(G.q) / int(G.p) == pytest.approx(1 / n + weights @ points**m, rel=1e-9)


def test_chebyshev_polynomials_never_improve_in_the_plane():
    assert all(is_optimal(n, 2, m, m + 8) for m in (3, 5, 7) for n in range(3, 20))


def test_large_parameters_stay_cheap():
    assert is_optimal(10**9, 100_000, 3, 11)
