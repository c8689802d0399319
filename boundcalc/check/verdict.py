"""Records what the check of a step found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Outcome(Enum):
    """How a step came out, best first."""

    PROVEN = "proven"
    """By exact algebra, for every case."""
    HOLDS = "holds"
    """In every case tried, exactly compared."""
    CITED = "cited"
    """A result of the literature, not checked here."""
    UNDECIDED = "undecided"
    """Some comparison could not be decided at the highest precision."""
    NO_CASE = "no admissible case was found"
    """The hypotheses were never met: a failure, not a pass."""
    REFUTED = "refuted"
    """A counterexample was confirmed in exact arithmetic."""

    @property
    def failed(self) -> bool:
        """Whether ``boundcalc check`` ends with status 1 because of it."""
        return self in (Outcome.NO_CASE, Outcome.REFUTED)


class Engine(Enum):
    """The engine that decided."""

    SYMBOLIC = "symbolic"
    ENUMERATION = "enumeration"
    SEARCH = "search"
    LARGE = "large cases"
    NONE = "none"


@dataclass(frozen=True)
class Counterexample:
    """A case in which a step is false, in exact numbers.

    ``values`` are the problem (n, d, m, p, law as text), the rows of W and the indices or state where it fails;
    ``left`` and ``right`` the two sides, exact where they are rational and enclosures else.
    """

    values: dict[str, Any]
    relation: str
    left: str
    right: str
    snippet: str
    """NumPy code that shows it."""


@dataclass(frozen=True)
class Verdict:
    """The result of one step."""

    owner: str
    key: str
    outcome: Outcome
    engine: Engine
    statement: str
    """LaTeX of what the step says."""
    cases: int = 0
    """Cases (W, m, p, law) in which the hypotheses held."""
    comparisons: int = 0
    """Comparisons of two exact numbers, over states and indices."""
    tightest: float | None = None
    """Largest lhs/rhs of an inequality lhs <= rhs with rhs > 0; 1 means attained."""
    tightest_case: dict[str, Any] = field(default_factory=dict)
    attained: str = ""
    """``attained``, ``approached`` or empty: how the search met its largest ratio."""
    slack: tuple[int, ...] = ()
    """Histogram of lhs/rhs over ten equal bins of [0, 1]."""
    note: str = ""
    tried: dict[str, Any] = field(default_factory=dict)
    """What the exact cases were: ``sizes`` (pairs n, d), ``m``, ``laws`` and ``p`` (texts, empty where the step names none)."""
    unreached: str = ""
    """What the hypotheses allow and no case reached."""
    counterexample: Counterexample | None = None
    claim: dict[str, Any] = field(default_factory=dict)
    """What was put to the test, as text of the language: its relations, ``given``, ``for`` and ``where``; empty for a procedure."""
    tested: str = ""
    """LaTeX of the claim where it is narrower than the statement."""
    status: str = ""
    """Of a step of the catalog."""
    standing: str = ""
    """The status with the name or place behind it and, in words, what was checked."""
