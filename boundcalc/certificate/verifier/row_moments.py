r"""Verifies U7 for m >= 5 and any cumulants: polynomials of the row function on the boxes of a tree, by the moments of y = x + Z.

E Z^{2j} = N_j w^j, N_j the sum over the partitions of j of (2j)!/(prod (2i)! prod e_i!) prod kappa_{2i} tau_{i-1}, tau_i =
theta_1 ... theta_i. With h = (m-1)/2 a box bounds theta_1, ..., theta_{h-1}; the later ratios lie between the last one and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial, prod
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.problem import Model, partitions
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, integer, not_negative, number_bits, sequence

MOST_NODES = 2_000
ROOT_BITS = 64
Interval = tuple[fmpq, fmpq]
Box = tuple[Interval, ...]


def moment_pieces(model: Model, parameters: dict[str, Any]) -> list[tuple[fmpq_poly, fmpq_poly]]:
    """(gain, energy) on every box of the tree that ``parameters.splits`` lists in preorder, which covers all θ."""
    axes = [integer(text, "parameters.splits", 0) for text in _texts(parameters)]
    least = fmpq(0) if model.n is None or model.n == 1 else fmpq(1, model.n - 1)
    first = not_negative(parameters["least"], "parameters.least") if "least" in parameters else least
    if first > least:
        raise Refuted("parameters.least: the tree leaves out the least ratios")
    pending: list[Box] = [((first, fmpq(1)),) * ((model.m - 3) // 2)]
    pieces = []
    for axis in axes:
        if not pending:
            raise Refuted("parameters.splits: the tree has ended before the list")
        box = pending.pop()
        if axis == 0:
            cut = tuple((max(low, least), high) for low, high in box)
            if not _is_outside(cut):
                pieces.append(_piece(model, cut))
            continue
        if axis > len(box):
            raise Refuted("parameters.splits: names a ratio that is not there")
        low, high = box[axis - 1]
        middle = (low + high) / 2
        pending += [(*box[: axis - 1], half, *box[axis:]) for half in ((middle, high), (low, middle))]
    if pending:
        raise Refuted("parameters.splits: the list ends before the tree")
    return pieces


def _texts(parameters: dict[str, Any]) -> Sequence[Any]:
    if "splits" not in parameters:
        raise CertificateError("upper.parameters: the field splits is missing")
    return sequence(parameters["splits"], "parameters.splits", MOST_NODES)


def _is_outside(box: Box) -> bool:
    """Whether θ_1 ≤ θ_2 ≤ … holds nowhere on the box, which may be empty."""
    return any(earlier[0] > later[1] for k, later in enumerate(box) for earlier in box[: k + 1])


def _sum_of_monomials(model: Model, j: int, shares: Sequence[Interval]) -> Interval:
    """The least and the greatest N_j as far as its monomials alone tell."""
    low = high = fmpq(0)
    for parts in partitions(j, j):
        sizes = prod(factorial(2 * i) for i in parts) * prod(factorial(parts.count(i)) for i in set(parts))
        bits = sum(number_bits(model.kappa[i], *shares[i - 1]) for i in parts)
        model.work.fractions(4, bits + max(number_bits(low), number_bits(high)), "a box of ratios")
        c = fmpq(factorial(2 * j), sizes) * prod((model.kappa[i] for i in parts), start=fmpq(1))
        ends = [c * prod((shares[i - 1][end] for i in parts), start=fmpq(1)) for end in (0, 1)]
        low, high = low + min(ends), high + max(ends)
    return low, high


def _root_below(model: Model, value: fmpq, order: int) -> fmpq:
    """floor((u v^{k−1} 2^{64 k})^{1/k})/(2^64 v) for value = u/v: not more than the k-th root."""
    model.work.whole(50, order * (number_bits(value) + ROOT_BITS), "a box of ratios")
    whole = value.p * value.q ** (order - 1) * 2 ** (ROOT_BITS * order)
    return fmpq(whole.root(order), value.q * 2**ROOT_BITS)


def _piece(model: Model, box: Box) -> tuple[fmpq_poly, fmpq_poly]:
    m, half = model.m, (model.m - 1) // 2
    shares: list[Interval] = [(fmpq(1), fmpq(1))]
    for low, high in box:
        shares.append((shares[-1][0] * low, shares[-1][1] * high))
    while len(shares) < m:
        shares.append((shares[-1][0] * box[-1][0], shares[-1][1]))
    lower, upper = [fmpq(1), model.kappa[1]], [fmpq(1), model.kappa[1]]
    for j in range(2, m + 1):
        low, high = _sum_of_monomials(model, j, shares)
        if j <= half + 1:
            model.work.fractions(2, 2 * number_bits(lower[-1]) + number_bits(upper[j - 2]), "a box of ratios")
            low = max(low, lower[-1] ** 2 / upper[j - 2])
        for k in range(half + 1, j):
            # log-convexity: from 2h and 2k on to 2j
            model.work.fractions(4, (j - k) * number_bits(lower[k], upper[half]), "a box of ratios")
            low = max(low, lower[k] * _root_below(model, (lower[k] / upper[half]) ** (j - k), k - half))
        if j <= half and high <= 0:
            raise Refuted("parameters.form: a moment is not positive")
        lower.append(low)
        upper.append(high)
    gain = [comb(m, m - 2 * j) * model.moment(half - j + 1) * upper[j] for j in range(half + 1)]
    energy = [comb(2 * m, 2 * j) * model.moment(m - j) * lower[j] for j in range(m + 1)]
    return fmpq_poly(gain), fmpq_poly(energy)
