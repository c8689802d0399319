"""Gives the table of best known witnesses as cases: C and D of each at its own scale, nothing else of W."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flint import fmpq

from boundcalc.bounds.lower.invariants import evaluate
from boundcalc.bounds.lower.witness_table import TableWitness, table
from boundcalc.check.exact.case_states import States
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.counterexample import Table
from boundcalc.check.exact.roots import approximate, decimal
from boundcalc.check.wide.case_laws import CaseLaw
from boundcalc.check.wide.configuration import UnknownByClasses


class Sized:
    """The sizes of a matrix, and nothing of its entries."""

    def __init__(self, n: int, d: int) -> None:
        self.n, self.d = n, d

    def __getattr__(self, name: str) -> Any:
        raise UnknownByClasses("the entries of a witness")


class TableCase(Case):
    """A witness of the table at a scale of A."""

    grouped = True

    def __init__(self, witness: TableWitness, p: Any, law: CaseLaw, scale: Any = None) -> None:
        self.witness, self.scale, self.law_of_case = witness, fmpq(1) if scale is None else scale, law
        self.start((), witness.m, p, law.points, law.name, law.moments)
        self.frame: Any = Sized(witness.n, witness.d)
        kappa = [fmpq(0), *(self("kappa", 2 * j) for j in range(1, self.m + 1))]
        c, d = evaluate(self.m, kappa, [fmpq(x) for x in witness.of_c], [fmpq(x) for x in witness.of_d])
        self.memo["C",], self.memo["D",] = c * self.scale**self.m, d * self.scale ** (2 * self.m)

    def total(self, function: Any) -> Any:
        raise UnknownByClasses("the entries of a witness")

    def tuples(self, names: Any, links: Any, at: Any) -> Iterator[tuple[tuple[Any, ...], int]]:
        if names:
            raise UnknownByClasses("the entries of a witness")
        yield (), 1

    def rescaled(self, scale: Any) -> TableCase:
        """The same at another scale."""
        return TableCase(self.witness, self.p, self.law_of_case, scale)

    @property
    def states(self) -> States:
        raise UnknownByClasses("states of the features")

    def numpy_code(self, arity: int) -> tuple[str, Table]:
        load = "from boundcalc import frame"
        return f'{load}\nW = frame("{self.witness.key}") * {approximate(self.scale)!r} ** 0.5\nd, n = W.shape', {}

    def describe(self) -> dict[str, Any]:
        shown = f"witness {self.witness.key} of the table, W^T W times {decimal(self.scale)}"
        return {"n": self.n, "d": self.d, "m": self.m, "p": decimal(self.p), "law": self.law, "configuration": shown}


def entries(m: int, *, every: bool = False) -> list[TableWitness]:
    """Those for an exponent, the small ones first; of the orbits, unless ``every``, one size in each dimension, the median."""
    of_m = sorted((entry for entry in table().values() if entry.m == m), key=lambda entry: (entry.n * entry.d, entry.key))
    if every:
        return of_m
    orbits: dict[int, list[TableWitness]] = {}
    for entry in of_m:
        if entry.symmetry is not None:
            orbits.setdefault(entry.d, []).append(entry)
    kept = {found[len(found) // 2].key for found in orbits.values()}
    return [entry for entry in of_m if entry.symmetry is None or entry.key in kept]
