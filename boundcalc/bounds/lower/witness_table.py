"""Reads the table of best known witnesses that ships: integer matrices found by search, each with its exact invariants.

Every entry is a witness for every p and every law; which is best is decided for the problem at hand. The larger ones are whole
orbits of a group of permutations of the coordinates, and only one vector of each orbit is stored.
"""

from __future__ import annotations

import json
from base64 import b85decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.lower.invariants import evaluate
from boundcalc.frames.orbits import Symmetry
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError, nearest, offered
from boundcalc.numbers.rings import EXACT

if TYPE_CHECKING:
    import numpy as np


LEAST_P = fmpq(1, 10**150)
"""For smaller p the order of the entries is that of this p."""
MANY = 10**18
"""No entry has so many features or dimensions."""


@dataclass(frozen=True, eq=False)
class TableWitness:
    """One witness.

    Attributes
    ----------
    key : str
        Its name in the table.
    of_c, of_d : tuple of ints
        The sums over features that :func:`boundcalc.bounds.lower.invariants.evaluate` takes.
    stored : list of lists of ints, or mapping, optional
        The columns of W, or the group and the generators of its orbits. ``None``: orbits that are read when they are needed.
    serves : bool
        Whether nothing is searched for at run time where it has about the number of features that is wanted.
    """

    key: str
    m: int
    d: int
    n: int
    of_c: tuple[int, ...]
    of_d: tuple[int, ...]
    stored: Any = field(default=None, repr=False)
    serves: bool = True

    @cached_property
    def _orbits(self) -> Mapping[str, Any] | None:
        """``group``, ``generators``, and ``wide`` where these have 16 bits in place of 8; ``None``: all columns are stored."""
        found: Any = _orbits()[self.key] if self.stored is None else self.stored
        return None if isinstance(found, list) else found

    @cached_property
    def symmetry(self) -> Symmetry | None:
        """The group of whose orbits W consists."""
        return None if self._orbits is None else Symmetry.of_json(self._orbits["group"])

    @cached_property
    def generators(self) -> np.ndarray:
        """Columns of W, up to scale, one of each orbit: (coordinates, k) whole numbers."""
        import numpy as np

        if self._orbits is None or self.symmetry is None:
            return np.array(self.stored, dtype=np.int64).T
        listed = self._orbits["generators"]
        if not isinstance(listed, str):
            return np.array(listed, dtype=np.int64).T
        found = np.frombuffer(b85decode(listed), "<i2" if self._orbits.get("wide") else "i1")
        return found.reshape(-1, self.symmetry.coordinates).T.astype(np.int64)

    @property
    def columns(self) -> np.ndarray:
        """W up to scale, (coordinates, n) whole numbers; vectors that sum to zero have a coordinate more than dimensions."""
        return self.generators if self.symmetry is None else self.symmetry.images(self.generators)

    def to_float(self) -> np.ndarray:
        """W as float64, shape (d, n)."""
        return in_dimensions(self.symmetry, self.columns)

    def rows(self) -> list[list[fmpq]]:
        """W as rows of n rationals, one for each coordinate."""
        return [[fmpq(x) for x in row] for row in self.columns.tolist()]

    @property
    def shown(self) -> dict[str, Any]:
        """What describes it in a choice: its key or, for orbits that are not in the table, the group with one vector of each."""
        size = {"n": self.n, "d": self.d}
        if self.key or self.symmetry is None:  # a table entry
            return {"witness": self.key, **size}
        return {"orbits": {**self.symmetry.as_json(), "generators": self.generators.T.tolist()}, **size}

    def exact(self, q: Quantities) -> tuple[fmpq, fmpq]:
        """C and D; ``q`` holds exact quantities."""
        c, d = evaluate(self.m, q.kappa, [fmpq(x) for x in self.of_c], [fmpq(x) for x in self.of_d])
        return c, d


def without_group(shown: Mapping[str, Any]) -> bool:
    """Whether a choice describes orbits of which each is one vector: a whole matrix, too large to be printed."""
    return "orbits" in shown and len(shown["orbits"]["generators"]) == shown["n"]


@cache
def table() -> Mapping[str, TableWitness]:
    """All entries by key."""
    entries = {
        key: TableWitness(key, e["m"], len(e["columns"][0]), len(e["columns"]), tuple(e["C"]), tuple(e["D"]), e["columns"])
        for key, e in _stored("witnesses.json").items()
    }
    found = _stored("orbit_witnesses.json").items()
    return entries | {
        key: TableWitness(key, e["m"], e["d"], e["n"], tuple(e["C"]), tuple(e["D"]), serves=e.get("serves", True))
        for key, e in found
    }


@cache
def _orbits() -> Mapping[str, Any]:
    """Groups and generators of the entries that are orbits; base85 of the generators, one after the other, little-endian."""
    return _stored("orbit_generators.json")


def _stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("boundcalc") / "bounds" / "lower" / name).read_text(encoding="utf-8"))["witnesses"]
    return found


def find(key: str) -> TableWitness:
    """The entry of that key.

    Raises
    ------
    ParameterError
        If there is none.
    """
    entries = table()
    if key not in entries:
        hint = offered(nearest(key, entries)) or f"such keys are {', '.join(list(entries)[:3])}"
        raise ParameterError("witness", key, f"is no key of the table of witnesses; {hint}")
    return entries[key]


def in_dimensions(symmetry: Symmetry | None, columns: np.ndarray) -> np.ndarray:
    """Columns over an orthonormal basis of the space in which they lie, as float64."""
    import numpy as np

    whole = columns.astype(np.float64)
    if symmetry is None or not symmetry.zero_sum:
        return whole
    size, kept = symmetry.size, []
    for copy in range(symmetry.zero_sum):  # partial sums against the next coordinate
        part = whole[copy * size : (copy + 1) * size]
        j = np.arange(1, size)[:, None]
        kept.append((np.cumsum(part, axis=0)[:-1] - j * part[1:]) / np.sqrt(j * (j + 1)))
    return np.concatenate([*kept, whole[symmetry.zero_sum * size :]])


@cache
def _sums(m: int) -> tuple[tuple[TableWitness, ...], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The entries for an exponent in the order of their sizes; n, d and the sums, (terms, entries), in float64."""
    import numpy as np

    found = sorted((entry for entry in table().values() if entry.m == m), key=lambda entry: (entry.n, entry.d, entry.key))
    n, d = (np.array([getattr(entry, name) for entry in found], dtype=np.float64) for name in ("n", "d"))
    of_c, of_d = (np.array([[float(x) for x in getattr(entry, name)] for entry in found]).T for name in ("of_c", "of_d"))
    return tuple(found), n, d, of_c, of_d


def ranked(problem: Problem) -> list[tuple[float, TableWitness]]:
    """The entries that fit the problem, with I/p in float64, best first; of equal values the smaller."""
    import numpy as np

    entries, n, d, of_c, of_d = _sums(problem.m)
    if not entries:
        return []
    p = max(problem.p, LEAST_P)
    same = Problem(problem.n, problem.d, problem.m, p, problem.law)
    kappa = [0.0, *(to_float(value) for value in Quantities(EXACT, same).kappa[1:])]
    with np.errstate(all="ignore"):  # products and sums element by element: the same on every machine
        C, D = evaluate(problem.m, kappa, list(of_c), list(of_d))
        values = np.where((C > 0) & (D > 0), C * (C / D), 0.0) / to_float(p)
    values[~np.isfinite(values)] = 0.0
    fits = np.flatnonzero((n <= float(min(problem.n, MANY))) & (d <= float(min(problem.d, MANY))))
    return [(float(values[k]), entries[k]) for k in fits[np.argsort(-values[fits], kind="stable")].tolist()]


def exact_value(problem: Problem, entry: TableWitness) -> tuple[fmpq, fmpq]:
    """C and D of an entry for the problem's p and law."""
    return entry.exact(Quantities(EXACT, problem))


DENSE = 0.9
"""A block worth less for each dimension than this share of the best one is left out, unless it is small or a complement."""
SMALLEST = 8
NEARBY = 2
"""For finite n blocks for so many dimensions fewer are kept too."""


def blocks(problem: Problem) -> list[tuple[float, TableWitness]]:
    """Entries that may serve as blocks of a direct sum: in each dimension the best one, and the best with its share of n."""
    best: dict[tuple[int, int], tuple[float, TableWitness]] = {}
    # where n is finite also those for fewer dimensions: what is good there is good here
    rooms = [problem.d - k for k in range(1 if problem.is_infinite else NEARBY + 1)]
    shares = (1,) if problem.is_infinite else (1, 2, 4, 8)
    for value, entry in ranked(problem):
        for room in rooms:
            for k in shares:
                if problem.is_infinite or k * entry.n * room <= 8 * int(problem.n) * entry.d:
                    best.setdefault((entry.d, k * room), (value, entry))
    densest = max((value / entry.d for value, entry in best.values()), default=0.0)
    rests = {problem.d - size for size in (problem.d, *range(SMALLEST + NEARBY + 1), *(4**k for k in range(2, 32)))}
    kept = {
        entry.key: (value, entry)
        for value, entry in best.values()
        if value >= DENSE * densest * entry.d or entry.d <= SMALLEST or entry.d in rests
    }
    return sorted(kept.values(), key=lambda pair: (-pair[0], pair[1].n, pair[1].d, pair[1].key))
