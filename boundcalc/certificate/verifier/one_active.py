r"""Verifies U2 for features that differ: one active feature, or several.

Feature i is active alone with probability pi_i = p_i prod_{k != i} (1 - p_k). The one-active part

    sup [2 sum c_i a_i^m - sum_ij k_ij A_ij^{2m}],
    c_i = pi_i omega_i alpha_i,   k_ij = (omega_i pi_j beta_j + omega_j pi_i beta_i)/2,

is at most, with s_i^2 = omega_i pi_i alpha_i^2/beta_i, for a member (x, y) of the frontier

    lambda^2/y + sum (s_i - lambda)_+^2/x,   and max s_i^2/y for x = 0;

or by matrices, all numbers divided by P = prod (1 - p_k) and by f_i, P [x^T G^0 x + sum (s_i - (G^0 x)_i)_+^2/(k_ii - e_i)].
Several active features add the sum of the N largest omega_i mu_2 (p_i - pi_i).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

from flint import arb, fmpq

from boundcalc.certificate.verifier.feature_problem import FeatureModel, GroupModel, top
from boundcalc.certificate.verifier.pair_matrices import bounded, read_kinds, read_matrices
from boundcalc.certificate.verifier.polynomials import minorant
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    fields,
    not_negative,
    number_bits,
    polynomial,
    sequence,
)

ZERO, ONE = fmpq(0), fmpq(1)
Value = Callable[[], arb]


def very_sparse(model: FeatureModel, parameters: dict[str, Any]) -> tuple[Value, list[str]]:
    """The one-active part, by a polynomial or by matrices, and the others."""
    alone, said = _by_matrices(model, parameters) if "matrices" in parameters else _by_polynomial(model, parameters)
    return lambda: alone() + _several(model), [
        said,
        "two or more active features: the reconstruction lies in a space of dimension N",
    ]


def _by_polynomial(model: FeatureModel, parameters: dict[str, Any]) -> tuple[Value, str]:
    given = fields(parameters, "upper.parameters", {"h", "lambda"})
    lam = not_negative(given["lambda"], "parameters.lambda")
    x, y = minorant(polynomial(given["h"], "parameters.h"), model.d, model.m, ONE, "parameters.h", model.work)
    if y < 0 or (y == 0 and (lam > 0 or x == 0)):
        raise Refuted("parameters.h: h_0 must not be negative, and positive beside a multiplier or where h(1) = 1")

    def value() -> arb:
        squares = [group.importance * alone * _single(group) for group, alone in zip(model.groups, _isolations(model), strict=True)]
        if x == 0:
            largest = squares[0]
            for square in squares[1:]:
                largest = largest.max(square)
            return largest / y
        total = arb(lam**2 / y) if lam else arb(0)
        for group, square in zip(model.groups, squares, strict=True):
            rest = (square.max(arb(0)).sqrt() - lam).max(arb(0))
            total += group.count * rest**2 / x
        return total

    return value, f"h has Gegenbauer coefficients h_k >= 0 (k >= 1) and stays below u^{model.m} on [0, 1]"


def _by_matrices(model: FeatureModel, parameters: dict[str, Any]) -> tuple[Value, str]:
    given = fields(parameters, "upper.parameters", {"matrices", "x", "kinds", "groups"})
    if any(group.p == 1 for group in model.groups):
        raise Refuted("parameters.matrices: need p < 1 for every feature")
    entries = sequence(given["groups"], "parameters.groups", len(model.groups))
    if len(entries) < len(model.groups):
        raise CertificateError("parameters.groups: must have an entry for each group")
    items = [fields(entry, f"parameters.groups[{k}]", {"f", "kind"}) for k, entry in enumerate(entries)]
    m, work = model.m, model.work
    every = read_kinds(model, given, items, lambda group: _odds(group) * group.even[m])
    matrices, x = read_matrices(given, len(every.groups))
    proven = bounded(matrices, x, every.weights, every.counts, ONE, model.d, m, work)
    total = proven.offset
    for k, (group, count, f) in enumerate(zip(every.groups, every.counts, every.f, strict=True)):
        multiplier, end = proven.of(k)
        work.fractions(12, 2 * number_bits(f, multiplier, end, total, _odds(group), *group.even), "a kind of features")
        rest = group.importance * _odds(group) * group.even[(m + 1) // 2] / f - multiplier
        room = every.weights[k][k] - end
        if rest > 0:
            if room <= 0:
                raise Refuted(f"parameters.matrices: kind {k} needs room on the diagonal")
            total += count * rest**2 / room

    def value() -> arb:
        found = arb(total)
        for group in model.groups:
            found *= arb(1 - group.p) ** group.count
        return found

    said = f"the matrices are positive semidefinite and below the pairs' weights times u^{m} on [0, 1]"
    return value, said


def _odds(group: GroupModel) -> fmpq:
    return group.p / (1 - group.p)


def _single(group: GroupModel) -> fmpq:
    """μ_{m+1}²/μ_{2m}."""
    m = len(group.even) - 1
    return group.even[(m + 1) // 2] ** 2 / group.even[m]


def _isolations(model: FeatureModel) -> list[arb]:
    """π of each group in the current precision."""
    idle = [arb(1 - group.p) ** group.count for group in model.groups]
    before, after = [arb(1)], [arb(1)]
    for own in idle[:-1]:
        before.append(before[-1] * own)
    for own in idle[:0:-1]:
        after.append(after[-1] * own)
    parts = zip(model.groups, before, reversed(after), strict=True)
    return [arb(group.p) * arb(1 - group.p) ** (group.count - 1) * left * right for group, left, right in parts]


def _several(model: FeatureModel) -> arb:
    """The sum of the N largest ω μ_2 (p − π) in the current precision: between those of the lower and of the upper ends."""
    size = model.n if model.d >= model.n else min(model.n, comb(model.d + model.m - 1, model.m))
    low, high = [], []
    for group, alone in zip(model.groups, _isolations(model), strict=True):
        crowded = (group.p - alone) * group.importance * group.even[1]
        low.append((group.count, crowded.lower().fmpq()))
        high.append((group.count, crowded.upper().fmpq()))
    return arb(top(low, size)).union(arb(top(high, size)))
