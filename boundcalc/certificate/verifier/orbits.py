"""Verifies C²/D of whole orbits of a group that permutes coordinates with signs, from one vector of each orbit.

Coordinates are copies of Z_q, then fixed ones. A group element (t, s) takes a vector v to w, w(x) = v(t^{-1}(x - s)) in every
copy; t runs through a group of units mod q, s through Z_q. With sign -1 (no unit but 1, nothing fixed) w(x) changes sign where
x < s: s = q is then -1. With a turn (two copies, nothing fixed) the copies are real and imaginary part, and the elements times i
are there as well; i^2 is -1. Such elements are a group, up to the sign of a vector, that keeps inner products: the row of an
image is the row of its generator.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Any

from flint import fmpq, fmpz_poly

from boundcalc.certificate.verifier.explicit_vectors import MAX_DIMENSIONS, MAX_VECTORS
from boundcalc.certificate.verifier.problem import Model, row
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, integer, rational, sequence, shown, word

FIELDS = {"size", "units", "sign", "copies", "zero_sum", "fixed", "turn", "generators"}
WHAT = "the inner products of the orbits"


def orbits(model: Model, witness: dict[str, Any], where: str) -> tuple[int, int, Callable[[], fmpq]]:
    """n, d and C²/D at the best scale."""
    size = integer(witness["size"], f"{where}.size")
    copies, fixed = integer(witness["copies"], f"{where}.copies"), integer(witness["fixed"], f"{where}.fixed", 0)
    zero_sum = integer(witness["zero_sum"], f"{where}.zero_sum", 0)
    negative = word(witness["sign"], f"{where}.sign", ("1", "-1")) == "-1"
    turn = word(witness["turn"], f"{where}.turn", ("yes", "no")) == "yes"
    length = copies * size + fixed
    if length > MAX_DIMENSIONS:
        raise CertificateError(f"{where}: must have at most {MAX_DIMENSIONS} coordinates")
    if zero_sum > copies:
        raise Refuted(f"{where}.zero_sum: there are not so many copies")
    units = [integer(t, f"{where}.units") for t in sequence(witness["units"], f"{where}.units", MAX_DIMENSIONS)]
    model.work.whole(len(units) ** 2, 64, "the group of units")
    _check_group(units, size, where)
    if negative and (units != [1] or fixed or zero_sum):
        raise Refuted(f"{where}.sign: -1 goes with no unit but 1, no fixed coordinate and no sum")
    if turn and (copies != 2 or fixed or zero_sum == 1 or negative):
        raise Refuted(f"{where}.turn: goes with two copies that are alike, nothing fixed and sign 1")
    generators = []
    for k, vector in enumerate(sequence(witness["generators"], f"{where}.generators", MAX_VECTORS)):
        name = f"{where}.generators[{k}]"
        entries = [_whole(x, name) for x in sequence(vector, name, length)]
        if len(entries) != length:
            raise CertificateError(f"{name}: must have {length} coordinates")
        if any(sum(entries[c * size : (c + 1) * size]) for c in range(zero_sum)):
            raise Refuted(f"{name}: does not sum to zero over the first {zero_sum} copies")
        generators.append(entries)
    if not generators:
        raise CertificateError(f"{where}.generators: must hold a vector")
    order = size * len(units) * (2 if turn else 1)

    def value() -> fmpq:
        largest = max(abs(x) for v in generators for x in v)
        bits = 2 * largest.bit_length() + length.bit_length()
        count = len(generators) ** 2 * len(units) * (2 if turn else 1)
        model.work.products(count * copies * size * size.bit_length() * 4, bits, WHAT)
        model.work.whole(count * size * (2 * model.m + copies), model.m * bits, WHAT)
        C, D = fmpq(0), fmpq(0)
        for v in generators:
            sums = _power_sums(v, generators, size, units, copies, negative, turn, model.m)
            c, e = row(model, fmpq(sum(x * x for x in v)), sums)
            C, D = C + c, D + e
        if D == 0:
            raise Refuted(f"{where}.generators: all vectors are zero")
        return order * C**2 / D

    return order * len(generators), length - zero_sum, value


def _whole(value: Any, where: str) -> int:
    number = rational(value, where)
    if number.q != 1:
        raise CertificateError(f"{where} = {shown(value)}: must be a whole number")
    return int(number.p)


def _check_group(units: list[int], size: int, where: str) -> None:
    """Whether the units are a group mod ``size``."""
    listed = set(units)
    if len(listed) < len(units) or 1 not in listed or any(t > max(size - 1, 1) or gcd(t, size) > 1 for t in units):
        raise Refuted(f"{where}.units: must be different units mod {size}, 1 among them")
    if size > 1 and any(s * t % size not in listed for s in units for t in units):
        raise Refuted(f"{where}.units: are no group, a product of two is missing")


def _power_sums(
    v: list[int], generators: list[list[int]], size: int, units: list[int], copies: int, negative: bool, turn: bool, m: int
) -> list[fmpq]:
    """The number of vectors, Q_2, ..., Q_2m of the row of v."""
    parts = [fmpz_poly(v[c * size : (c + 1) * size]) for c in range(copies)]
    turned = [parts[1], -parts[0]] if turn else []  # <v, i w> = <-i v, w>
    sums = [0] * (m + 1)
    for w in generators:
        still = sum(x * y for x, y in zip(v[copies * size :], w[copies * size :], strict=True))
        for t in units:
            # the coordinate y of the image under t is that of w at t^{-1} y, so that coordinate x of w goes to t x
            moved = []
            for c in range(copies):
                image = [0] * size
                for x in range(size):
                    image[size - 1 - t * x % size] = w[c * size + x]
                moved.append(fmpz_poly(image))
            for left in (parts, turned) if turn else (parts,):
                product = sum((a * b for a, b in zip(left, moved, strict=True)), fmpz_poly([]))
                found = [int(x) for x in product.coeffs()]
                found += [0] * (2 * size - 1 - len(found))
                ahead, behind = found[size - 1 :], [0, *found[: size - 1]]
                inner = (a - b if negative else a + b + still for a, b in zip(ahead, behind, strict=True))
                squares = [x * x for x in inner]
                power = squares
                sums[0] += size
                for k in range(1, m + 1):
                    sums[k] += sum(power)
                    if k < m:
                        power = [x * y for x, y in zip(power, squares, strict=True)]
    return [fmpq(x) for x in sums]
