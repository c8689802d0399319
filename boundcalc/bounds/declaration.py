"""The declaration of a bound: one object a file, from which numbers, LaTeX, tables and tests are derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from boundcalc.claims import Hypothesis, Lemma, Source, Status, Step
from boundcalc.moments import Number
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities, SymbolicQuantities

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Choice:
    """What a bound is free to choose: the values its formula needs, and what they mean to a reader.

    Parameters
    ----------
    values : mapping
        Passed to the bound's formula.
    shown : mapping
        JSON-ready description: the witness of a lower bound, the parameters of an upper bound.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """A closed-form bound on I*(n, d, m, p, law).

    Parameters
    ----------
    key : str
        Permanent name.
    section : str
        Its name in the theory (U0 … U10, L0 … L5).
    title : str
        What it is, in a few words.
    formula : callable
        ``formula(q, **values)`` over any ring; ``values`` come from the choice.
    hypotheses, proof, lemmas, sources : tuples
        See :mod:`boundcalc.claims`.
    tight : str
        When the bound is attained or approached.
    """

    key: str
    section: str
    title: str
    formula: Callable[..., Number]
    hypotheses: tuple[Hypothesis, ...]
    proof: tuple[Step, ...]
    lemmas: tuple[Lemma, ...]
    sources: tuple[Source, ...]
    tight: str

    @property
    def status(self) -> Status:
        """The weakest of its steps and of the lemmas it uses."""
        return Status.weakest([step.status for step in self.proof] + [lemma.status for lemma in self.lemmas])

    def why_not(self, problem: Problem) -> str | None:
        """The first hypothesis that the problem does not meet, as a sentence."""
        return next((why for h in self.hypotheses if (why := h.failure(problem))), None)

    def choose(self, problem: Problem) -> Choice:
        """The parameters used for this problem."""
        return Choice()

    def evaluate(self, q: Quantities, choice: Choice) -> Number:
        """The formula in the ring of ``q``."""
        return self.formula(q, **choice.values)

    def symbolic_values(self, m: int) -> dict[str, Any]:
        """Symbols for the chosen values."""
        return {}

    def expression(self, m: int) -> sympy.Expr:
        """The formula as a SymPy expression in the symbols of :mod:`boundcalc.notation`."""
        import sympy

        value: sympy.Expr = sympy.sympify(self.formula(SymbolicQuantities(m), **self.symbolic_values(m)))
        return value

    def latex(self, m: int) -> str:
        """The bound as a LaTeX inequality for exponent m."""
        import sympy

        from boundcalc.notation import latex_names

        relation = r"\le" if isinstance(self, UpperBound) else r"\ge"
        return rf"I^{{\ast}} {relation} {sympy.latex(self.expression(m), symbol_names=latex_names(m))}"


@dataclass(frozen=True)
class UpperBound(Bound):
    """A bound that I* does not exceed."""


@dataclass(frozen=True)
class LowerBound(Bound):
    """A bound that a witness reaches.

    Parameters
    ----------
    chooser : callable
        ``chooser(problem)`` picks the witness; ``None`` when no witness of this kind fits, with ``no_witness`` as the reason.
    symbols : callable
        ``symbols(m)`` gives symbols for the chosen values.
    """

    chooser: Callable[[Problem], Choice | None] = field(kw_only=True)
    no_witness: str = field(kw_only=True, default="")
    symbols: Callable[[int], dict[str, Any]] = field(kw_only=True, default=lambda m: {})

    def why_not(self, problem: Problem) -> str | None:
        return super().why_not(problem) or (self.no_witness if self.chooser(problem) is None else None)

    def choose(self, problem: Problem) -> Choice:
        choice = self.chooser(problem)
        if choice is None:
            raise ValueError(f"{self.key} does not apply: {self.no_witness}")
        return choice

    def symbolic_values(self, m: int) -> dict[str, Any]:
        return self.symbols(m)
