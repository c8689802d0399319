r"""Proves a bound for all rows of m = 5, scaled to Q_2 = 1 and variance 1, by elementary symmetric polynomials of their entries.

A row has the power sums x, y, z, w = Q_4, Q_6, Q_8, Q_10, the moments E T, ..., E T^4 of a law on [0, 1] (an entry t is taken
with probability t). With M_6, M_10 the moments of y_i, the bound dense_rows needs R M_10 >= N^2, where
N = M_6 + (F/3)(1 - 3x + 2y) + (sigma/2)(1 - x). The elementary symmetric polynomials

    6 e_3 = 1 - 3x + 2y,   24 e_4 = 1 - 6x + 3x^2 + 8y - 6z,   120 e_5 = 1 - 10x + 20y + 15x^2 - 30z - 20xy + 24w

are not negative. With multipliers beta, gamma >= 0 of the last two, s_3 = 45 kappa_8 + 6 beta + 30 gamma, s_4 = kappa_10 -
24 gamma and s_3 T^3 + s_4 T^4 >= b T + c T^2 on [0, 1], c = s_3 + s_4 - b (equality at T = 1),

    M_10 >= M_10 - 24 beta e_4 - 120 gamma e_5 >= P(x, y),

P of degree 2 and linear in y. So R P - N^2 is concave in y, and not negative where it is so for the least and the greatest y at
every x: y = x^2 for x <= 1/2, y = (3x - 1)/2 for x >= 1/2 (e_3 >= 0), and y = x. Each is a polynomial in x alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, log2
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.rows.charges import ScaledLaw
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.moments import moments_from_cumulants

X = fmpq_poly([0, 1])
HALF = fmpq(1, 2)
ARCS = (
    (X**2, fmpq(0), HALF),
    ((3 * X - 1) * HALF, HALF, fmpq(1)),
    (X, fmpq(0), fmpq(1)),
)
"""The least and the greatest y = Q_6 for x = Q_4, with the interval of x."""
STEPS = 64
"""The grid of R between g/μ_2 and 1."""
_POINTS = 40


@dataclass(frozen=True)
class Multipliers:
    """β of e_4, γ of e_5 and the slope b of the minorant in T."""

    fourth: fmpq
    fifth: fmpq
    slope: fmpq


def linear_parts(law: ScaledLaw, chosen: Multipliers, y: Any, x: Any) -> tuple[Any, Any]:
    """N and P at (x, y), over any ring."""
    _, _, fourth, sixth, eighth, tenth = law.kappa
    assert law.charge is not None
    beta, gamma = chosen.fourth, chosen.fifth
    third, half = law.charge / 3, law.shortfall / 2
    gain = 15 + third + half + (15 * fourth - law.charge - half) * x + (sixth + 2 * third) * y
    curve = 45 * eighth + 6 * beta + 30 * gamma + tenth - 24 * gamma - chosen.slope
    energy = (
        (945 - beta - gamma)
        + (3150 * fourth + 6 * beta + 10 * gamma + chosen.slope) * x
        + (1575 * fourth**2 - 3 * beta - 15 * gamma) * x * x
        + (630 * sixth - 8 * beta - 20 * gamma + curve) * y
        + (210 * fourth * sixth + 20 * gamma) * x * y
    )
    return gain, energy


def minorant_gap(law: ScaledLaw, chosen: Multipliers) -> fmpq_poly:
    """(s_3 T³ + s_4 T⁴ − b T − c T²)/(T (1 − T)) = −(s_4 T² + (s_3 + s_4) T + b)."""
    third = 45 * law.kappa[4] + 6 * chosen.fourth + 30 * chosen.fifth
    last = law.kappa[5] - 24 * chosen.fifth
    return -fmpq_poly([chosen.slope, third + last, last])


def proves(law: ScaledLaw, chosen: Multipliers, ratio: fmpq) -> bool:
    """Whether these multipliers prove R M_10 ≥ N² for every row, decided exactly."""
    if min(chosen.fourth, chosen.fifth) < 0 or not polynomial_nonnegative(minorant_gap(law, chosen), fmpq(0), fmpq(1)):
        return False
    for y, low, high in ARCS:
        gain, energy = linear_parts(law, chosen, y, X)
        if not polynomial_nonnegative(energy * ratio - gain**2, low, high):
            return False
    return True


def least_ratio(law: ScaledLaw, most: fmpq) -> tuple[fmpq, Multipliers] | None:
    """The least R of a grid between g/μ_2, which a feature alone attains, and ``most`` that multipliers prove, with them."""
    low, width = law.single, most - law.single
    found = proven(law, low)
    first, last = 1, STEPS  # what is below first is not proven; last is, or it is the end
    while found is None or found[0] > low:
        if first >= last:
            break
        step = (first + last) // 2
        better = proven(law, low + width * step / STEPS)
        if better is None:
            first = step + 1
        else:
            found, last = better, step
    return found


def proven(law: ScaledLaw, ratio: fmpq) -> tuple[fmpq, Multipliers] | None:
    """The ratio with multipliers that prove it, where some are found; none are needed for normal features."""
    if exceeded(law, ratio):
        return None
    nothing = Multipliers(fmpq(0), fmpq(0), fmpq(0))
    if proves(law, nothing, ratio):
        return ratio, nothing
    chosen = propose(law, ratio)
    return None if chosen is None or not proves(law, chosen, ratio) else (ratio, chosen)


def exceeded(law: ScaledLaw, ratio: fmpq) -> bool:
    """Whether a row of equal entries, or of infinitely small ones, exceeds the ratio: no multipliers are worth a search then."""
    nothing = Multipliers(fmpq(0), fmpq(0), fmpq(0))
    for x in (fmpq(0), fmpq(1), fmpq(1, 2), fmpq(1, 3), fmpq(1, 4), fmpq(1, 6)):
        gain, _ = linear_parts(law, nothing, x**2, x)
        if gain**2 > ratio * tenth_moment(law, [x, x**2, x**3, x**4]):
            return True
    return False


def tenth_moment(law: ScaledLaw, sums: list[fmpq]) -> fmpq:
    """M_10 of a row with Q_2 = 1 and these Q_4, …, Q_10."""
    cumulants = [fmpq(0), fmpq(1), *(k * q for k, q in zip(law.kappa[2:], sums, strict=True))]
    value: fmpq = moments_from_cumulants(cumulants)[5]
    return value


def propose(law: ScaledLaw, ratio: fmpq) -> Multipliers | None:
    """Multipliers with the greatest margin, by a linear program in floating point, rounded to a 64th of the margin."""
    import numpy as np

    from boundcalc.certify.cone_solver import linear_optimum

    rows, sides = zip(*_inequalities(law, ratio), strict=True)
    matrix, right = np.append(-np.array(rows), [[0, 0, 0, 1]], axis=0), np.append(sides, 1e6)
    x = linear_optimum(np.array([0.0, 0, 0, -1]), matrix, right, np.array([True, True, False, False]), 1e-9)
    if x is None or not x[3] > 1e-6:
        return None
    unit = fmpq(2) ** (floor(log2(x[3])) - 6)
    fourth, fifth, slope = (round(value / to_float(unit)) * unit for value in x[:3].tolist())
    return Multipliers(fourth, fifth, slope)


def _inequalities(law: ScaledLaw, ratio: fmpq) -> Iterator[tuple[list[float], float]]:
    """Rows c and sides s of c · (β, γ, b, margin) + s ≥ 0 on a grid: the minorant and the three arcs, margin times 1 − x."""
    units = [Multipliers(*(fmpq(int(k == at)) for k in range(3))) for at in range(4)]  # the last is the origin

    def affine(values: list[fmpq], weight: fmpq) -> tuple[list[float], float]:
        origin = values[3]
        return [*(to_float(value - origin) for value in values[:3]), -to_float(weight)], to_float(origin)

    for k in range(_POINTS + 1):
        at = fmpq(k, _POINTS)
        yield affine([minorant_gap(law, unit)(at) for unit in units], fmpq(1))
    for y, low, high in ARCS:
        for k in range(_POINTS + 1):
            at = low + (high - low) * fmpq(k, _POINTS)
            if at == 1:  # there R P − N² does not depend on the multipliers
                continue
            values = []
            for unit in units:
                gain, energy = linear_parts(law, unit, y(at), at)
                values.append(ratio * energy - gain**2)
            yield affine(values, 1 - at)
