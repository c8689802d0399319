"""What a bound declares: hypotheses, proof steps, sources, and the status that follows from them. Data only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from boundcalc.problem import Problem


class Status(Enum):
    """How a step was checked, strongest first."""

    IDENTITY = "identity"
    CERTIFIED = "certified"
    CITED = "cited"
    SAMPLED = "sampled"
    OPEN = "open"

    @property
    def meaning(self) -> str:
        """One phrase for people."""
        return _MEANINGS[self]

    @staticmethod
    def weakest(statuses: list[Status]) -> Status:
        """The status of a whole that has these parts."""
        order = list(Status)
        return max(statuses, key=order.index)


_MEANINGS = {
    Status.IDENTITY: "proven by exact algebra",
    Status.CERTIFIED: "checked in exact or ball arithmetic",
    Status.CITED: "a result of the literature",
    Status.SAMPLED: "proof given, not peer reviewed; attacked on samples, none broke it",
    Status.OPEN: "not checked",
}


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
    """A condition on the problem: a sentence, a predicate, and what to say where it fails."""

    sentence: str
    holds: Callable[[Problem], bool]
    found: Callable[[Problem], str]

    def failure(self, problem: Problem) -> str | None:
        """Why the problem does not meet it, in one sentence; ``None`` if it does."""
        return None if self.holds(problem) else f"needs {self.sentence}; here {self.found(problem)}"


@dataclass(frozen=True)
class Step:
    """One step of a proof.

    Parameters
    ----------
    key : str
        Permanent name, unique within its proof; the tests register a check under ``owner.key``.
    statement : str
        LaTeX of the equality or inequality.
    reason : str
        Why it holds, in a sentence.
    status : Status
        How it was checked.
    claim : tuple of str, optional
        The same in the language of :mod:`boundcalc.check.language.grammar`, so that it can be put to the test: relations that hold
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
    statement: str
    reason: str
    status: Status
    claim: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    free: tuple[tuple[str, str], ...] = ()
    define: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Lemma:
    """An inequality that several bounds use."""

    key: str
    title: str
    statement: str
    proof: tuple[Step, ...]
    sources: tuple[Source, ...]
    hypotheses: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The weakest of its steps."""
        return Status.weakest([step.status for step in self.proof])
