"""Evaluates bounds on a problem with certified values, and reports the best two against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.catalog import LOWER, UPPER, chosen, find
from boundcalc.bounds.declaration import Bound, Choice, LowerBound, UpperBound
from boundcalc.bounds.lower import orthonormal
from boundcalc.bounds.optimal_geometry import proof_at
from boundcalc.bounds.outcome import DEFAULT_DIGITS, LowerOutcome, UpperOutcome, evaluate_lower, evaluate_upper, exact_value_of
from boundcalc.bounds.upper import rank
from boundcalc.bounds.upper.frontier import BOUND as FRONTIER
from boundcalc.language.claims import Status, plain
from boundcalc.model.features import AnyProblem, FeatureProblem, Features
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact, Problem, Whole
from boundcalc.numbers.budget import spent
from boundcalc.numbers.display import Displayed, show
from boundcalc.numbers.enclosure import MAX_DIGITS, Enclosure, decimal_ceiling, decimal_floor
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.sided import LowerValue, UpperValue, best_lower, best_upper, loss_interval, ratio

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.bounds.lower.weights import WitnessBlock
    from boundcalc.bounds.unequal.answers import Selection

NEARLY = fmpq(1, 10**4)
"""The certified gap of best upper to best lower bound below which a witness is called optimal."""
TABLE_DIGITS = 10
"""Digits of a report as a table, unless they are given."""
LARGEST_SHARE, LEAST_SHARE, SPENT = 0.6, 0.01, 0.75
"""Of a time limit: what one bound may take, what each has in any case, and from where on it has no more than that."""
CERTAIN = frozenset({Status.PROVEN, Status.STANDARD, Status.COMPUTED})
"""Statuses of a lower bound whose witness, and so its value, is certified."""


def _witness_name(shown: Mapping[str, Any]) -> str | None:
    """What a sentence calls a witness; ``None`` where weights are known to exist, and not which."""
    if "witness" in shown:
        return f"the witness of the table with {shown['n']} features in {shown['d']} dimensions"
    if "orbits" in shown:
        return f"the witness with {shown['n']} features in {shown['d']} dimensions"
    if "frame" in shown:
        return str(shown["frame"])
    return "the direct sum" if "blocks" in shown else "the matrix" if "matrix" in shown else None


@dataclass(frozen=True)
class Report(Displayed):
    """Every bound of the catalog on one problem.

    Attributes
    ----------
    best_upper, best_lower : the least upper and the greatest lower bound that apply.
    ratio : Enclosure
        Best upper over best lower; exactly 1 where both are the same rational.
    baseline : fmpq
        The greatest improvement of weights without superposition, p min(n, d) g, exact.
    gain : Enclosure
        Encloses the gain of superposition, I* over ``baseline``: at least 1, and exact where I* is known exactly.
    loss : Enclosure or None
        Encloses the best loss, p n μ_2 − I*; ``None`` for n = ∞.
    unexplained : Enclosure or None
        The same divided by p n μ_2.
    witness, blocks
        The weights behind ``best_lower`` as an array, and its diagonal blocks by name.

    >>> report(Problem(n=3, d=3, m=3, p="1/100", law="rademacher"), digits=6).is_sharp
    True
    """

    problem: AnyProblem
    upper: tuple[UpperOutcome, ...]
    lower: tuple[LowerOutcome, ...]
    digits: int
    table_digits: int | None = None

    def __repr__(self) -> str:
        shown, ends = self.problem.as_json(), "one side alone"
        if all(any(outcome.value for outcome in side) for side in (self.upper, self.lower)):
            upper, lower = self._values
            ends = f"{decimal_floor(lower.certified, 6)} <= I* <= {decimal_ceiling(upper.certified, 6)}"
        p = str(shown.get("p"))
        p = p if len(p) <= 24 or isinstance(self.problem, FeatureProblem) else decimal_floor(self.problem.p, 6)
        kind = "features that differ" if isinstance(self.problem, FeatureProblem) else f"p={p} {shown['law']}"
        return f"<Report n={shown['n']} d={shown['d']} m={shown['m']} {kind}: {ends}>"

    def __getitem__(self, key: str) -> UpperOutcome | LowerOutcome:
        """The outcome of the bound of that key or section, as a report lists it."""
        listed: tuple[UpperOutcome | LowerOutcome, ...] = (*self.upper, *self.lower)
        outcomes = {outcome.bound.key: outcome for outcome in listed}
        if key not in outcomes:
            key = find(key).key
        if key not in outcomes:
            raise KeyError(f"{key} is not among the bounds of this report: {', '.join(outcomes)}")
        return outcomes[key]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``bounds --json``."""
        found: dict[str, Any] = show(self, "dict")
        return found

    def to_dataframe(self) -> Any:
        """A row a bound, as a pandas data frame: ``value`` is a float, ``certified`` exact text, rounded outward.

        Raises
        ------
        ParameterError
            If pandas is not installed.
        """
        return show(self, "frame")

    @cached_property
    def best_upper(self) -> UpperOutcome:
        found = best_upper((outcome, outcome.value) for outcome in self.upper if outcome.value is not None)
        assert found is not None  # rank has no hypotheses
        return found[0]

    @cached_property
    def best_lower(self) -> LowerOutcome:
        found = best_lower((outcome, outcome.value) for outcome in self.lower if outcome.value is not None)
        assert found is not None  # orthonormal has no hypotheses
        return found[0]

    @property
    def witness(self) -> np.ndarray:
        """The weights behind the best lower bound, float64, at the best scale, a column a feature that they use."""
        return self.best_lower.witness

    @property
    def blocks(self) -> tuple[WitnessBlock, ...]:
        """The diagonal blocks of :attr:`witness`, by name."""
        return self.best_lower.blocks

    @cached_property
    def is_sharp(self) -> bool:
        """Whether the best bounds are the same rational number, so that I* is known exactly."""
        upper, lower = self._values
        if lower.enclosure.upper < upper.enclosure.lower:
            return False
        exact = self.best_upper.exact()
        return exact is not None and exact == self.best_lower.exact()

    @property
    def _values(self) -> tuple[UpperValue, LowerValue]:
        upper, lower = self.best_upper.value, self.best_lower.value
        assert upper is not None
        assert lower is not None
        return upper, lower

    @cached_property
    def verdict(self) -> str:
        """What is proven about superposition, in a sentence; empty where nothing is."""
        alone = next((outcome.value for outcome in self.lower if outcome.bound is orthonormal.BOUND), None)
        if alone is None:
            return ""
        lower = self._values[1]
        if lower.enclosure.lower > alone.enclosure.upper:
            status = self.best_lower.status
            sure = "certified" if status in CERTAIN else self._by(self.best_lower.bound)
            return f"superposition helps: the witness exceeds the orthonormal basis, {sure}"
        if self.is_sharp:
            which = ""
            if _as_equal(self.problem) is None:
                which = f": keep the {self.problem.rank} features of largest omega p g, each in a dimension of its own"
            return f"superposition does not help: the orthonormal basis is optimal{which}, {self._by(self.best_upper.bound)}"
        return ""

    def _by(self, bound: Bound) -> str:
        """What a sentence rests on, and the status of that."""
        return f"by {bound.key} ({self[bound.key].status.value})"

    @property
    def optimality(self) -> str:
        """That the witness is optimal among all weights, within which share, in a sentence; empty where it is not known."""
        return plain(self.marked_optimality)

    @cached_property
    def marked_optimality(self) -> str:
        """The same with its mathematics between dollars."""
        shown = self.best_lower.choice.shown
        gap = self.ratio.upper - 1
        name = _witness_name(shown)
        if gap > NEARLY or name is None:
            return ""
        among = "all weights and every $n$" if self.problem.is_infinite else f"all weights for $n = {self.problem.n}$"
        equal = _as_equal(self.problem)
        proof = None if equal is None else proof_at(equal)
        exact = not gap or (proof is not None and proof.frame.key == name)
        share = "exactly" if exact else f"to within ${decimal_ceiling(gap, 2)}$"
        bound = FRONTIER if exact and gap else self.best_upper.bound  # the exact proofs are those of frontier
        return f"{name} is optimal among {among} ({share}), {self._by(bound)}"

    @cached_property
    def selection(self) -> Selection | None:
        """For features that differ, which are held by the witness, certainly, and certainly not."""
        from boundcalc.bounds.unequal.answers import selection

        return selection(self)

    @cached_property
    def ratio(self) -> Enclosure:
        if self.is_sharp:
            return Enclosure(fmpq(1), fmpq(1))
        return ratio(*self._values)

    @cached_property
    def baseline(self) -> fmpq:
        value = exact_value_of(orthonormal.BOUND, self.problem, Choice())
        assert value is not None  # p r g, rational for every law
        return value

    @cached_property
    def gain(self) -> Enclosure:
        upper, lower = self._values
        exact = self.best_upper.exact() if self.is_sharp else None
        if exact is not None:
            return Enclosure.of(exact / self.baseline)
        # at p with long numerators even the basis is known through a ball alone, whose lower end is below its value
        return Enclosure(max(lower.certified / self.baseline, fmpq(1)), upper.certified / self.baseline)

    @cached_property
    def loss(self) -> Enclosure | None:
        energy = self.problem.energy
        if energy is None:
            return None
        if self.is_sharp:
            value = self.best_upper.exact()
            assert value is not None
            return Enclosure.of(energy - value)
        upper, lower = self._values
        lost = 0
        while lost < MAX_DIGITS:
            least, most = energy - upper.enclosure.upper, energy - upper.enclosure.lower
            if least <= 0 <= most or Enclosure(least, most).digits >= self.digits:
                break
            lost = lost * 2 or 16  # cancellation: p n mu_2 and the bound agree in their leading digits
            upper = self.best_upper.refined(self.digits + lost)
        return loss_interval(energy, upper, lower)

    @property
    def unexplained(self) -> Enclosure | None:
        energy, loss = self.problem.energy, self.loss
        return None if energy is None or loss is None else Enclosure(loss.lower / energy, loss.upper / energy)


def _as_equal(problem: AnyProblem) -> Problem | None:
    """The problem itself, or that of features of one kind; ``None`` where features differ."""
    if isinstance(problem, Problem):
        return problem
    return None if problem.equal is None else problem.equal[0]


def report(
    n: AnyProblem | Whole | float | None = None,
    d: Whole | None = None,
    m: Whole | None = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    features: Features | None = None,
    digits: int | None = None,
    upper: str | UpperBound | Sequence[UpperBound | str] | None = None,
    lower: str | LowerBound | Sequence[LowerBound | str] | None = None,
    progress: Callable[[str], Any] = lambda key: None,
    seconds: float | None = None,
) -> Report:
    """Evaluates the catalog on a problem.

    Parameters
    ----------
    n, d, m, p, law
        As of :class:`~boundcalc.model.problem.Problem`; or a problem alone.
    features : Features, optional
        Features that differ, with d and m, in place of n, p and law.
    digits : int
        Significant digits that each enclosure must hold, 1 to 10,000. Unless given 30, of which tables show 10.
    upper, lower : sequences of bounds or keys
        Those to evaluate, such as ``["rank", "frontier"]``; by default the catalog.
    progress : callable
        Called with each bound's key before it is evaluated.
    seconds : float, optional
        Of processor time in all: bounds that take much of it are left out, and say so. Without it every bound is
        evaluated, and the result does not depend on the machine.

    Raises
    ------
    ParameterError
        For a parameter that is missing or outside its domain.

    >>> report(120, 8, 3, "1e-6", "rademacher", digits=6).best_upper.bound.key
    'frontier'
    """
    problem = _problem(n, d, m, p, law, features)
    uppers: list[UpperOutcome] = []
    lowers: list[LowerOutcome] = []
    count = DEFAULT_DIGITS if digits is None else digits
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0):
        raise ParameterError("seconds", seconds, "must be a number of seconds above 0")
    began = spent()

    def share() -> float | None:
        """What one bound may take of the time: three fifths, or of what is left a part that always does for closed forms."""
        if seconds is None:
            return None
        left = seconds * SPENT - (spent() - began)
        return max(min(seconds * LARGEST_SHARE, left), seconds * LEAST_SHARE)

    of_upper = UPPER if upper is None else chosen(upper, UpperBound, "upper")
    of_lower = LOWER if lower is None else chosen(lower, LowerBound, "lower")
    for bound in of_upper:
        progress(bound.key)
        uppers.append(evaluate_upper(bound, problem, count, None if bound is rank.BOUND else share()))
    for low in of_lower:
        progress(low.key)
        lowers.append(evaluate_lower(low, problem, count, None if low is orthonormal.BOUND else share()))
    return Report(problem, tuple(uppers), tuple(lowers), count, TABLE_DIGITS if digits is None else digits)


def _problem(
    n: AnyProblem | Whole | float | None,
    d: Whole | None,
    m: Whole | None,
    p: Exact | None,
    law: Law | str | None,
    features: Features | None,
) -> AnyProblem:
    """The problem that the arguments of :func:`report` name."""
    if isinstance(n, (Problem, FeatureProblem)):
        if any(value is not None for value in (d, m, p, law, features)):
            raise ParameterError("d", d, "must be left out where a Problem is given; other options go by name, such as digits=30")
        return n
    if features is None:
        return Problem(n, d, m, p, law)  # type: ignore[arg-type]
    for name, value in (("n", n), ("p", p), ("law", law)):
        if value is not None:
            raise ParameterError(name, value, "must be left out where features are given, which hold it")
    return FeatureProblem(features, d, m)  # type: ignore[arg-type]
