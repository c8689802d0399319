"""Computes C²/D of explicit vectors: coordinates a + b √radicand in an orthogonal basis of given squared lengths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isqrt
from typing import Any

from flint import arb, fmpq, fmpz, fmpz_mat

from boundcalc.certificate.verifier.problem import Model, row
from boundcalc.certificate.verifier.quadratic import QuadraticSurd
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, Work, integer, number_bits, rational, sequence, word

MAX_DIMENSIONS = 2_000
MAX_VECTORS = 20_000
ENTRIES_AT_A_TIME = 1 << 18
WHAT = "the inner products of the witness"


def vectors(model: Model, witness: dict[str, Any], where: str) -> tuple[int, int, Callable[[], arb | fmpq]]:
    """n, d and C²/D at the best scale: a rational, or a ball where √radicand remains."""
    radicand = integer(witness["radicand"], f"{where}.radicand")
    basis = [
        _coordinate(s, f"{where}.basis[{k}]") for k, s in enumerate(sequence(witness["basis"], f"{where}.basis", MAX_DIMENSIONS))
    ]
    columns = []
    for k, vector in enumerate(sequence(witness["vectors"], f"{where}.vectors", MAX_VECTORS)):
        name = f"{where}.vectors[{k}]"
        columns.append([_coordinate(c, name) for c in sequence(vector, name, len(basis))])
        if len(columns[-1]) != len(basis):
            raise CertificateError(f"{name}: must have one coordinate for each basis vector")
    unit = word(witness["unit"], f"{where}.unit", ("yes", "no")) == "yes"
    if not columns or not basis:
        raise CertificateError(f"{where}.vectors: must hold a vector")
    surd = any(b != 0 for column in [basis, *columns] for _, b in column)
    if surd and isqrt(radicand) ** 2 == radicand:
        raise CertificateError(f"{where}.radicand: must not be a square")

    def value() -> arb | fmpq:
        if surd:
            bits = max(number_bits(a, b) for entries in (basis, *columns) for a, b in entries) + radicand.bit_length()
            _charge_surds(model, len(columns), len(basis), bits)
            lengths = [QuadraticSurd(*s, radicand) for s in basis]
            entries = [[QuadraticSurd(*c, radicand) for c in column] for column in columns]
            return _of_surds(model, lengths, entries, unit, where)
        # whole numbers are much faster than fractions, and the best scale forgets a common factor of W
        return _of_whole_numbers(
            model,
            _whole([[a for a, _ in basis]], model.work)[0],
            _whole([[a for a, _ in column] for column in columns], model.work),
            unit,
            where,
        )

    return len(columns), len(basis), value


def _charge_surds(model: Model, n: int, d: int, bits: int) -> None:
    """A product of two numbers a + b sqrt(radicand) is five of fractions; quotients make their bits four times as many."""
    model.work.fractions(5 * n * n * d, 3 * bits, WHAT)
    model.work.fractions(10 * n * n * model.m, 8 * model.m * bits, WHAT)


def _whole(rows: list[list[fmpq]], work: Work) -> list[list[fmpz]]:
    scale = fmpz(1)
    for entries in rows:
        for entry in entries:
            work.fractions(2, int(scale.bit_length()) + number_bits(entry), "the coordinates of the witness")
            scale = scale * entry.q // scale.gcd(entry.q)
    return [[(entry * scale).p for entry in entries] for entries in rows]


def _of_whole_numbers(model: Model, lengths: list[fmpz], entries: list[list[fmpz]], unit: bool, where: str) -> fmpq:
    """C²/D of vectors with whole coordinates."""
    if not all(s > 0 for s in lengths):
        raise Refuted(f"{where}.basis: squared lengths must be positive")
    n, d, m, work = len(entries), len(lengths), model.m, model.work
    bits = 2 * max(int(x.bit_length()) for one in entries for x in one) + max(int(s.bit_length()) for s in lengths) + d.bit_length()
    work.products(n * n * d, bits, WHAT)
    work.whole(n * d, bits, WHAT)
    work.whole(n * n * (m + 1), m * bits, WHAT)
    norms = [sum((s * x * x for s, x in zip(lengths, one, strict=True)), fmpz(0)) for one in entries]
    if unit and not all(norm > 0 for norm in norms):
        raise Refuted(f"{where}.vectors: a zero vector has no direction")
    # squares are divided by the product of two squared lengths, which is the same for vectors of equal length
    members: dict[fmpz, list[int]] = {}
    for k, norm in enumerate(norms):
        members.setdefault(norm if unit else fmpz(1), []).append(k)
    C, D = fmpq(0), fmpq(0)
    for norm, products in zip(norms, _inner_products(lengths, entries), strict=True):
        sums = [fmpq(n)] + [fmpq(0)] * m
        for other, those in members.items():
            scale = norm * other if unit else fmpz(1)
            squares = [products[k] ** 2 for k in those]
            power = squares
            for k in range(1, m + 1):
                work.fractions(2, number_bits(sums[k]) + k * int(scale.bit_length()) + k * bits, WHAT)
                sums[k] += fmpq(sum(power, fmpz(0)), scale**k)
                if k < m:
                    power = [one * square for one, square in zip(power, squares, strict=True)]
        c, e = row(model, fmpq(1) if unit else fmpq(norm), sums)
        work.fractions(2, max(number_bits(C, c), number_bits(D, e)), WHAT)
        C, D = C + c, D + e
    if D == 0:
        raise Refuted(f"{where}.vectors: all vectors are zero")
    work.fractions(3, 2 * number_bits(C) + number_bits(D), WHAT)
    return C**2 / D


def _inner_products(lengths: list[fmpz], entries: list[list[fmpz]]) -> Iterator[list[fmpz]]:
    """The inner products of each vector with all, some rows of the Gram matrix at a time."""
    n, d = len(entries), len(lengths)
    across = fmpz_mat(n, d, [x for one in entries for x in one]).transpose()
    step = max(1, ENTRIES_AT_A_TIME // n)
    for start in range(0, n, step):
        some = entries[start : start + step]
        scaled = fmpz_mat(len(some), d, [s * x for one in some for s, x in zip(lengths, one, strict=True)])
        products = (scaled * across).entries()
        yield from (products[k * n : (k + 1) * n] for k in range(len(some)))


def _of_surds(model: Model, lengths: list[QuadraticSurd], entries: list[list[QuadraticSurd]], unit: bool, where: str) -> arb | fmpq:
    m, zero = model.m, 0 * lengths[0]
    if not all(s.is_positive for s in lengths):
        raise Refuted(f"{where}.basis: squared lengths must be positive")
    norms = [sum((s * x * x for s, x in zip(lengths, one, strict=True)), zero) for one in entries]
    if unit and not all(norm.is_positive for norm in norms):
        raise Refuted(f"{where}.vectors: a zero vector has no direction")
    C, D = zero, zero
    for one, norm in zip(entries, norms, strict=True):
        scaled = [s * x for s, x in zip(lengths, one, strict=True)]
        squares = [sum((x * y for x, y in zip(scaled, other, strict=True)), zero) ** 2 for other in entries]
        if unit:
            squares = [square / (norm * other) for square, other in zip(squares, norms, strict=True)]
        power, sums = squares, [zero + len(squares), sum(squares, zero)]
        for _ in range(m - 1):
            power = [one * square for one, square in zip(power, squares, strict=True)]
            sums.append(sum(power, zero))
        c, e = row(model, zero + 1 if unit else norm, sums)
        C, D = C + c, D + e
    if not D.is_positive:
        raise Refuted(f"{where}.vectors: all vectors are zero")
    return (C**2 / D).number()


def _coordinate(value: Any, where: str) -> tuple[fmpq, fmpq]:
    if isinstance(value, list):
        if len(value) != 2:
            raise CertificateError(f"{where}: a pair [a, b] stands for a + b sqrt(radicand)")
        return rational(value[0], where), rational(value[1], where)
    return rational(value, where), fmpq(0)
