r"""Decides when no polynomial beats Levenshtein's constant: the test functions of his quadrature, exact.

The linear program of U3(c), maximise h_0 + (1 - h(1))/n over h = sum_k h_k P_{2k} <= u^m with h_k >= 0 for k >= 1,
has as its dual the least 1/n + int u^m over positive measures sigma on [0, 1] with

    sigma([0, 1]) = 1 - 1/n   and   Q_k = 1/n + int P_{2k} dsigma >= 0,  k = 1, ..., degree.

Levenshtein's quadrature of strength tau, N_tau(d) <= n < N_{tau+1}(d), has Q_k = 0 for k <= tau. It is feasible, and
so the universal constant (tau_m(d) where tau >= m) is the program's optimum, if its test functions Q_k, k > tau, are
nonnegative. [Boyvalenkov, Danev, Bumova 1996; Boyvalenkov, Dragnev, Hardin, Saff, Stoyanova 2016]
"""

from __future__ import annotations

from flint import fmpq, fmpq_mat, fmpq_poly

from boundcalc.certify.gegenbauer import even_gegenbauer
from boundcalc.numbers.constants import sphere_moment, tensor_dimension

SAMPLES = 8
"""How many smaller numbers of points are tried from N_m(d) on."""


def strength(n: int, d: int, most: int) -> int:
    """τ with N_τ(d) ≤ n < N_{τ+1}(d), at most ``most``; n ≥ d ≥ 2."""
    tau = 1
    while tau < most and tensor_dimension(fmpq(d), tau + 1) <= n:
        tau += 1
    return tau


def levenshtein_test_functions(n: int, d: int, tau: int, degree: int) -> tuple[fmpq, ...]:
    """Q_{τ+1}, …, Q_degree of the quadrature of strength τ for n points; n > d ≥ 2.

    The quadrature is that of ν(f) = ∫f − f(1)/n. Its value is ν of the remainder modulo the nodes' polynomial, so it
    is rational although the nodes are not.
    """
    moments = [fmpq(sphere_moment(fmpq(d), k)) - fmpq(1, n) for k in range(tau + 1)]
    first = 1 - tau % 2  # even strength: u·ν, and a node at 0
    shifted = moments[first:]
    nodes = len(shifted) // 2
    vanishing = orthogonal_polynomial(shifted, nodes)
    found = []
    for polynomial in even_gegenbauer(d, degree)[tau + 1 :]:
        at_zero = polynomial[0] if first else fmpq(0)
        rest = (fmpq_poly(polynomial.coeffs()[first:]) if first else polynomial) % vanishing
        value = sum((rest[k] * shifted[k] for k in range(nodes)), fmpq(0))
        found.append(fmpq(1, n) + at_zero * moments[0] + value)
    return tuple(found)


def orthogonal_polynomial(moments: list[fmpq], nodes: int) -> fmpq_poly:
    """The monic orthogonal polynomial of degree ``nodes``."""
    hankel = fmpq_mat([[moments[i + j] for j in range(nodes)] for i in range(nodes)])
    right = fmpq_mat([[-moments[i + nodes]] for i in range(nodes)])
    solution = hankel.solve(right)
    return fmpq_poly([solution[i, 0] for i in range(nodes)] + [fmpq(1)])


def is_optimal(n: int, d: int, m: int, degree: int) -> bool:
    """Whether a quadrature proves that no polynomial of that degree in u improves on the universal constant.

    From n = N_m(d) on the constant is τ_m(d) whatever n, so a feasible quadrature for fewer points serves too.
    """
    least = int(tensor_dimension(fmpq(d), m).floor())
    counts = {n} if n <= least else {n, *(least + (n - least) * j // SAMPLES for j in range(SAMPLES))}
    return any(
        all(value >= 0 for value in levenshtein_test_functions(count, d, strength(count, d, degree), degree)) for count in counts
    )
