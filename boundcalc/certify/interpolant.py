"""Interpolates u^m by the polynomial h that proves a constant G with S² ≤ G T: 1/G = h_0 + (1 − h(1))/n (lemma linear_program)."""

from __future__ import annotations

from flint import fmpq, fmpq_poly

from boundcalc.certify.quadrature_dual import orthogonal_polynomial, strength
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import sphere_moment, tensor_dimension


def levenshtein_interpolant(problem: Problem) -> fmpq_poly:
    """The Hermite interpolant of u^m at the nodes of Levenshtein's quadrature for n points; rational like its value.

    The nodes are the roots of an orthogonal polynomial π, so the interpolant is u^m modulo π² (odd strength) or u π²
    (even strength); u^m itself from n = N_m(d) on, and 0 for n ≤ d.
    """
    n, d, m = problem.n, problem.d, problem.m
    power = fmpq_poly([0] * m + [1])
    if n <= d and d != 1:
        return fmpq_poly([0])
    if d == 1 or problem.is_infinite or n >= tensor_dimension(d, m):
        return power
    count = int(n)
    tau = strength(count, d, m)
    moments = [fmpq(sphere_moment(fmpq(d), k)) - fmpq(1, count) for k in range(tau + 1)]
    even = tau % 2 == 0
    vanishing = orthogonal_polynomial(moments[1 if even else 0 :], (tau + 1) // 2 if not even else tau // 2)
    modulus = vanishing**2 * (fmpq_poly([0, 1]) if even else fmpq_poly([1]))
    return power % modulus


def coefficients(polynomial: fmpq_poly) -> list[str]:
    """Its coefficients as text."""
    return [str(c) for c in polynomial.coeffs()]


def tangent(problem: Problem) -> fmpq_poly:
    """The line that touches u^m at the squared cosine of equiangular lines; u^m itself where n is infinite."""
    m, d = problem.m, problem.d
    if problem.is_infinite:
        return levenshtein_interpolant(problem)
    n = int(problem.n)
    if n <= d:
        return fmpq_poly([0]) if d > 1 else fmpq_poly([0] * m + [1])
    rho = fmpq(n - d, d * (n - 1))
    return fmpq_poly([rho**m - m * rho**m, m * rho ** (m - 1)])
