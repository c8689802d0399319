"""Holds the loss of one weight matrix as exact numbers: what follows from C = E⟨x, x̂⟩ and D = E‖x̂‖²."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import arb, fmpq

from boundcalc.model.features import AnyProblem, finite_energy
from boundcalc.numbers.display import Displayed
from boundcalc.numbers.enclosure import Enclosure, enclose

SCALE_DIGITS = 30


@dataclass(frozen=True)
class RowQuantities:
    """Exact quantities of each feature.

    Attributes
    ----------
    a : tuple of n fmpq
        A_ii = |w_i|².
    q : tuple of n fmpq
        Q_2(i) = Σ_j A_ij²; for features that differ Σ_j (v_j/v_i) A_ij², v_j the variance of feature j.
    C, D : tuple of n fmpq
        The feature's shares of C and D.
    """

    a: tuple[fmpq, ...]
    q: tuple[fmpq, ...]
    C: tuple[fmpq, ...]
    D: tuple[fmpq, ...]

    @cached_property
    def capacity(self) -> tuple[fmpq, ...]:
        """t_i = a_i²/q_i, in [0, 1], of sum at most the rank; 0 for a zero column."""
        return tuple(a**2 / q if q != 0 else fmpq(0) for a, q in zip(self.a, self.q, strict=True))


@dataclass(frozen=True, repr=False)
class LossValue(Displayed):
    """The exact loss of one weight matrix W, or of a pair or a matrix A without tied weights.

    Attributes
    ----------
    problem : Problem or FeatureProblem
        n and d are those of the matrix.
    C, D : fmpq
        E⟨x, x̂⟩ and E‖x̂‖², each feature with its importance, at the scale of W as given. For tied weights C ≥ 0, and
        C = 0 only for W = 0.
    rows : RowQuantities or None
        Where they were asked for.
    tied : bool
        Whether A = WᵀW. Otherwise scales are of the decoder V, or of A itself, and may be negative, as C may.

    >>> exact_loss([[1]], m=3, p="1/2", law="rademacher").loss  # the identity reconstructs
    0
    """

    problem: AnyProblem
    C: fmpq
    D: fmpq
    rows: RowQuantities | None = None
    tied: bool = True

    def __float__(self) -> float:
        """The loss as given, nearest float64."""
        return float(Enclosure.of(self.loss))

    @property
    def order(self) -> int:
        """The degree of C in what is scaled: 2m for tied weights, m for a decoder or for A."""
        return 2 * self.problem.m if self.tied else self.problem.m

    @property
    def is_zero(self) -> bool:
        """Whether W = 0: then no scale is best."""
        return bool(self.D == 0)

    @property
    def energy(self) -> fmpq:
        """E‖x‖² = p n μ_2, or Σ ω_i E x_i²: the loss of answering zero."""
        return finite_energy(self.problem)

    @property
    def improvement(self) -> fmpq:
        """I(W) = 2C − D at the scale as given; may be negative."""
        return 2 * self.C - self.D

    @property
    def improvement_best_scale(self) -> fmpq:
        """sup_s I(sW) = C²/D; 0 for W = 0."""
        return fmpq(0) if self.is_zero else self.C**2 / self.D

    @property
    def scale_power(self) -> fmpq | None:
        """s^order = C/D at the best scale s; ``None`` for W = 0."""
        return None if self.is_zero else self.C / self.D

    def scale_to(self, digits: int) -> Enclosure | None:
        """The best scale s to ``digits`` significant digits, positive for tied weights; ``None`` for W = 0."""
        power = self.scale_power
        if power is None:
            return None
        order, size = self.order, abs(power)
        sign = -1 if power < 0 else 1
        rational = fmpq(size.p.root(order), size.q.root(order))  # the roots of the integers, rounded down
        if rational**order == size:
            return Enclosure.of(sign * rational)
        return enclose(lambda: sign * arb(size).root(order), digits)

    @cached_property
    def scale(self) -> Enclosure | None:
        """The best scale s to 30 digits; ``None`` for W = 0."""
        return self.scale_to(SCALE_DIGITS)

    @property
    def loss(self) -> fmpq:
        """L(W) = E‖x‖² − I(W) at the scale as given."""
        return self.energy - self.improvement

    @property
    def loss_best_scale(self) -> fmpq:
        """E‖x‖² − C²/D."""
        return self.energy - self.improvement_best_scale

    @property
    def unexplained_fraction(self) -> fmpq:
        """L(W)/E‖x‖² at the scale as given."""
        return self.loss / self.energy

    @property
    def unexplained_fraction_best_scale(self) -> fmpq:
        """The same at the best scale, in [0, 1]."""
        return self.loss_best_scale / self.energy

    def scaled(self, factor: fmpq) -> LossValue:
        """The loss after scaling by ``factor``, without its rows: C has degree ``order``, D twice that."""
        power = factor**self.order
        return LossValue(self.problem, self.C * power, self.D * power**2, tied=self.tied)
