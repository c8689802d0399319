"""The declaration of a bound: one object a file, from which numbers, LaTeX, tables and tests are derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.language.claims import Hypothesis, Lemma, Source, Status, Step, count_steps
from boundcalc.model.problem import Problem, read_exponent
from boundcalc.model.quantities import Quantities, SymbolicQuantities
from boundcalc.numbers.display import Displayed
from boundcalc.numbers.enclosure import Enclosure, enclose
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import Number
from boundcalc.numbers.rings import BALL, EXACT, NotExact

if TYPE_CHECKING:
    import sympy


CHEAP_BITS = 4096
"""A rational up to this size is kept as it is, so that it prints without a last digit in doubt."""


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
class Form:
    """Another form of a bound, which the program evaluates where the printed one does not hold.

    Attributes
    ----------
    where : str
        Under what it holds, in a sentence; empty for every problem.
    inequality : str
        LaTeX, in the symbols of the printed form.
    """

    where: str
    inequality: str


@dataclass(frozen=True, eq=False)
class Bound(Displayed):
    """A bound on I*(n, d, m, p, law).

    Parameters
    ----------
    key : str
        Permanent name.
    section : str
        Its name in the theory (U0 … U12, L0 … L5).
    title : str
        What it is, in a few words.
    formula : callable
        ``formula(q, **values)`` over any ring; ``values`` come from the choice.
    hypotheses : tuple of Hypothesis
        Where the program gives a value.
    proof, lemmas, sources : tuples
        See :mod:`boundcalc.language.claims`.
    tight : str
        When the bound is attained or approached.
    chooser : callable
        ``chooser(problem)`` picks the parameters or the witness; ``None`` when none fits, for the reason ``no_choice``.
    certifier : callable, optional
        ``certifier(problem, choice, digits)`` encloses a bound whose value is not its formula alone (a supremum of
        it, say). Without it the value is the formula.
    symbols : callable
        ``symbols(m)`` gives symbols for the chosen values.
    operator : callable
        ``operator(m)`` is LaTeX that stands before the formula, such as the supremum over its free variables.
    states : callable, optional
        ``states(m)`` are the hypotheses of the statement that is printed, where these are not ``hypotheses``: the program
        may evaluate other forms too.
    assumes : callable
        ``assumes(m)`` says in sentences, with "; " between them, all that the values which the printed formula leaves free
        must meet. Empty where nothing is free.
    others : callable
        ``others(m)`` are the other forms.
    defines : frozenset of str
        Names of :mod:`boundcalc.model.notation` that this sentence defines.
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
    chooser: Callable[[Problem], Choice | None] = field(kw_only=True, default=lambda problem: Choice())
    no_choice: str = field(kw_only=True, default="")
    certifier: Callable[[Problem, Choice, int], Enclosure] | None = field(kw_only=True, default=None)
    symbols: Callable[[int], dict[str, Any]] = field(kw_only=True, default=lambda m: {})
    operator: Callable[[int], str] = field(kw_only=True, default=lambda m: "")
    states: Callable[[int], tuple[Hypothesis, ...]] | None = field(kw_only=True, default=None)
    assumes: Callable[[int], str] = field(kw_only=True, default=lambda m: "")
    others: Callable[[int], tuple[Form, ...]] = field(kw_only=True, default=lambda m: ())
    defines: frozenset[str] = field(kw_only=True, default=frozenset())

    @property
    def status(self) -> Status:
        """The weakest of its steps and of the lemmas it uses."""
        return Status.weakest([step.status for step in self.proof] + [lemma.status for lemma in self.lemmas])

    @property
    def counts(self) -> dict[Status, int]:
        """How many steps, its own and those of its lemmas, have each status."""
        return count_steps([self.proof, *(lemma.proof for lemma in self.lemmas)])

    def stated(self, m: int) -> tuple[Hypothesis, ...]:
        """What the printed statement for exponent m needs of the problem."""
        return self.hypotheses if self.states is None else self.states(m)

    def why_not(self, problem: Problem) -> str | None:
        """The first hypothesis that the problem does not meet, or why no choice fits, as a sentence."""
        failed = next((why for h in self.hypotheses if (why := h.failure(problem))), None)
        return failed or (self.no_choice if self.choose(problem) is None else None)

    def choose(self, problem: Problem) -> Choice | None:
        """The parameters or the witness for this problem; ``None`` where none fits. Kept for the last few problems."""
        return _choose(self, problem)

    def evaluate(self, q: Quantities, choice: Choice) -> Number:
        """The formula in the ring of ``q``."""
        return self.formula(q, **choice.values)

    def exact(self, problem: Problem, choice: Choice) -> fmpq | None:
        """The bound's value as a rational, where it is one of moderate size."""
        if self.certifier is not None:
            found = self.certifier(problem, choice, 1)
            return found.lower if found.is_exact else None
        try:
            value: fmpq = self.evaluate(Quantities(EXACT, problem), choice)
        except NotExact:
            return None
        return value

    def enclose(self, problem: Problem, choice: Choice, digits: int) -> Enclosure:
        """A certified enclosure of the bound's value with ``digits`` significant digits."""
        if self.certifier is not None:
            return self.certifier(problem, choice, digits)
        if problem.p.height_bits() * 2 * problem.m <= CHEAP_BITS:
            value = self.exact(problem, choice)
            if value is not None and value.height_bits() <= CHEAP_BITS:
                return Enclosure.of(value)
        return enclose(lambda: self.evaluate(Quantities(BALL, problem), choice), digits)

    def undefined(self, m: int) -> str:
        """Why the bound has no formula for this exponent, from its hypotheses on m alone; empty where it has one."""
        sentences = {hypothesis.sentence for hypothesis in self.hypotheses}
        for only in (3, 5):
            if f"m = {only}" in sentences and m != only:
                return f"must be {only}"
        return "must be at least 3" if "m >= 3" in sentences and m < 3 else ""

    def expression(self, m: int) -> sympy.Expr:
        """The formula as a SymPy expression in the symbols of :mod:`boundcalc.model.notation`.

        Raises
        ------
        ParameterError
            If the bound has no formula for this m, or one that would take too long to write out: `latex` has its recursion.
        """
        import sympy

        from boundcalc.bounds.general_forms import expression_limit

        why, limit = self.undefined(read_exponent(m)), expression_limit(self.key)
        if not why and m > limit:
            why = f"must be at most {limit} for an expanded form"
        if why:
            raise ParameterError("m", m, f"{why} for the bound {self.key}")
        value: sympy.Expr = sympy.sympify(self.formula(SymbolicQuantities(m), **self.symbols(m)))
        return value

    def free_symbols(self, m: int) -> set[sympy.Symbol]:
        """The symbols in :meth:`latex`, from :mod:`boundcalc.model.notation`."""
        from boundcalc.bounds.general_forms import GENERAL, expansion_limit
        from boundcalc.model.notation import symbol

        if m > expansion_limit(self.key):
            return {symbol(name) for name in GENERAL[self.key].symbols}
        found: set[sympy.Symbol] = self.expression(m).free_symbols
        return found

    def latex(self, m: int) -> str:
        """The bound as a LaTeX inequality for exponent m; with recursions where the expanded form would take too long."""
        import sympy

        from boundcalc.bounds.general_forms import GENERAL, expansion_limit
        from boundcalc.model.notation import latex_names

        if not self.undefined(read_exponent(m)) and m > expansion_limit(self.key):
            general = GENERAL[self.key]
            return r", \quad ".join([general.inequality, *(f"{name} = {value}" for name, value in general.definitions)])

        relation = r"\le" if isinstance(self, UpperBound) else r"\ge"
        return rf"I^{{\ast}} {relation} {self.operator(m)}{sympy.latex(self.expression(m), symbol_names=latex_names(m))}"


@dataclass(frozen=True, eq=False)
class UpperBound(Bound):
    """A bound that I* does not exceed."""


@dataclass(frozen=True, eq=False)
class LowerBound(Bound):
    """A bound that a witness reaches; the choice describes the witness."""


@lru_cache(maxsize=256)
def _choose(bound: Bound, problem: Problem) -> Choice | None:
    return bound.chooser(problem)
