"""Defines what a bound declares for features that differ: its statement, its proof and its certified value.

Equal features are the case of one kind: there the bound's own formula is used, times ω c².
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from boundcalc.language.claims import Hypothesis, Step, WithProof
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure

if TYPE_CHECKING:
    from boundcalc.bounds.declaration import Choice


@dataclass(frozen=True, eq=False)
class Unequal(WithProof):
    """A bound on I* for features of several kinds.

    Parameters
    ----------
    statement : str
        LaTeX of I^* <= … or I^* >= ….
    symbols : tuple of (name, meaning)
        LaTeX of a name that the statement has beside ω_i, p_i and the moments, and what it is.
    hypotheses : tuple of Hypothesis
        Where there is a value; their predicates take a :class:`~boundcalc.model.features.FeatureProblem`.
    proof : tuple of Step
        As of the bound itself.
    value : callable
        ``value(problem, choice, digits)`` encloses the bound.
    chooser : callable, optional
        ``chooser(problem)`` picks parameters or a witness; ``None`` where none fits, for the reason ``no_choice``.
    """

    statement: str
    symbols: tuple[tuple[str, str], ...]
    hypotheses: tuple[Hypothesis, ...]
    proof: tuple[Step, ...]
    value: Callable[[FeatureProblem, Choice, int], Enclosure]
    chooser: Callable[[FeatureProblem], Choice | None] | None = field(kw_only=True, default=None)
    no_choice: str = field(kw_only=True, default="")

    def why_not(self, problem: FeatureProblem) -> str | None:
        """The first hypothesis that fails, as a sentence."""
        return next((why for h in self.hypotheses if (why := h.failure(problem))), None)

    def as_json(self) -> dict[str, Any]:
        """The ``unequal_features`` of ``explain --json``, without the proof."""
        return {"statement": self.statement, "symbols": dict(self.symbols), "status": self.status.value}


def declared_in(module: str) -> Callable[[], Unequal]:
    """The form that a module beside this one declares; importing them all takes as long as importing all bounds."""

    def form() -> Unequal:
        found: Unequal = import_module(f"boundcalc.bounds.unequal.{module}").FORM
        return found

    return form
