"""Verifies lower bounds: a witness with its size and C²/D of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from flint import arb, fmpq

from boundcalc.certificate.verifier.chirps import chirps, falling
from boundcalc.certificate.verifier.explicit_vectors import vectors
from boundcalc.certificate.verifier.orbits import FIELDS, orbits
from boundcalc.certificate.verifier.problem import Model, cumulants, moments_of, row, sphere_moment
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
from boundcalc.certificate.verifier.unbiased_bases import bases

MAX_BLOCKS = 200
MAX_SQUARES = 10
CITED: dict[tuple[int, int, tuple[tuple[str, int], ...]], str] = {
    (36, 6, (("0", 15), ("1/4", 20))): "the 36 lines of the roots of E_6 (Conway and Sloane 1999)",
    (63, 7, (("0", 30), ("1/4", 32))): "the 63 lines of the roots of E_7 (Conway and Sloane 1999)",
    (120, 8, (("0", 63), ("1/4", 56))): "the 120 lines of the roots of E_8 (Conway and Sloane 1999)",
    (144, 16, (("0", 15), ("1/16", 128))): "144 lines of a Kerdock code (Delsarte, Goethals and Seidel 1977)",
    (276, 23, (("1/25", 275),)): "276 equiangular lines (Delsarte, Goethals and Seidel 1977)",
    (1408, 22, (("0", 840), ("1/9", 567))): "1408 lines (Delsarte, Goethals and Seidel 1977)",
    (2160, 16, (("0", 855), ("1/16", 1024), ("1/4", 280))): "the 2160 lines of the Barnes-Wall lattice (Conway and Sloane 1999)",
    (2300, 23, (("0", 1408), ("1/9", 891))): "2300 lines (Delsarte, Goethals and Seidel 1977)",
    (98280, 24, (("0", 46575), ("1/16", 47104), ("1/4", 4600))): "the 98280 lines of the Leech lattice (Conway and Sloane 1999)",
}
"""The frames that may be cited, by n, d and the squared inner products of a vector with the others, in ascending order."""
Value = Callable[[], arb | fmpq]


@dataclass(frozen=True)
class Witness:
    """n features in d dimensions; ``value`` gives C²/D at the precision at hand, ``cited`` what is not re-proved."""

    n: int
    d: int
    value: Value
    said: str
    cited: str = ""


Reader = Callable[[Model, dict[str, Any], str], Witness]


def _uniform_rows(model: Model, count: int, sums: list[fmpq]) -> fmpq:
    """C²/D of ``count`` equal rows with a = 1."""
    model.work.fractions(model.m, number_bits(*sums, *model.kappa), "the row of the witness")
    C, D = row(model, fmpq(1), sums)
    return count * C**2 / D


def _orthonormal(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n = integer(witness["n"], f"{where}.n")
    value = model.p * n * model.mu(model.m + 1) ** 2 / model.mu(2 * model.m)
    return Witness(n, n, lambda: value, "one dimension a feature")


def _simplex(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n = integer(witness["n"], f"{where}.n", 3)
    model.work.fractions(model.m, 2 * model.m * n.bit_length(), "the simplex")
    sums = [1 + fmpq(1, n - 1) ** (2 * k) * (n - 1) for k in range(model.m + 1)]
    return Witness(n, n - 1, lambda: _uniform_rows(model, n, sums), "the regular simplex: inner products -1/(n - 1)")


def _plane_lines(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n = integer(witness["n"], f"{where}.n", 2)
    model.work.whole((model.m // n + 1) * model.m, 100 * model.m, "the lines of the plane")
    # Σ_j cos^{2k}(π j/n) = n/4^k Σ_s binom(2k, k + s n) over all whole s
    around = [sum(comb(2 * k, k + s * n) for s in range(-(k // n), k // n + 1)) for k in range(model.m + 1)]
    sums = [fmpq(n) * count / fmpq(4) ** k for k, count in enumerate(around)]
    return Witness(n, 2, lambda: _uniform_rows(model, n, sums), "equally spaced lines of the plane: power sums of cosines")


def _random_directions(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n, d, m = integer(witness["n"], f"{where}.n"), integer(witness["d"], f"{where}.d"), model.m

    def value() -> fmpq:
        kappa = model.kappa
        model.work.fractions(2 * m, model.bits + m * (d + 2 * m).bit_length(), "the moments of the sphere")
        other = cumulants(model.work, [model.moment(k) * sphere_moment(d, k) for k in range(m + 1)])
        # y = x + Z, Z a sum of n - 1 independent terms whose moments are those of x times c_k(d)
        moments = moments_of(model.work, [kappa[k] + (n - 1) * other[k] for k in range(m + 1)])
        C = sum((comb(m, k) * kappa[(k + 1) // 2] * moments[(m - k) // 2] for k in range(1, m + 1, 2)), fmpq(0))
        model.work.fractions(3, 2 * number_bits(C) + number_bits(moments[m], n), "C^2/D")
        return n * C**2 / moments[m]

    return Witness(n, d, value, "an average over random directions, so that some W does as well")


def _random_walsh(model: Model, witness: dict[str, Any], where: str) -> Witness:
    """d random rows of the n × n Walsh–Hadamard matrix: a = 1, q = n/d, and Q_4, Q_6 averaged over the rows."""
    n, d = integer(witness["n"], f"{where}.n"), integer(witness["d"], f"{where}.d")
    if model.m != 3:
        raise Refuted(f"{where}: random Walsh frames need m = 3")
    if n & (n - 1) or d > n:
        raise Refuted(f"{where}: n must be a power of two, and d <= n")
    x = fmpq(d)
    # how many 4-tuples and 6-tuples of a d-subset of Z_2^k sum to zero, on average; distinct elements apart
    four = falling(x, 4) / (n - 3)
    six = fmpq(0)
    if d >= 6:
        zero_sums = falling(fmpq(n), 5) - 5 * falling(fmpq(n), 3) * (n - 4)  # 5-tuples whose sum is a sixth element
        six = falling(x, 6) * zero_sums / falling(fmpq(n), 6)
    fourth = 3 * x**2 - 2 * x + four
    sixth = 15 * falling(x, 3) + 15 * x * (x - 1) + x + four * (20 + 15 * (x - 4)) + six
    sums = [fmpq(n), n / x, n * fourth / x**4, n * sixth / x**6]
    said = "an average over random rows of a Walsh-Hadamard matrix, so that some do as well"
    return Witness(n, d, lambda: _uniform_rows(model, n, sums), said)


def _orthogonal_array(model: Model, witness: dict[str, Any], where: str) -> Witness:
    """Rows of d signs, one of each pair v, −v, any six columns of which are independent and uniform."""
    n, d = integer(witness["n"], f"{where}.n"), integer(witness["d"], f"{where}.d")
    if model.m != 3:
        raise Refuted(f"{where}: orthogonal arrays of strength 6 need m = 3")
    half, rest = divmod(n.bit_length() + 1, 6)  # n = 2^(6k - 2) has 6k - 1 bits
    name = "the Golay code (Conway and Sloane 1999)"
    if (n, rest) == (1 << n.bit_length() - 1, 0) and half >= 3:
        columns, name = 4**half, f"the Delsarte-Goethals code of length {shown(4**half)} (Delsarte and Goethals 1975)"
    elif n == 2048:
        columns = 24
    else:
        raise Refuted(f"{where}.n: must be 2048, or 2^(6k - 2) with k >= 3")
    if d > columns:
        raise Refuted(f"{where}.d: the array of {shown(n)} rows has {shown(columns)} columns")
    sums = [fmpq(n), fmpq(n, d)]
    for j in (2, 3):  # the moments of a sum of d signs, from its cumulants: 1, -2, 16 for one sign
        fourth = 3 * fmpq(d) ** 2 - 2 * d
        sums.append(n * (fourth if j == 2 else 15 * fmpq(d) ** 3 - 30 * fmpq(d) ** 2 + 16 * d) / fmpq(d) ** (2 * j))
    return Witness(
        n, d, lambda: _uniform_rows(model, n, sums), "an orthogonal array of strength 6, whose value is re-proved", f"{name} exists"
    )


def _random_chirps(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n, d, sums = chirps(model, witness, where)
    return Witness(n, d, lambda: _uniform_rows(model, n, sums), "an average over random chirps, so that some do as well")


def _cited_frame(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n, d = integer(witness["n"], f"{where}.n"), integer(witness["d"], f"{where}.d")
    squares = []
    for entry in sequence(witness["squares"], f"{where}.squares", MAX_SQUARES):
        pair = sequence(entry, f"{where}.squares", 2)
        if len(pair) != 2:
            raise CertificateError(f"{where}.squares: must hold pairs")
        squares.append((rational(pair[0], f"{where}.squares"), integer(pair[1], f"{where}.squares")))
    name = CITED.get((n, d, tuple((str(u), count) for u, count in sorted(squares)))) or _cited_bases(n, d, sorted(squares))
    if name is None:
        sizes = ", ".join(f"{known} in {dimensions}" for known, dimensions, _ in CITED)
        which = f"{shown(n)} vectors in {shown(d)} dimensions"
        raise Refuted(f"{where}: no frame of {which} with these squares may be cited; those that may: {sizes}")
    sums = [1 + sum((c * u**k for u, c in squares), fmpq(0)) for k in range(model.m + 1)]
    return Witness(n, d, lambda: _uniform_rows(model, n, sums), "a frame that is cited; its value is re-proved", f"{name} exist")


def _cited_bases(n: int, d: int, squares: list[tuple[fmpq, int]]) -> str | None:
    """The name of n/d mutually unbiased bases, which exist for every power d of 4 and n <= d (d/2 + 1)."""
    exist = d == 1 << d.bit_length() - 1 and d.bit_length() % 2 == 1 and n % d == 0 and 2 * d <= n <= d * (d // 2 + 1)
    if not exist or squares != [(fmpq(0), d - 1), (fmpq(1, d), n - d)]:
        return None
    return f"{shown(n // d)} mutually unbiased bases (Calderbank, Cameron, Kantor and Seidel 1997)"


def _unbiased_bases(model: Model, witness: dict[str, Any], where: str) -> Witness:
    n, d, sums = bases(model, witness, where)
    return Witness(n, d, lambda: _uniform_rows(model, n, sums), "unbiased bases: every difference of their forms is nonsingular")


def _told(read: Callable[..., tuple[int, int, Value]], said: str) -> Reader:
    return lambda model, witness, where: Witness(*read(model, witness, where), said)


def added(work: Work, parts: Sequence[tuple[int | fmpq, Witness]]) -> tuple[Value, str, str]:
    """The sum of factors times what witnesses attain; what they are, and what is cited."""

    def value() -> arb | fmpq:
        total: arb | fmpq = fmpq(0)
        for factor, block in parts:
            found = block.value()
            if isinstance(found, fmpq) and isinstance(total, fmpq):
                work.fractions(2, number_bits(found, factor, total), "the sum of the blocks")
            total = found * factor + total
        return total

    said = "; ".join(sorted({block.said for _, block in parts}))
    return value, said, "; ".join(sorted({block.cited for _, block in parts if block.cited}))


def _blocks(model: Model, witness: dict[str, Any], where: str) -> Witness:
    """A direct sum: the improvements of its blocks add up."""
    parts: list[tuple[int, Witness]] = []
    for k, entry in enumerate(sequence(witness["blocks"], f"{where}.blocks", MAX_BLOCKS)):
        inside = f"{where}.blocks[{k}]"
        given = fields(entry, inside, {"count", "witness"})
        block = read_witness(model, given["witness"], f"{inside}.witness", SINGLE)
        parts.append((integer(given["count"], f"{inside}.count"), block))
    n, d = sum(count * block.n for count, block in parts), sum(count * block.d for count, block in parts)

    value, said, cited = added(model.work, parts)
    return Witness(n, d, value, f"a direct sum, whose blocks' improvements add up: {said}", cited)


SINGLE: dict[str, tuple[set[str], Reader]] = {
    "orthonormal": ({"n"}, _orthonormal),
    "simplex": ({"n"}, _simplex),
    "plane_lines": ({"n"}, _plane_lines),
    "random_directions": ({"n", "d"}, _random_directions),
    "random_walsh": ({"n", "d"}, _random_walsh),
    "orthogonal_array": ({"n", "d"}, _orthogonal_array),
    "random_chirps": ({"n", "d", "order", "degree"}, _random_chirps),
    "cited_frame": ({"frame", "n", "d", "squares"}, _cited_frame),
    "unbiased_bases": ({"d", "forms"}, _unbiased_bases),
    "orbits": (FIELDS, _told(orbits, "orbits of a group that keeps inner products, one row recomputed for each")),
    "vectors": ({"radicand", "basis", "unit", "vectors"}, _told(vectors, "explicit vectors, every inner product recomputed")),
}
WITNESS: dict[str, tuple[set[str], Reader]] = {**SINGLE, "blocks": ({"blocks"}, _blocks)}
"""Every kind of witness with its fields; blocks do not nest."""


def read_witness(model: Model, data: Any, where: str, kinds: dict[str, tuple[set[str], Reader]]) -> Witness:
    """A witness of one of the kinds."""
    if not isinstance(data, dict):
        raise CertificateError(f"{where}: must be an object")
    kind = word(data.get("kind"), f"{where}.kind", kinds)
    needed, reader = kinds[kind]
    return reader(model, fields(data, where, needed | {"kind"}, {"frame"} if kind == "vectors" else ()), where)
