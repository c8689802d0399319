"""Lists configurations to try steps on: bases, simplices, frames, plane lines, copies, repeats and direct sums of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from flint import fmpq

from boundcalc.check.exact.roots import Exact, power
from boundcalc.check.wide.configuration import ColumnKind, Configuration, alone, direct_sum, padded, repeated
from boundcalc.check.wide.shells import balanced_shells
from boundcalc.frames.catalog import FRAMES, Frame

DIMENSIONS = 24
"""The families are tried in every dimension up to this one."""
LARGER = (25, 26, 28, 30, 32, 36, 40, 48, 64, 100)
PLANE = (4, 5, 6, 8, 10, 12)
"""Numbers of plane lines whose squared cosines lie in a quadratic field."""


def orthonormal(d: int) -> Configuration:
    """The standard basis of R^d."""
    return alone(f"orthonormal basis of R^{d}", d, d, [(fmpq(0), 0, d - 1)], f"np.eye({d})")


def simplex(d: int) -> Configuration:
    """The d + 1 vertices of the regular simplex."""
    code = f"np.linalg.cholesky({d + 1} * np.eye({d}) - 1).T / {d} ** 0.5"
    code = f"np.hstack([{code}, -({code}).sum(axis=1, keepdims=True)])"
    return alone(f"regular simplex in R^{d}", d, d + 1, [(fmpq(1, d * d), -1, d)], code)


def frame(found: Frame) -> Configuration:
    """A frame of the catalog."""
    sights: list[tuple[Exact, int, int]] = [(u, 0, count) for u, count in found.squares]
    for u, count in found.conjugate_squares:
        root = power(fmpq(u.radicand), fmpq(1, 2)) * u.b
        sights += [(u.a + root, 0, count), (u.a + -root, 0, count)]
    code = f'construct("{found.key}").to_float()'
    return alone(found.key, found.d, found.n, sights, code)


def plane_lines(n: int) -> Configuration:
    """n equally spaced lines in the plane: squared cosines (1 + cos(2 π k/n))/2."""
    sights = [((_cosine(k, n) + 1) * fmpq(1, 2), 0, 1) for k in range(1, n)]
    angles = f"np.pi * np.arange({n}) / {n}"
    return alone(f"{n} equally spaced lines in R^2", 2, n, sights, f"np.array([np.cos({angles}), np.sin({angles})])")


def _cosine(k: int, n: int) -> Exact:
    """cos(2 π k/n) for n that divides 8, 10 or 12."""
    k = min(k % n, n - k % n)
    share = fmpq(k, n)
    half, fifth = fmpq(1, 2), fmpq(1, 4)
    found: dict[fmpq, Exact] = {
        fmpq(0): 1,
        fmpq(1, 12): power(fmpq(3), half) * half,
        fmpq(1, 8): power(fmpq(2), half) * half,
        fmpq(1, 6): half,
        fmpq(1, 4): 0,
        fmpq(1, 3): -half,
        fmpq(3, 8): power(fmpq(2), half) * -half,
        fmpq(5, 12): power(fmpq(3), half) * -half,
        half: -1,
        fmpq(1, 10): (power(fmpq(5), half) + 1) * fifth,
        fmpq(1, 5): (power(fmpq(5), half) - 1) * fifth,
        fmpq(3, 10): (power(fmpq(5), half) - 1) * -fifth,
        fmpq(2, 5): (power(fmpq(5), half) + 1) * -fifth,
    }
    return found[share]


def zero(n: int) -> Configuration:
    """W = 0."""
    return Configuration(f"{n} zero column{'s' if n > 1 else ''}", 1, (), (ColumnKind(n, fmpq(0), -1, ()),), f"np.zeros((1, {n}))")


def antipodal(n: int) -> Configuration:
    """n columns in R^1, half of them 1 and half −1."""
    return repeated(orthonormal(1), n, alternating=True)


@cache
def configurations(m: int) -> tuple[Configuration, ...]:
    """All of them, those with few columns first.

    Parameters
    ----------
    m : int
        The exponent for which the masses of the shells are balanced.
    """
    found = [orthonormal(1), antipodal(2), repeated(orthonormal(1), 2), antipodal(4)]
    found += [orthonormal(d) for d in (*range(2, DIMENSIONS + 1), *LARGER)]
    found += [simplex(d) for d in (*range(2, DIMENSIONS + 1), *LARGER)]
    found += [repeated(orthonormal(1), times) for times in (3, 5, 10, 100, 1000)]
    found += [repeated(orthonormal(d), times) for d in (2, 3, 4, 8, 24) for times in (2, 3)]
    found += [repeated(orthonormal(d), 2, alternating=True) for d in (2, 3, 4, 8, 24)]
    found += [plane_lines(n) for n in PLANE]
    frames = [frame(each) for each in FRAMES]
    found += frames
    found += [shells for d in range(3, DIMENSIONS + 1) if (shells := balanced_shells(d, m)) is not None]
    for base in [plane_lines(4), plane_lines(6), *(each for each in frames if each.n <= 300)]:
        for copies in (2, 3, 4, 5, 6, 8):
            if base.d * copies <= DIMENSIONS:
                found.append(direct_sum([base] * copies, f"direct sum of {copies} copies of {base.name}"))
        found.append(direct_sum([base, orthonormal(max(DIMENSIONS - base.d, 1))]))
        found.append(direct_sum([base, orthonormal(1)]))
    found += [direct_sum([frame(each) for each in FRAMES if each.key in keys]) for keys in (("E8", "barnes_wall"), ("E7", "E8"))]
    found += [repeated(simplex(d), 2) for d in (2, 3, 5)]
    found += [padded(orthonormal(d), n, d) for d, n in ((1, 2), (2, 3), (2, 1000), (8, 5000), (24, 10**5))]
    found += [padded(orthonormal(d), d, d + more) for d, more in ((1, 1), (2, 3), (3, 21))]
    return (*sorted(found, key=lambda each: (each.n * each.d, each.n)), zero(1))


def fitted(m: int, sizes: list[tuple[int, int]] | None) -> Iterator[Configuration]:
    """The configurations, or if only some sizes (n, d) are allowed those of them, filled up to the nearest of them."""
    if sizes is None:
        yield from configurations(m)
        return
    allowed = set(sizes)
    for each in configurations(m):
        if (each.n, each.d) in allowed:
            yield each
            continue
        near = min(
            (size for size in sizes if size[0] >= each.n and size[1] >= each.d),
            key=lambda size: (size[1] - each.d, size[0] - each.n),
            default=None,
        )
        if near is not None:
            yield padded(each, *near)
