"""The exact loss of a rational weight matrix (theory, section 1): every number is a rational.

With A = WᵀW, C = E⟨x, x̂⟩ and D = E‖x̂‖² are polynomials in A, so the loss L(W) = p n μ_2 − (2C − D) needs no sampling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.loss.gram import semidefinite_rank
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.power_sums import PowerSums, gram_power_sums, matrix_power_sums
from boundcalc.loss.value import LossValue, RowQuantities
from boundcalc.model.laws import Law
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import row_polynomials
from boundcalc.numbers.rings import EXACT

if TYPE_CHECKING:
    from boundcalc.loss.lanes import ShowShare

__all__ = ["LossValue", "RowQuantities", "exact_loss", "exact_loss_of_gram"]


def exact_loss(
    weights: object, *, m: int, p: object, law: Law | str, rows: bool = False, progress: ShowShare | None = None
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
    rows : bool
        Whether to keep the quantities of each feature.
    progress : callable, optional
        Told the share of the work that is done, 0 to 1.

    Raises
    ------
    ParameterError
        For anything outside these, in one line.
    """
    matrix = read_matrix(weights)
    d, n = matrix.shape
    problem = Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
    return assemble(problem, matrix.unit**2, gram_power_sums(matrix.entries, problem.m, progress=progress), rows)


def exact_loss_of_gram(gram: object, *, m: int, p: object, law: Law | str, d: int | None = None, rows: bool = False) -> LossValue:
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
    rank = semidefinite_rank(matrix.entries)
    if rank is None:
        raise ParameterError("A", f"matrix of shape {matrix.shape}", "must be symmetric and positive semidefinite, exactly")
    problem = Problem(n=matrix.shape[0], d=max(rank, 1) if d is None else d, m=m, p=p, law=law)  # type: ignore[arg-type]
    if problem.d < rank:
        raise ParameterError("d", problem.d, f"must be at least the rank of A, {rank}")
    return assemble(problem, matrix.unit, matrix_power_sums(matrix.entries, problem.m), rows)


def assemble(problem: Problem, unit: fmpq, sums: PowerSums, keep_rows: bool, *, tied: bool = True) -> LossValue:
    """C and D from the integer matrix A/unit, by homogeneity: C has degree m in A, D has degree 2m."""
    m = problem.m
    kappa = Quantities(EXACT, problem).kappa
    to_c, to_d = unit**m, unit ** (2 * m)
    known: dict[tuple[int, tuple[int, ...]], tuple[fmpq, fmpq]] = {}  # the rows of a symmetric frame are all alike
    own_c, own_d = [], []
    for row in zip(sums.diagonal, sums.sums, strict=True):
        if row not in known:
            c, d = row_polynomials(m, kappa, fmpq(row[0]), [fmpq(0), *(fmpq(power) for power in row[1])])
            known[row] = to_c * c, to_d * d
        c, d = known[row]
        own_c.append(c)
        own_d.append(d)
    rows = None
    if keep_rows:
        norms = tuple(unit * value for value in sums.diagonal)
        squares = tuple(unit**2 * powers[0] for powers in sums.sums)
        rows = RowQuantities(norms, squares, tuple(own_c), tuple(own_d))
    return LossValue(problem, _total(own_c), _total(own_d), rows, tied)


def _total(values: list[fmpq]) -> fmpq:
    """The sum, by halves: long rationals of equal size add faster than a long one to a short one."""
    if len(values) <= 8:
        return sum(values, fmpq(0))
    middle = len(values) // 2
    return _total(values[:middle]) + _total(values[middle:])
