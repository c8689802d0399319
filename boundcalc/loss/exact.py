"""Computes the exact loss of a rational weight matrix (theory, section 1): every number is a rational.

With A = WᵀW, C = E Σ ω_i x_i x̂_i and D = E Σ ω_i x̂_i² are polynomials in A, so the loss needs no sampling: it is
Σ ω_i E x_i² − (2C − D), with p n μ_2 in place of the sum for equal features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq, fmpz_mat

from boundcalc.loss.arrays import oriented
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.power_sums import PowerSums, gram_power_sums, matrix_power_sums
from boundcalc.loss.value import LossValue, RowQuantities
from boundcalc.model.features import Features, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import row_shares
from boundcalc.numbers.semidefinite import semidefinite_rank

if TYPE_CHECKING:
    from boundcalc.loss.lanes import ShowShare

__all__ = ["LossValue", "RowQuantities", "exact_loss", "exact_loss_of_gram"]


def exact_loss(
    weights: object,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    features: Features | None = None,
    rows: bool = False,
    progress: ShowShare | None = None,
    transpose: bool | None = None,
) -> LossValue:
    """The loss of tied weights W, d × n, exact in rationals.

    Parameters
    ----------
    weights : list of d rows of n exact numbers, or a NumPy array of shape (d, n)
        Ints, ``Fraction``, ``fmpq`` or text such as ``"1/3"``. The entries of a float array are taken exactly, as the
        binary numbers they are; a float in a list is refused. Columns are features.
    m : int
        Odd exponent of the activation.
    p : int, ``Fraction``, ``fmpq`` or text
        Probability that a feature is active.
    law : Law or text
        Law of the active values.
    features : Features, optional
        In place of p and law: features that differ in importance, activity, law or scale, one for each column.
    rows : bool
        Whether to keep the quantities of each feature.
    progress : callable, optional
        Receives the share of the work that is done, 0 to 1.
    transpose : bool, optional
        Whether W has a feature a row. An array with more rows than columns needs it, True or False, as in :func:`loss_of`.

    Raises
    ------
    ParameterError
        For anything outside these, in one line.

    >>> exact_loss([[1, 0], [0, 1]], m=3, p="1/2", law="rademacher").loss  # the identity reconstructs
    0
    """
    matrix = read_matrix(oriented(weights, transpose))
    d, n = matrix.shape
    problem = problem_of(n, d, m, p, law, features)
    columns = FeatureCumulants(problem)
    sums = gram_power_sums(matrix.entries, problem.m, progress=progress, weights=columns.whole())
    return assemble(columns, matrix.unit**2, sums, rows)


def exact_loss_of_gram(
    gram: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    d: int | None = None,
    rows: bool = False,
) -> LossValue:
    """The same from the Gram matrix A = WᵀW, n × n, of weights in R^d that need not be rational themselves.

    Parameters
    ----------
    gram : as ``weights`` of :func:`exact_loss`
        Symmetric and positive semidefinite, checked exactly. A float Gram matrix of low rank hardly ever is, because
        of its rounding: give W instead.
    d : int, optional
        Hidden dimensions, at least the rank of A; by default that rank.

    Raises
    ------
    ParameterError
        As :func:`exact_loss`, and for a matrix that is no Gram matrix of vectors in R^d.
    """
    matrix = read_matrix(gram, parameter="A")
    square = matrix.shape[0] == matrix.shape[1]
    rank = semidefinite_rank(fmpz_mat(matrix.entries.tolist())) if square else None
    if rank is None:
        raise ParameterError("A", f"matrix of shape {matrix.shape}", "must be symmetric and positive semidefinite, exactly")
    problem = problem_of(matrix.shape[0], max(rank, 1) if d is None else d, m, p, law, features)
    columns = FeatureCumulants(problem)
    if problem.d < rank:
        raise ParameterError("d", problem.d, f"must be at least the rank of A, {rank}")
    return assemble(columns, matrix.unit, matrix_power_sums(matrix.entries, problem.m, columns.whole()), rows)


def assemble(columns: FeatureCumulants, unit: fmpq, sums: PowerSums, keep_rows: bool, *, tied: bool = True) -> LossValue:
    """C and D from the integer matrix A/unit, by homogeneity: C has degree m in A, D has degree 2m."""
    problem, m, units = columns.problem, columns.problem.m, columns.units()
    to_c, to_d = unit**m, unit ** (2 * m)
    known: dict[tuple[object, ...], tuple[fmpq, fmpq]] = {}  # the rows of a symmetric frame are all alike
    own_c, own_d = [], []
    for a, powers, kappa, weight in zip(sums.diagonal, sums.sums, columns.own, columns.importance, strict=True):
        row = (a, powers, kappa, weight)
        if row not in known:
            cumulants = [fmpq(0), *(each * power for each, power in zip(units, powers, strict=True))]
            c, d = row_shares(m, kappa, fmpq(a), cumulants)
            known[row] = weight * to_c * c, weight * to_d * d
        c, d = known[row]
        own_c.append(c)
        own_d.append(d)
    rows = None
    if keep_rows:
        rows = RowQuantities(
            tuple(unit * value for value in sums.diagonal),
            tuple(unit**2 * units[0] / own[1] * powers[0] for powers, own in zip(sums.sums, columns.own, strict=True)),
            tuple(own_c),
            tuple(own_d),
        )
    return LossValue(problem, _total(own_c), _total(own_d), rows, tied)


def _total(values: list[fmpq]) -> fmpq:
    """The sum, by halves: long rationals of equal size add faster than a long one to a short one."""
    if len(values) <= 8:
        return sum(values, fmpq(0))
    middle = len(values) // 2
    return _total(values[:middle]) + _total(values[middle:])
