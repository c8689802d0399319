r"""Verifies U11, m = 3: frontier polynomials, and the row condition on boxes of (sigma, theta) = (sqrt t, t/ell), t <= ell <= 1.

With e = b (1 - rho^2)/ell, 0 <= rho <= 1 and b = 15 kappa_4 kappa_2/(2 kappa_6), which lies in [0, b/ell], so that the part
1 - s of U11 is rho^2, the condition N_+^2 <= (z ell + z') phi becomes, with t^3 phi = E and beta = b (1 - rho^2),

    theta t N_+^2 <= (z t + z' theta) E,   N = kappa_4 t + 3 kappa_2^2 - lambda (t + beta theta) - nu rho sqrt(t),
    E = kappa_6 x_3 t (t + beta theta)^2 + 15 kappa_4 kappa_2 x_2 rho^2 t^2 + 15 kappa_2^3 - kappa_6 beta^2 theta^2.

On a box rho is constant: any choice is allowed, floats propose one, and rationals prove both polynomials' signs.
"""

from __future__ import annotations

from itertools import product
from math import comb
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier import frontier as plain
from boundcalc.certificate.verifier.claims import Claim, check_inside
from boundcalc.certificate.verifier.coupled_quintic import coupled_quintic
from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import Refuted, fields, number_bits, rational

REQUIRED = {"lambda", "nu", "h_3", "h_2", "z"}
OPTIONAL = {"moved_3", "moved_2", "z_n"}
FIELDS = REQUIRED | OPTIONAL | plain.FIELDS
MOST = 20_000
DEPTH = 120
RHOS = 32
SMALL = 1e-280
Box = tuple[fmpq, fmpq, fmpq, fmpq]
Rows = list[fmpq_poly]
"""A polynomial in sigma for each power of theta."""


def coupled_frontier(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """The value for the parameters given; without z they are those of frontier, which is e = 0."""
    if model.m not in (3, 5) or (model.m == 3 and not min(model.kappa[2], model.kappa[3]) > 0):
        raise Refuted("coupled_frontier: needs m = 5, or m = 3 with kappa_4 > 0 and kappa_6 > 0")
    if "z" not in parameters:
        return plain.frontier(model, parameters, claim)
    if model.m == 5:
        return coupled_quintic(model, parameters, claim)
    fields(parameters, "upper.parameters", REQUIRED, OPTIONAL)
    numbers = {name: rational(parameters.get(name, "0"), f"parameters.{name}") for name in ("lambda", "nu", "z", "z_n")}
    for name, value in numbers.items():
        if value < 0:
            raise Refuted(f"parameters.{name}: must not be negative")
    if numbers["z_n"] > 0 and model.n is None:
        raise Refuted("parameters.z_n: must be 0 for n = inf")
    _, second, fourth, sixth = model.kappa
    model.work.fractions(20, 12 * model.bits, "the row condition")
    members, base = [], fmpq(0)
    for order, multiplier, weight in ((3, numbers["lambda"], sixth), (2, numbers["nu"], 15 * fourth * second)):
        (x, y), _ = plain.member(model, parameters, order)
        members.append(x)
        if multiplier > 0:
            if y <= 0:
                raise Refuted(f"parameters: a multiplier of order {order} without its term")
            model.work.fractions(6, 2 * number_bits(multiplier, weight, y) + number_bits(base), "the value")
            base += multiplier**2 / (weight * y)
    boxes = _prove(model, _Row(model, numbers, members))
    total = base + model.r * numbers["z"] + (model.n or 0) * numbers["z_n"]
    check_inside(lambda: total, claim, "upper coupled_frontier", model.work)
    return [
        "h_3 and h_2 have Gegenbauer coefficients h_k >= 0 (k >= 1) and stay below u^3 and u^2 on [0, 1]",
        f"N_+^2 <= (z ell + z') phi for all 0 < t <= ell <= 1, with an e on each of {boxes} boxes (Bernstein coefficients)",
    ]


class _Row:
    """The two polynomials of the row condition for a rho."""

    def __init__(self, model: Model, numbers: dict[str, fmpq], members: list[fmpq]) -> None:
        _, self.second, self.fourth, self.sixth = model.kappa
        self.lam, self.nu, self.z, self.alone = (numbers[name] for name in ("lambda", "nu", "z", "z_n"))
        self.x3, self.x2 = members
        self.b = 15 * self.fourth * self.second / (2 * self.sixth)
        self.crowd = 15 * self.second**3
        self.mixed = 15 * self.fourth * self.second * self.x2
        parts = (self.lam, self.nu, self.z, self.alone, self.x3, self.x2, self.second, self.fourth, self.sixth)
        self.bits = 4 * number_bits(*parts)
        self.floats = [_float(value) for value in (*parts, self.b)]

    def parts(self, rho: fmpq) -> tuple[Rows, Rows]:
        """N and E."""
        beta = self.b * (1 - rho**2)
        inner = [fmpq_poly([3 * self.second**2, -self.nu * rho, self.fourth - self.lam]), fmpq_poly([-self.lam * beta])]
        pure = self.sixth * self.x3
        energy = [
            fmpq_poly([self.crowd, 0, 0, 0, self.mixed * rho**2, 0, pure]),
            fmpq_poly([0, 0, 0, 0, 2 * pure * beta]),
            fmpq_poly([-self.sixth * beta**2, 0, pure * beta**2]),
        ]
        return inner, energy

    def gap(self, inner: Rows, energy: Rows) -> Rows:
        """(z t + z' theta) E - theta t N^2."""
        t, none = fmpq_poly([0, 0, 1]), fmpq_poly()
        n0, n1 = inner
        squared = [none, n0 * n0, 2 * n0 * n1, n1 * n1]
        return [
            t * (self.z * own - square) + self.alone * below
            for own, below, square in zip([*energy, none], [none, *energy], squared, strict=True)
        ]

    def ratio(self, rho: float, t: float, theta: float) -> float:
        """theta t N_+^2 over (z t + z' theta) E in floats, which prove nothing."""
        lam, nu, z, alone, x3, x2, second, fourth, sixth, b = self.floats
        beta = b * (1 - rho * rho)
        near = t + beta * theta
        inner = max(fourth * t + 3 * second**2 - lam * near - nu * rho * t**0.5, 0.0)
        energy = (
            sixth * x3 * t * near**2 + 15 * fourth * second * x2 * (rho * t) ** 2 + 15 * second**3 - sixth * (beta * theta) ** 2
        )
        right = (z * t + alone * theta) * energy
        return theta * t * inner * inner / right if right > SMALL else float("inf")

    def best(self, box: Box) -> fmpq:
        """A rho for which the worst of nine points of the box, its middles and ends, is low."""
        low, high, first, last = map(_float, box)
        places = product((low, (low + high) / 2, high), (first, (first + last) / 2, last))
        points = [(sigma * sigma, theta) for sigma, theta in places if sigma > 0]
        best, step = fmpq(0), fmpq(1, RHOS)
        tried = [k * step for k in range(RHOS + 1)]
        for _ in range(3):
            best = min(tried, key=lambda rho: max(self.ratio(_float(rho), t, theta) for t, theta in points))
            step /= 4
            tried = [value for k in range(-4, 5) if 0 <= (value := best + k * step) <= 1]
        return best


def _prove(model: Model, row: _Row) -> int:
    """The number of boxes with which the row condition is proven for all sigma^2 <= theta <= 1, sigma in [0, 1]."""
    pending: list[tuple[Box, int]] = [((fmpq(0), fmpq(1), fmpq(0), fmpq(1)), 0)]
    boxes = 0
    while pending:
        (low, high, first, last), depth = pending.pop()
        if last <= low**2:
            continue  # no ell up to 1, or its edge, which the box beside holds
        boxes += 1
        if boxes > MOST or depth > DEPTH:
            raise Refuted(f"upper coupled_frontier: the row condition is not proven with {MOST} boxes")
        box = low, high, max(first, low**2), last
        model.work.whole(1000, row.bits + 8 * (depth + 16), "the row condition on a box")
        inner, energy = row.parts(row.best(box))
        gap = _bernstein(row.gap(inner, energy), box)
        if min(map(min, gap)) >= 0:
            continue
        above = max(map(max, _bernstein(inner, box)))
        if above <= 0 and min(map(min, _bernstein(energy, box))) >= 0:
            continue
        if _bent(gap) >= _bent(list(zip(*gap, strict=True))):  # type: ignore[arg-type]
            middle = (low + high) / 2
            halves = [(low, middle, first, last), (middle, high, first, last)]
        else:
            middle = (box[2] + last) / 2
            halves = [(low, high, box[2], middle), (low, high, middle, last)]
        pending += [(half, depth + 1) for half in halves]
    return boxes


def _bent(rows: list[list[fmpq]]) -> float:
    """The largest second difference along a row."""
    scale = max(abs(value) for row in rows for value in row)
    found = [abs(a - 2 * b + c) / scale for row in rows for a, b, c in zip(row, row[1:], row[2:], strict=False)]
    return max(map(_float, found), default=0.0)


def _bernstein(rows: Rows, box: Box) -> list[list[fmpq]]:
    """Bernstein coefficients on a box, a list over sigma for each place of theta: the polynomial lies between the extreme ones."""
    low, high, first, last = box
    degree, size = max(row.degree() for row in rows), len(rows) - 1
    line = fmpq_poly([low, high - low])
    shifted = [row(line) for row in rows]
    # theta = first + (last - first) y
    powers = [
        sum((shifted[i] * (comb(i, j) * first ** (i - j) * (last - first) ** j) for i in range(j, size + 1)), fmpq_poly())
        for j in range(size + 1)
    ]
    along = [_coefficients(power, degree) for power in powers]
    return [
        [sum((fmpq(comb(k, j), comb(size, j)) * along[j][i] for j in range(k + 1)), fmpq(0)) for i in range(degree + 1)]
        for k in range(size + 1)
    ]


def _coefficients(poly: fmpq_poly, degree: int) -> list[fmpq]:
    """Those of one variable on [0, 1]: with x = v/(1 + v), (1 + v)^n poly(x) = sum_j C(n, j) b_j v^j."""
    up, total = fmpq_poly([1, 1]), fmpq_poly()
    for i in range(degree + 1):
        total += poly[i] * fmpq_poly([0, 1]) ** i * up ** (degree - i)
    return [total[j] / comb(degree, j) for j in range(degree + 1)]


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
