"""Reads the features of a certificate: groups of equal ones, with exact moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.problem import MAX_M, cumulants, even_moments
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
)

MAX_GROUPS = 5_000


@dataclass
class GroupModel:
    """Equal features; ``plain`` holds the moments μ_0, μ_2, … of their law."""

    count: int
    importance: fmpq
    p: fmpq
    law: str
    scale: fmpq
    plain: list[fmpq]
    work: Work

    @cached_property
    def even(self) -> list[fmpq]:
        """The moments μ_0, μ_2, … of the active value c u."""
        many = len(self.plain)
        bits = 2 * many * number_bits(self.scale) + max(map(number_bits, self.plain))
        self.work.fractions(many, bits, "the moments of a group")
        return [self.scale ** (2 * j) * value for j, value in enumerate(self.plain)]

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

    @property
    def one_kind(self) -> bool:
        """Whether all features are equal."""
        return len({(group.importance, group.p, group.law, group.scale) for group in self.groups}) == 1

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
        groups.append(GroupModel(count, importance, p, group["law"], scale, moments, work))
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
