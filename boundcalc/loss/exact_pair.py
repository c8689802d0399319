"""Computes the exact loss without tied weights: x̂ = (VᵀW x)^m for a decoder V, or x̂ = (A x)^m for any square A.

The row formulas are those of the tied case (see :mod:`boundcalc.loss.dense_pair`); every number is a rational.
"""

from __future__ import annotations

from boundcalc.loss.exact import assemble
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.power_sums import matrix_power_sums, pair_power_sums
from boundcalc.loss.value import LossValue
from boundcalc.model.features import Features, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.errors import ParameterError


def exact_loss_of_pair(
    decoder: object,
    weights: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    rows: bool = False,
) -> LossValue:
    """The loss of x̂ = (VᵀW x)^m, exact in rationals.

    Parameters
    ----------
    decoder, weights : as ``weights`` of :func:`boundcalc.loss.exact.exact_loss`
        V and W, both d × n; column i belongs to feature i.
    m, p, law, features, rows : as there

    Raises
    ------
    ParameterError
        As there, and if V and W differ in shape.
    """
    V, W = read_matrix(decoder, parameter="V"), read_matrix(weights)
    if V.shape != W.shape:
        raise ParameterError("V", f"array of shape {V.shape}", f"must have the shape of W, {W.shape}")
    d, n = W.shape
    columns = FeatureCumulants(problem_of(n, d, m, p, law, features))
    sums = pair_power_sums(V.entries, W.entries, columns.problem.m, weights=columns.whole())
    return assemble(columns, V.unit * W.unit, sums, rows, tied=False)


def exact_loss_of_matrix(
    matrix: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    rows: bool = False,
) -> LossValue:
    """The loss of x̂ = (A x)^m for any square matrix A, exact in rationals; the problem's d is n."""
    A = read_matrix(matrix, parameter="A")
    n, width = A.shape
    if n != width:
        raise ParameterError("A", f"matrix of shape {A.shape}", "must be square")
    columns = FeatureCumulants(problem_of(n, n, m, p, law, features))
    return assemble(columns, A.unit, matrix_power_sums(A.entries, columns.problem.m, columns.whole()), rows, tied=False)
