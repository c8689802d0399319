r"""L5: I^* >= C^2/D for any weight matrix W with at most n columns and d rows, evaluated exactly.

The matrix is the best entry of the table that ships (:mod:`boundcalc.bounds.lower.witness_table`), or comes from a
search, from training or from anywhere; it is rounded to rationals first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from boundcalc.bounds.declaration import Choice, LowerBound
from boundcalc.bounds.lower.witness_table import exact_value, ranked
from boundcalc.claims import Status, Step
from boundcalc.errors import ParameterError
from boundcalc.moments import Number
from boundcalc.notation import symbol
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities
from boundcalc.sources import DERIVED

if TYPE_CHECKING:
    import numpy as np


def formula(q: Quantities, C: Number, D: Number) -> Number:
    return C**2 / D


PROOF = (
    Step(
        "value",
        "the exact loss of this matrix at its best scale",
        Status.COMPUTED,
        statement=r"I^{\ast} \ge I(sW) = C^2/D",
        checked="the matrix at hand",
    ),
)


def choose(problem: Problem) -> Choice | None:
    found = ranked(problem)
    if not found:
        return None
    entry = found[0][1]
    C, D = exact_value(problem, entry)
    return Choice({"C": C, "D": D}, {"witness": entry.key, "n": entry.n, "d": entry.d})


def witness_bound(weights: np.ndarray, problem: Problem) -> LowerBound:
    """The lower bound that the matrix ``weights`` (at most d rows, at most n columns) gives.

    Raises
    ------
    ParameterError
        If the matrix does not fit the problem, or is zero.
    """
    from boundcalc.certify.witness import round_witness

    rows, columns = weights.shape
    if rows > problem.d or columns > problem.n:
        allowed = f"must have at most d = {problem.d} rows and n = {problem.n} columns"
        raise ParameterError("witness", f"matrix of shape {weights.shape}", allowed)
    found = round_witness(weights, problem)
    if found.value.is_zero:
        raise ParameterError("witness", f"matrix of shape {weights.shape}", "must not be zero")
    choice = Choice({"C": found.value.C, "D": found.value.D}, {"matrix": found.matrix, "n": columns, "d": rows})
    return replace(BOUND, title="a weight matrix", chooser=lambda _: choice, no_choice="")


BOUND = LowerBound(
    key="search",
    section="L5",
    title="the best known weights that fit, found by search",
    formula=formula,
    hypotheses=(),
    proof=PROOF,
    lemmas=(),
    sources=(DERIVED,),
    tight="where the matrix is optimal",
    chooser=choose,
    no_choice="needs a table entry for this m with at most n columns and at most d rows; there is none",
    symbols=lambda m: {"C": symbol("C"), "D": symbol("D")},
    assumes=lambda m: "weights W of d rows and n columns with these C and D",
)
