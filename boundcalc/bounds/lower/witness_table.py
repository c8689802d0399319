"""Reads the table of best known witnesses that ships: integer matrices found by search, each with its exact invariants.

Every entry is a witness for every p and every law; which is best is decided for the problem at hand. In more dimensions, or
with more columns, these are whole orbits of the cyclic shift of coordinates, and only one of each orbit is stored.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq, fmpz

from boundcalc.bounds.lower.integer_search import BITS, search_quantities
from boundcalc.bounds.lower.invariants import evaluate
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class TableWitness:
    """One witness.

    Attributes
    ----------
    key : str
        Its name in the table.
    generators : tuple of k tuples of d ints
        Columns of W, up to scale: all n of them if ``sign`` is 0.
    sign : 0, 1 or −1
        Otherwise the n = k d columns are the images of the generators under 1, R, …, R^{d−1}, where R e_i = e_{i+1} and
        R e_d = sign · e_1.
    of_c, of_d : tuple of ints
        The sums of :func:`boundcalc.bounds.lower.invariants.invariants`.
    """

    key: str
    m: int
    d: int
    n: int
    generators: tuple[tuple[int, ...], ...]
    sign: int
    of_c: tuple[int, ...]
    of_d: tuple[int, ...]

    @property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """W as n columns of d ints."""
        if not self.sign:
            return self.generators
        shifted = []
        for s in range(self.d):
            for v in self.generators:
                shifted.append(tuple(self.sign * x for x in v[self.d - s :]) + v[: self.d - s])
        return tuple(shifted)

    def rows(self) -> list[list[fmpq]]:
        """W as d rows of n rationals."""
        return [[fmpq(x) for x in row] for row in zip(*self.columns, strict=True)]

    def exact(self, q: Quantities) -> tuple[fmpq, fmpq]:
        """C and D; ``q`` holds exact quantities."""
        c, d = evaluate(self.m, q.kappa, [fmpq(x) for x in self.of_c], [fmpq(x) for x in self.of_d])
        return c, d


@cache
def table() -> Mapping[str, TableWitness]:
    """All entries by key."""
    entries = {key: _entry(key, **stored) for key, stored in _stored("witnesses.json").items()}
    return entries | {key: _cyclic(key, **stored) for key, stored in _stored("cyclic_witnesses.json").items()}


def _stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("boundcalc") / "bounds" / "lower" / name).read_text(encoding="utf-8"))["witnesses"]
    return found


def _entry(key: str, m: int, columns: list[list[int]], C: list[int], D: list[int]) -> TableWitness:
    return TableWitness(key, m, len(columns[0]), len(columns), tuple(map(tuple, columns)), 0, tuple(C), tuple(D))


def _cyclic(key: str, m: int, d: int, sign: int, generators: str, C: list[int], D: list[int]) -> TableWitness:
    """``generators`` is the base64 of 16-bit numbers, little-endian, one generator after the other."""
    data = b64decode(generators)
    numbers = struct.unpack(f"<{len(data) // 2}h", data)
    kept = tuple(numbers[k : k + d] for k in range(0, len(numbers), d))
    return TableWitness(key, m, d, d * len(kept), kept, sign, tuple(C), tuple(D))


def find(key: str) -> TableWitness:
    """The entry of that key.

    Raises
    ------
    ParameterError
        If there is none.
    """
    entries = table()
    if key not in entries:
        raise ParameterError("witness", key, "must be a key of the table of witnesses")
    return entries[key]


def float_matrix(key: str) -> np.ndarray:
    """The entry's W as float64, shape (d, n)."""
    import numpy as np

    return np.array(find(key).columns, dtype=np.float64).T


def ranked(problem: Problem) -> list[tuple[float, TableWitness]]:
    """The entries that fit the problem, with I/p rounded to float, best first; of equal values the smaller."""
    q, found = search_quantities(problem), []
    with precision(BITS):
        for entry in table().values():
            if entry.m == problem.m and entry.n <= problem.n and entry.d <= problem.d:
                c, d = evaluate(entry.m, q.kappa, [fmpz(x) for x in entry.of_c], [fmpz(x) for x in entry.of_d])
                value = float((arb(c) ** 2 / arb(d) / arb(q.p)).mid())
                found.append((value if isfinite(value) else 0.0, entry))
    return sorted(found, key=lambda pair: (-pair[0], pair[1].n, pair[1].d, pair[1].key))


def exact_value(problem: Problem, entry: TableWitness) -> tuple[fmpq, fmpq]:
    """C and D of an entry for the problem's p and law."""
    return entry.exact(Quantities(EXACT, problem))


def undominated(problem: Problem) -> list[tuple[float, TableWitness]]:
    """Of :func:`ranked`, the entries that no other beats with as few features and dimensions."""
    kept: list[tuple[float, TableWitness]] = []
    for value, entry in ranked(problem):
        if not any(other.n <= entry.n and other.d <= entry.d for _, other in kept):
            kept.append((value, entry))
    return kept
