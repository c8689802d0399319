r"""Declares L5: I^* >= C^2/D for any weight matrix W with at most n columns and d rows, evaluated exactly.

The matrix is the best entry of the table that ships (:mod:`boundcalc.bounds.lower.witness_table`), or one that is built for the
problem where the table has none of its size (:mod:`boundcalc.bounds.lower.selector`), or comes from a search, from training or
from anywhere: its own numbers are evaluated, exactly or, past 2000 features, in a certified enclosure, as `boundcalc loss` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, Limits, LowerBound
from boundcalc.bounds.lower.selector import selected
from boundcalc.bounds.lower.witness_table import exact_value, ranked
from boundcalc.bounds.unequal.form import Unequal, declared_in
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.features import AnyProblem, FeatureProblem
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import Number

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
    own, found = selected(problem), ranked(problem)
    best = ([own] if own is not None else []) + [entry for _, entry in found[:1]]
    if not best:
        return None
    values = [(*exact_value(problem, entry), entry) for entry in best]
    C, D, entry = max(values, key=lambda value: value[0] ** 2 / value[1])
    return Choice({"C": C, "D": D}, entry.shown)


def witness_bound(weights: np.ndarray, problem: AnyProblem) -> LowerBound:
    """The lower bound that the matrix ``weights`` (at most d rows, at most n columns) gives, taken as the numbers it holds.

    Raises
    ------
    ParameterError
        If the matrix is no matrix of real numbers, does not fit the problem, or is zero.
    """
    from boundcalc.loss.arrays import checked_array
    from boundcalc.loss.certified import certified_loss
    from boundcalc.loss.error_bound import BoundedLoss

    weights = checked_array(weights, parameter="witness")
    rows, columns = weights.shape
    if rows > problem.d or columns > problem.n:
        allowed = f"must have at most d = {problem.d} rows and n = {problem.n} columns"
        raise ParameterError("witness", f"matrix of shape {weights.shape}", allowed)
    if not weights.any():
        raise ParameterError("witness", f"matrix of shape {weights.shape}", "must not be zero")
    equal = problem.equal if isinstance(problem, FeatureProblem) else None
    model = problem if equal is None else equal[0]  # whose values are multiplied by the factor later
    if isinstance(model, FeatureProblem) and columns != model.n:
        raise ParameterError(
            "witness", f"matrix of shape {weights.shape}", f"must have a column for each of the {model.n} features"
        )
    found = certified_loss(weights, model)
    shown: dict[str, Any] = {"matrix": None, "n": columns, "d": rows}
    if isinstance(found, BoundedLoss):
        enclosure, choice = found.enclosure.improvement_best_scale, Choice(shown=shown)
        certifier: Callable[[Any, Choice, int], Enclosure] | None = lambda problem, choice, digits: enclosure  # noqa: E731
    else:
        shown["matrix"] = [[fmpq(*x.as_integer_ratio()) for x in row] for row in weights.tolist()]
        choice, certifier = Choice({"C": found.C, "D": found.D}, shown), None

    def of_features() -> Unequal:
        form = OF_FEATURES()
        return replace(form, chooser=lambda _: choice, value=certifier or form.value, no_choice="")

    return replace(
        BOUND, title="a weight matrix", chooser=lambda _: choice, certifier=certifier, no_choice="", of_features=of_features
    )


OF_FEATURES = declared_in("search")

BOUND = LowerBound(
    key="search",
    section="L5",
    title="the best weights found by search that fit",
    formula=formula,
    hypotheses=(),
    proof=PROOF,
    lemmas=(),
    sources=(DERIVED,),
    tight="where the matrix is optimal",
    chooser=choose,
    no_choice="needs a table entry for this $m$ with at most $n$ columns and at most $d$ rows; there is none",
    symbols=lambda m: {"C": symbol("C"), "D": symbol("D")},
    assumes=lambda m: "weights $W != 0$ of $d$ rows and $n$ columns with these $C$ and $D$",
    limits=Limits(none={"": "$C$ and $D$ are those of one matrix, for one problem"}),
    of_features=OF_FEATURES,
)
