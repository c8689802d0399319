"""Reads the features of a certificate and what a witness of theirs attains, in exact rationals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.problem import MAX_M, cumulants, even_moments, moments_of
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    Work,
    fields,
    integer,
    number_bits,
    rational,
    sequence,
    shown,
    word,
)

MAX_GROUPS = 5_000
MAX_WITNESS = 500
"""Most features of a witness."""
WHAT = "the witness"


@dataclass
class GroupModel:
    """Equal features; ``even`` holds the moments μ_0, μ_2, … of the active value, its scale included."""

    count: int
    importance: fmpq
    p: fmpq
    even: list[fmpq]
    work: Work

    def moment(self, k: int) -> fmpq:
        """E x^{2k}."""
        return self.p * self.even[k] if k else fmpq(1)

    @cached_property
    def kappa(self) -> list[fmpq]:
        """κ_{2k}, k = 0 … m."""
        return cumulants(self.work, [self.moment(k) for k in range(len(self.even))])

    @cached_property
    def paid(self) -> fmpq:
        """κ_4 + min(κ_6, 0)/(15 κ_2): κ_6 A⁶ ≥ min(κ_6, 0)/κ_2 · A⁴ K_2, since κ_2 A_ij² ≤ K_2(i); m = 3."""
        return self.kappa[2] + min(self.kappa[3], fmpq(0)) / (15 * self.kappa[1])

    @cached_property
    def alone(self) -> fmpq:
        """ω p g, g = μ_{m+1}²/μ_{2m}."""
        m = len(self.even) - 1
        return self.importance * self.p * self.even[(m + 1) // 2] ** 2 / self.even[m]


@dataclass
class FeatureModel:
    """Features that differ, in the order of the columns."""

    d: int
    m: int
    groups: list[GroupModel]
    work: Work

    @property
    def n(self) -> int:
        """How many features."""
        return sum(group.count for group in self.groups)

    @property
    def r(self) -> int:
        """min(n, d)."""
        return min(self.n, self.d)

    def group_of(self, column: int) -> GroupModel:
        """That of a column, from 1."""
        for group in self.groups:
            column -= group.count
            if column <= 0:
                return group
        raise Refuted("lower.witness.columns: there is no such feature")


def read_features(data: Any) -> FeatureModel:
    """The problem."""
    given = fields(data, "problem", ("n", "d", "m", "features"))
    d, m = integer(given["d"], "problem.d"), integer(given["m"], "problem.m")
    if m % 2 == 0 or m > MAX_M:
        raise CertificateError(f"problem.m = {shown(m)}: must be odd, at most {MAX_M}")
    work, groups = Work(), []
    for k, entry in enumerate(sequence(given["features"], "problem.features", MAX_GROUPS)):
        where = f"problem.features[{k}]"
        group = fields(entry, where, ("count", "importance", "p", "law", "scale"))
        count = integer(group["count"], f"{where}.count")
        importance, p, scale = (rational(group[name], f"{where}.{name}") for name in ("importance", "p", "scale"))
        if importance <= 0 or scale <= 0 or not 0 < p <= 1:
            raise CertificateError(f"{where}: needs importance > 0, scale > 0 and 0 < p <= 1")
        moments = even_moments(work, group["law"], m)
        work.fractions(m, 2 * m * number_bits(scale) + max(number_bits(value) for value in moments), "the moments of a group")
        groups.append(GroupModel(count, importance, p, [scale ** (2 * j) * value for j, value in enumerate(moments)], work))
    if not groups:
        raise CertificateError("problem.features: must have at least one group")
    model = FeatureModel(d, m, groups, work)
    if integer(given["n"], "problem.n") != model.n:
        raise CertificateError("problem.n: must be what the groups add up to")
    return model


def top(pairs: Sequence[tuple[int, fmpq]], k: int) -> fmpq:
    """The sum of the k largest of values that occur several times."""
    total = fmpq(0)
    for count, value in sorted(pairs, key=lambda pair: -pair[1]):
        taken = min(count, k)
        total, k = total + taken * value, k - taken
    return total


def witness_value(model: FeatureModel, data: Any) -> tuple[fmpq, str]:
    """C²/D of a witness, or what orthonormal features attain."""
    where = "lower.witness"
    if not isinstance(data, dict):
        raise CertificateError(f"{where}: must be an object")
    if word(data.get("kind"), f"{where}.kind", ("orthonormal", "vectors")) == "orthonormal":
        size = integer(fields(data, where, ("kind", "n"))["n"], f"{where}.n")
        if size > model.r:
            raise Refuted(f"{where}: {shown(size)} features do not fit")
        return top([(group.count, group.alone) for group in model.groups], size), "the most valuable features, each alone"
    given = fields(data, where, ("kind", "columns", "vectors"))
    columns = [integer(value, f"{where}.columns") for value in sequence(given["columns"], f"{where}.columns", MAX_WITNESS)]
    vectors = [
        [rational(value, f"{where}.vectors[{k}]") for value in sequence(entry, f"{where}.vectors[{k}]", model.d)]
        for k, entry in enumerate(sequence(given["vectors"], f"{where}.vectors", MAX_WITNESS))
    ]
    if len(vectors) != len(columns) or len(set(columns)) < len(columns) or len({len(vector) for vector in vectors}) != 1:
        raise CertificateError(f"{where}: must have a vector for each of several distinct columns, of one length")
    return _value(
        model, [model.group_of(column) for column in columns], vectors
    ), "explicit vectors, every inner product recomputed"


def _value(model: FeatureModel, groups: list[GroupModel], vectors: list[list[fmpq]]) -> fmpq:
    m, work, size = model.m, model.work, len(vectors)
    bits = 2 * max(number_bits(value) for vector in vectors for value in vector) + 8
    work.fractions(size * size * (len(vectors[0]) + 2 * m), m * bits + max(number_bits(*group.kappa) for group in groups), WHAT)
    total_c, total_d = fmpq(0), fmpq(0)
    for i, group in enumerate(groups):
        products = [sum((x * y for x, y in zip(vectors[i], other, strict=True)), fmpq(0)) for other in vectors]
        sums = [fmpq(0)]
        for k in range(1, m + 1):
            sums.append(sum((other.kappa[k] * a ** (2 * k) for other, a in zip(groups, products, strict=True)), fmpq(0)))
        moments = moments_of(work, sums)
        work.fractions(m + 2, 2 * number_bits(total_c, total_d) + number_bits(moments[m]), WHAT)
        own = fmpq(0)
        for k in range(1, m + 1, 2):
            own += comb(m, k) * group.kappa[(k + 1) // 2] * products[i] ** k * moments[(m - k) // 2]
        total_c, total_d = total_c + group.importance * own, total_d + group.importance * moments[m]
    if not (total_c > 0 and total_d > 0):
        raise Refuted("lower.witness: its improvement is not positive")
    return total_c**2 / total_d
