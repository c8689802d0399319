"""C²/D of explicit vectors: coordinates a + b √radicand in an orthogonal basis of given squared lengths."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt
from typing import Any

from flint import arb, fmpq, fmpz

from boundcalc.certificate.verifier.problem import Model, row
from boundcalc.certificate.verifier.quadratic import Quadratic
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, Work, integer, number_bits, rational, sequence, word

MAX_DIMENSIONS = 2_000
MAX_VECTORS = 20_000


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
            lengths: list[Any] = [Quadratic(*s, radicand) for s in basis]
            entries: list[list[Any]] = [[Quadratic(*c, radicand) for c in column] for column in columns]
        else:
            # whole numbers are much faster than fractions, and the best scale forgets a common factor of W
            lengths = _whole([[a for a, _ in basis]], model.work)[0]
            entries = _whole([[a for a, _ in column] for column in columns], model.work)
            bits = 2 * _bits(entries) + _bits([lengths]) + len(basis).bit_length()
            _charge(model, len(columns), len(basis), bits, unit)
        return _best_improvement(model, lengths, entries, unit, where)

    return len(columns), len(basis), value


def _is_positive(value: Any) -> bool:
    return value.is_positive if isinstance(value, Quadratic) else bool(value > 0)


def _bits(rows: list[list[fmpz]]) -> int:
    return max(int(entry.bit_length()) for entries in rows for entry in entries)


def _charge(model: Model, n: int, d: int, bits: int, unit: bool) -> None:
    """Inner products of so many bits, and their even powers; quotients by the norms where the vectors are divided by them."""
    what, m = "the inner products of the witness", model.m
    model.work.whole(n * n * d, bits, what)
    if unit:
        model.work.fractions(2 * n * n * m, 4 * m * bits, what)
    else:
        model.work.whole(2 * n * n * m, 2 * m * bits, what)


def _charge_surds(model: Model, n: int, d: int, bits: int) -> None:
    """A product of two numbers a + b sqrt(radicand) is five of fractions; quotients make their bits four times as many."""
    what, m = "the inner products of the witness", model.m
    model.work.fractions(5 * n * n * d, 3 * bits, what)
    model.work.fractions(10 * n * n * m, 8 * m * bits, what)


def _whole(rows: list[list[fmpq]], work: Work) -> list[list[fmpz]]:
    scale = fmpz(1)
    for entries in rows:
        for entry in entries:
            work.fractions(2, int(scale.bit_length()) + number_bits(entry), "the coordinates of the witness")
            scale = scale * entry.q // scale.gcd(entry.q)
    return [[(entry * scale).p for entry in entries] for entries in rows]


def _best_improvement(model: Model, lengths: list[Any], entries: list[list[Any]], unit: bool, where: str) -> arb | fmpq:
    m, zero = model.m, 0 * lengths[0]
    lift: Callable[[Any], Any] = (lambda x: x) if isinstance(zero, Quadratic) else fmpq
    if not all(_is_positive(s) for s in lengths):
        raise Refuted(f"{where}.basis: squared lengths must be positive")
    norms = [sum((s * x * x for s, x in zip(lengths, one, strict=True)), zero) for one in entries]
    if unit and not all(_is_positive(norm) for norm in norms):
        raise Refuted(f"{where}.vectors: a zero vector has no direction")
    C, D = lift(zero), lift(zero)
    for one, norm in zip(entries, norms, strict=True):
        scaled = [s * x for s, x in zip(lengths, one, strict=True)]
        squares = [sum((x * y for x, y in zip(scaled, other, strict=True)), zero) ** 2 for other in entries]
        if unit:
            squares = [lift(square) / (norm * other) for square, other in zip(squares, norms, strict=True)]
        power, sums = squares, [lift(zero) + len(squares), sum(squares, lift(zero))]
        for _ in range(m - 1):
            power = [one * square for one, square in zip(power, squares, strict=True)]
            sums.append(sum(power, lift(zero)))
        c, e = row(model, lift(zero) + 1 if unit else lift(norm), sums)
        C, D = C + c, D + e
    if not _is_positive(D):
        raise Refuted(f"{where}.vectors: all vectors are zero")
    found = C**2 / D
    return found.number() if isinstance(found, Quadratic) else found


def _coordinate(value: Any, where: str) -> tuple[fmpq, fmpq]:
    if isinstance(value, list):
        if len(value) != 2:
            raise CertificateError(f"{where}: a pair [a, b] stands for a + b sqrt(radicand)")
        return rational(value[0], where), rational(value[1], where)
    return rational(value, where), fmpq(0)
