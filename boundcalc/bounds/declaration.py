"""Defines the declaration of a bound: one object a file, from which numbers, LaTeX, tables and tests are derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.unequal.form import Unequal
from boundcalc.language.claims import Hypothesis, Lemma, Source, Status, Step, count_steps
from boundcalc.model.features import AnyProblem, FeatureProblem
from boundcalc.model.problem import Problem, read_exponent
from boundcalc.model.quantities import Quantities, SymbolicQuantities
from boundcalc.numbers.display import Displayed, show
from boundcalc.numbers.enclosure import Enclosure, enclose
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import Number
from boundcalc.numbers.remarks import remarks
from boundcalc.numbers.rings import BALL, EXACT, NotExact

if TYPE_CHECKING:
    import sympy


Assigned = Mapping[str, Any]
Parameters = tuple[dict[str, Any], fmpq | None]
"""What a certificate holds of an upper bound, and the value that follows from it where that is below the certified one."""

EQUAL_ALONE = "features that differ: the bound is for equal ones"
BEYOND_FLOATS = "beyond float64, in which its parameters are proposed"
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
    remarks : tuple of str
        What was remarked while they were sought, such as that a solver had to start again.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class GeneralForm:
    """The form of a bound for every m, for one whose expanded form grows with m.

    Attributes
    ----------
    inequality : str
        LaTeX of I^* <= … or I^* >= ….
    definitions : tuple of (name, value)
        LaTeX of the names in it (:mod:`boundcalc.bounds.recursions` has those that several bounds use).
    symbols : tuple of str
        Names in :mod:`boundcalc.model.notation` of what remains free.
    up_to : int
        Largest m for which the bound is written out instead.
    expression_up_to : int or None
        Largest m for which it is one SymPy expression: seconds there, and past it far more with every step. ``None``: every m.
    """

    inequality: str
    definitions: tuple[tuple[str, str], ...]
    symbols: tuple[str, ...]
    up_to: int
    expression_up_to: int | None = 11


@dataclass(frozen=True)
class Limits:
    """Where the limits of a bound are taken (:mod:`boundcalc.render.closed_forms.limits` takes them).

    Attributes
    ----------
    at : callable, optional
        ``at(q)`` are the values of the formula's parameters, by default their symbols, and in LaTeX which values these are.
    crowded : callable, optional
        ``crowded(q, v)`` are the same for n = infinity and p -> 0, where the maximum over v > 0 is taken.
    none : mapping
        Name of a limit to the sentence that says why there is none; ``""`` for every limit that is not named.
    up_to : int, optional
        Largest m for which they are taken: past it the terms take minutes.
    """

    at: Callable[[Any], tuple[Assigned, str]] | None = None
    crowded: Callable[[Any, Any], tuple[Assigned, str]] | None = None
    none: Mapping[str, str] = field(default_factory=dict)
    up_to: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
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
    remark : str
        A sentence in LaTeX that follows the statement.
    general : GeneralForm, optional
        The form for every m, where the expanded one grows with m.
    limits : Limits
        Where its limits are taken.
    dominates : tuple of str
        Keys of the bounds of its side that it is never worse than, wherever both apply.
    slow : bool
        Whether a numerical optimisation chooses its parameters, so that a sweep of ``closed`` bounds leaves it out.
    certificate : callable, optional
        ``certificate(problem, choice, digits)`` is what a certificate holds of an upper bound; without it none can be written.
    of_features : callable, optional
        ``of_features()`` is what it says of features that differ; without it, it is for equal features alone.
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
    remark: str = field(kw_only=True, default="")
    general: GeneralForm | None = field(kw_only=True, default=None)
    limits: Limits = field(kw_only=True, default=Limits())
    dominates: tuple[str, ...] = field(kw_only=True, default=())
    slow: bool = field(kw_only=True, default=False)
    certificate: Callable[[Problem, Choice, int], Parameters] | None = field(kw_only=True, default=None)
    of_features: Callable[[], Unequal] | None = field(kw_only=True, default=None)

    @property
    def unequal(self) -> Unequal | None:
        """What it says of features that differ."""
        return None if self.of_features is None else self.of_features()

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

    def standing(self, problem: AnyProblem) -> Status:
        """The status of the value for that problem: features that differ have a proof of their own."""
        form = self._form(problem)
        return self.status if form is None else form.status

    def steps(self, problem: AnyProblem) -> dict[Status, int]:
        """How many steps of that proof have each status."""
        form = self._form(problem)
        return self.counts if form is None else form.counts

    def _form(self, problem: AnyProblem) -> Unequal | None:
        return self.unequal if isinstance(problem, FeatureProblem) else None

    def why_not(self, problem: AnyProblem) -> str | None:
        """The first hypothesis that the problem does not meet, or why no choice fits, as a sentence."""
        if isinstance(problem, FeatureProblem):
            if self.unequal is None:
                return EQUAL_ALONE
            failed = self.unequal.why_not(problem)
            return failed or ((self.unequal.no_choice or BEYOND_FLOATS) if self.choose(problem) is None else None)
        failed = next((why for h in self.hypotheses if (why := h.failure(problem))), None)
        return failed or ((self.no_choice or BEYOND_FLOATS) if self.choose(problem) is None else None)

    def choose(self, problem: AnyProblem) -> Choice | None:
        """The parameters or the witness for this problem; ``None`` where none fits. Kept for the last few problems."""
        return _choose(self, problem)

    def evaluate(self, q: Quantities, choice: Choice) -> Number:
        """The formula in the ring of ``q``."""
        return self.formula(q, **choice.values)

    def exact(self, problem: AnyProblem, choice: Choice) -> fmpq | None:
        """The bound's value as a rational, where it is one of moderate size."""
        if isinstance(problem, FeatureProblem):
            assert self.unequal is not None
            ends = self.unequal.value(problem, choice, 1)
            return ends.lower if ends.is_exact else None
        if self.certifier is not None:
            ends = self.certifier(problem, choice, 1)
            return ends.lower if ends.is_exact else None
        try:
            value: fmpq = self.evaluate(Quantities(EXACT, problem), choice)
        except NotExact:
            return None
        return value

    def enclose(self, problem: AnyProblem, choice: Choice, digits: int) -> Enclosure:
        """A certified enclosure of the bound's value with ``digits`` significant digits."""
        if isinstance(problem, FeatureProblem):
            assert self.unequal is not None
            return self.unequal.value(problem, choice, digits)
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
            if f"$m = {only}$" in sentences and m != only:
                return f"must be {only}"
        if "$m = 3$ or $m = 5$" in sentences and m not in (3, 5):
            return "must be 3 or 5"
        return "must be at least 3" if "$m >= 3$" in sentences and m < 3 else ""

    def exponent(self, m: object) -> int:
        """The exponent that was asked for; for ``None`` the least m >= 3 for which the bound has a formula."""
        return next(k for k in (3, 5) if not self.undefined(k)) if m is None else read_exponent(m)

    def expression(self, m: int) -> sympy.Expr:
        """The formula as a SymPy expression in the symbols of :mod:`boundcalc.model.notation`.

        Raises
        ------
        ParameterError
            If the bound has no formula for this m, or one that would take too long to write out: `latex` has its recursion.
        """
        import sympy

        why, limit = self.undefined(read_exponent(m)), self.general and self.general.expression_up_to
        if not why and limit and m > limit:
            why = f"must be at most {limit} for an expanded form"
        if why:
            raise ParameterError("m", m, f"{why} for the bound {self.key}")
        value: sympy.Expr = sympy.sympify(self.formula(SymbolicQuantities(m), **self.symbols(m)))
        return value

    def latex(self, m: int) -> str:
        """The bound as a LaTeX inequality for exponent m, with the definitions of the names in it."""
        return str(show(self, "statement", read_exponent(m)))


def nothing(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """The certificate of a bound that its formula proves alone."""
    return {}, None


@dataclass(frozen=True, eq=False, repr=False)
class UpperBound(Bound):
    """A bound that I* does not exceed."""


@dataclass(frozen=True, eq=False, repr=False)
class LowerBound(Bound):
    """A bound that a witness reaches; the choice describes the witness."""


@lru_cache(maxsize=256)
def _choose(bound: Bound, problem: AnyProblem) -> Choice | None:
    with remarks() as made:
        found = _chosen(bound, problem)
    return replace(found, remarks=tuple(made)) if found is not None and made else found


def _chosen(bound: Bound, problem: AnyProblem) -> Choice | None:
    try:
        if not isinstance(problem, FeatureProblem):
            return bound.chooser(problem)
        if bound.unequal is None:
            return None
        return Choice() if bound.unequal.chooser is None else bound.unequal.chooser(problem)
    except OverflowError:  # what proposes parameters works in float64, whose range a tiny p or a huge importance may exceed
        return None
