"""Certifies what a search's weights prove: their exact improvement, the gap to the best upper bound, and what they beat."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.lower import search
from boundcalc.loss.certified import EXACT_FEATURES
from boundcalc.loss.dense import dense_loss
from boundcalc.loss.error_bound import bounded_loss
from boundcalc.loss.rounding import RationalWitness, round_witness
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import CertificationError
from boundcalc.search.objective import Array

EXACT_WORK, AT_ONCE = 2e8, 3e7
"""n² (d + 20 m) up to which an exact value takes a second or two, and half a second."""


@dataclass(frozen=True)
class Certified:
    """Weights and what is certain about them.

    Attributes
    ----------
    weights : (d, n) array
        Exactly the rational witness, near its best scale; where that takes long the weights as they are.
    improvement : fmpq
        C²/D of these weights, exact; where that takes long its rigorous lower bound in float64.
    ratio : Enclosure
        Best upper bound over the improvement.
    beaten : tuple of str
        Keys of the closed-form lower bounds that the improvement certainly exceeds.
    unbeaten : tuple of str
        Keys of the others.
    """

    problem: Problem
    weights: Array
    witness: RationalWitness | None
    improvement: fmpq
    ratio: Enclosure
    upper_key: str
    beaten: tuple[str, ...]
    unbeaten: tuple[str, ...]

    @property
    def beats_closed_forms(self) -> bool:
        """Whether it exceeds every closed-form lower bound, certified."""
        return not self.unbeaten


def certified(weights: Array, problem: Problem, report: Report, *, at_once: bool = False) -> Certified:
    """Rounds weights to a rational witness, evaluates it exactly and compares it with the bounds of a report.

    Where that takes more than seconds, or half a second ``at_once``, the weights are evaluated as they are, in float64 with an
    error bound.
    """
    scale = dense_loss(weights, m=problem.m, p=problem.p, law=problem.law, transpose=False).scale
    near = weights * scale if scale else weights
    witness, improvement = None, lower_end(near, problem.m, at_once=at_once, p=problem.p, law=problem.law)
    if improvement is None:
        witness = round_witness(near, problem)
        improvement = witness.value.improvement_best_scale
    upper = report.best_upper.value
    assert upper is not None
    ratio = Enclosure(upper.enclosure.lower / improvement, upper.enclosure.upper / improvement)
    beaten: list[str] = []
    unbeaten: list[str] = []
    for outcome in report.lower:
        if outcome.value is not None and outcome.bound.key != search.BOUND.key:
            (beaten if improvement > outcome.value.enclosure.upper else unbeaten).append(outcome.bound.key)
    written = near if witness is None else _written(near, witness)
    return Certified(problem, written, witness, improvement, ratio, report.best_upper.bound.key, tuple(beaten), tuple(unbeaten))


def lower_end(weights: Array, m: int, *, at_once: bool, **given: Any) -> fmpq | None:
    """A rigorous lower end of C²/D in float64, where an exact value takes more than seconds, or half a second ``at_once``.

    ``None`` elsewhere, and where none above 0 is found; ``given`` is what :func:`bounded_loss` takes of the features.
    """
    d, n = weights.shape
    if n <= EXACT_FEATURES and n**2 * (d + 20 * m) <= (AT_ONCE if at_once else EXACT_WORK):
        return None
    with suppress(CertificationError):
        lower = bounded_loss(weights, m=m, **given, transpose=False).enclosure.improvement_best_scale.lower
        return lower if lower > 0 else None
    return None


def _written(near: Array, witness: RationalWitness) -> Array:
    """The witness as float64, brought back by the power of two that the rounding took out; exact."""
    if witness.bits > 53:
        return near
    exponent = int(np.frexp(np.abs(near).max())[1])
    rounded = np.array([[float(int(x.p)) / float(int(x.q)) for x in row] for row in witness.matrix])
    result: Array = np.ldexp(rounded, exponent)
    return result
