r"""Computes U7 for m >= 5 and any cumulants: rows by the moments of y = x + Z, whose terms are all nonnegative.

A row with a = 1 has y = x + Z with Z independent of x and cumulants kappa_{2j} g_j, g_{j+1} = tau_j w^{j+1}, where tau_j =
theta_1 ... theta_j and 1/(n-1) <= theta_1 <= theta_2 <= ... <= 1 (lemma row). So E Z^{2j} = N_j w^j, N_j a polynomial in the
tau, and

    C~ = sum_{k odd} binom(m,k) E x^{k+1} N_{(m-k)/2} w^{(m-k)/2},   D~ = sum_k binom(2m,2k) E x^{2k} N_{m-k} w^{m-k}

have nonnegative coefficients. C~ contains N_j up to h = (m-1)/2 alone, hence theta_1, ..., theta_{h-1}. On a box of these
each N_j lies between sums of its monomials at their ends, and the N are log-convex: N_j >= N_{j-1}^2/N_{j-2}, and
N_j >= N_k (N_k/N_h)^{(j-k)/(k-h)} for h < k < j. With upper ends in C~ and lower ends in D~ every box bounds the row
function by a rational function of w. A tree of bisections, searched for in floating point, makes the boxes small where the
bound is large; any tree gives a valid bound.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from math import comb

from flint import fmpq, fmpq_poly

from boundcalc.bounds.rows.envelope import MAX_FLOAT_BITS, Piece, crowding_scale, scaled, searched_slope
from boundcalc.lemmas.row import free_ratios, least_share
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.moments import moments_from_cumulants
from boundcalc.numbers.rings import EXACT
from boundcalc.numbers.weighted_sums import shortened

MOST_BOXES = 512
ROOT_BITS = 64
_ACCURACY, _FINE, _SHARP = 2.5e-4, 1e-9, 1e-12
"""Relative gap between the best box and the best point at which bisection stops: the second where the lowest point of the cube,
which moves with n, is the best one, the third where the basis is."""
_SAMPLES = 24
_SAME_LINE = 1e-3
"""Slopes this near to each other, relative to them, want the same boxes."""
Box = tuple[tuple[fmpq, fmpq], ...]


def moment_bounds(m: int, kappa: Sequence[fmpq], box: Box) -> tuple[list[fmpq], list[fmpq]]:
    """Lower ends of N_0, …, N_m and upper ends of N_0, …, N_h on a box of θ_1, …, θ_{h−1}, h = (m − 1)/2."""
    half = (m - 1) // 2
    low, high = [fmpq(1)], [fmpq(1)]
    for j in range(1, m):  # τ_j; past the box a ratio is at least the last one, and at most 1
        a, b = box[min(j, half - 1) - 1]
        low.append(low[-1] * a)
        high.append(high[-1] * (b if j < half else 1))
    (more_low, less_low), (more_high, less_high) = _signed(kappa, low), _signed(kappa, high)

    least, most = [fmpq(1), kappa[1]], [fmpq(1), kappa[1]]
    for j in range(2, m + 1):
        found = [more_low[j] - less_high[j]]
        if j <= half + 1:
            found.append(least[j - 1] ** 2 / most[j - 2])
        found += [least[k] * root_below((least[k] / most[half]) ** (j - k), k - half) for k in range(half + 1, j)]
        least.append(max(found))
        if j <= half:
            most.append(more_high[j] - less_low[j])
    return least, most


def _signed(kappa: Sequence[fmpq], tau: Sequence[fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """The monomials of each N_j that have a positive coefficient, summed, and those that have a negative one, at these τ."""
    sums = [fmpq(0), *(k * t for k, t in zip(kappa[1:], tau, strict=True))]
    apart = moments_from_cumulants(sums)
    if min(kappa) >= 0:
        return apart, [fmpq(0)] * len(apart)
    together = moments_from_cumulants([abs(value) for value in sums])
    return [(a + b) / 2 for a, b in zip(together, apart, strict=True)], [(a - b) / 2 for a, b in zip(together, apart, strict=True)]


def root_below(value: fmpq, order: int) -> fmpq:
    """A rational just below the root of a rational ≥ 0: with value = u/v, floor((u v^{k−1} 2^{64 k})^{1/k})/(2^64 v)."""
    return fmpq((value.p * value.q ** (order - 1) << ROOT_BITS * order).root(order), value.q << ROOT_BITS)


def moment_piece(problem: Problem, box: Box) -> Piece:
    """The bound on the row function on a box, for every w ≥ 0 (w = 0 alone for n = 1)."""
    m, (kappa, x_moments) = problem.m, _feature(problem)
    least, most = moment_bounds(m, kappa, box)
    gain, energy = [fmpq(0)] * ((m + 1) // 2), [fmpq(0)] * (m + 1)
    for k in range(1, m + 1, 2):
        gain[(m - k) // 2] = comb(m, k) * x_moments[(k + 1) // 2] * most[(m - k) // 2]
    for k in range(m + 1):
        energy[m - k] = comb(2 * m, 2 * k) * x_moments[k] * least[m - k]
    return Piece(fmpq_poly(gain), fmpq_poly(energy), fmpq(0), fmpq(0) if problem.n == 1 else None)


@lru_cache(maxsize=64)
def _feature(problem: Problem) -> tuple[Sequence[fmpq], Sequence[fmpq]]:
    """A feature's cumulants and moments."""
    q = Quantities(EXACT, problem)
    return q.kappa, q.x_moments


@dataclass
class _Node:
    box: Box
    axis: int = 0  # 0 for a leaf
    halves: tuple[_Node, ...] = ()

    def preorder(self) -> Iterator[_Node]:
        yield self
        for half in self.halves:
            yield from half.preorder()

    def split(self, axis: int) -> tuple[_Node, ...]:
        self.axis, self.halves = axis, tuple(_Node(box) for box in halved(self.box, axis))
        return self.halves


@dataclass(frozen=True)
class Partition:
    """The cube of all θ in boxes.

    Attributes
    ----------
    least : fmpq
        Where the tree's first box begins; of every box the part above 1/(n - 1) counts.
    splits : tuple of int
        The tree in preorder: k where a box is halved along θ_k, the lower half first; 0 for a leaf.
    pieces : tuple of Piece
        One for each leaf that is not wholly outside θ_1 ≤ θ_2 ≤ ….
    """

    least: fmpq
    splits: tuple[int, ...]
    pieces: tuple[Piece, ...]


def is_ordered(box: Box) -> bool:
    """Whether θ_1 ≤ θ_2 ≤ … holds somewhere on the box."""
    low = fmpq(0)
    for a, b in box:
        low = max(low, a)
        if low > b:
            return False
    return True


@lru_cache(maxsize=64)
def partition(problem: Problem) -> Partition:
    """A tree that is fine where the bound is large.

    Where the line through the origin bounds it and a row in the middle of the cube is best, that tree does not depend on d, and
    hardly on n: all n share that of n = inf, cut where their θ begin, so that the bound grows with n. Otherwise it is another
    one, if its boxes say that another line bounds it.
    """
    start = least_share(problem.n)
    if problem.n == 1:
        return Partition(start, (0,), (moment_piece(problem, ((start, fmpq(1)),) * free_ratios(problem.m)),))
    if problem.is_infinite and problem.d > 1:
        return partition(Problem("inf", 1, problem.m, problem.p, problem.law))
    height = _Height(problem, start)
    found = _searched(height, start, share=height.slope is None and not problem.is_infinite)
    slope = height.best_slope(found.pieces)
    if slope is None or (height.slope is not None and abs(slope - height.slope) <= _SAME_LINE * slope):
        return found
    return _searched(height.with_slope(slope), start)


def _searched(height: _Height, least: fmpq, *, share: bool = False, known: Sequence[int] = ()) -> Partition:
    """The tree from there; with one that is known it goes on only where that one is too coarse.

    With ``share`` it goes on with that of n = inf, if the lowest point is not the best one and no other line is better there.
    """
    problem, order = height.problem, count()
    root = _Node(((least, fmpq(1)),) * free_ratios(problem.m))
    leaves = _leaves(root, known) if known else [root]
    corner, best = height.of_piece(height.samples[-1]), max(height.of_piece(sample) for sample in height.samples)
    if known:
        best = max(best, *(height(_corner(box)) for leaf in leaves if (box := height.counted(leaf.box)) is not None))
    heap = [(-height(leaf.box), next(order), leaf) for leaf in leaves]
    heapq.heapify(heap)
    leaf_count = len(leaves)
    while heap:
        check()
        top = -heap[0][0]
        gap = _SHARP if best <= height.basis * (1 + _SHARP) else _FINE if best <= corner * (1 + _SHARP) else _ACCURACY
        if gap == _ACCURACY and share:
            shared = partition(Problem("inf", problem.d, problem.m, problem.p, problem.law))
            if height.best_slope(shared.pieces) is None:
                return _searched(height, shared.least, known=shared.splits)
            share = False
        if gap == _ACCURACY and known:
            gap *= 2
        if top <= best * (1 + gap) or leaf_count >= MOST_BOXES:
            break
        node = heapq.heappop(heap)[2]
        axis = min(range(1, len(node.box) + 1), key=lambda axis: max(height(half) for half in halved(node.box, axis)))
        leaf_count += 1
        for half in node.split(axis):
            if (box := height.counted(half.box)) is not None:
                best = max(best, height(_corner(box)))
                heapq.heappush(heap, (-height(half.box), next(order), half))
    nodes = list(root.preorder())
    boxes = [box for node in nodes if not node.axis and (box := height.counted(node.box)) is not None]
    return Partition(least, tuple(node.axis for node in nodes), tuple(height.pieces[box] for box in boxes))


def _leaves(root: _Node, splits: Sequence[int]) -> list[_Node]:
    """The leaves of the tree with these splits, made below the root."""
    pending, leaves = [root], []
    for axis in splits:
        node = pending.pop()
        if axis:
            pending += reversed(node.split(axis))
        else:
            leaves.append(node)
    return leaves


def halved(box: Box, axis: int) -> tuple[Box, Box]:
    """The two halves of a box along θ_axis."""
    a, b = box[axis - 1]
    middle = (a + b) / 2
    return (*box[: axis - 1], (a, middle), *box[axis:]), (*box[: axis - 1], (middle, b), *box[axis:])


class _Height:
    """The bound on all rows that a piece gives, in floats and in units of r p g, by the slope that suits the samples best."""

    def __init__(self, problem: Problem, least: fmpq) -> None:
        import numpy as np

        start: Box = ((least, fmpq(1)),) * free_ratios(problem.m)
        self.least, self.problem, self.pieces, self.heights = least, problem, dict[Box, Piece](), dict[Box, float]()
        self.samples = [moment_piece(problem, _point(start, fmpq(1, 2**k))) for k in range(0, 2 * _SAMPLES, 2)]
        self.samples.append(moment_piece(problem, _point(start, fmpq(0))))
        first = self.samples[0]
        self.energy = first.energy(fmpq(0))
        self.unit = first.gain(fmpq(0)) ** 2 / self.energy
        self.scale = min(crowding_scale(first.energy), fmpq(2) ** MAX_FLOAT_BITS)
        size = float(int(self.scale.p))
        w = np.concatenate([[0.0], shortened(np.geomspace(1e-4, 1e6 * size, 400))])
        self.scaled_w, self.t = w / size, 1 / (1 + w)
        self.slope = self.best_slope(self.samples)

    @property
    def basis(self) -> float:
        """The bound where every row is one of an orthonormal basis."""
        return self._total(1.0, 1.0 if self.slope is None else 1 - self.slope)

    def with_slope(self, slope: float) -> _Height:
        """By that slope, with the pieces that are known."""
        found = copy(self)
        found.slope, found.heights = slope, {}
        return found

    def best_slope(self, pieces: Sequence[Piece]) -> float | None:
        """The slope that suits these pieces best; ``None`` is the line through the origin."""
        n, r = self.problem.n, self.problem.rank
        if self.problem.is_infinite:
            return None
        if n <= r:
            return 0.0
        try:
            found = searched_slope(pieces, fmpq(r, int(n)))
        except OverflowError:
            return None
        return None if found is None else to_float(found / self.unit)

    def _total(self, quotient: float, excess: float) -> float:
        if self.slope is None:
            return quotient
        return to_float(fmpq(int(self.problem.n), self.problem.rank)) * max(excess, 0.0) + self.slope

    def of_piece(self, piece: Piece) -> float:
        """The bound, from sampled crowdings."""
        import numpy as np

        gain = np.polyval(scaled(piece.gain**2, self.scale, self.unit * self.energy), self.scaled_w)
        share = gain / np.polyval(scaled(piece.energy, self.scale, self.energy), self.scaled_w)
        return self._total(float((share / self.t).max()), float((share - (self.slope or 0.0) * self.t).max()))

    def counted(self, box: Box) -> Box | None:
        """The part of a box that has θ of n features, or nothing."""
        cut = tuple((max(a, self.least), b) for a, b in box)
        return cut if all(a <= b for a, b in cut) and is_ordered(cut) else None

    def __call__(self, whole: Box) -> float:
        if (box := self.counted(whole)) is None:
            return 0.0
        if box not in self.pieces:
            self.pieces[box] = moment_piece(self.problem, box)
        if box not in self.heights:
            self.heights[box] = self.of_piece(self.pieces[box])
        return self.heights[box]


def _point(box: Box, share: fmpq) -> Box:
    return tuple((a + share * (b - a),) * 2 for a, b in box)


def _corner(box: Box) -> Box:
    """The lowest point of an ordered box."""
    low, found = fmpq(0), []
    for a, _ in box:
        low = max(low, a)
        found.append((low, low))
    return tuple(found)
