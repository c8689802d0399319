"""Proposes the parameters of U8 in floating point: a proposal, proven by nobody here.

With C̃ = C̃(0) c(w), D̃ = D̃(0) e(w), κ_{2m}(1 + g_m) = D̃(0) pure(w) and λ = x C̃(0), U8 divided by C̃(0)²/D̃(0) is

    x² G/(θ pure(0)) + sum over rows of (c − x)²/(e − θ pure),

convex in (θ, x). The minimum over x for a fixed θ is nested in that over θ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.rows.envelope import MAX_FLOAT_BITS, crowding_scale, minimise, scaled
from boundcalc.numbers.enclosure import to_float

PER_DECADE, PER_DECADE_FINITE = 40, 14
"""Row points for each factor of ten in the crowding; fewer where an envelope is formed, which costs their square."""
ROUNDS = 21
"""Steps of a golden section: 4e-5 of the interval, to second order in the value."""


def propose(
    gain: fmpq_poly, energy: fmpq_poly, pure: fmpq_poly, constant: fmpq, rank: fmpq, count: fmpq | None
) -> list[tuple[float, float]]:
    """Pairs (θ, λ/C̃(0)) worth certifying; empty where floats do not reach.

    Parameters
    ----------
    gain, energy, pure : fmpq_poly
        C̃, D̃ and κ_{2m}(1 + g_m) as polynomials in w.
    constant : fmpq
        G.
    rank, count : fmpq
        r and n; ``None`` for n = ∞.
    """
    scale = crowding_scale(energy)
    largest = fmpq(2) ** MAX_FLOAT_BITS
    if scale > largest or constant > largest or energy[0] / pure[0] > largest:
        return []
    if count is not None and count > 10**5 * rank * scale:
        count = None  # r/n lies below every crowding on the grid: only the line through the origin matters
    rows = _Rows(gain, energy, pure, scale, rank, count)
    weight = to_float(constant) / rows.pure_alone

    def at(theta: float, shifts: list[float]) -> list[float]:
        return [weight * x * x / theta + share for x, share in zip(shifts, rows.shares(theta, shifts), strict=True)]

    def best_shift(theta: float) -> tuple[float, float]:
        if count is not None:  # envelopes are found one by one
            shift = minimise(lambda x: at(theta, [x])[0], 1.0, rounds=ROUNDS)
            return min(zip(at(theta, [1.0, shift]), [1.0, shift], strict=True))
        low, high = 0.0, 1.0
        for _ in range(6):
            shifts = [low + (high - low) * k / 16 for k in range(17)]
            values = at(theta, shifts)
            least = min(range(17), key=values.__getitem__)
            low, high = shifts[max(least - 1, 0)], shifts[min(least + 1, 16)]
        return values[least], shifts[least]

    whole = best_shift(1.0)
    theta = minimise(lambda theta: best_shift(theta)[0], 1.0, rounds=ROUNDS)
    part = best_shift(theta)
    if whole[0] <= part[0] * (1 + 1e-6):  # nothing is gained by a fraction
        return [(1.0, whole[1])]
    return [(theta, part[1]), (1.0, whole[1])]


class _Rows:
    """The row function on a grid of crowdings."""

    def __init__(self, gain: fmpq_poly, energy: fmpq_poly, pure: fmpq_poly, scale: fmpq, rank: fmpq, count: fmpq | None) -> None:
        import numpy as np

        size = to_float(scale)
        decades = 8 + len(str(int(scale.p)))
        density = PER_DECADE if count is None else PER_DECADE_FINITE
        w = np.concatenate([[0.0], np.geomspace(1e-3, 1e5 * size, density * decades)])
        if count is not None and count > rank:
            w = np.unique(np.append(w, to_float(count / rank) - 1))
        y = w / size
        self.t = 1 / (1 + w)
        self.gain = np.polyval(scaled(gain, scale, gain[0]), y)[:, None]
        self.energy = np.polyval(scaled(energy, scale, energy[0]), y)[:, None]
        self.pure = np.polyval(scaled(pure, scale, energy[0]), y)[:, None]
        self.pure_alone = to_float(pure[0] / energy[0])
        self.rank, self.count = to_float(rank), None if count is None else to_float(count)

    def shares(self, theta: float, shifts: Sequence[float]) -> list[float]:
        """The rows' sum for each shift."""
        import numpy as np

        rest = self.energy - theta * self.pure
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            heights = np.nan_to_num((self.gain - np.asarray(shifts)) ** 2 / rest, nan=0.0)
            lines = heights / self.t[:, None]
        steepest = np.argmax(lines, axis=0)
        found = []
        for k, top in enumerate(steepest):
            value = self.rank * lines[top, k]
            if self.count is not None and self.t[top] < self.rank / self.count:
                value = self.count * self._envelope(heights[:, k])
            found.append(float(value))
        return found

    def _envelope(self, h: Any) -> float:
        """The non-decreasing concave envelope at t = r/n: the best chord across, or a point before."""
        import numpy as np

        assert self.count is not None
        at = self.rank / self.count
        before, after = self.t <= at * (1 + 1e-12), self.t > at * (1 + 1e-12)
        t1, h1, t2, h2 = self.t[before], h[before], self.t[after], h[after]
        best = float(np.max(h1))
        if not len(t2):
            return best
        chords = (np.outer(t2 - at, h1) + np.outer(h2, at - t1)) / (t2[:, None] - t1[None, :])
        return max(best, float(np.max(chords)))
