r"""Proves exactly that an equiangular frame is optimal among all weights and every n, m = 3.

For n lines in R^d with one squared inner product u and strength 4 or more (three lines of the plane, the icosahedron,
28 lines in R^7, 276 lines in R^23), U9 has parameters for which every step of its proof is an equality on the frame:

* h_3 = t^6 - (t^2 - u)^2 (t^2 + c) and h_2 = t^4 - e (t^2 - u)^2 touch t^6 and t^4 at the frame's inner products, so
  x_3 = (1 - u)^2 (1 + c) and x_2 = (1 - u)^2 e; strength 4 makes both members of the frontier equalities;
* at the frame's best scale a^3 = C~/D~ the multipliers are lambda = kappa_6 y_3 n a^3, nu = 15 kappa_4 kappa_2 y_2 n a^3 sqrt q;
* the row function has its supremum at the frame's capacity t = d/n = 1/q. Its derivative vanishes there if and only if

      kappa_6 x_3 + 15 kappa_4 kappa_2 q x_2 = 30 kappa_2^3 q^3 - 6 kappa_2^2 q/a^3 + 15 kappa_4 kappa_2 q Q_4.

The last line has a solution with 0 <= c <= 2u and 0 <= e <= 1, and the row function at t = 1/q is at least its limit
(3/5) kappa_2 at t = 0, for p in an interval whose ends are algebraic numbers: both conditions are polynomials in p,
whatever c and e. For any p in it the supremum is then decided exactly, and the value of U9 is the frame's own, rational.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq, fmpq_poly

from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.certify.rational_function import supremum_rational
from boundcalc.certify.real_roots import RealRoot, isolate_real_roots
from boundcalc.frames.catalog import FRAMES, Frame, simplex
from boundcalc.model.laws import Law
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import Number, cumulants_from_moments
from boundcalc.numbers.rings import EXACT


@dataclass(frozen=True)
class OptimalityProof:
    """Parameters of U9 whose value is exactly that of a frame.

    Attributes
    ----------
    frame : Frame
    problem : Problem
        With n = ∞: the frame is optimal among all weights for every n at least its own.
    c, e : fmpq
        The polynomials h_3 and h_2.
    lambda_ : fmpq
        λ.
    nu_scaled : fmpq
        ν/√q.
    improvement : fmpq
        I* itself.
    """

    frame: Frame
    problem: Problem
    c: fmpq
    e: fmpq
    lambda_: fmpq
    nu_scaled: fmpq
    improvement: fmpq


def equiangular_frames() -> list[Frame]:
    """The catalog's frames with one squared inner product and strength 4 or more."""
    return [frame for frame in (simplex(2), *FRAMES) if len(frame.squares) == 1 and frame.strength >= 4]


def prove_optimal(frame: Frame, p: object, law: Law | str) -> OptimalityProof | None:
    """An exact proof that the frame is optimal among all weights, for every n; ``None`` where this family has none.

    Raises
    ------
    ParameterError
        If the frame is not equiangular with strength 4 or more, or p or the law is not valid.
    """
    row = _Row(frame)
    problem = Problem(INFINITY, frame.d, 3, p, law)  # type: ignore[arg-type]  # read exactly
    kappa = Quantities(EXACT, problem).kappa
    if kappa[2] <= 0 or kappa[3] <= 0:
        return None
    if min(row.margins(kappa)) < 0:
        return None
    return row.prove(problem, kappa, *row.solution(kappa))


def proof_at(problem: Problem) -> OptimalityProof | None:
    """The exact proof that settles a problem: a frame of this family in R^d, with n at least its number of lines."""
    if problem.m != 3:
        return None
    fits = [frame for frame in equiangular_frames() if frame.d == problem.d and frame.n <= problem.n]
    return next((proof for frame in fits if (proof := prove_optimal(frame, problem.p, problem.law))), None)


def window(frame: Frame, law: Law) -> tuple[RealRoot, RealRoot] | None:
    """The interval of p in (0, 1] where the conditions of this family of proofs hold; ``None`` where they never do.

    The ends are roots of the polynomials that say where c and e leave their range, or where tiny capacities gain more.
    """
    row = _Row(frame)
    p = fmpq_poly([0, 1])
    kappa = cumulants_from_moments([fmpq_poly([1]), *(p * law.moment(2 * k) for k in (1, 2, 3))])
    ends = [root for margin in row.margins(kappa) for root in isolate_real_roots(margin, fmpq(0), fmpq(1)) if root.high > 0]
    ends.sort(key=lambda root: root.refined(64).low)
    inside = []
    for one, other in pairwise(ends):
        middle = (one.refined(64).high + other.refined(64).low) / 2
        at = [fmpq(0), *(polynomial(middle) for polynomial in kappa[1:])]
        if at[2] > 0 and at[3] > 0 and min(row.margins(at)) >= 0:
            inside.append((one, other))
    return (inside[0][0], inside[-1][1]) if inside else None


class _Row:
    """The frame's row at a = 1, and the equation for c and e."""

    def __init__(self, frame: Frame) -> None:
        if len(frame.squares) != 1 or frame.strength < 4:
            raise ParameterError("frame", frame.key, "must be equiangular with strength 4 or more")
        self.frame = frame
        self.u = frame.squares[0][0]
        self.q, self.Q4, self.Q6 = (frame.power_sum(k) for k in (1, 2, 3))
        self.gap = (1 - self.u) ** 2

    def gain_and_energy(self, kappa: list[Number]) -> tuple[Number, Number]:
        """C̃ and D̃."""
        _, k2, k4, k6 = kappa
        gain = k4 + 3 * self.q * k2**2
        return gain, k6 * self.Q6 + 15 * self.Q4 * self.q * k4 * k2 + 15 * self.q**3 * k2**3

    def needed(self, kappa: list[Number]) -> Number:
        """C̃ times the right-hand side of the equation: κ_6 x_3 + 15 κ_4 κ_2 q x_2 must equal it over C̃."""
        _, k2, k4, _ = kappa
        gain, energy = self.gain_and_energy(kappa)
        return (30 * self.q**3 * k2**3 + 15 * self.q * self.Q4 * k4 * k2) * gain - 6 * self.q * k2**2 * energy

    def margins(self, kappa: list[Number]) -> tuple[Number, Number, Number]:
        """Three conditions as numbers ≥ 0: the equation is not below, not above the range of c and e, and the row
        function at t = 1/q is at least (3/5) κ_2, each times a positive number."""
        _, k2, k4, k6 = kappa
        gain, energy = self.gain_and_energy(kappa)
        least = self.gap * k6
        greatest = self.gap * (1 + 2 * self.u) * k6 + 15 * self.q * self.gap * k4 * k2
        needed = self.needed(kappa)
        here = 5 * self.q * gain * (needed + 15 * self.q**3 * k2**3 * gain)
        return needed - least * gain, greatest * gain - needed, here - 3 * k2 * energy**2

    def solution(self, kappa: list[fmpq]) -> tuple[fmpq, fmpq]:
        """(c, e) in the middle of the segment of solutions."""
        _, k2, k4, k6 = kappa
        gain, _ = self.gain_and_energy(kappa)
        free = self.needed(kappa) / gain / self.gap - k6  # = κ_6 c + 15 κ_4 κ_2 q e
        mixed = 15 * k4 * k2 * self.q
        c = (max((free - mixed) / k6, fmpq(0)) + min(free / k6, 2 * self.u)) / 2
        return c, (free - k6 * c) / mixed

    def prove(self, problem: Problem, kappa: list[fmpq], c: fmpq, e: fmpq) -> OptimalityProof | None:
        """Checks every condition exactly."""
        _, k2, k4, k6 = kappa
        n, d, q, u = fmpq(self.frame.n), fmpq(self.frame.d), self.q, self.u
        touching = fmpq_poly([-u, 1]) ** 2
        h3 = fmpq_poly([0, 0, 0, 1]) - touching * fmpq_poly([c, 1])
        h2 = fmpq_poly([0, 0, 1]) - touching * e
        members = [gegenbauer_coefficients(h, self.frame.d) for h in (h3, h2)]
        if any(h < 0 for coefficients in members for h in coefficients[1:]) or c < 0 or e < 0:
            return None
        (y3, *_), (y2, *_) = members
        x3, x2 = 1 - h3(fmpq(1)), 1 - h2(fmpq(1))
        gain, energy = self.gain_and_energy(kappa)
        scale = gain / energy  # a^3 at the best scale
        mixed, rest = 15 * k4 * k2, 15 * k2**3
        lambda_, nu_scaled = k6 * y3 * n * scale, mixed * y2 * n * scale
        if not (y3 > 0 and y2 > 0 and 0 <= lambda_ <= k4):
            return None
        # with s = sqrt(q t): P = (k4 - lambda)/q s^2 - nu_scaled s + 3 k2^2, and t <= 1 means s <= sqrt q <= (1 + q)/2
        inner = fmpq_poly([3 * k2**2, -nu_scaled, (k4 - lambda_) / q])
        outer = fmpq_poly([rest, 0, 0, 0, mixed * x2 / q**2, 0, k6 * x3 / q**3])
        top = supremum_rational(inner**2, outer, fmpq(0), (1 + q) / 2, 20, positive=inner)
        value = n * gain * scale
        bound = None if top.exact is None else lambda_**2 / (k6 * y3) + nu_scaled**2 * q / (mixed * y2) + d * top.exact
        return OptimalityProof(self.frame, problem, c, e, lambda_, nu_scaled, value) if bound == value else None
