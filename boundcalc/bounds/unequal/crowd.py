r"""Bounds what the other features add to the sixth moment of one row, for features that differ, m = 3.

With a_i = 1, w = 1/t - 1 and v_j = kappa_2^(j) A_ij^2, whose sum over j != i is kappa_2^(i) w, the others add

    sum_{j != i} [kappa_6^(j) A_ij^6 + 15 kappa_4^(j) A_ij^4 K_2(i)]

to D_i/omega_i. A negative kappa_6 is paid for by kappa_4 first (quartic). Where nothing negative is left, the power means give

    sum kappa_4^(j) A_ij^4 >= (kappa_2^(i) w)^2 G_4,   G_4 = 1/sum_{j != i} (kappa_2^(j))^2/kappa_4^(j),
    sum kappa_6^(j) A_ij^6 >= (kappa_2^(i) w)^3 G_6,   G_6 = 1/(sum_{j != i} (kappa_2^(j))^{3/2}/(kappa_6^(j))^{1/2})^2.

Otherwise v^2 (c v + e K_2), c = kappa_6/kappa_2^3 and e = 15 kappa_4/kappa_2^2, is at least V v min(0, c_- V + e K_2) for
0 <= v <= V = kappa_2^(i) w, so that the sum is at least V^2 times the least of these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import fmpq

from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float

ROOT_DIGITS = 14
ZERO = fmpq(0)


@dataclass(frozen=True)
class Crowd:
    """What the features beside one add at least.

    Attributes
    ----------
    fourth, sixth : fmpq
        G_4 and G_6, or rationals just below; 0 where ``deficits`` are not empty, or where there is no crowd.
    deficits : tuple of (c, e)
        Of the others whose κ_4 does not pay for κ_6, those that are not worse than another one.
    """

    fourth: fmpq
    sixth: fmpq
    deficits: tuple[tuple[fmpq, fmpq], ...]


def quartic(kind: FeatureKind) -> fmpq:
    """κ_4 after it has paid for a negative κ_6: κ_6 A⁶ ≥ −|κ_6|/κ_2 · A⁴ K_2, since κ_2^(j) A_ij² ≤ K_2(i)."""
    _, k2, k4, k6 = kind.kappa[:4]
    return k4 + min(k6, ZERO) / (15 * k2)


@lru_cache(maxsize=16)
def crowds(problem: FeatureProblem) -> tuple[Crowd, ...]:
    """That of each kind."""
    every = kinds(problem)
    owing = [kind for kind in every if quartic(kind) < 0]
    deficit = {kind: _deficit(kind) for kind in owing}
    fourth = _inverses([_share(kind, kind.kappa[1] ** 2, quartic(kind)) for kind in every], every)
    sixth = _inverses([root_share(kind) for kind in every], every)
    found = []
    for k, kind in enumerate(every):
        others = [deficit[other] for other in owing if other is not kind or kind.count > 1]
        if others:
            found.append(Crowd(ZERO, ZERO, _least(others)))
        else:
            found.append(Crowd(fourth[k], sixth[k] ** 2, ()))
    return tuple(found)


def _deficit(kind: FeatureKind) -> tuple[fmpq, fmpq]:
    _, k2, k4, k6 = kind.kappa[:4]
    return min(k6, ZERO) / k2**3, 15 * k4 / k2**2


def _least(pairs: list[tuple[fmpq, fmpq]]) -> tuple[tuple[fmpq, fmpq], ...]:
    """Those that are least somewhere: c w + e (1 + w) = e + (c + e) w."""
    found: list[tuple[fmpq, fmpq]] = []
    for c, e in sorted(set(pairs), key=lambda pair: (pair[1], pair[0])):
        if not found or c + e < min(other + own for other, own in found):
            found.append((c, e))
    return tuple(found)


def _share(kind: FeatureKind, above: fmpq, below: fmpq) -> fmpq | None:
    """A short rational that is not less than above/below; ``None`` for infinity."""
    return None if below <= 0 else up(above / below)


def root_share(kind: FeatureKind) -> fmpq | None:
    """A short rational that is not less than the root of κ_2³/κ_6; ``None`` where κ_6 ≤ 0."""
    _, k2, _, k6 = kind.kappa[:4]
    return None if k6 <= 0 else up(k2 / root_below(k6 / k2))


def _inverses(shares: list[fmpq | None], every: tuple[FeatureKind, ...]) -> list[fmpq]:
    """For each kind 1 over the sum over all features but one of it; 0 where that is infinite or there are no others."""
    whole = sum((kind.count * share for share, kind in zip(shares, every, strict=True) if share is not None), ZERO)
    endless = sum(kind.count for share, kind in zip(shares, every, strict=True) if share is None)
    found = []
    for share in shares:
        check()
        total, infinite = whole - (share or ZERO), endless - (share is None)
        found.append(1 / up(total) if total and not infinite else ZERO)
    return found


def up(value: fmpq) -> fmpq:
    """A short rational that is not less than a positive one, and hardly more."""
    size = int(value.p).bit_length() - int(value.q).bit_length()
    scaled = value / fmpq(2) ** size
    near, step = rational(to_float(scaled), ROOT_DIGITS), fmpq(1, 10**ROOT_DIGITS)
    while near < scaled:
        near *= 1 + step
        step *= 2
    return near * fmpq(2) ** size


def root_below(value: fmpq) -> fmpq:
    """A short rational whose square is at most the value, and hardly less."""
    if value <= 0:
        return ZERO
    half = (int(value.p).bit_length() - int(value.q).bit_length()) // 2
    scaled = value / fmpq(4) ** half
    near, step = rational(to_float(scaled) ** 0.5, ROOT_DIGITS), fmpq(1, 10**ROOT_DIGITS)
    while near * near > scaled:
        near *= 1 - step
        step *= 2
    return near * fmpq(2) ** half
