"""Counts what a checker meets: comparisons, how tight the inequalities were, and the first instance that is false."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from flint import fmpq

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.compiler import RelationCode
from boundcalc.check.exact.pointwise import Environment
from boundcalc.check.exact.roots import approximate, divide
from boundcalc.language.grammar import COMPARE

BINS = 10


@dataclass(frozen=True)
class Instance:
    """One comparison: a relation in a case, at values of its indices and variables, in a state if it is random."""

    code: RelationCode
    case: Case
    at: Environment
    state: int | None
    """Place in the case's list of states."""
    left: Any
    right: Any


@dataclass
class Tried:
    """What the cases were that a step was compared in."""

    sizes: set[tuple[int, int]] = field(default_factory=set)
    """(n, d)."""
    exponents: set[int] = field(default_factory=set)
    laws: dict[str, None] = field(default_factory=dict)
    probabilities: set[Any] = field(default_factory=set)

    def note(self, case: Case) -> None:
        """One more case."""
        self.sizes.add((case.n, case.d))
        self.exponents.add(case.m)
        self.laws[case.law] = None
        if case.own is None and isinstance(case.p, (int, fmpq)):
            self.probabilities.add(case.p)

    def summary(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "sizes": [list(size) for size in sorted(self.sizes, key=lambda size: (size[1], size[0]))],
            "m": sorted(self.exponents),
            "laws": list(self.laws),
            "p": [str(p) for p in sorted(self.probabilities)],
        }

    def absorb(self, other: Tried) -> None:
        """Those of another."""
        self.sizes |= other.sizes
        self.exponents |= other.exponents
        self.laws |= other.laws
        self.probabilities |= other.probabilities


@dataclass
class Tally:
    """Counts over cases. ``tightest`` is the largest ratio of the small side to a positive large side."""

    cases: int = 0
    comparisons: int = 0
    undecided: int = 0
    tightest: float | None = None
    tightest_case: Case | None = None
    attained: bool = False
    slack: list[int] = field(default_factory=lambda: [0] * BINS)
    failure: Instance | None = None
    tried: Tried = field(default_factory=Tried)
    _entered: Case | None = None

    def enter(self, case: Case) -> None:
        """A case whose hypotheses hold; it counts once something is compared in it."""
        self._entered = case

    def compare(self, code: RelationCode, case: Case, at: Environment, mask: list[bool] | None = None) -> None:
        """Compares both sides, in each state that the mask admits if they are random.

        Raises
        ------
        Undecided
        """
        left, right = code.left.run(case, at), code.right.run(case, at)
        sign = code.relation.sign
        holds = COMPARE[sign]
        if not code.left.random and not code.right.random:
            is_true = holds(left, right)
            self._count(1)
            if not is_true:
                self._fail(Instance(code, case, at, None, left, right))
            if sign != "=":
                self._ratio(*((left, right) if sign in ("<=", "<") else (right, left)), case)
            return
        size = len(case.states)
        lefts = left if code.left.random else [left] * size
        rights = right if code.right.random else [right] * size
        places = list(range(size))
        if mask is not None:
            lefts, rights, places = (list(compress(values, mask)) for values in (lefts, rights, places))
        self._count(len(places))
        if sign != "=" or lefts != rights:
            for place, one, other in zip(places, lefts, rights, strict=True):
                if not holds(one, other):
                    self._fail(Instance(code, case, at, place, one, other))
                    break
        if sign != "=":
            pairs = zip(lefts, rights, strict=True) if sign in ("<=", "<") else zip(rights, lefts, strict=True)
            for small, large in pairs:
                self._ratio(small, large, case)

    def _count(self, comparisons: int) -> None:
        self.comparisons += comparisons
        if self._entered is not None and comparisons:
            self.cases += 1
            self.tried.note(self._entered)
            self._entered = None

    def absorb(self, other: Tally) -> None:
        """Takes over what another one counted."""
        self.cases += other.cases
        self.comparisons += other.comparisons
        self.undecided += other.undecided
        self.slack = [mine + theirs for mine, theirs in zip(self.slack, other.slack, strict=True)]
        larger = other.tightest is not None and (self.tightest is None or other.tightest > self.tightest)
        if larger or (other.attained and not self.attained):
            self.tightest, self.tightest_case = other.tightest, other.tightest_case
        self.attained = self.attained or other.attained
        self.failure = self.failure or other.failure
        self.tried.absorb(other.tried)

    def _fail(self, instance: Instance) -> None:
        if self.failure is None:
            self.failure = instance

    def _ratio(self, small: Any, large: Any, case: Case) -> None:
        if large <= 0:
            return
        if small <= 0:
            ratio, equal = 0.0, False
        elif isinstance(small, int) and isinstance(large, int):
            ratio, equal = small / large, small == large
        elif isinstance(small, (int, fmpq)) and isinstance(large, (int, fmpq)):
            quotient = fmpq(small) / large
            ratio, equal = approximate(quotient), quotient == 1
        else:
            ratio = approximate(divide(small, large))
            equal = abs(ratio - 1) < 1e-9 and small == large
        self.slack[min(BINS - 1, int(ratio * BINS)) if ratio < 1e300 else BINS - 1] += 1
        if self.tightest is None or ratio > self.tightest or (equal and not self.attained):
            self.tightest, self.tightest_case = ratio, case
        self.attained = self.attained or equal
