"""Climbs in one local search: L-BFGS from one start, along its path in p. A job is picklable, so that workers can run it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from boundcalc.loss.threads import single_threaded
from boundcalc.model.problem import Problem
from boundcalc.search.objective import Array, Improvement, Objective, VerySparse
from boundcalc.search.starts import Start

MEMORY = 20
"""Pairs of steps and gradient changes that L-BFGS keeps."""
ROUGH, FINE = 1e-12, 1e-15
"""Relative change of the objective at which a search stops."""
PATH_SHARE = 4
"""A point of the path gets one evaluation in this many."""


@dataclass(frozen=True)
class ProblemText:
    """What a worker needs to rebuild the problem: text and numbers only."""

    n: int
    d: int
    m: int
    p: str
    law: str

    @classmethod
    def of(cls, problem: Problem) -> ProblemText:
        """The model of a problem with finite n."""
        return cls(int(problem.n), problem.d, problem.m, str(problem.p), problem.law.name)

    def problem(self, p: object = None) -> Problem:
        """The problem, at its own p or at another one."""
        return Problem(self.n, self.d, self.m, self.p if p is None else str(p), self.law)


@dataclass(frozen=True)
class Job:
    """A start with its number and the most evaluations it may take."""

    number: int
    start: Start
    evaluations: int


@dataclass(frozen=True)
class Climbed:
    """Where a local search ended.

    Attributes
    ----------
    value : float
        C²/(D p), in floating point; −∞ where nothing finite was found.
    """

    number: int
    label: str
    value: float
    weights: Array
    evaluations: int


def maximise(objective: Objective, weights: Array, evaluations: int, tolerance: float = ROUGH) -> tuple[float, Array, int]:
    """L-BFGS: the value reached, the weights with the longest column of length 1, and the evaluations spent."""
    from scipy.optimize import minimize

    shape = weights.shape

    def descent(flat: Array) -> tuple[float, Array]:
        value, gradient = objective(flat.reshape(shape))
        return -value, -gradient.ravel()

    options: Any = {"maxiter": evaluations, "maxfun": evaluations, "maxcor": MEMORY, "ftol": tolerance, "gtol": 1e-12}
    with single_threaded():
        found: Any = minimize(descent, normalised(weights).ravel(), jac=True, method="L-BFGS-B", options=options)
    return -float(found.fun), normalised(found.x.reshape(shape)), int(found.nfev)


def normalised(weights: Array) -> Array:
    """The multiple whose longest column has length 1."""
    longest = math.sqrt(float(np.einsum("ij,ij->j", weights, weights).max()))
    return weights / longest if longest else weights


def climb(model: ProblemText, job: Job) -> Climbed:
    """Runs a job."""
    weights, spent = job.start.weights, 0
    with np.errstate(all="ignore"):
        for p in job.start.path:
            objective: Objective = VerySparse(model.m) if p is None else Improvement(model.problem(p))
            _, weights, used = maximise(objective, weights, max(20, job.evaluations // PATH_SHARE))
            spent += used
        value, weights, used = maximise(Improvement(model.problem()), weights, job.evaluations)
    finite = math.isfinite(value) and bool(np.isfinite(weights).all())
    return Climbed(job.number, job.start.label, math.exp(value) if finite else -math.inf, weights, spent + used)
