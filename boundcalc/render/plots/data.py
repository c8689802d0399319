"""Reads the rows of a sweep as exact numbers; they become floats only where they are drawn.

A drawn upper bound is the upper end of its enclosure, a drawn lower bound the lower end of its own: the certified side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.evaluate import NEARLY
from boundcalc.bounds.lower import orthonormal
from boundcalc.bounds.outcome import exact_value_of
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational
from boundcalc.sweep.rows import DecimalInterval, Row
from boundcalc.sweep.unit import Unit

MARGIN = fmpq(1, 10**6)
"""The least certified share by which a witness must exceed the orthonormal basis to be drawn as better."""
REFUTED = "superposition does not help"
"""How the verdict of a report begins where the best bounds are the same rational and the basis attains it."""


class Superposition(Enum):
    """What the bounds say about superposition at a point."""

    HELPS = "helps"
    DOES_NOT_HELP = "does not help"
    OPEN = "open"


@dataclass(frozen=True)
class Point:
    """One problem of a sweep with its bounds, exact.

    Attributes
    ----------
    upper, lower : fmpq
        The certified sides of the best bounds on I.
    upper_key, lower_key : str
    witness : mapping
        What attains the best lower bound.
    uppers, lowers : dict
        Key to the certified side, of every bound that applies.
    alone : fmpq
        I of the orthonormal basis, exactly.
    energy : fmpq or None
        E‖x‖², weighted, the loss of answering zero; ``None`` for n = ∞.
    stated : fmpq or None
        The sweep's own certified ratio of the best bounds, at most.
    refuted : bool
        The sweep found the best upper bound to be exactly that of the orthonormal basis.
    importance, activity : str or None
        Formulas of features that differ; ``problem`` then holds their n, d, m and law, and p as the axis of the grid.
    """

    problem: Problem
    upper_key: str
    upper: fmpq
    lower_key: str
    lower: fmpq
    witness: Mapping[str, Any]
    uppers: Mapping[str, fmpq]
    lowers: Mapping[str, fmpq]
    alone: fmpq
    energy: fmpq | None
    stated: fmpq | None
    refuted: bool
    importance: str | None = None
    activity: str | None = None

    @property
    def is_equal(self) -> bool:
        """Whether the features are equal."""
        return self.importance is None and self.activity is None

    @property
    def ratio(self) -> fmpq:
        """Best upper over best lower bound, at most; 1 where the bounds are the same number."""
        found = fmpq(1) if self.refuted else max(self.upper / self.lower, fmpq(1))
        return found if self.stated is None else min(found, self.stated)

    @property
    def is_optimal(self) -> bool:
        """Whether the witness is optimal, by the best upper bound, to within :data:`NEARLY`."""
        return self.ratio - 1 <= NEARLY

    def superposition(self, margin: fmpq = MARGIN) -> Superposition:
        """Better than the orthonormal basis, certified; not better, by the best upper bound; or open."""
        if self.lower > self.alone * (1 + margin):
            return Superposition.HELPS
        return Superposition.DOES_NOT_HELP if self.refuted or self.upper <= self.alone else Superposition.OPEN


def points(rows: Iterable[Row]) -> list[Point]:
    """The rows that have both a best upper and a positive best lower bound."""
    found = (_point(row, row.best_upper, row.best_lower) for row in rows if row.best_upper and row.best_lower)
    return [point for point in found if point.lower > 0]


def _point(row: Row, upper: DecimalInterval, lower: DecimalInterval) -> Point:
    problem = Problem(row.n, row.d, row.m, row.p, row.law)
    unit = Unit(row.unit, row.n, row.d, row.m, row.p, row.law, importance=row.importance, activity=row.activity)
    asked = unit.problem()
    alone = exact_value_of(orthonormal.BOUND, asked, Choice())
    assert alone is not None  # p r g, rational for every law
    return Point(
        problem,
        str(row.best_upper_key),
        _end(upper[1]),
        str(row.best_lower_key),
        _end(lower[0]),
        dict(row.best_lower_witness or {}),
        {entry["key"]: _end(entry["improvement"]["upper"]) for entry in row.uppers if entry["improvement"]},
        {entry["key"]: _end(entry["improvement"]["lower"]) for entry in row.lowers if entry["improvement"]},
        alone,
        asked.energy,
        None if row.ratio is None else _end(row.ratio[1]),
        (row.verdict or "").startswith(REFUTED),
        row.importance,
        row.activity,
    )


def _end(text: str) -> fmpq:
    """One end of an interval, exactly."""
    return parse_rational(text, parameter="end")


def number(value: fmpq) -> float:
    """A float for drawing.

    Raises
    ------
    ParameterError
        Past the range of float64.
    """
    try:
        found = to_float(value)
    except OverflowError:
        found = math.inf
    if math.isinf(found) or (found == 0) != (value == 0):
        raise ParameterError("value", str(value), "must be within 1e-300 and 1e300 to be drawn")
    return found


FIELDS: dict[str, Callable[[Problem], Hashable]] = {
    "m": lambda problem: problem.m,
    "law": lambda problem: problem.law.name,
    "d": lambda problem: problem.d,
    "n": lambda problem: problem.n,
    "p": lambda problem: problem.p,
}
"""What a figure may hold fixed."""


def select(
    rows: Iterable[Row], fixed: Mapping[str, object], single: Sequence[str], formulas: Mapping[str, str | None] | None = None
) -> list[Point]:
    """The points of a slice, in order of p.

    Parameters
    ----------
    fixed : mapping
        Values of n, d, m, p, law; ``None`` for any, several in a list, or, but for laws, with commas between.
    single : sequence of str
        The fields that must have one value in the figure.
    formulas : mapping, optional
        Which importance and activity of features that differ; without it the figure is for equal features alone.

    Raises
    ------
    ParameterError
        If nothing is left, or a field of ``single`` has several values; the message lists them.
    """
    # tables of a grid may share points
    every = list({(point.problem, point.importance, point.activity): point for point in points(rows)}.values())
    if not every:
        raise ParameterError("sweep", "no rows with bounds", "must hold at least one finished problem")
    found = _of_formulas(every, formulas)
    for name, value in fixed.items():
        if value is None:
            continue
        have = {FIELDS[name](point.problem) for point in found}
        wanted = {_value(name, each): each for each in several(name, value)}
        for each in wanted:
            if each not in have:
                raise ParameterError(name, wanted[each], f"must be in the sweep, which has {_listed(have)}")
        found = [point for point in found if FIELDS[name](point.problem) in wanted]
    for name in single:
        have = {FIELDS[name](point.problem) for point in found}
        if len(have) > 1:
            raise ParameterError(name, "nothing", f"must be chosen for this figure: the sweep has {_listed(have)}")
    return sorted(found, key=lambda point: point.problem.p)


def several(name: str, value: object) -> list[Any]:
    """The values that are asked for of a parameter, by a list or by text with commas between."""
    if isinstance(value, (list, tuple, range)):
        return list(value)
    return value.split(",") if isinstance(value, str) and name != "law" else [value]  # a law's own text has commas


def _value(name: str, given: object) -> Hashable:
    """The value of a field as a problem has it."""
    plain: dict[str, Any] = {"n": "inf", "d": "1", "m": "1", "p": "1", "law": "rademacher"}
    return FIELDS[name](Problem(**{**plain, name: given}))


def _of_formulas(found: list[Point], formulas: Mapping[str, str | None] | None) -> list[Point]:
    """The points of one importance and one activity."""
    if formulas is None:
        if not all(point.is_equal for point in found):
            raise ParameterError("sweep", "features that differ", "must be of equal features for this figure")
        return found
    for name, value in formulas.items():
        have = dict.fromkeys(getattr(point, name) for point in found)
        if value is not None:
            found = [point for point in found if getattr(point, name) == value]
        if not found or (value is None and len(have) > 1):
            allowed = f"must be one of the sweep's, {', '.join(text or 'none' for text in have)}"
            raise ParameterError(name, "nothing" if value is None else value, allowed)
    return found


def by_dimension(found: Sequence[Point], d: Sequence[int] | int | str | None, most: int) -> dict[int, list[Point]]:
    """The points of each d that is asked for, or of all.

    Raises
    ------
    ParameterError
        For a d that the sweep lacks, or more of them than there are panels.
    """
    have = sorted({point.problem.d for point in found})
    wanted = have if d is None else sorted({int(value) for value in ([d] if isinstance(d, (int, str)) else d)})
    missing = set(wanted) - set(have)
    if missing:
        raise ParameterError("d", ", ".join(map(str, sorted(missing))), "must be in the sweep")
    if len(wanted) > most:
        raise ParameterError("d", f"{len(wanted)} values", f"must be at most {most} for this figure: choose them")
    return {value: [point for point in found if point.problem.d == value] for value in wanted}


def _listed(values: Iterable[Hashable]) -> str:
    ordered = sorted(values, key=lambda value: (isinstance(value, str), value))
    shown = ["inf" if value == INFINITY else str(value) for value in ordered]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")
