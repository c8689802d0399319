r"""L5: I^* >= C^2/D for any weight matrix W with at most n columns and d rows, evaluated exactly.

The matrix comes from a search, from training or from anywhere; it is rounded to rationals first.
"""

from __future__ import annotations

import numpy as np
from flint import fmpq

from boundcalc.bounds.declaration import Choice, LowerBound
from boundcalc.certify.witness import round_witness
from boundcalc.claims import Status, Step
from boundcalc.errors import ParameterError
from boundcalc.moments import Number
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities
from boundcalc.sources import DERIVED


def formula(q: Quantities, C: fmpq, D: fmpq) -> Number:
    return q.ring.number(C) ** 2 / q.ring.number(D)


PROOF = (Step("value", r"I^{\ast} \ge I(sW) = C^2/D", "the exact loss of this matrix at its best scale", Status.CERTIFIED),)


def witness_bound(weights: np.ndarray, problem: Problem) -> LowerBound:
    """The lower bound that the matrix ``weights`` (at most d rows, at most n columns) gives.

    Raises
    ------
    ParameterError
        If the matrix does not fit the problem, or is zero.
    """
    rows, columns = weights.shape
    if rows > problem.d or columns > problem.n:
        allowed = f"must have at most d = {problem.d} rows and n = {problem.n} columns"
        raise ParameterError("witness", f"matrix of shape {weights.shape}", allowed)
    found = round_witness(weights, problem)
    if found.value.is_zero:
        raise ParameterError("witness", f"matrix of shape {weights.shape}", "must not be zero")
    choice = Choice({"C": found.value.C, "D": found.value.D}, {"matrix": found.matrix, "n": columns, "d": rows})
    return LowerBound(
        key="search",
        section="L5",
        title="a weight matrix",
        formula=formula,
        hypotheses=(),
        proof=PROOF,
        lemmas=(),
        sources=(DERIVED,),
        tight="where the matrix is optimal",
        chooser=lambda _: choice,
    )
