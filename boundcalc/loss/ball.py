"""Encloses the loss of weights with irrational entries, certified.

The entries come from a function that is called at rising precision, so that each call gives tighter balls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, ctx, fmpq

from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.model.features import AnyProblem, Features, finite_energy, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.enclosure import Enclosure, enclose, precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import row_shares

MatrixEntry = arb | fmpq | int
Matrix = Callable[[], Sequence[Sequence[MatrixEntry]]]
"""Gives the rows of a matrix at Arb's current precision."""

CEILING = 1 << 13
"""The highest working precision, in bits: a value that is zero, or hides below it, is enclosed around 0 and left so."""
_BLOCK = 64


@dataclass(frozen=True)
class LossEnclosure:
    """Certified enclosures of the loss of one weight matrix; named as in :class:`boundcalc.loss.value.LossValue`.

    Attributes
    ----------
    improvement_best_scale : Enclosure
        C²/D; exactly 0 for W = 0.
    scale : Enclosure or None
        s > 0 with s^{2m} = C/D; ``None`` for W = 0.
    """

    problem: AnyProblem
    C: Enclosure
    D: Enclosure
    improvement: Enclosure
    improvement_best_scale: Enclosure
    scale: Enclosure | None
    loss: Enclosure
    loss_best_scale: Enclosure

    @property
    def energy(self) -> fmpq:
        """E‖x‖² = p n μ_2, or Σ ω_i E x_i²."""
        return finite_energy(self.problem)

    @property
    def unexplained_fraction(self) -> Enclosure:
        """Loss over energy, at the scale as given."""
        return self.loss / self.energy

    @property
    def unexplained_fraction_best_scale(self) -> Enclosure:
        """Loss over energy, at the best scale."""
        return self.loss_best_scale / self.energy


def enclose_loss(
    weights: Matrix,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    digits: int = 30,
    ceiling: int = CEILING,
) -> LossEnclosure:
    """The loss of tied weights W.

    Parameters
    ----------
    weights : callable
        Gives d rows of n balls or exact numbers at the current precision; ints and rationals may stand among them.
    m, p, law, features : as in :func:`boundcalc.loss.exact.exact_loss`
    digits : int
        Significant digits that each number must hold.
    ceiling : int
        The highest precision in bits; where a number needs more, its enclosure says how many digits it has.

    Raises
    ------
    ParameterError
        For an empty or ragged matrix, an entry that is not finite, or a parameter outside its domain.
    CertificationError
        If at the ceiling W cannot be distinguished from 0.
    """
    d, n = _shape(weights, "W")
    problem = problem_of(n, d, m, p, law, features)
    return _assemble(problem, lambda: correlation_and_power(problem, weights()), digits, ceiling)


def correlation_and_power(problem: AnyProblem, weights: Sequence[Sequence[MatrixEntry]]) -> tuple[arb, arb]:
    """(C, D) as balls at the current precision, from the rows of W.

    A is formed in row blocks on and right of the diagonal: memory O(block · n).
    """
    d, n, m = len(weights), len(weights[0]), problem.m
    matrix = arb_mat(d, n, [arb(entry) for row in weights for entry in row])
    columns = [[arb(row[i]) for row in weights] for i in range(n)]
    diagonal = [sum((value * value for value in column), arb(0)) for column in columns]
    features = FeatureCumulants(problem)
    sums, kappa = [[arb(0)] * n for _ in range(m + 1)], column_cumulants(features)
    for start in range(0, n, _BLOCK):
        block = columns[start : start + _BLOCK]
        product = (arb_mat(len(block), d, [value for column in block for value in column]) * matrix).tolist()
        for i, row in enumerate(product, start):
            for other in range(i, n):
                square = diagonal[i] ** 2 if other == i else row[other] * row[other]
                power = arb(1)
                for j in range(1, m + 1):
                    power = power * square
                    sums[j][i] += kappa[other][j] * power
                    if other != i:
                        sums[j][other] += kappa[i][j] * power
    return row_totals(features, diagonal, zip(*sums, strict=True))


def column_cumulants(features: FeatureCumulants) -> list[list[arb]]:
    """κ_{2j} of each feature, [feature][j]."""
    return features.features.spread([arb(value) for value in kappa] for kappa in features.groups)


def row_totals(features: FeatureCumulants, diagonal: Iterable[arb], cumulants: Iterable[Sequence[arb]]) -> tuple[arb, arb]:
    """C and D from A_ii and the cumulants of each pre-activation, [i][j]."""
    total_c, total_d = arb(0), arb(0)
    for a, row, own, weight in zip(diagonal, cumulants, column_cumulants(features), features.importance, strict=True):
        c, d = row_shares(features.problem.m, own, a, row)
        total_c, total_d = total_c + arb(weight) * c, total_d + arb(weight) * d
    return total_c, total_d


def _shape(matrix: Matrix, parameter: str) -> tuple[int, int]:
    with precision(64):
        rows = matrix()
        lengths = sorted({len(row) for row in rows})
        if not lengths or lengths[0] == 0 or len(lengths) > 1:
            raise ParameterError(parameter, f"rows of {lengths or 'no'} entries", "must have rows of equal length, at least 1")
        if not all(arb(entry).is_finite() for row in rows for entry in row):
            raise ParameterError(parameter, "an entry that is not finite", "must have finite entries")
    return len(rows), lengths[0]


def _assemble(problem: AnyProblem, compute: Callable[[], tuple[arb, arb]], digits: int, ceiling: int) -> LossEnclosure:
    known: dict[int, tuple[arb, arb]] = {}

    def at_precision() -> tuple[arb, arb]:
        if ctx.prec not in known:
            known[ctx.prec] = compute()
        return known[ctx.prec]

    def wanted(value: Callable[[arb, arb], arb]) -> Enclosure:
        return enclose(lambda: value(*at_precision()), digits, ceiling=ceiling)

    energy = finite_energy(problem)
    improvement = wanted(lambda c, d: 2 * c - d)
    zero = all(value.is_zero() for pair in known.values() for value in pair)
    nothing = Enclosure.of(fmpq(0))
    return LossEnclosure(
        problem,
        C=wanted(lambda c, d: c),
        D=wanted(lambda c, d: d),
        improvement=improvement,
        improvement_best_scale=nothing if zero else wanted(lambda c, d: c * c / d),
        scale=None if zero else wanted(lambda c, d: (c / d).root(2 * problem.m)),
        loss=wanted(lambda c, d: energy - (2 * c - d)),
        loss_best_scale=Enclosure.of(energy) if zero else wanted(lambda c, d: energy - c * c / d),
    )
