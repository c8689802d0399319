"""Defines what a bound declares: hypotheses, proof steps, sources, and the status that follows from them. Data only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from boundcalc.model.features import AnyProblem


class Status(Enum):
    """Why a step is believed, strongest first."""

    PROVEN = "proven"
    STANDARD = "standard"
    COMPUTED = "computed"
    CITED = "cited"
    ARGUED = "argued"
    OPEN = "open"

    @property
    def meaning(self) -> str:
        """One phrase for people."""
        return _MEANINGS[self]

    @staticmethod
    def weakest(statuses: Iterable[Status]) -> Status:
        """The status of a whole that has these parts."""
        order = list(Status)
        return max(statuses, key=order.index)


_MEANINGS = {
    Status.PROVEN: "proven by exact algebra, for $m = 3$, $5$ and $7$ where the step depends on $m$",
    Status.STANDARD: "a named textbook inequality or fact; its instance is checked in exact arithmetic",
    Status.COMPUTED: "computed in exact arithmetic, for the very objects that the bound uses",
    Status.CITED: "a result of the literature, attacked but not proven here",
    Status.ARGUED: "a proof of ours, printed and attacked, not peer reviewed",
    Status.OPEN: "not checked",
}


def plain(text: str) -> str:
    """A declared sentence without the dollars that mark its mathematics."""
    return text.replace("$", "")


def legend(statuses: Iterable[Status], show: Callable[[str], str] = plain) -> list[str]:
    """What each of these statuses means, a line each, the strongest first."""
    found = set(statuses)
    return [f"{status.value}: {show(status.meaning)}" for status in Status if status in found]


def counted(counts: Mapping[Status, int]) -> str:
    """Steps by status in words: ``3 proven, 2 standard, 1 cited``."""
    return ", ".join(f"{count} {status.value}" for status, count in counts.items() if count)


def count_steps(proofs: Iterable[tuple[Step, ...]]) -> dict[Status, int]:
    """How many steps of these proofs have each status, a step that they share once; the strongest first."""
    steps = {id(step): step for proof in proofs for step in proof}
    return {status: sum(step.status is status for step in steps.values()) for status in Status}


@dataclass(frozen=True)
class Citation:
    """A result of the literature."""

    key: str
    text: str


@dataclass(frozen=True)
class Derivation:
    """A result derived in this project: it carries its proof, and nobody has reviewed it."""

    text: str


Source = Citation | Derivation


@dataclass(frozen=True)
class Hypothesis:
    """A condition on the problem: a sentence, a predicate, and what to say where it fails.

    The problem is a :class:`~boundcalc.model.problem.Problem`, or one of features that differ where a bound's form for these
    has the condition.
    """

    sentence: str
    holds: Callable[[Any], bool]
    found: Callable[[Any], str]

    def failure(self, problem: AnyProblem) -> str | None:
        """Why the problem does not meet it, in one sentence; ``None`` if it does."""
        return None if self.holds(problem) else f"needs {self.sentence}; here {self.found(problem)}"


@dataclass(frozen=True)
class Step:
    """One step of a proof.

    Parameters
    ----------
    key : str
        Permanent name, unique within its proof; the tests register a check under ``owner.key``.
    reason : str
        Why it holds, in a sentence.
    status : Status
        Why it is believed.
    statement : str, optional
        LaTeX of what the step says, where its claim cannot say all of it. Without it the printed statement is the claim.
    checked : str, optional
        What was put to the test where that is narrower than the statement, in words: a single m, one family of polynomials.
        It is printed beside the status wherever the step is shown; a step with a ``statement`` must have it.
    standard : str, optional
        The name of the inequality or fact, for a step of status ``STANDARD``.
    place : str, optional
        Where the literature has it, for a step of status ``CITED``.
    claim : tuple of str, optional
        The same in the language of :mod:`boundcalc.language.grammar`, so that it can be put to the test: relations that hold
        for every admissible W, p and law, for all features that its free indices name, and for every state of the
        features where it names random quantities outside an expectation.
    given : tuple of str, optional
        Conditions of that language under which ``claim`` holds, beside the owner's hypotheses.
    free : tuple of (str, str), optional
        Further variables and their ranges: ``("theta", "0..1 real")``, ``("k", "1..m step 2")``.
    define : tuple of (str, str), optional
        Names for parts of ``claim`` and ``given``, in order: ``("X[i, j]", "3*p*q[i]*A[i, j]")``.
    """

    key: str
    reason: str
    status: Status
    statement: str = ""
    checked: str = ""
    standard: str = ""
    place: str = ""
    claim: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    free: tuple[tuple[str, str], ...] = ()
    define: tuple[tuple[str, str], ...] = ()

    @property
    def standing(self) -> str:
        """The status with the name or the place behind it and what was checked, as it is printed."""
        named = self.standard or self.place
        summary = f"{self.status.value}: {named}" if named else self.status.value
        return f"{summary}; checked for {self.checked}" if self.checked else summary


class WithProof:
    """What has a proof of its own, and so a status."""

    proof: tuple[Step, ...]

    @property
    def status(self) -> Status:
        """The weakest of its steps."""
        return Status.weakest(step.status for step in self.proof)

    @property
    def counts(self) -> dict[Status, int]:
        """How many of its steps have each status."""
        return count_steps([self.proof])


@dataclass(frozen=True)
class Lemma(WithProof):
    """An inequality that several bounds use."""

    key: str
    title: str
    statement: str
    proof: tuple[Step, ...]
    sources: tuple[Source, ...]
    hypotheses: tuple[str, ...] = ()
