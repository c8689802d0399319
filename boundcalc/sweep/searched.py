"""Runs a unit's search for weights: its certified witness takes the place of the table's where it is better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.lower.search import witness_bound
from boundcalc.bounds.outcome import LowerOutcome, evaluate_lower
from boundcalc.loss.threads import single_threaded
from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure, to_float
from boundcalc.numbers.parsing import parse_rational
from boundcalc.search.certified import certified
from boundcalc.search.optimize import optimize
from boundcalc.search.recognise import recognise
from boundcalc.search.starts import best_known
from boundcalc.search.unequal import search_features
from boundcalc.sweep.plan import Search

ENOUGH = 1e-6
"""The search ends within this share of the best upper bound."""


def searched_features(problem: FeatureProblem, answer: Report, search: Search, seed: int) -> tuple[Report, dict[str, Any]]:
    """The same for features that differ."""
    seconds = None if search.seconds is None else to_float(parse_rational(search.seconds, parameter="seconds"))
    with single_threaded():
        result = search_features(problem, seed=seed, count=search.starts, seconds=seconds)
    found = evaluate_lower(witness_bound(result.weights, problem), problem, answer.digits)
    assert found.value is not None
    held = [column + 1 for column in range(problem.n) if result.weights[:, column].any()]
    fields = {
        "starts": result.starts,
        "improvement": found.value.enclosure.as_json(answer.digits),
        "represented": held,
    }
    return _entered(answer, found), fields


def searched(problem: Problem, answer: Report, search: Search, seed: int) -> tuple[Report, dict[str, Any]]:
    """The report with the witness of a search, and what the search did."""
    assert answer.best_upper.value is not None
    most = answer.best_upper.value.certified / problem.p
    seconds = None if search.seconds is None else parse_rational(search.seconds, parameter="seconds")
    with single_threaded():
        result = optimize(
            problem,
            seed=seed,
            starts=search.starts,
            seconds=None if seconds is None else to_float(seconds),
            known=best_known(answer),
            enough=to_float(most) * (1 - ENOUGH),
        )
        sure = certified(result.weights, problem, answer)
        structure = recognise(sure.weights, problem)
    found = evaluate_lower(witness_bound(sure.weights, problem), problem, answer.digits)
    fields = {
        "starts": result.starts,
        "found_from": result.label,
        "improvement": Enclosure.of(sure.improvement).as_json(answer.digits),
        "structure": structure.as_json(),
    }
    return _entered(answer, found), fields


def _entered(answer: Report, found: LowerOutcome) -> Report:
    """The report with the witness that was found, where it is better than the one under its key."""
    assert found.value is not None
    known = next((outcome for outcome in answer.lower if outcome.bound.key == found.bound.key), None)
    if known is not None and known.value is not None and known.value.certified >= found.value.certified:
        return answer
    others = tuple(outcome for outcome in answer.lower if outcome is not known)
    return replace(answer, lower=(*others, found))
