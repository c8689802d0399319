"""Evaluates one bound on one problem: a certified value, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.bounds.declaration import Bound, Choice, LowerBound, UpperBound
from boundcalc.language.claims import Status, plain
from boundcalc.model.features import AnyProblem, FeatureProblem
from boundcalc.numbers.budget import OutOfTimeError, within
from boundcalc.numbers.display import Displayed
from boundcalc.numbers.enclosure import MAX_DIGITS, Enclosure, to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.sided import LowerValue, UpperValue

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.bounds.lower.weights import WitnessBlock

DEFAULT_DIGITS = 30
LEFT_OUT = "it takes longer than the time given"
"""Why an outcome has no value where its time was over."""


def asked(problem: AnyProblem) -> tuple[AnyProblem, fmpq]:
    """What a bound is asked, and the factor of its value: of features of one kind their plain problem, and ω c²."""
    equal = problem.equal if isinstance(problem, FeatureProblem) else None
    return (problem, fmpq(1)) if equal is None else equal


def exact_value_of(bound: Bound, problem: AnyProblem, choice: Choice) -> fmpq | None:
    """A bound's value as a rational, where it is one of moderate size."""
    plain_problem, factor = asked(problem)
    found = bound.exact(plain_problem, choice)
    return None if found is None else factor * found


def enclosed(bound: Bound, problem: AnyProblem, choice: Choice, digits: int) -> Enclosure:
    """A certified enclosure of a bound's value."""
    plain_problem, factor = asked(problem)
    ends = bound.enclose(plain_problem, choice, digits)
    return ends if factor == 1 else Enclosure(factor * ends.lower, factor * ends.upper)


@dataclass(frozen=True, repr=False)
class _Outcome(Displayed):
    """One bound on one problem: a value, or why it does not apply.

    Attributes
    ----------
    why_not : str or None
        The hypothesis that fails and what the problem has instead.
    choice : Choice
        The parameters or the witness that were used.
    """

    problem: AnyProblem
    why_not: str | None
    choice: Choice

    bound: Bound = field(init=False)
    value: UpperValue | LowerValue | None = field(init=False)

    @property
    def applies(self) -> bool:
        """Whether the problem meets the hypotheses."""
        return self.why_not is None

    @property
    def status(self) -> Status:
        """The weakest link of the bound's proof, and of the bounds that the blocks of a direct sum come from."""
        blocks = self.choice.values.get("blocks", ())
        return Status.weakest([self.bound.standing(asked(self.problem)[0]), *(block.bound.status for _, block in blocks)])

    @property
    def is_left_out(self) -> bool:
        """Whether the time given to it was over before it had a value."""
        return self.why_not == LEFT_OUT

    def exact(self) -> fmpq | None:
        """The bound's value as a rational, where it is one of moderate size."""
        return exact_value_of(self.bound, self.problem, self.choice)

    def __float__(self) -> float:
        """The certified number, nearest float64; nan where the bound does not apply."""
        return float("nan") if self.value is None else to_float(self.value.certified)


@dataclass(frozen=True, repr=False)
class UpperOutcome(_Outcome):
    """An upper bound on one problem."""

    bound: UpperBound
    value: UpperValue | None

    def refined(self, digits: int) -> UpperValue:
        """The same bound to more digits."""
        return UpperValue(enclosed(self.bound, self.problem, self.choice, digits))


@dataclass(frozen=True, repr=False)
class LowerOutcome(_Outcome):
    """A lower bound on one problem, with its witness in ``choice.shown``."""

    bound: LowerBound
    value: LowerValue | None

    @cached_property
    def _weights(self) -> tuple[np.ndarray, tuple[WitnessBlock, ...]]:
        from boundcalc.bounds.lower.weights import witness_weights

        if self.value is None:
            raise ParameterError("witness", self.bound.key, f"does not apply: {self.why_not}")
        return witness_weights(self.choice.shown, self.problem)

    @property
    def witness(self) -> np.ndarray:
        """The weights behind the bound, float64, at the best scale: a column a feature and a row a dimension that they use."""
        return self._weights[0]

    @property
    def blocks(self) -> tuple[WitnessBlock, ...]:
        """The diagonal blocks of :attr:`witness`, by name."""
        return self._weights[1]

    def refined(self, digits: int) -> LowerValue:
        """The same bound to more digits."""
        return LowerValue(enclosed(self.bound, self.problem, self.choice, digits))


def _check_digits(digits: int) -> None:
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise ParameterError("digits", digits, f"must be a whole number, 1 to {MAX_DIGITS}")


def evaluate_upper(
    bound: UpperBound, problem: AnyProblem, digits: int = DEFAULT_DIGITS, seconds: float | None = None
) -> UpperOutcome:
    """An upper bound's certified value to ``digits`` significant digits, or why it does not apply.

    Parameters
    ----------
    seconds : float, optional
        The processor time that it may take; what takes longer has no value, and :attr:`~UpperOutcome.is_left_out`.

    >>> from boundcalc.bounds.catalog import find
    >>> from boundcalc.model.problem import Problem
    >>> evaluate_upper(find("rank"), Problem(30, 4, 3, "1/100", "rademacher"), 6).value.enclosure.decimals(6)  # p N_3(4)
    ('0.2', '0.2')
    """
    why, choice, ends = _evaluated(bound, UpperBound, problem, digits, seconds)
    return UpperOutcome(problem, why, choice, bound, None if ends is None else UpperValue(ends))


def evaluate_lower(
    bound: LowerBound, problem: AnyProblem, digits: int = DEFAULT_DIGITS, seconds: float | None = None
) -> LowerOutcome:
    """A lower bound's certified value to ``digits`` significant digits with its witness, or why it does not apply.

    Parameters
    ----------
    seconds : float, optional
        As of :func:`evaluate_upper`.

    >>> from boundcalc.bounds.catalog import find
    >>> from boundcalc.model.problem import Problem
    >>> evaluate_lower(find("orthonormal"), Problem(30, 4, 3, "1/100", "rademacher"), 6).value.enclosure.decimals(6)  # p d
    ('0.04', '0.04')
    """
    why, choice, ends = _evaluated(bound, LowerBound, problem, digits, seconds)
    return LowerOutcome(problem, why, choice, bound, None if ends is None else LowerValue(ends))


def _evaluated(
    bound: Bound, side: type[Bound], problem: AnyProblem, digits: int, seconds: float | None
) -> tuple[str | None, Choice, Enclosure | None]:
    """Why the bound has no value, its parameters, and its value."""
    if not isinstance(bound, side):
        kind = "an upper bound, such as find('rank')" if side is UpperBound else "a lower bound, such as find('orthonormal')"
        raise ParameterError("bound", getattr(bound, "key", bound), f"must be {kind}: upper and lower bounds do not mix")
    _check_digits(digits)
    plain_problem = asked(problem)[0]
    try:
        with within(seconds):
            why = bound.why_not(plain_problem)
            if why:
                return plain(why), Choice(), None
            choice = bound.choose(plain_problem) or Choice()
            return None, choice, enclosed(bound, problem, choice, digits)
    except OutOfTimeError:
        return LEFT_OUT, Choice(), None
