"""Climbs in one local search: L-BFGS from one start, along its path in p. A job is picklable, so that workers can run it."""

from __future__ import annotations

import math
import time
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
    """A start with its number, the most evaluations it may take, and the moment of ``time.monotonic`` at which it ends."""

    number: int
    start: Start
    evaluations: int
    deadline: float | None = None


class _TimeUp(Exception):
    pass


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


def maximise(
    objective: Objective, weights: Array, evaluations: int, tolerance: float = ROUGH, deadline: float | None = None
) -> tuple[float, Array, int]:
    """L-BFGS: the value reached, the weights with the longest column of length 1, and the evaluations spent.

    Past the deadline, a moment of ``time.monotonic``, it returns the best so far, after one evaluation at least.
    """
    from scipy.optimize import minimize

    shape = weights.shape

    best, spent = (-math.inf, weights), 0

    def descent(flat: Array) -> tuple[float, Array]:
        nonlocal best, spent
        if deadline is not None and spent and time.monotonic() > deadline:
            raise _TimeUp
        value, gradient = objective(flat.reshape(shape))
        spent += 1
        if deadline is not None and value > best[0]:
            best = value, flat.reshape(shape).copy()
        return -value, -gradient.ravel()

    options: Any = {"maxiter": evaluations, "maxfun": evaluations, "maxcor": MEMORY, "ftol": tolerance, "gtol": 1e-12}
    try:
        with single_threaded():
            found: Any = minimize(descent, normalised(weights).ravel(), jac=True, method="L-BFGS-B", options=options)
    except _TimeUp:
        return best[0], normalised(best[1]), spent
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
            _, weights, used = maximise(objective, weights, max(20, job.evaluations // PATH_SHARE), deadline=job.deadline)
            spent += used
        value, weights, used = maximise(Improvement(model.problem()), weights, job.evaluations, deadline=job.deadline)
    finite = math.isfinite(value) and bool(np.isfinite(weights).all())
    return Climbed(job.number, job.start.label, math.exp(value) if finite else -math.inf, weights, spent + used)
