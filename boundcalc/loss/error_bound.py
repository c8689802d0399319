"""Bounds the error of the floating-point loss rigorously: an enclosure of the exact loss from the float power sums.

With u the unit roundoff and γ_k = k u/(1 − k u) (Higham, Accuracy and Stability of Numerical Algorithms, 2002, sections
3.1 and 3.4), in whatever order the sums are formed and with or without fused operations:

* an inner product of d terms errs by |e_ij| ≤ γ_d |v_i| |w_j|; so row i of the computed A differs from the true one by at
  most ε = γ_d |v_i| (Σ_j |w_j|^{2j'})^{1/(2j')} in the norm of ℓ_{2j'}, and Q_{2j'}^{1/(2j')} by at most ε (Minkowski);
* a computed power sum of nonnegative terms errs by a factor 1 ± γ_{2j' + depth}, depth the longest chain of additions;
  where columns have weights (the cumulants of features that differ), those of either sign are summed apart;
* what underflows is at most the smallest normal number, for each operation.

Everything after the power sums is done in balls, with exact cumulants: C, D and what follows are certified for the
numbers of the array as given. Products must be conventional (no Strassen, no reduced precision), as OpenBLAS's are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import mul

import numpy as np
from flint import arb, fmpq, fmpz

from boundcalc.loss import tiles
from boundcalc.loss.arrays import oriented
from boundcalc.loss.ball import LossEnclosure, row_totals
from boundcalc.loss.dense import TiedEvaluation
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.lanes import ShowShare
from boundcalc.loss.row_moments import DenseLoss
from boundcalc.model.features import Features, features_of, finite_energy
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.enclosure import precision as enclosure_precision
from boundcalc.numbers.errors import CertificationError, ParameterError

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
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    features: Features | None = None,
    budget: int = tiles.BUDGET,
    precision: str = "float64",
    progress: ShowShare | None = None,
    transpose: bool | None = None,
) -> BoundedLoss:
    """The loss of tied weights in floating point, with a rigorous bound of its error.

    Parameters
    ----------
    weights, m, p, law, features, budget, precision, progress, transpose : as in :func:`boundcalc.loss.dense.dense_loss`
        A NumPy array, or what becomes one.

    Raises
    ------
    ParameterError
        As :func:`boundcalc.loss.dense.dense_loss`.
    CertificationError
        Where the error bound is as large as the value: use the exact loss.

    >>> import numpy as np
    >>> bounded_loss(np.eye(2), m=3, p="1/2", law="rademacher").enclosure.improvement.decimals(6)  # n p
    ('0.999999', '1.00001')
    """
    found = TiedEvaluation(oriented(weights, transpose), m, p, law, features, budget=budget, precision=precision, progress=progress)
    rounding, d = ROUNDINGS[precision], found.W.shape[0]

    def again(column_weights: np.ndarray) -> np.ndarray:
        return tiles.gram_power_sums(found.W, found.problem.m, weights=column_weights, budget=budget, progress=progress)[0]

    parts = signed_parts(found.columns, rounding, found.sums, found.depth, again)
    with enclosure_precision(BITS):
        double = ROUNDINGS["float64"]
        squares = [_within(value, double.gamma(d), _lost(double, d)) for value in found.a.tolist()]
        # two roundings more: the entries themselves may have been rounded to float32
        cumulants = enclose_cumulants(found.columns, parts, rounding, d + 2, squares, squares)
        enclosure = enclose_rows(found.columns, squares, cumulants, exponent=2 * found.exponent, tied=True, zero=not found.W.any())
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
class SignedPart:
    """Power sums with the columns' cumulants of one sign: what is added to, or taken from, the cumulants of each row.

    Attributes
    ----------
    sign : int
        1 or −1.
    sums : shape (m, n)
        Computed; nonnegative.
    depth : int
        The longest chain of roundings behind an entry, beside those of the power itself.
    cumulants : list of n lists of m + 1 arb, or None
        |κ| of this sign, [feature][j]; ``None`` for equal features, whose common κ of either sign comes later.
    """

    sign: int
    sums: np.ndarray
    depth: int
    cumulants: list[list[arb]] | None


def signed_parts(
    columns: FeatureCumulants, rounding: Rounding, sums: np.ndarray, depth: int, again: Callable[[np.ndarray], np.ndarray]
) -> list[SignedPart]:
    """The power sums by sign, so that their rounding errors are relative; ``again`` computes them for other weights.

    Only where cumulants are negative for some features is a second pass needed.
    """
    if columns.equal:
        return [SignedPart(1, sums, depth, None)]
    weights, parts = columns.floats()[1:], []
    for sign in (1, -1):
        part = np.maximum(sign * weights, 0.0)
        if part.any():
            exact = [[arb(max(sign * value, fmpq(0))) for value in kappa] for kappa in columns.groups]
            own = sums if (sign * weights >= 0).all() and sign == 1 else again(part)
            # a weight is rounded, and multiplied
            parts.append(SignedPart(sign, own, depth + 2, features_of(columns.problem).spread(exact)))
    return parts


def enclose_cumulants(
    columns: FeatureCumulants, parts: list[SignedPart], rounding: Rounding, terms: int, left: list[arb], right: list[arb]
) -> list[list[arb]]:
    """Balls around the even cumulants of each pre-activation, [i][j], entry j = 0 is 0.

    Parameters
    ----------
    terms : int
        Of each inner product ⟨v_i, w_j⟩ = A_ij.
    left, right : lists of n balls
        |v_i|² and |w_j|².
    """
    m, n = columns.problem.m, len(left)
    total = [[arb(0)] * (m + 1) for _ in range(n)]
    for part in parts:
        errors = product_errors(rounding, terms, left, right, m, part.cumulants)
        for j in range(1, m + 1):
            common = arb(columns.groups[0][j]) if part.cumulants is None else arb(part.sign)
            largest = 1 if part.cumulants is None else max(own[j] for own in part.cumulants).abs_upper().max(arb(1))
            relative = rounding.gamma(2 * j + part.depth)
            lost = (arb(4 * j * n * rounding.smallest) * largest).abs_upper()
            for i, value in enumerate(part.sums[j - 1].tolist()):
                total[i][j] += common * _moved_power(_within(value, relative, lost), 2 * j, errors[j - 1][i])
    return total


def product_errors(
    rounding: Rounding, terms: int, left: list[arb], right: list[arb], m: int, weights: list[list[arb]] | None = None
) -> list[list[arb]]:
    """Bounds of ‖row i of the computed A − row i of A‖ in ℓ_{2j}, [j − 1][i], from the squared norms |v_i|², |w_j|².

    With ``weights``, [feature][j] ≥ 0, in the norm (Σ_k weight_k |·|^{2j})^{1/2j}, for which Minkowski's inequality holds too.
    """
    gamma, lost = arb(rounding.gamma(terms)), arb(len(right) * _lost(rounding, terms))
    lengths = [value.abs_upper().sqrt() for value in left]
    errors = []
    powers = [arb(1)] * len(right)
    for j in range(1, m + 1):
        powers = [power * value for power, value in zip(powers, right, strict=True)]
        if weights is None:
            whole, most = sum(powers, arb(0)), arb(1)
        else:
            column = [own[j] for own in weights]
            whole, most = sum(map(mul, column, powers), arb(0)), sum(column, arb(1))
        size = whole.abs_upper()
        norm = size if size.is_zero() else size.root(2 * j)  # Arb has no higher root of 0
        errors.append([(gamma * length * norm + lost * most).abs_upper() for length in lengths])
    return errors


def enclose_rows(
    columns: FeatureCumulants, diagonal: list[arb], cumulants: list[list[arb]], *, exponent: int, tied: bool, zero: bool
) -> LossEnclosure:
    """The loss from balls around A_ii and the cumulants of each row, at unit scale; called at Arb precision BITS.

    ``zero`` says that A = 0 is known exactly.
    """
    problem, m = columns.problem, columns.problem.m
    total_c, total_d = row_totals(columns, diagonal, cumulants)
    c, d = total_c * _power_of_two(m * exponent), total_d * _power_of_two(2 * m * exponent)
    gain = Enclosure.of(2 * c - d)
    whole, nothing = Enclosure.of(finite_energy(problem)), Enclosure.of(fmpq(0))
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


def _within(value: float, relative: fmpq, absolute: fmpq | arb) -> arb:
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
