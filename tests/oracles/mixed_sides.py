"""Every line marked ``# wrong`` mixes the sides of a bound; a type checker must report those lines and no other."""

# ruff: noqa: B015, F841

from flint import fmpq

from boundcalc.bounds.lower import orthonormal
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome, evaluate_lower, evaluate_upper
from boundcalc.bounds.upper import rank
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.sided import LowerValue, UpperValue, best_lower, best_upper, loss_interval, ratio


def right(upper: UpperValue, lower: LowerValue) -> None:
    ratio(upper, lower)
    loss_interval(fmpq(1), upper, lower)
    best_upper([("one", upper)])
    best_lower([("one", lower)])
    UpperValue(upper.enclosure)


def wrong(upper: UpperValue, lower: LowerValue, enclosure: Enclosure) -> None:
    ratio(lower, upper)  # wrong
    ratio(upper, upper)  # wrong
    ratio(enclosure, lower)  # wrong
    loss_interval(fmpq(1), lower, upper)  # wrong
    loss_interval(fmpq(1), lower, lower)  # wrong
    best_upper([("one", lower)])  # wrong
    best_lower([("one", upper)])  # wrong
    best_upper([("one", upper), ("two", lower)])  # wrong
    UpperValue(lower)  # wrong
    LowerValue(upper)  # wrong
    upper < lower  # wrong
    kept: UpperValue = lower  # wrong
    back: LowerValue = upper  # wrong


def wrong_bounds(problem: Problem, upper: UpperOutcome, lower: LowerOutcome) -> None:
    evaluate_upper(orthonormal.BOUND, problem)  # wrong
    evaluate_lower(rank.BOUND, problem)  # wrong
    ratio(lower.refined(9), upper.refined(9))  # wrong
    ratio(upper.refined(9), lower.refined(9))
