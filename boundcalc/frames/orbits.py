"""Builds weights that are whole orbits of a group of permutations of coordinates with signs, from one vector of each orbit.

Coordinates are c copies of Z_q, then f fixed ones. The group moves x to t x + s in every copy, t in a group of units mod q. Its
order is q times their number; every row of A = WᵀW is a row of one of the generators, so that n features cost n/order rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from math import gcd
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_SECOND = 60
"""Second generators of a group of units that are tried."""
FEWEST = 6
"""Fewer orbits than this make worse weights than random directions, whatever the group."""
LARGEST = 127
"""Largest modulus of an entry of a rounded generator: one signed byte."""


@dataclass(frozen=True)
class Symmetry:
    """A group of signed permutations of coordinates.

    Parameters
    ----------
    size : int
        q.
    units : tuple of int
        A group of units mod q, ascending, from 1 on.
    sign : 1 or −1
        −1: the shift e_i → e_{i+1} takes e_q to −e_1; then there is no unit but 1.
    copies : int
        c.
    zero_sum : int
        In so many copies, the first, the coordinates of a vector sum to zero: a dimension less for each.
    fixed : int
        f.
    turn : bool
        Two copies as real and imaginary part: the group holds the multiplication by i as well.
    """

    size: int
    units: tuple[int, ...] = (1,)
    sign: int = 1
    copies: int = 1
    zero_sum: int = 0
    fixed: int = 0
    turn: bool = False

    def as_json(self) -> dict[str, Any]:
        """The fields that are not as usual, and ``size``."""
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        plain = {item.name: item.default for item in fields(self)}
        kept = {name: value for name, value in found.items() if value != plain[name]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}

    @staticmethod
    def of_json(found: Mapping[str, Any]) -> Symmetry:
        """The group that :meth:`as_json` describes."""
        return Symmetry(**{**found, "units": tuple(found.get("units", (1,)))})

    @property
    def d(self) -> int:
        """Dimension."""
        return self.copies * self.size + self.fixed - self.zero_sum

    @property
    def coordinates(self) -> int:
        """Length of a vector."""
        return self.copies * self.size + self.fixed

    @property
    def order(self) -> int:
        """Elements of the group; with ``turn``, up to the sign of a vector."""
        return self.size * len(self.units) * (1 + self.turn)

    @cached_property
    def _sources(self) -> NDArray[np.int64]:
        """(order without turns, q): where the coordinate x of the image comes from, t^{−1} (x − s)."""
        import numpy as np

        x = np.arange(self.size)
        shifted = x[None, :] - x[:, None]
        return np.concatenate([pow(t, -1, self.size) * shifted % self.size for t in self.units])

    @cached_property
    def _signs(self) -> NDArray[np.float64] | None:
        import numpy as np

        if self.sign == 1:
            return None
        x = np.arange(self.size)
        return np.where(x[None, :] < x[:, None], -1.0, 1.0)

    @cached_property
    def inverses(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """For each element its inverse, up to a sign, and that sign."""
        import numpy as np

        place = {t: k for k, t in enumerate(self.units)}
        inverse, sign = [], []
        for t in self.units:
            back = pow(t, -1, self.size) if self.size > 1 else 1
            for s in range(self.size):
                inverse.append(place[back] * self.size + (-back * s) % self.size)
                sign.append(self.sign if s else 1)
        if self.turn:  # (g i)^{−1} = −g^{−1} i
            inverse += [len(inverse) + k for k in inverse]
            sign += [-x for x in sign]
        return np.array(inverse, dtype=np.int64), np.array(sign, dtype=np.float64)

    def images(self, generators: NDArray[Any]) -> NDArray[Any]:
        """W, (coordinates, order · k): the images of all k generators under the first element (the identity), and so on."""
        import numpy as np

        if self.order == 1:
            return generators
        k, cut = generators.shape[1], self.copies * self.size
        parts = generators[:cut].reshape(self.copies, self.size, k)
        moved = np.take(parts, self._sources.T.ravel(), axis=1)  # copies, q · elements, k
        moved = moved.reshape(self.copies, self.size, -1, k)
        if self._signs is not None:
            moved = moved * self._signs.T[None, :, :, None].astype(generators.dtype)
        if self.turn:
            moved = np.concatenate([moved, np.stack([-moved[1], moved[0]])], axis=2)
        found = moved.reshape(cut, self.order * k)
        return np.concatenate([found, np.tile(generators[cut:], self.order)]) if self.fixed else found

    def projected(self, generators: NDArray[np.float64]) -> NDArray[np.float64]:
        """The generators with the sums of the first copies taken out."""

        if not self.zero_sum:
            return generators
        found = generators.copy()
        parts = found[: self.zero_sum * self.size].reshape(self.zero_sum, self.size, -1)
        parts -= parts.mean(axis=1, keepdims=True)
        return found

    def restricted(self, generators: NDArray[Any], smaller: Symmetry) -> NDArray[Any]:
        """Generators of the same weights under the same symmetry with a subgroup of its units."""
        import numpy as np

        left, found = set(self.units), []
        copies, fixed = np.split(generators, [self.copies * self.size])
        while left:
            t = min(left)
            left -= {t * u % self.size for u in smaller.units}
            source = pow(t, -1, self.size) * np.arange(self.size) % self.size
            moved = copies.reshape(self.copies, self.size, -1)[:, source].reshape(copies.shape)
            found.append(np.concatenate([moved, fixed]))
        return np.concatenate(found, axis=1)

    def rounded(self, generators: NDArray[np.float64], largest: int = LARGEST) -> NDArray[np.int64]:
        """Whole numbers up to a largest one, proportional to the generators up to rounding; sums stay zero where they must be."""
        import numpy as np

        scaled = generators * ((largest - (self.zero_sum > 0)) / max(float(np.abs(generators).max()), 1e-300))
        whole = np.rint(scaled).astype(np.int64)
        for copy in range(self.zero_sum):
            part = slice(copy * self.size, (copy + 1) * self.size)
            for j in range(whole.shape[1]):
                excess = int(whole[part, j].sum())
                if excess:  # undo the roundings that went farthest in that direction
                    moved = np.argsort(np.sign(excess) * (scaled[part, j] - whole[part, j]), kind="stable")
                    whole[copy * self.size + moved[: abs(excess)], j] -= int(np.sign(excess))
        return whole[:, np.any(whole != 0, axis=0)]


def subgroup(generators: tuple[int, ...], size: int) -> tuple[int, ...]:
    """The group of units mod ``size`` that these generate."""
    found, new = {1 % size}, [1 % size]
    while new:
        new = sorted({a * g % size for a in new for g in generators} - found)
        found |= set(new)
    return tuple(sorted(found))


@cache
def unit_groups(size: int) -> tuple[tuple[int, ...], ...]:
    """Groups of units mod ``size`` of every order that one or two units generate, one of each order, by order."""
    units = [u for u in range(1, size) if gcd(u, size) == 1] or [1]
    found: dict[int, tuple[int, ...]] = {}
    for u in units:
        powers = [1]
        while (after := powers[-1] * u % size) != 1 and size > 1:
            powers.append(after)
        found.setdefault(len(powers), tuple(sorted(powers)))
    largest = max(found.values(), key=len)
    if len(largest) < len(units):  # the units of an odd prime are cyclic already
        first = max(largest, key=lambda u: len(subgroup((u,), size)))
        for u in units[:MOST_SECOND]:
            group = subgroup((first, u), size)
            found.setdefault(len(group), group)
    return tuple(found[order] for order in sorted(found))
