"""Verifies lower bounds for features that differ: orthonormal features, explicit weights, or blocks of features of one law."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import comb
from typing import Any

from flint import arb, fmpq

from boundcalc.certificate.verifier.feature_problem import FeatureModel, GroupModel, top
from boundcalc.certificate.verifier.problem import Model, moments_of
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    fields,
    integer,
    number_bits,
    rational,
    sequence,
    shown,
    word,
)
from boundcalc.certificate.verifier.witnesses import MAX_BLOCKS, SINGLE, Witness, added, read_witness

MAX_WITNESS = 500
"""Most features of explicit weights."""
WHAT = "the witness"
Value = Callable[[], arb | fmpq]


def feature_witness(model: FeatureModel, data: Any) -> tuple[Value, str, str]:
    """C²/D of a witness, or what its blocks attain together; what it is, and what is cited."""
    where = "lower.witness"
    if not isinstance(data, dict):
        raise CertificateError(f"{where}: must be an object")
    kind = word(data.get("kind"), f"{where}.kind", ("orthonormal", "vectors", "blocks"))
    if kind == "orthonormal":
        size = integer(fields(data, where, ("kind", "n"))["n"], f"{where}.n")
        if size > model.r:
            raise Refuted(f"{where}: {shown(size)} features do not fit")
        value = top([(group.count, group.alone) for group in model.groups], size)
        return lambda: value, "the most valuable features, each alone", ""
    if kind == "blocks":
        return _blocks(model, fields(data, where, ("kind", "blocks")), where)
    given = fields(data, where, ("kind", "columns", "vectors"))
    columns = [integer(value, f"{where}.columns") for value in sequence(given["columns"], f"{where}.columns", MAX_WITNESS)]
    vectors = [
        [rational(value, f"{where}.vectors[{k}]") for value in sequence(entry, f"{where}.vectors[{k}]", model.d)]
        for k, entry in enumerate(sequence(given["vectors"], f"{where}.vectors", MAX_WITNESS))
    ]
    if len(vectors) != len(columns) or len(set(columns)) < len(columns) or len({len(vector) for vector in vectors}) != 1:
        raise CertificateError(f"{where}: must have a vector for each of several distinct columns, of one length")
    attained = _value(model, [model.group_of(column) for column in columns], vectors)
    return lambda: attained, "explicit vectors, every inner product recomputed", ""


def _blocks(model: FeatureModel, data: dict[str, Any], where: str) -> tuple[Value, str, str]:
    """Each block is a witness of equal features on features that differ in importance alone.

    These are the places first, first + 1, … among the features of a group's activity, law and scale, the most important first. The
    average over all orders of the block's features is their mean importance times the block's improvement: some order does as well.
    """
    parts, dimensions, classes = list[tuple[fmpq, Witness]](), 0, dict[int, _Alike]()
    for k, entry in enumerate(sequence(data["blocks"], f"{where}.blocks", MAX_BLOCKS)):
        inside = f"{where}.blocks[{k}]"
        given = fields(entry, inside, ("group", "first", "witness"))
        place, first = (integer(given[name], f"{inside}.{name}", low=0) for name in ("group", "first"))
        if place >= len(model.groups):
            raise Refuted(f"{inside}.group: there is no such group")
        group = model.groups[place]
        place = next(j for j, other in enumerate(model.groups) if (other.p, other.even) == (group.p, group.even))
        if place not in classes:
            classes[place] = _Alike(model, group)
        alike = classes[place]
        witness = read_witness(alike.problem, given["witness"], f"{inside}.witness", SINGLE)
        if first + witness.n > alike.size:
            raise Refuted(f"{inside}: there are not so many features of one activity, law and scale")
        alike.taken.append((first, first + witness.n))
        dimensions += witness.d
        parts.append((alike.mean(first, witness.n), witness))
    if not all(alike.is_disjoint for alike in classes.values()):
        raise Refuted(f"{where}.blocks: two blocks have a feature in common")
    if not parts or dimensions > model.d:
        raise Refuted(f"{where}.blocks: there must be a block, and their dimensions must add up to d at most")

    value, said, cited = added(model.work, parts)
    return value, f"blocks on features of one activity, law and scale, times their mean importance: {said}", cited


class _Alike:
    """The features of one activity, law and scale, the most important ones first."""

    def __init__(self, model: FeatureModel, group: GroupModel) -> None:
        alike = [other for other in model.groups if (other.p, other.even) == (group.p, group.even)]
        self.size = sum(other.count for other in alike)
        self.problem = Model(self.size, model.d, model.m, group.p, group.even, group.law, model.work)
        self.counts, self.sums, self.importances = [0], [fmpq(0)], []
        for other in sorted(alike, key=lambda other: -other.importance):
            model.work.fractions(2, number_bits(self.sums[-1], other.importance, other.count), WHAT)
            self.counts.append(self.counts[-1] + other.count)
            self.sums.append(self.sums[-1] + other.count * other.importance)
            self.importances.append(other.importance)
        self.taken: list[tuple[int, int]] = []

    def _sum(self, many: int) -> fmpq:
        place = sum(count <= many for count in self.counts) - 1
        rest = many - self.counts[place]
        return self.sums[place] + (rest * self.importances[place] if rest else 0)

    def mean(self, first: int, count: int) -> fmpq:
        """The mean importance of ``count`` features from the place ``first`` on."""
        return (self._sum(first + count) - self._sum(first)) / count

    @property
    def is_disjoint(self) -> bool:
        """Whether no two blocks have a feature in common."""
        ordered = sorted(self.taken)
        return all(end <= start for (_, end), (start, _) in pairwise(ordered))


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
