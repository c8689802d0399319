r"""Declares Lemma F (frontier): sum_ij omega_i omega_j <v_i, v_j>^{2k} >= x sum omega_i^2 + y (sum omega_i)^2.

For unit vectors and omega >= 0. An even polynomial h = sum_k h_k P_{2k}(t) with h_1, h_2, ... >= 0 and h(t) <= s t^{2k} on
[-1, 1] gives x = s - h(1), y = h_0 for s times the left side: (x, y) is a member of the frontier. In u = t^2 the
polynomials P_{2k} are those of :mod:`boundcalc.certify.gegenbauer`, and h <= s u^k on [0, 1] is decided exactly.
On S^0 (d = 1) only u = 1 occurs: h is a constant, and h <= s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq, fmpq_poly

from boundcalc.certify.gegenbauer import from_gegenbauer, gegenbauer_coefficients
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DELSARTE_GOETHALS_SEIDEL, DERIVED
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import Number


@dataclass(frozen=True)
class FrontierPolynomial:
    """A polynomial h that gives a member of the frontier; the constructor proves that it does.

    Parameters
    ----------
    d : int
        Dimension of the space.
    order : int
        k, half the power of the inner products.
    share : fmpq
        s ≥ 0: h(u) ≤ s u^k on [0, 1].
    coefficients : tuple of fmpq
        Gegenbauer coefficients h_0, h_1, …; h_0 alone for d = 1.

    Raises
    ------
    ParameterError
        If h is not below s u^k, or a coefficient after the first is negative.
    """

    d: int
    order: int
    share: fmpq
    coefficients: tuple[fmpq, ...]

    def __post_init__(self) -> None:
        shown = ", ".join(map(str, self.coefficients))
        if self.share < 0:
            raise ParameterError("share", str(self.share), "must not be negative")
        if any(h < 0 for h in self.coefficients[1:]):
            raise ParameterError("h", shown, "must have nonnegative Gegenbauer coefficients after the first")
        if self.d == 1:
            feasible = len(self.coefficients) == 1 and self.coefficients[0] <= self.share
        else:
            power = fmpq_poly([0] * self.order + [1])
            feasible = polynomial_nonnegative(power * self.share - from_gegenbauer(self.coefficients, self.d), fmpq(0), fmpq(1))
        if not feasible:
            raise ParameterError("h", shown, f"must be at most {self.share} u^{self.order} on the interval [0, 1]")

    @cached_property
    def x(self) -> fmpq:
        """s − h(1), the weight of Σ ω_i²."""
        return self.share - sum(self.coefficients, fmpq(0))

    @property
    def y(self) -> fmpq:
        """h_0, the weight of (Σ ω_i)²."""
        return self.coefficients[0]


def of_polynomial(h: fmpq_poly, d: int, order: int) -> FrontierPolynomial:
    """The member that a polynomial h(u) gives, d ≥ 2."""
    return FrontierPolynomial(d, order, fmpq(1), gegenbauer_coefficients(h, d))


def trade(x: Number, y: Number, moved: Number, n: Number) -> tuple[Number, Number]:
    """(x − v, y + v/n): for n vectors Σ ω_i² ≥ (Σ ω_i)²/n, so that a part v of x may be moved to y."""
    return x - moved, y + moved / n


LEMMA = Lemma(
    key="frontier",
    title="the frontier of a diagonal and a global term",
    statement=r"\sum_{ij} \omega_i \omega_j \langle v_i, v_j\rangle^{2k} "
    r"\ge x \sum_i \omega_i^2 + y \Bigl(\sum_i \omega_i\Bigr)^2, \quad x = 1 - h(1),\ y = h_0",
    proof=(
        Step(
            "below",
            "$h <= t^{2k}$, so that the terms off the diagonal are nonnegative and may be dropped",
            Status.STANDARD,
            statement=r"\sum_{ij} \omega_i \omega_j \bigl(\langle v_i, v_j\rangle^{2k} - h(\langle v_i, v_j\rangle)\bigr) "
            r"\ge (1 - h(1)) \sum_i \omega_i^2",
            checked="$h$ the tangent of $u^k$ at a point $v$, $u = t^2$ and $2 <= k <= m$",
            standard="Delsarte's linear programming bound",
            claim=(
                "sum(i, j: a[i]^m*a[j]^m*(cos2[i, j]^k - k*v^(k - 1)*cos2[i, j] + (k - 1)*v^k)) >= (1 - k*v^(k - 1) + (k - "
                "1)*v^k)*sum(i: a[i]^(2*m))",
            ),
            free=(
                ("k", "2..m"),
                ("v", "0..1 real"),
            ),
        ),
        Step(
            "positive_definite",
            "the zonal harmonics are positive definite, and $P_0 = 1$ leaves $h_0 (sum omega_i)^2$",
            Status.STANDARD,
            statement=r"\sum_{ij} \omega_i \omega_j P_{2k}(\langle v_i, v_j\rangle) \ge 0",
            checked="$2k = 2$, $4$ and $6$",
            standard="Schoenberg, by the addition theorem",
            claim=(
                "sum(i, j: a[i]*a[j]*(d*cos2[i, j] - 1)) >= 0",
                "sum(i, j: a[i]*a[j]*(cos2[i, j]^2 - 6*cos2[i, j]/(d + 4) + 3/((d + 2)*(d + 4)))) >= 0",
                "sum(i, j: a[i]*a[j]*(cos2[i, j]^3 - 15*cos2[i, j]^2/(d + 8) + 45*cos2[i, j]/((d + 6)*(d + 8)) - 15/((d + 4)*(d "
                "+ 6)*(d + 8)))) >= 0",
            ),
        ),
        Step(
            "count",
            "Cauchy-Schwarz: for $n$ vectors a part $v$ of $x$ may be moved to $y$ as $v/n$",
            Status.PROVEN,
            claim=("sum(i: a[i]^(2*m)) >= S^2/n",),
        ),
    ),
    sources=(DELSARTE_GOETHALS_SEIDEL, DERIVED),
)
