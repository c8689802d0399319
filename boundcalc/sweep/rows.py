"""Defines what a store gives back: one row a unit, exact numbers as text, enclosures as pairs of outward decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boundcalc.numbers.display import Displayed, data_frame

DecimalInterval = tuple[str, str]
"""Lower and upper end, as decimal text rounded outward."""


@dataclass(frozen=True)
class Row:
    """One evaluated unit.

    Attributes
    ----------
    unit : int
        Its number in the order of the grid, from 0.
    n, d, m, p, law : str
        The problem, exact; ``n`` may be ``inf``.
    importance, activity : str or None
        Formulas of features that differ; ``None`` for importance 1 and activity p.
    status : str
        ``done``; ``invalid`` where the grid's expressions give no problem; ``failed`` where the evaluation ended
        with an error or a died process. Without ``done``, what follows is empty and ``error`` says why.
    error : str or None
    best_upper_key, best_lower_key : str or None
    best_upper, best_lower : DecimalInterval or None
        Enclosures of the best bounds.
    best_lower_witness : dict or None
        As ``witness`` in ``bounds --json``.
    ratio : DecimalInterval or None
        Best upper over best lower.
    verdict, optimality : str or None
        The sentences of :class:`boundcalc.bounds.evaluate.Report`; ``None`` where nothing is proven.
    gain : Interval or None
        The gain of superposition, I* over p min(n, d) g; ``None`` too in rows that an earlier version evaluated.
    loss, unexplained : Interval or None
        As in ``bounds --json``; ``None`` for n = inf.
    uppers, lowers : list of dict
        The items of ``bounds --json``, in the order of the catalog.
    search : dict or None
        What the search did, where one was asked for.
    digits, seed : int
    seconds : float
        Time that the evaluation took.
    versions : dict
        Of boundcalc, Python and python-flint where it was evaluated.
    """

    unit: int
    n: str
    d: str
    m: str
    p: str
    law: str
    status: str
    error: str | None
    best_upper_key: str | None
    best_upper: DecimalInterval | None
    best_lower_key: str | None
    best_lower: DecimalInterval | None
    best_lower_witness: dict[str, Any] | None
    ratio: DecimalInterval | None
    verdict: str | None
    optimality: str | None
    gain: DecimalInterval | None
    loss: DecimalInterval | None
    unexplained: DecimalInterval | None
    uppers: list[dict[str, Any]]
    lowers: list[dict[str, Any]]
    search: dict[str, Any] | None
    digits: int
    seed: int
    seconds: float
    versions: dict[str, str]
    importance: str | None = None
    activity: str | None = None


@dataclass(frozen=True, repr=False)
class Sweep(Displayed):
    """A store's grid and its rows, in the order of the grid.

    Attributes
    ----------
    grid : dict
        As it was read from the TOML file, numbers as text.
    size : int
        Units of the grid; ``rows`` holds those that are there.
    """

    grid: dict[str, Any]
    size: int
    rows: list[Row]

    def __repr__(self) -> str:
        return f"<Sweep {len(self.rows)} of {self.size} problems>"

    def to_dataframe(self) -> Any:
        """A row a problem, as a pandas data frame.

        n, p and every end of an enclosure are exact text; floats of them have names such as ``p_float`` and ``loss_upper_float``
        and come first, nan where there is none; d and m are integers: ``frame.plot(x="d", y="loss_upper_float")``.
        """
        from boundcalc.sweep.flat import framed

        return data_frame([framed(row) for row in self.rows])


_TEXTS = ("n", "d", "m", "p", "law", "status")
_OPTIONAL = ("error", "best_upper_key", "best_lower_key", "verdict", "optimality", "importance", "activity")
_ENDS = ("best_upper", "best_lower", "ratio", "gain", "loss", "unexplained")


def check_row(row: Row) -> None:
    """Refuses a row of which a value is not of its kind, as one of a damaged or changed store may be.

    Raises
    ------
    TypeError
    """
    known = all(isinstance(getattr(row, name), str) for name in _TEXTS)
    known &= all(isinstance(getattr(row, name), str | None) for name in _OPTIONAL)
    known &= all(_is_interval(getattr(row, name)) for name in _ENDS)
    known &= isinstance(row.unit, int) and isinstance(row.seed, int) and isinstance(row.seconds, int | float)
    known &= (
        isinstance(row.versions, dict) and isinstance(row.search, dict | None) and isinstance(row.best_lower_witness, dict | None)
    )
    if not known or not all(_is_item(item) for side in (row.uppers, row.lowers) for item in side):
        raise TypeError("a value of another kind")


def _is_interval(ends: object) -> bool:
    return ends is None or (isinstance(ends, tuple) and all(isinstance(end, str) for end in ends))


def _is_item(item: Any) -> bool:
    """Whether it is an item of ``bounds --json``, as far as anything here reads it."""
    value = item["improvement"]
    ends = value is None or _is_interval((value["lower"], value["upper"]))
    return isinstance(item["key"], str) and isinstance(item["status"], str) and ends


def check_grid(grid: Any) -> None:
    """Refuses the JSON of a grid of another shape.

    Raises
    ------
    KeyError, TypeError
    """
    known = isinstance(grid["bounds"], list) and isinstance(grid["digits"], int)
    if not known or not all(isinstance(key, str) for key in grid["bounds"]):
        raise TypeError("a value of another kind")
