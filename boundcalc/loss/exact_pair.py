"""Computes the exact loss without tied weights: x̂ = (VᵀW x)^m for a decoder V, or x̂ = (A x)^m for any square A.

The row formulas are those of the tied case (see :mod:`boundcalc.loss.dense_pair`); every number is a rational.
"""

from __future__ import annotations

from boundcalc.loss.exact import assemble
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.power_sums import matrix_power_sums, pair_power_sums
from boundcalc.loss.value import LossValue
from boundcalc.model.laws import Law
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError


def exact_loss_of_pair(decoder: object, weights: object, *, m: int, p: object, law: Law | str, rows: bool = False) -> LossValue:
    """The loss of x̂ = (VᵀW x)^m, exact in rationals.

    Parameters
    ----------
    decoder, weights : as ``weights`` of :func:`boundcalc.loss.exact.exact_loss`
        V and W, both d × n; column i belongs to feature i.
    m, p, law, rows : as there

    Raises
    ------
    ParameterError
        As there, and if V and W differ in shape.
    """
    V, W = read_matrix(decoder, parameter="V"), read_matrix(weights)
    if V.shape != W.shape:
        raise ParameterError("V", f"array of shape {V.shape}", f"must have the shape of W, {W.shape}")
    d, n = W.shape
    problem = Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
    return assemble(problem, V.unit * W.unit, pair_power_sums(V.entries, W.entries, problem.m), rows, tied=False)


def exact_loss_of_matrix(matrix: object, *, m: int, p: object, law: Law | str, rows: bool = False) -> LossValue:
    """The loss of x̂ = (A x)^m for any square matrix A, exact in rationals; the problem's d is n."""
    A = read_matrix(matrix, parameter="A")
    n, columns = A.shape
    if n != columns:
        raise ParameterError("A", f"matrix of shape {A.shape}", "must be square")
    problem = Problem(n=n, d=n, m=m, p=p, law=law)  # type: ignore[arg-type]
    return assemble(problem, A.unit, matrix_power_sums(A.entries, problem.m), rows, tied=False)
