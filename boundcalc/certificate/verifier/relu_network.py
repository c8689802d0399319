"""Computes the exact loss of a ReLU network of blocks: polygons in planes of their own, antipodal pairs, features alone and
dropped ones.

The blocks do not meet in WᵀW, so their losses add up. A pair loses p²/3, a dropped feature p/3 − p²/4, or p/3 without bias;
a polygon is given by its vectors and one bias, and its loss is a mean over the states and over the cube.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.reading import Refuted, Work, fields, integer, number_bits, rational, sequence
from boundcalc.certificate.verifier.relu_charges import mean

MOST_SIDES = 9


def network_loss(data: Any, n: int, d: int, p: fmpq, biased: bool, work: Work) -> tuple[fmpq, str]:
    """The loss, and what the network is."""
    given = fields(data, "network", {"kind", "pairs", "single", "dropped", "loss"}, {"planes", "vectors", "bias"})
    if given["kind"] != "blocks":
        raise Refuted("network: the kind must be blocks")
    pairs, single, dropped = (integer(given[name], f"network.{name}", 0) for name in ("pairs", "single", "dropped"))
    planes = integer(given.get("planes", "0"), "network.planes", 0)
    vectors = [
        [rational(x, "network.vectors") for x in sequence(vector, "network.vectors", 2)]
        for vector in sequence(given.get("vectors", []), "network.vectors", MOST_SIDES)
    ]
    bias = rational(given.get("bias", "0"), "network.bias")
    if any(len(vector) != 2 for vector in vectors):
        raise Refuted("network.vectors: must have two entries each")
    if planes * len(vectors) + 2 * pairs + single + dropped != n or 2 * planes + pairs + single > d:
        raise Refuted("network: its blocks do not make up n features in d dimensions")
    if bias and not biased:
        raise Refuted("network: has a bias, which the problem does not")
    total = pairs * p**2 / 3 + dropped * (p / 3 - (p**2 / 4 if biased else 0))
    if planes:
        bits = 8 * max(number_bits(*vector, bias) for vector in vectors) * len(vectors) + int(p.height_bits()) * len(vectors)
        work.fractions(20 * len(vectors) * 3 ** len(vectors), bits, "the polygon")
        total += planes * _loss(vectors, bias, p)
    said = f"{planes} polygons of {len(vectors)} sides, {pairs} antipodal pairs, {single} features alone, {dropped} dropped"
    return total, said


def _loss(vectors: list[list[fmpq]], bias: fmpq, p: fmpq) -> fmpq:
    """Σ_i p/3 + E Y_i² − 2 E x_i Y_i, Y_i = (Σ_j A_ij x_j + b)_+, over all states."""
    count, total = len(vectors), fmpq(0)
    for i, one in enumerate(vectors):
        row = [one[0] * other[0] + one[1] * other[1] for other in vectors]
        others = [j for j in range(count) if j != i]
        total += p / 3
        for size in range(count):
            chance = p**size * (1 - p) ** (count - 1 - size)
            for active in combinations(others, size):
                steps = [row[j] for j in active if row[j]]
                total += chance * ((1 - p) * mean(steps, bias, 2) + p * _own(row[i], steps, bias))
    return total


def _own(a: fmpq, steps: list[fmpq], bias: fmpq) -> fmpq:
    """E Y² − 2 E uY with the feature itself active."""
    if a == 0:
        return mean(steps, bias, 2) - mean(steps, bias, 1)
    square = mean([a, *steps], bias, 2)
    return square - (mean(steps, a + bias, 2) - square) / a
