"""A rigorous error bound for the floating-point loss: an enclosure of the exact loss from the float power sums.

With u the unit roundoff and γ_k = k u/(1 − k u) (Higham, Accuracy and Stability of Numerical Algorithms, 2002, sections
3.1 and 3.4), in whatever order the sums are formed and with or without fused operations:

* an inner product of d terms errs by |e_ij| ≤ γ_d |v_i| |w_j|; so row i of the computed A differs from the true one by at
  most ε = γ_d |v_i| (Σ_j |w_j|^{2j'})^{1/(2j')} in the norm of ℓ_{2j'}, and Q_{2j'}^{1/(2j')} by at most ε (Minkowski);
* a computed power sum of nonnegative terms errs by a factor 1 ± γ_{2j' + depth}, depth the longest chain of additions;
* what underflows is at most the smallest normal number, for each operation.

Everything after the power sums is done in balls, with exact cumulants: C, D and what follows are certified for the
numbers of the array as given. Products must be conventional (no Strassen, no reduced precision), as OpenBLAS's are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq, fmpz

from boundcalc.loss import tiles
from boundcalc.loss.ball import LossEnclosure
from boundcalc.loss.dense import DenseLoss, TiedEvaluation
from boundcalc.loss.lanes import ShowShare
from boundcalc.model.laws import Law
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.enclosure import precision as enclosure_precision
from boundcalc.numbers.errors import CertificationError, ParameterError
from boundcalc.numbers.moments import row_polynomials
from boundcalc.numbers.rings import EXACT

BITS = 128
"""Precision of the balls, in bits."""


@dataclass(frozen=True)
class Rounding:
    """Constants of a floating-point type: unit roundoff 2^−bits, smallest normal number 2^least."""

    bits: int
    least: int

    def gamma(self, k: int) -> fmpq:
        """γ_k = k u/(1 − k u)."""
        ku = fmpq(k, fmpz(1) << self.bits)
        if ku >= fmpq(1, 100):
            raise CertificationError(f"sums of {k} terms are too long for an error bound at 2^-{self.bits}")
        return ku / (1 - ku)

    @property
    def smallest(self) -> fmpq:
        """The smallest normal number, which bounds what is lost by underflow even if subnormals are flushed to 0."""
        return fmpq(1, fmpz(1) << -self.least)


ROUNDINGS = {"float64": Rounding(53, -1022), "float32": Rounding(24, -126)}


@dataclass(frozen=True)
class BoundedLoss:
    """A floating-point loss with an enclosure of the exact one.

    Attributes
    ----------
    value : DenseLoss
        Rounded numbers, and the rows.
    enclosure : LossEnclosure
        Certified for the numbers of the array as given.
    """

    value: DenseLoss
    enclosure: LossEnclosure

    def error(self, name: str) -> fmpq:
        """The most that ``value``'s attribute of this name can be off, such as ``"improvement_best_scale"``."""
        found, enclosed = getattr(self.value, name), getattr(self.enclosure, name)
        if found is None or enclosed is None:
            raise ParameterError("name", name, "must be a number of this loss")
        point = exact_float(found)
        return max(abs(point - enclosed.lower), abs(enclosed.upper - point))


def exact_float(value: float) -> fmpq:
    """The rational that a float is."""
    numerator, denominator = float(value).as_integer_ratio()
    return fmpq(numerator, denominator)


def bounded_loss(
    weights: object,
    *,
    m: int,
    p: object,
    law: Law | str,
    budget: int = tiles.BUDGET,
    precision: str = "float64",
    progress: ShowShare | None = None,
) -> BoundedLoss:
    """The loss of tied weights in floating point, with a rigorous bound of its error.

    Parameters
    ----------
    weights, m, p, law, budget, precision, progress : as in :func:`boundcalc.loss.dense.dense_loss`
        A NumPy array, or what becomes one.

    Raises
    ------
    ParameterError
        As :func:`boundcalc.loss.dense.dense_loss`.
    CertificationError
        Where the error bound is as large as the value: use the exact loss.
    """
    found = TiedEvaluation(weights, m, p, law, budget=budget, precision=precision, progress=progress)
    rounding, d = ROUNDINGS[precision], found.W.shape[0]
    power_sums = PowerSumBounds(rounding, found.sums, found.depth)
    with enclosure_precision(BITS):
        double = ROUNDINGS["float64"]
        squares = [_within(value, double.gamma(d), _lost(double, d)) for value in found.a.tolist()]
        # two roundings more: the entries themselves may have been rounded to float32
        row_errors = product_errors(rounding, d + 2, squares, squares, found.problem.m)
        enclosure = enclose_rows(
            found.problem, squares, power_sums, row_errors, exponent=2 * found.exponent, tied=True, zero=not found.W.any()
        )
    return BoundedLoss(found.value, enclosure)


def squared_norms(rounding: Rounding, array: np.ndarray) -> list[arb]:
    """Balls around |w_i|² of the columns of an array at unit scale, shape (d, n)."""
    d = len(array)
    sums = np.einsum("ij,ij->j", array, array).tolist()
    return [_within(value, rounding.gamma(d), _lost(rounding, d)) for value in sums]


def inner_products(rounding: Rounding, d: int, computed: np.ndarray, left: list[arb], right: list[arb]) -> list[arb]:
    """Balls around ⟨v_i, w_i⟩ from the computed values, shape (n,), and the squared norms."""
    gamma, lost = arb(rounding.gamma(d)), arb(_lost(rounding, d))
    return [
        arb(value, (gamma * (v.abs_upper() * w.abs_upper()).sqrt() + lost).abs_upper())
        for value, v, w in zip(computed.tolist(), left, right, strict=True)
    ]


@dataclass(frozen=True)
class PowerSumBounds:
    """Computed power sums, shape (m, n), with the rounding and the depth of the sums behind them."""

    rounding: Rounding
    sums: np.ndarray
    depth: int

    def enclosures(self, row_errors: list[list[arb]]) -> list[list[arb]]:
        """Balls around the exact Q_{2j}(i), [i][j], j = 0 unused; ``row_errors[j − 1][i]`` bounds row i of A in ℓ_{2j}."""
        m, n = self.sums.shape
        rows: list[list[arb]] = [[arb(0)] for _ in range(n)]
        for j in range(1, m + 1):
            relative = self.rounding.gamma(2 * j + self.depth)
            lost = 4 * j * n * self.rounding.smallest
            for i, value in enumerate(self.sums[j - 1].tolist()):
                rows[i].append(_moved_power(_within(value, relative, lost), 2 * j, row_errors[j - 1][i]))
        return rows


def product_errors(rounding: Rounding, terms: int, left: list[arb], right: list[arb], m: int) -> list[list[arb]]:
    """Bounds of ‖row i of the computed A − row i of A‖ in ℓ_{2j}, [j − 1][i], from the squared norms |v_i|², |w_j|²."""
    gamma, lost = arb(rounding.gamma(terms)), arb(len(right) * _lost(rounding, terms))
    lengths = [value.abs_upper().sqrt() for value in left]
    errors = []
    powers = [arb(1)] * len(right)
    for j in range(1, m + 1):
        powers = [power * value for power, value in zip(powers, right, strict=True)]
        whole = sum(powers, arb(0)).abs_upper().root(2 * j)
        errors.append([(gamma * length * whole + lost).abs_upper() for length in lengths])
    return errors


def enclose_rows(
    problem: Problem,
    diagonal: list[arb],
    sums: PowerSumBounds,
    row_errors: list[list[arb]],
    *,
    exponent: int,
    tied: bool,
    zero: bool,
) -> LossEnclosure:
    """The loss from balls around A_ii and the power sums, at unit scale; called at Arb precision BITS.

    ``zero`` says that A = 0 is known exactly.
    """
    kappa = [arb(value) for value in Quantities(EXACT, problem).kappa]
    total_c, total_d = arb(0), arb(0)
    for a, row in zip(diagonal, sums.enclosures(row_errors), strict=True):
        c, d = row_polynomials(problem.m, kappa, a, row)
        total_c, total_d = total_c + c, total_d + d
    energy = problem.energy
    assert energy is not None  # a matrix has finitely many columns
    m = problem.m
    c, d = total_c * _power_of_two(m * exponent), total_d * _power_of_two(2 * m * exponent)
    gain = Enclosure.of(2 * c - d)
    whole, nothing = Enclosure.of(energy), Enclosure.of(fmpq(0))
    if zero:
        return LossEnclosure(problem, nothing, nothing, nothing, nothing, None, whole, whole)
    if not total_d > 0:
        raise CertificationError("the error bound of float64 is as large as D: use the exact loss")
    best = total_c * total_c / total_d
    ratio = total_c / total_d
    if tied:
        scale = ratio.root(2 * m) if ratio > 0 else None
        half, odd = divmod(exponent, 2)
        scale = scale / arb(2**odd).sqrt() * _power_of_two(-half) if scale is not None else None
    else:
        root = ratio.root(m) if ratio > 0 else -((-ratio).root(m)) if ratio < 0 else None
        scale = root * _power_of_two(-exponent) if root is not None else None
    return LossEnclosure(
        problem,
        C=Enclosure.of(c),
        D=Enclosure.of(d),
        improvement=gain,
        improvement_best_scale=Enclosure.of(best),
        scale=Enclosure.of(scale) if scale is not None else None,
        loss=whole - gain,
        loss_best_scale=whole - Enclosure.of(best),
    )


def _power_of_two(exponent: int) -> arb:
    return arb(fmpq(fmpz(1) << exponent)) if exponent >= 0 else arb(fmpq(1, fmpz(1) << -exponent))


def _lost(rounding: Rounding, terms: int) -> fmpq:
    """What underflow can take from an inner product of numbers of size at most 1, the entries' own included."""
    return 8 * terms * rounding.smallest


def _within(value: float, relative: fmpq, absolute: fmpq) -> arb:
    """Every x ≥ 0 with |value − x| ≤ relative · x + absolute; relative is at most 1/50."""
    size = arb(value)
    return arb(size, (size * arb(relative / (1 - relative)) + arb(2 * absolute)).abs_upper())


def _moved_power(power: arb, order: int, error: arb) -> arb:
    """All (r + e)^order with r^order in the ball, r ≥ 0 and |e| ≤ error."""
    high = (power.abs_upper().root(order) + error) ** order
    low = power.lower()
    if not low > 0:
        return arb(high.abs_upper() / 2, (high.abs_upper() / 2).abs_upper())
    base = low.root(order) - error
    floor = (base**order).lower() if base > 0 else arb(0)
    return floor.union(high)
