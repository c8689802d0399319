"""Lists groups whose orbits are weights with about so many features, and where a search among them starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.orbits import FEWEST, Symmetry, unit_groups

Array = NDArray[np.float64]
WASTE = 60
"""Groups of an order up to this part of n leave few features, whatever n is."""
CLOSE = 8
"""Chirps are tried where their number can be within a share of one in so many of the one wanted."""
SPARE = 10
"""Chirps of C^q are tried for d up to 2q plus a share of one in so many."""


@dataclass(frozen=True)
class OrbitPlan:
    """A group, a number of orbits and the first generators.

    Attributes
    ----------
    kind : str
        ``orbits`` (random generators) or ``chirps``.
    finer : OrbitPlan or None
        A subgroup with which more features are used; its search goes on where this one's ends.
    """

    kind: str
    symmetry: Symmetry
    count: int
    seed: int = 0
    finer: OrbitPlan | None = None

    @property
    def n(self) -> int:
        """Features."""
        return self.count * self.symmetry.order

    @property
    def work(self) -> float:
        """Operations of one evaluation, roughly."""
        return float(self.count + 8) * self.n * (self.symmetry.coordinates + 25)

    def refined(self, coarse: Symmetry, generators: Array) -> Array:
        """First generators with those of a larger group among them."""
        kept = coarse.restricted(generators, self.symmetry)
        lengths = np.linalg.norm(kept, axis=0).mean()
        return np.concatenate([kept, lengths * self.start()[:, kept.shape[1] :]], axis=1)

    def start(self) -> Array:
        """The first generators, (coordinates, count)."""
        symmetry, rng = self.symmetry, np.random.default_rng([self.symmetry.coordinates, self.count, self.seed])
        noise = rng.standard_normal((symmetry.coordinates, self.count))
        if self.kind == "chirps":
            noise = chirps(symmetry, self.count, noise) + noise / (100 * symmetry.coordinates**0.5)
        noise = symmetry.projected(noise)
        return noise / np.linalg.norm(noise, axis=0)


def finer(symmetry: Symmetry, n: int, count: int | None) -> OrbitPlan | None:
    """The largest subgroup that leaves few of any n features, if the group itself leaves more.

    It has as many orbits as fit or, where n is no limit, as many features as ``count`` orbits of the group.
    """
    within = [units for units in unit_groups(symmetry.size) if set(units) < set(symmetry.units)]
    if not within or symmetry.order * WASTE <= n:
        return None
    few = [units for units in within if symmetry.size * len(units) * WASTE <= n]
    smaller = replace(symmetry, units=(few or within[:1])[-1])
    return OrbitPlan("orbits", smaller, (n if count is None else count * symmetry.order) // smaller.order)


def chirps(symmetry: Symmetry, count: int, spare: Array) -> Array:
    """Vectors exp(2πi a x²/q)/√q of C^q as real ones, then those times i unless the group turns, then a standard basis.

    q is a prime. Over all a = 1, …, q − 1 and all translations these are bases of C^q, unbiased to each other and to the standard
    one: Σ A_ij⁴ over another basis is 3/2 in place of 1. A unit t takes a to a/t², so that with units, oddly many, one a stands
    for each of their classes. Fixed coordinates are filled from ``spare``.
    """
    q = symmetry.size
    x, phases = np.arange(q), 1 if symmetry.turn else 2
    classes = [a for a in range(1, q) if a == min(a * t % q for t in symmetry.units)]
    columns = []
    for j in range(count):
        place = j // phases
        z = np.eye(q)[0] + 0j
        if place < len(classes):
            z = np.exp(2j * np.pi * (classes[place] * x * x % q) / q) / q**0.5
        z = z * 1j if j % phases else z
        columns.append(np.concatenate([z.real, z.imag, spare[2 * q :, j] / (2 * q) ** 0.5]))
    return np.array(columns).T


def plans(d: int, n: int, *, below: bool) -> Iterator[OrbitPlan]:
    """Groups and numbers of orbits for about n features in d dimensions; at most n with ``below``.

    First the cyclic group of the coordinates with the largest group of units that leaves enough orbits, or copies of a
    shorter one where features are few; then vectors of one coordinate more that sum to zero; then chirps. Which groups these are
    hardly depends on n: most plans are those of n + 1 features too.
    """

    def count(order: int) -> int:
        return max(1, n // order if below else round(n / order))

    for size, zero_sum in ((d, 0), (d + 1, 1)):
        copies = 1
        while copies < size // 3 and n < FEWEST * (size // copies):
            copies += 1
        if copies > 1:
            found = [
                Symmetry(d // k, copies=k, fixed=d % k) for k in (copies, copies + 1) if k == copies or (below and k <= d // 3)
            ]
        else:
            enough = [units for units in unit_groups(size) if FEWEST * size * len(units) <= n] or [(1,)]
            found = [Symmetry(size, enough[-1], zero_sum=zero_sum)]
        for symmetry in found:
            if symmetry.order <= n or not below:
                yield OrbitPlan(
                    "orbits", symmetry, count(symmetry.order), finer=finer(symmetry, n, None if below else count(symmetry.order))
                )
        if copies > 1:
            break
    q = next((q for q in range(d // 2 + 1, 2, -1) if is_prime(q)), 0)
    left = d - 2 * q
    if q and left * SPARE <= d:
        turn = left in (0, -2)
        for units in reversed([units for units in unit_groups(q) if len(units) % 2]):
            symmetry = Symmetry(q, units, copies=2, zero_sum=max(0, -left), fixed=max(0, left), turn=turn)
            most = (q - 1) // len(units) * (1 if turn else 2)
            used = min(count(symmetry.order), most)
            if abs(used * symmetry.order - n) * CLOSE <= n and (not below or used * symmetry.order <= n):
                yield OrbitPlan("chirps", symmetry, used)
                break


def is_prime(q: int) -> bool:
    """Whether q is a prime; for small q."""
    return q > 1 and all(q % a for a in range(2, int(q**0.5) + 1))
