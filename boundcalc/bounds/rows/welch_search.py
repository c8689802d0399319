"""Proposes the parameters of U8 in floating point: a proposal, proven by nobody here.

With C̃ = C̃(0) c(w), D̃ = D̃(0) e(w), κ_{2m}(1 + g_m) = D̃(0) pure(w) and λ = x C̃(0), U8 divided by C̃(0)²/D̃(0) is

    x² G/(θ pure(0)) + sum over rows of (c − x)²/(e − θ pure),

convex in (θ, x). The minimum over x for a fixed θ is nested in that over θ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.rows.envelope import MAX_FLOAT_BITS, crowding_scale, minimise, scaled
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.weighted_sums import shortened

PER_DECADE, PER_DECADE_FINITE = 40, 14
"""Row points for each factor of ten in the crowding; fewer where an envelope is formed, which costs their square."""
ROUNDS = 21
"""Steps of a golden section: 4e-5 of the interval, to second order in the value."""
SMALL, ELIMINATED_ROUNDS = 1e-3, 14
"""What power sums beyond the least may add to rows is looked at where it is more, in so many steps."""


def propose(
    gain: fmpq_poly,
    energy: fmpq_poly,
    pure: fmpq_poly,
    constant: fmpq,
    rank: fmpq,
    count: fmpq | None,
    excess: Callable[[float, float], float],
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
    excess : function
        By what part the rows may exceed those with the least power sums, for θ and λ/C̃(0); infinite where that is not known.
    """
    scale = crowding_scale(energy)
    largest = fmpq(2) ** MAX_FLOAT_BITS
    if scale > largest or constant > largest or energy[0] / pure[0] > largest:
        return []
    if count is not None and count > 10**5 * rank * scale:
        count = None  # r/n lies below every crowding on the grid: only the line through the origin matters
    rows = _Rows(gain, energy, pure, scale, rank, count)
    weight = to_float(constant) / rows.pure_alone

    def best_shift(theta: float) -> tuple[float, float]:
        at = rows.at(theta, weight / theta)
        if count is not None:  # envelopes are found one by one
            shift = minimise(lambda x: at([x])[0], 1.0, rounds=ROUNDS)
            return min(zip((at([x])[0] for x in (1.0, shift)), (1.0, shift), strict=True))
        low, high = 0.0, 1.0
        for _ in range(6):
            shifts = [low + (high - low) * k / 16 for k in range(17)]
            values = at(shifts)
            least = min(range(17), key=values.__getitem__)
            low, high = shifts[max(least - 1, 0)], shifts[min(least + 1, 16)]
        return values[least], shifts[least]

    def eliminated(theta: float, shift: float) -> tuple[float, float]:
        """A smaller shift where other power sums would make rows larger: by more than λ takes off."""
        at = rows.at(theta, 0.0)

        def total(x: float) -> float:
            return weight / theta * x * x + at([x])[0] * (1 + excess(theta, x))

        if excess(theta, shift) > SMALL:
            shift = min(minimise(total, shift, rounds=ELIMINATED_ROUNDS), shift, key=total)
        return theta, shift

    whole = best_shift(1.0)
    theta = minimise(lambda theta: best_shift(theta)[0], 1.0, rounds=ROUNDS)
    part = best_shift(theta)
    if whole[0] <= part[0] * (1 + 1e-6):  # nothing is gained by a fraction
        return [eliminated(1.0, whole[1])]
    return [eliminated(theta, part[1]), eliminated(1.0, whole[1])]


class _Rows:
    """The row function on a grid of crowdings."""

    def __init__(self, gain: fmpq_poly, energy: fmpq_poly, pure: fmpq_poly, scale: fmpq, rank: fmpq, count: fmpq | None) -> None:
        import numpy as np

        self._spans: Any = None
        size = to_float(scale)
        decades = 8 + len(str(int(scale.p)))
        density = PER_DECADE if count is None else PER_DECADE_FINITE
        w = np.concatenate([[0.0], shortened(np.geomspace(1e-3, 1e5 * size, density * decades))])
        if count is not None and count > rank:
            w = np.unique(np.append(w, to_float(count / rank) - 1))
        y = w / size
        self.t = 1 / (1 + w)
        self.gain = np.polyval(scaled(gain, scale, gain[0]), y)
        self.energy = np.polyval(scaled(energy, scale, energy[0]), y)
        self.pure = np.polyval(scaled(pure, scale, energy[0]), y)
        self.pure_alone = to_float(pure[0] / energy[0])
        self.rank, self.count = to_float(rank), None if count is None else to_float(count)

    def at(self, theta: float, weight: float) -> Callable[[list[float]], list[float]]:
        """The function of shifts x: weight x² and the rows' sum."""
        import numpy as np

        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inverse = np.nan_to_num(1 / (self.energy - theta * self.pure), nan=0.0, posinf=0.0)
        over_t, least, share = inverse / self.t, 0, 0.0
        if self.count is not None:
            share = self.rank / self.count
            least = int(np.searchsorted(-self.t, -share * (1 + 1e-12), side="right"))  # t falls: the first with t <= r/n

        def values(shifts: list[float]) -> list[float]:
            squares = (self.gain - np.array(shifts)[:, None]) ** 2
            lines = squares * over_t
            steepest = lines.argmax(axis=1)
            found = []
            for k, (x, top) in enumerate(zip(shifts, steepest.tolist(), strict=True)):
                value = self.rank * float(lines[k, top])
                if self.count is not None and self.t[top] < share:
                    value = self.count * self._envelope(squares[k] * inverse, least, share)
                found.append(weight * x * x + value)
            return found

        return values

    def _envelope(self, h: Any, least: int, at: float) -> float:
        """The non-decreasing concave envelope at t = r/n: the best chord across, or a point before."""
        best = float(h[least:].max())
        if not least:
            return best
        chords = ((self.t[:least, None] - at) * h[least:] + h[:least, None] * (at - self.t[least:])) * self.spans(least)
        return max(best, float(chords.max()))

    def spans(self, least: int) -> Any:
        """1/(t_2 − t_1) of all pairs across r/n."""
        if self._spans is None:
            self._spans = 1 / (self.t[:least, None] - self.t[least:])
        return self._spans
