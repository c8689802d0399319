r"""Solves cone programs with clarabel, again in another scaling where it stops early: it proposes points and proves nothing.

The solver's own scaling ends at 10^4: rows and columns farther from 1 come in other units. Programs of few features at tiny p had
rows up to 10^11, and it called them infeasible, or stopped at its first step. What it says is no evidence for either: a point
counts by how far the constraints miss at it. In the second scaling the greatest entry of every row and column is near 1. All units
are powers of 2, so that nothing is rounded. What was proven of a proposal tells as well
(:mod:`boundcalc.certify.attempts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from boundcalc.certify.attempts import in_other_scaling
from boundcalc.numbers.remarks import remark

Array = Any
"""A float64 array."""
Cone = tuple[str, int]
"""The name of clarabel's cone, without its T, and its size or, for a triangle, its order."""
REACH = 1e-6
"""A point is taken if no constraint misses by more, in units of its terms where every unknown is 1."""
HOPELESS = 1e-3
"""One that misses by more is no proposal."""
ROUNDS = 12
REACHED = 1e4
"""What the solver's own scaling makes up for: rows and columns farther away than that from 1 come in other units."""
RESCALED = "the solver stopped early ({status}); its program was solved again in another scaling"
STOPPED = "the solver stopped early ({status}) in every scaling; the bound is as certain, but may be less tight"


@dataclass(frozen=True)
class SparseColumns:
    """A sparse matrix by columns with what clarabel reads of one: importing SciPy's takes as long as all programs together."""

    data: Array
    indices: Array
    indptr: Array
    shape: tuple[int, int]
    has_canonical_format: bool = True

    @classmethod
    def of(cls, matrix: Array) -> SparseColumns:
        """The entries of an array that are not 0."""
        rows, unknowns = matrix.shape
        by_column = np.ascontiguousarray(matrix.T)
        entries = np.flatnonzero(by_column != 0)
        columns, places = np.divmod(entries, rows)
        starts = np.searchsorted(columns, np.arange(unknowns + 1))
        return cls(by_column.ravel()[entries], places, starts, (rows, unknowns))

    @property
    def columns(self) -> Array:
        """The column of each entry."""
        return np.repeat(np.arange(self.shape[1]), np.diff(self.indptr))

    def times(self, x: Array) -> Array:
        """A x."""
        return np.bincount(self.indices, self.data * x[self.columns], self.shape[0])


@dataclass(frozen=True)
class ConeProgram:
    """Minimise cost · x with constants − matrix x in the product of the cones.

    Attributes
    ----------
    cost : shape (unknowns,)
    matrix : SparseColumns, shape (rows, unknowns)
    constants : shape (rows,)
    cones : sequence of Cone
        In the order of the rows.
    tolerance : float
    """

    cost: Array
    matrix: SparseColumns
    constants: Array
    cones: Sequence[Cone]
    tolerance: float

    def once(self, *, refined: bool = True) -> tuple[str, Array, float]:
        """What the solver says, its point, and how far its two optima differ, in parts of the optimum and 1.

        Without ``refined`` its linear systems are not refined, in half of the time.
        """
        import clarabel

        unknowns = len(self.cost)
        empty = SparseColumns(np.zeros(0), np.zeros(0, int), np.zeros(unknowns + 1, int), (unknowns, unknowns))
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = self.tolerance
        settings.iterative_refinement_enable = refined
        settings.max_threads = 1  # for matrices of this size threads wait for each other, three times as long
        kinds = [getattr(clarabel, name + "T")(size) for name, size in self.cones]
        found = clarabel.DefaultSolver(empty, self.cost, self.matrix, self.constants, kinds, settings).solve()
        gap = abs(found.obj_val - found.obj_val_dual) / max(1.0, abs(found.obj_val))
        return str(found.status), np.array(found.x), float(gap)

    def rescaled(self) -> tuple[ConeProgram, Array]:
        """The same in units in which each row's and column's greatest entry is near 1, and the units of the unknowns."""
        entries, rows, columns = np.abs(self.matrix.data), self.matrix.indices, self.matrix.columns
        row_units, units = np.ones(len(self.constants)), np.ones(len(self.cost))
        for _ in range(ROUNDS):
            now = entries * row_units[rows] * units[columns]
            greatest = _greatest(now, rows, len(row_units))
            row_units = row_units / np.sqrt(self._in_common(np.where(greatest > 0, greatest, 1.0)))
            greatest = _greatest(now, columns, len(units))
            units = units / np.sqrt(np.where(greatest > 0, greatest, 1.0))
        row_units, units = _power_of_two(row_units), _power_of_two(units)
        return self._in_units(row_units, units), units

    def in_reach(self) -> tuple[ConeProgram, Array]:
        """The same in units in which no row's and no column's greatest entry is outside of [1/REACHED, REACHED], and the unknowns'.

        What is inside stays as it is; what is outside comes near 1. Rows that tell the sign of one unknown have no scale.
        """
        rows, columns, signs = self.matrix.indices, self.matrix.columns, self._signs
        entries = np.where(signs[rows], 0.0, np.abs(self.matrix.data))
        row_units, units = np.ones(len(self.constants)), np.ones(len(self.cost))
        for _ in range(ROUNDS):
            constants = np.abs(self.constants) * row_units
            now = entries * row_units[rows] * units[columns]
            of_rows = _to_reach(self._in_common(np.maximum(_greatest(now, rows, len(row_units)), constants)))
            of_columns = _to_reach(_greatest(now * of_rows[rows], columns, len(units)))
            row_units, units = row_units * of_rows, units * of_columns
            if (of_rows == 1).all() and (of_columns == 1).all():
                break
        told = signs[rows]
        row_units[rows[told]] = _to_reach(np.abs(self.matrix.data[told]) * units[columns[told]])
        if (row_units == 1).all() and (units == 1).all():
            return self, units
        return self._in_units(row_units, units), units

    @property
    def _signs(self) -> Array:
        """Whether each row says of one unknown alone that it is 0 or of one sign."""
        alone = (np.bincount(self.matrix.indices, minlength=len(self.constants)) == 1) & (self.constants == 0)
        flat = [np.full(count * width, width == 1) for _, count, width in self._runs]
        return alone & np.concatenate(flat)

    def _in_units(self, row_units: Array, units: Array) -> ConeProgram:
        """The same with each row times its unit and each unknown in its own; the cost's greatest entry is near 1."""
        matrix = replace(self.matrix, data=self.matrix.data * row_units[self.matrix.indices] * units[self.matrix.columns])
        cost = self.cost * units
        cost = cost / _power_of_two(np.maximum(np.abs(cost).max(), 1e-300))
        return replace(self, cost=cost, matrix=matrix, constants=self.constants * row_units)

    def missed(self, x: Array) -> float:
        """By how much the worst constraint misses at x, in units of its terms where every unknown is 1; infinite for no numbers."""
        if not np.isfinite(x).all():
            return float("inf")
        left = self.constants - self.matrix.times(x)
        size = np.abs(self.constants) + np.bincount(self.matrix.indices, np.abs(self.matrix.data), len(left))
        size, worst, at = np.maximum(self._in_common(size), 1e-300), 0.0, 0
        for name, count, width in self._runs:
            part = left[at : at + count * width].reshape(count, width)
            unit = size[at : at + count * width].reshape(count, width)[:, 0]
            at += count * width
            if count and width:
                with np.errstate(over="ignore"):  # squares of numbers beyond 10^154
                    worst = max(worst, float((_outside(name, part) / unit).max()))
        return worst

    @cached_property
    def _runs(self) -> list[tuple[str, int, int]]:
        """Equal cones that follow each other: name, how many, and rows of each; free signs count as cones of one row."""
        found = []
        for (name, size), equal in groupby(self.cones):
            many = len(list(equal))
            if name in ("ZeroCone", "NonnegativeCone"):
                found.append((name, many * size, 1))
            else:
                found.append((name, many, size * (size + 1) // 2 if name == "PSDTriangleCone" else size))
        return found

    def _in_common(self, values: Array) -> Array:
        """A value for each row, the greatest of its cone."""
        found, at = values.copy(), 0
        for _, count, width in self._runs:
            part = found[at : at + count * width].reshape(count, width)
            if count and width > 1:
                part[:] = part.max(axis=1, keepdims=True)
            at += count * width
        return found


def _outside(name: str, part: Array) -> Array:
    """How far each row of an array is outside of its cone."""
    if name == "ZeroCone":
        return np.abs(part[:, 0])
    if name == "NonnegativeCone":
        return np.maximum(-part[:, 0], 0)
    if name == "SecondOrderCone":
        return np.maximum(np.sqrt((part[:, 1:] * part[:, 1:]).sum(axis=1)) - part[:, 0], 0)
    order = round((2 * part.shape[1]) ** 0.5 - 0.5)
    matrices = np.zeros((len(part), order, order))
    rows, columns = np.tril_indices(order)  # of the transpose: the upper triangle by columns
    matrices[:, rows, columns] = part * np.where(rows == columns, 1.0, 0.5**0.5)
    return np.maximum(-np.linalg.eigvalsh(matrices)[:, 0], 0)


def _greatest(values: Array, places: Array, size: int) -> Array:
    """The greatest of the values at each place, 0 where there is none."""
    found = np.zeros(size)
    np.maximum.at(found, places, values)
    return found


def _power_of_two(values: Array) -> Array:
    """The power of 2 near each, without a logarithm."""
    return np.ldexp(1.0, np.frexp(values)[1])


def _to_reach(greatest: Array) -> Array:
    """Units in which values outside of [1/REACHED, REACHED] come near 1; 1 for all others, and for none."""
    far = (greatest > REACHED) | ((greatest > 0) & (greatest < 1 / REACHED))
    return np.where(far, 1 / _power_of_two(np.where(far, greatest, 1.0)), 1.0)


def proposed(program: ConeProgram, *, refined: bool = True) -> Array | None:
    """The best point that the solver finds; ``None`` where it finds none that nearly meets the constraints.

    Parameters
    ----------
    refined : bool
        Whether the linear systems are refined at once; otherwise where it stops early without.
    """
    reached, own_units = program.in_reach()
    found: list[tuple[float, Array]] = []
    first = ""
    ways = [(False, refined), *([] if refined else [(False, True)]), (True, True)]
    for scaled, exact in ways[-1:] if in_other_scaling() else ways:
        posed, units = program.rescaled() if scaled else (reached, own_units)
        status, x, gap = posed.once(refined=exact)
        doubt = max(program.missed(x * units), gap) if gap >= 0 else float("inf")
        found.append((doubt, x * units))
        if doubt <= REACH:
            _tell(first, RESCALED)
            return found[-1][1]
        first = first or status
    _tell(first, STOPPED)
    doubt, best = min(found, key=lambda pair: pair[0])
    return best if doubt <= HOPELESS else None


def _tell(status: str, sentence: str) -> None:
    """Remarks on what the solver said first, unless that was nearly right."""
    if status not in ("", "Solved", "AlmostSolved"):
        remark(sentence.format(status=status))


def linear_optimum(cost: Array, matrix: Array, right: Array, signed: Array, tolerance: float) -> Array | None:
    """The x of least cost · x with matrix x ≤ right and x ≥ 0 where ``signed``; ``None`` where the solver finds none.

    SciPy's solver finds the same, but importing it takes 50 times as long as a program of a few hundred rows.
    """
    signs = -np.eye(len(cost))[signed]
    rows = np.concatenate([matrix, signs])
    constants = np.concatenate([right, np.zeros(len(signs))])
    x = proposed(ConeProgram(cost, SparseColumns.of(rows), constants, [("NonnegativeCone", len(rows))], tolerance))
    return None if x is None else np.where(signed, np.maximum(x, 0), x)
