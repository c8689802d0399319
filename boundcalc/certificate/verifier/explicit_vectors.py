"""C²/D of explicit vectors: coordinates a + b √radicand in an orthogonal basis of given squared lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, fmpq, fmpz

from boundcalc.certificate.verifier.model import Model, row
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, integer, rational, sequence

MAX_WORK = 1_000_000_000
"""Pairs of vectors times (d + m): what the inner products may cost."""


def vectors(model: Model, witness: dict[str, Any], where: str) -> tuple[int, int, Callable[[], arb | fmpq]]:
    """n, d and C²/D at the best scale, in balls where √radicand occurs."""
    radicand = integer(witness["radicand"], f"{where}.radicand")
    basis = [_coordinate(s, f"{where}.basis[{k}]") for k, s in enumerate(sequence(witness["basis"], f"{where}.basis", 2_000))]
    columns = []
    for k, vector in enumerate(sequence(witness["vectors"], f"{where}.vectors", 20_000)):
        name = f"{where}.vectors[{k}]"
        columns.append([_coordinate(c, name) for c in sequence(vector, name, len(basis))])
        if len(columns[-1]) != len(basis):
            raise CertificateError(f"{name}: must have one coordinate for each basis vector")
    if witness["unit"] not in {"yes", "no"}:
        raise CertificateError(f"{where}.unit: must be yes or no")
    if not columns or not basis:
        raise CertificateError(f"{where}.vectors: must hold a vector")
    if len(columns) ** 2 * (len(basis) + model.m) > MAX_WORK:
        raise CertificateError(f"{where}.vectors: are too many to check")
    rational_only = all(b == 0 for column in [basis, *columns] for _, b in column)

    def value() -> arb | fmpq:
        root = arb(radicand).sqrt()
        lift: Callable[[tuple[fmpq, fmpq]], Any] = (lambda c: c[0]) if rational_only else (lambda c: arb(c[0]) + arb(c[1]) * root)
        lengths, entries = [lift(s) for s in basis], [[lift(c) for c in column] for column in columns]
        if not all(s > 0 for s in lengths):
            raise Refuted(f"{where}.basis: squared lengths must be positive")
        if rational_only:
            # whole numbers are much faster than fractions, and the best scale forgets a common factor of W
            lengths, entries = _whole([lengths])[0], _whole(entries)
        return _best_improvement(model, lengths, entries, witness["unit"] == "yes", where)

    return len(columns), len(basis), value


def _whole(rows: list[list[fmpq]]) -> list[list[fmpz]]:
    scale = fmpz(1)
    for entries in rows:
        for entry in entries:
            scale = scale * entry.q // scale.gcd(entry.q)
    return [[(entry * scale).p for entry in entries] for entries in rows]


def _best_improvement(model: Model, lengths: list[Any], entries: list[list[Any]], unit: bool, where: str) -> arb | fmpq:
    m, zero = model.m, 0 * lengths[0]
    exact = not isinstance(zero, arb)
    lift: Callable[[Any], Any] = fmpq if exact else arb
    norms = [sum((s * x * x for s, x in zip(lengths, one, strict=True)), zero) for one in entries]
    if unit and not all(norm > 0 for norm in norms):
        raise Refuted(f"{where}.vectors: a zero vector has no direction")
    C, D = lift(0), lift(0)
    for one, norm in zip(entries, norms, strict=True):
        scaled = [s * x for s, x in zip(lengths, one, strict=True)]
        squares = [sum((x * y for x, y in zip(scaled, other, strict=True)), zero) ** 2 for other in entries]
        if unit:
            squares = [lift(square) / (norm * other) for square, other in zip(squares, norms, strict=True)]
        powers, sums = [lift(1)] * len(squares), [lift(len(squares))]
        for _ in range(m):
            powers = [power * square for power, square in zip(powers, squares, strict=True)]
            sums.append(sum(powers, lift(0)))
        c, e = row(model, lift(1) if unit else lift(norm), sums)
        C, D = C + c, D + e
    if exact and D == 0:
        raise Refuted(f"{where}.vectors: all vectors are zero")
    return C**2 / D


def _coordinate(value: Any, where: str) -> tuple[fmpq, fmpq]:
    if isinstance(value, list):
        if len(value) != 2:
            raise CertificateError(f"{where}: a pair [a, b] stands for a + b sqrt(radicand)")
        return rational(value[0], where), rational(value[1], where)
    return rational(value, where), fmpq(0)
