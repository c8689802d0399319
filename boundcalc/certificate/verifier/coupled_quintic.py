r"""Verifies U11, m = 5: the terms of frontier (U9, U13, U14) with a z in place of their price, and rows that share one Gram matrix.

The pure term, Q_8 q and Q_6 q^2 are exchanged, Q_4 by links of powers of q. With b = c_622/(2 c_10), e = b (1 - rho^2)/ell^2 lies
in [0, b/ell^2], and the columns keep the part rho^2 of c_622. In s = sqrt t, theta = t/ell and y = s^4 (Q_4 - 1), which is at most
(1 - s^2)^2, with beta = b (1 - rho^2), N s^4 = P and phi s^10 = E, the condition N_+^2 <= z ell phi is theta P_+^2 <= z E for

    P = 15 kappa_2^3 + 10 kappa_4 kappa_2 s^2 + kappa_6 s^4 + 5 kappa_2 kappa_4 sigma_2 - lambda g - nu_82 s^3 - nu_622 rho s^2
        - sum over links of nu s^{4-k},
    E = c_10 (x s^2 g^2 - beta^2 theta^4) + c_82 x s^8 + c_622 x rho^2 s^6 + c_64 sigma_3 sigma_2 + c_442 sigma_2^2 + c_4222 sigma_2
        + c_22222 + sum over links of w s^{6-2k} (x s^4 - share sigma_2),

g = s^4 + beta theta^2, sigma_2 = s^4 + y, sigma_3 = s^6 + y^2 (Q_6 - 1 >= (Q_4 - 1)^2 t), and q^k the factor of a link. On a
box rho is constant: any choice is allowed, floats propose one. P <= 0 <= E, or z E - theta P^2 >= 0, is proven by Bernstein
coefficients in s and theta of those in y, b_0, b_1, b_2: with y^3 >= 2 c y^2 - c^2 y they are enough, and a quadratic is
nonnegative if b_0, b_2 >= 0 and b_0 + m b_1, m b_2 + b_1 >= 0 for a number m > 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import comb
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

from boundcalc.certificate.verifier.claims import Claim, check_inside
from boundcalc.certificate.verifier.frontier_general import EnergyTerm, energy_terms
from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import Refuted, fields, number_bits, rational

REQUIRED = {"z", "terms"}
OPTIONAL = {"payments"}
BITS = 192
MOST = 12_000
DEPTH = 80
OPERATIONS = 2_000
"""What a box is charged with."""
ALONG, ACROSS = 10, 5
PURE, FIRST, PAYER = (5,), (4, 1), (3, 1, 1)
HEIGHTS = (0.0, 1e-7, 1e-4, 1e-2, 0.2, 1.0)
Powers = dict[tuple[int, int, int], Any]
"""The coefficient of s^i theta^j y^k."""
Box = tuple[float, float, float, float, float, float]


def coupled_quintic(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """Σ ν²/(c y) + r z, with N_+² ≤ z ℓ φ proven on every row."""
    fields(parameters, "upper.parameters", REQUIRED, OPTIONAL)
    z = rational(parameters["z"], "parameters.z")
    if z < 0:
        raise Refuted("parameters.z: must not be negative")
    terms = energy_terms(model, parameters)
    value = model.r * z
    for term in terms:
        if term.nu > 0:
            model.work.fractions(
                4, number_bits(value, term.coefficient, term.y) + 2 * number_bits(term.nu), "upper coupled_frontier"
            )
            value += term.nu**2 / (term.coefficient * term.y)
    check_inside(lambda: value, claim, "upper coupled_frontier", model.work)
    bits = max(number_bits(t.coefficient, t.kept, t.x, t.nu) for t in terms)
    model.work.fractions(2_000, 4 * bits + 12 * number_bits(*model.kappa, z), "upper coupled_frontier")
    boxes = _prove(model, _Row(model, terms, z))
    return [
        "each h has Gegenbauer coefficients h_k >= 0 (k >= 1) and stays below its share of u^j on [0, 1]",
        f"N_+^2 <= z ell phi for all 0 < t <= ell <= 1 and all Q_4, with an e on each of {boxes} boxes (Bernstein coefficients)",
    ]


class _Row:
    """P and E for a rho, over rationals, balls or floats."""

    def __init__(self, model: Model, terms: Sequence[EnergyTerm], z: fmpq) -> None:
        _, second, fourth, sixth, *_ = model.kappa
        self.second: Any = second
        self.z: Any = z
        cross = 5 * second * fourth
        self.steady: Powers = {
            (0, 0, 0): 15 * second**3,
            (2, 0, 0): 10 * fourth * second,
            (4, 0, 0): sixth + cross,
            (0, 0, 1): cross,
        }
        self.energy: Powers = {}
        own = {}
        for term in terms:
            j, *others = term.parts
            size = others.count(1)
            w = term.coefficient
            if term.parts in (PURE, FIRST, PAYER) and term.kept >= 0:
                own[term.parts] = term
                if term.parts == FIRST:
                    _add(self.steady, (3, 0, 0), -term.nu)
                    _add(self.energy, (8, 0, 0), w * (term.x + term.kept))
            elif not term.listed:
                self._whole(term.parts, w)
            elif j == 2 and len(others) == size and term.kept <= 0:
                _add(self.steady, (4 - size, 0, 0), -term.nu)
                _add(self.energy, (10 - 2 * size, 0, 0), w * (term.x + term.kept))
                _add(self.energy, (6 - 2 * size, 0, 1), w * term.kept)
            else:
                raise Refuted(f"upper coupled_frontier: nothing is exchanged in the term of {list(term.parts)}")
        pure, payer = own[PURE], own[PAYER]
        if pure.coefficient <= 0:
            raise Refuted("upper coupled_frontier: needs a positive coefficient of Q_10 after the payments")
        self.lam: Any = pure.nu
        self.nu: Any = payer.nu
        self.c: Any = pure.coefficient
        self.pure: Any = pure.coefficient * (pure.x + pure.kept)
        self.payer: Any = payer.coefficient * (payer.x + payer.kept)
        self.b: Any = payer.coefficient / (2 * pure.coefficient)

    def _whole(self, parts: tuple[int, ...], w: fmpq) -> None:
        """w Π sigma_j for 64, 442, 4222 and 22222."""
        product: Powers = {(0, 0, 0): w}
        for j in parts:
            if j > 1:
                product = _times(product, {(2 * j, 0, 0): fmpq(1), (0, 0, j - 1): fmpq(1)})
        for place, value in product.items():
            _add(self.energy, place, value)

    def to(self, kind: Any) -> _Row:
        """With numbers of another kind."""
        found = object.__new__(_Row)
        for name, value in vars(self).items():
            setattr(found, name, {place: kind(v) for place, v in value.items()} if isinstance(value, dict) else kind(value))
        return found

    def parts(self, rho: Any) -> tuple[Powers, Powers]:
        """P and E."""
        square = rho * rho
        beta = self.b * (1 - square)
        inner, energy = dict(self.steady), dict(self.energy)
        _add(inner, (4, 0, 0), -self.lam)
        _add(inner, (0, 2, 0), -self.lam * beta)
        _add(inner, (2, 0, 0), -self.nu * rho)
        _add(energy, (10, 0, 0), self.pure)
        _add(energy, (6, 2, 0), 2 * self.pure * beta)
        _add(energy, (2, 4, 0), self.pure * beta * beta)
        _add(energy, (0, 4, 0), -self.c * beta * beta)
        _add(energy, (6, 0, 0), self.payer * square)
        return inner, energy

    def gap(self, inner: Powers, energy: Powers) -> Powers:
        """z E − theta P²."""
        found = {place: self.z * value for place, value in energy.items()}
        for (i, j, k), value in _times(inner, inner).items():
            _add(found, (i, j + 1, k), -value)
        return found

    def choice(self, box: Box) -> tuple[float, bool]:
        """A rho for which theta P²/E is low at the worst of some rows; 1 and True if P < 0 at rho = 1 on them all."""
        s0, s1, t0, t1, y0, y1 = box
        points = [(s, t, y0 + h * (y1 - y0)) for s in (s0, (s0 + s1) / 2, s1) for t in (t0, (t0 + t1) / 2, t1) for h in HEIGHTS]
        fixed = []
        for s, theta, y in points:
            inner = sum(v * s**i * y**k for (i, _, k), v in self.steady.items())
            fixed.append((s, theta, inner, sum(v * s**i * y**k for (i, _, k), v in self.energy.items())))
        if all(inner - self.lam * s**4 - self.nu * s * s < 0 for s, _, inner, _ in fixed):
            return 1.0, True

        def worst(rho: float) -> float:
            most, square = 0.0, rho * rho
            for s, theta, inner, outer in fixed:
                e = self.b * (1 - square) * theta * theta
                gain = inner - self.lam * (s**4 + e) - self.nu * rho * s * s
                energy = outer + self.pure * s * s * (s**4 + e) ** 2 - self.c * e * e + self.payer * square * s**6
                if energy <= 0:
                    return 1e300
                most = max(most, theta * gain * gain / energy)
            return most

        tried, step, best = [k / 8 for k in range(9)], 1 / 8, 1.0
        for _ in range(7):
            best = min(tried, key=worst)
            step /= 3
            tried = [min(max(best + k * step, 0.0), 1.0) for k in range(-3, 4)]
        return round(best * 2**20) / 2**20, False


def _prove(model: Model, row: _Row) -> int:
    """The number of boxes with which the row condition is proven for all s² ≤ theta ≤ 1 and 0 ≤ y ≤ (1 − s²)²."""
    floats = row.to(_float)
    ends, least = [1.0], _float(row.second) ** 0.5 / 16
    while ends[-1] > least:
        ends.append(ends[-1] / 2)
    edges = [0.0, *ends[::-1]]
    pending: list[tuple[Box, int]] = [
        ((a, b, t0, t1, 0.0, 1.0), 0) for a, b in pairwise(edges) for t0, t1 in ((0.0, 0.25), (0.25, 1.0))
    ]
    boxes = 0
    with ctx.workprec(BITS):
        balls = row.to(arb)
        while pending:
            (s0, s1, t0, t1, y0, y1), depth = pending.pop()
            # dyadic numbers of few bits: squares round to nearest, so that a bit is taken off
            t0, y1 = max(t0, s0 * s0 * (1 - 2.0**-50)), min(y1, (1 - s0 * s0) ** 2 * (1 + 2.0**-50))
            if t0 >= t1 or y0 >= y1:
                continue
            boxes += 1
            if boxes > MOST or depth > DEPTH:
                raise Refuted(f"upper coupled_frontier: the row condition is not proven with {MOST} boxes")
            model.work.whole(OPERATIONS, BITS, "the row condition on a box")
            box = s0, s1, t0, t1, y0, y1
            rho, idle = floats.choice(box)
            inner, energy = balls.parts(arb(rho))
            found = _bernstein(energy if idle else balls.gap(inner, energy), box)
            if _is_nonnegative(found) and (not idle or all(v <= 0 for part in _bernstein(inner, box) for v in part.entries())):
                continue
            pending += [(half, depth + 1) for half in _halves(box, found)]
    return boxes


def _halves(box: Box, found: Sequence[arb_mat]) -> list[Box]:
    """Two boxes, cut where the coefficients bend most; in y nearer to 0."""
    s0, s1, t0, t1, y0, y1 = box
    values = [[[float(v.mid()) for v in line] for line in part.tolist()] for part in found]
    bent = [
        max(abs(a - 2 * b + c) for part in values for column in zip(*part, strict=True) for a, b, c in _threes(column)),
        max(abs(a - 2 * b + c) for part in values for line in part for a, b, c in _threes(line)),
        max(abs(a - 2 * b + c) for x, y, w in zip(*values, strict=True) for a, b, c in zip(x, y, w, strict=True)),
    ]
    if bent[2] >= max(bent):
        low = max(2 * y0, y1 / 64) if y0 == 0 else 2 * y0
        cut = max(low, (y0 * y1) ** 0.5) if low < y1 / 2 else (y0 + y1) / 2
        return [(s0, s1, t0, t1, y0, cut), (s0, s1, t0, t1, cut, y1)]
    if bent[0] >= bent[1]:
        cut = (s0 + s1) / 2
        return [(s0, cut, t0, t1, y0, y1), (cut, s1, t0, t1, y0, y1)]
    cut = (t0 + t1) / 2
    return [(s0, s1, t0, cut, y0, y1), (s0, s1, cut, t1, y0, y1)]


def _threes(values: Sequence[float]) -> Iterable[tuple[float, float, float]]:
    return zip(values, values[1:], values[2:], strict=False)


def _is_nonnegative(b: Sequence[arb_mat]) -> bool:
    """Whether b_0, b_2 ≥ 0 and, for some m > 0, b_0 + m b_1 ≥ 0 and m b_2 + b_1 ≥ 0."""
    triples = list(zip(*(part.entries() for part in b), strict=True))
    if not all(b0 >= 0 and b2 >= 0 for b0, _, b2 in triples):
        return False
    below = [(b0, b1, b2) for b0, b1, b2 in triples if not b1 >= 0]
    if not below:
        return True
    least = max(float(-b1.lower()) / max(float(b2.lower()), 1e-300) for _, b1, b2 in below)
    most = min(float(b0.lower()) / float(-b1.lower()) for b0, b1, _ in below)
    if not 0 < least <= most:
        return False
    m = arb((least * most) ** 0.5)
    return all(b0 + m * b1 >= 0 and m * b2 + b1 >= 0 for b0, b1, b2 in below)


def _bernstein(powers: Powers, box: Box) -> list[arb_mat]:
    """b_0, b_1, b_2: matrices of Bernstein coefficients in s and theta."""
    s0, s1, t0, t1, *height = box
    y0, y1 = (arb(y) for y in height)
    c = (y0 * y1).mid().sqrt().mid()
    rows = [[[arb(0)] * (ACROSS + 1) for _ in range(ALONG + 1)] for _ in range(4)]
    for (i, j, k), value in powers.items():
        rows[k][i][j] += value
    f0, f1, f2, f3 = map(arb_mat, rows)
    one, two = f1 - f3 * (c * c), f2 + f3 * (2 * c)
    found = f0 + one * y0 + two * (y0 * y0), f0 + one * ((y0 + y1) / 2) + two * (y0 * y1), f0 + one * y1 + two * (y1 * y1)
    left, right = _change(ALONG, s0, s1, BITS), _change(ACROSS, t0, t1, BITS).transpose()
    return [left * part * right for part in found]


@lru_cache(maxsize=2_000)
def _change(degree: int, low: float, high: float, bits: int) -> arb_mat:
    """From coefficients of powers to Bernstein coefficients on [low, high]: that of x^i at place l is the mean of products.

    The polar form of x^i at l values high and N − l values low, N the degree:
    Σ_j C(l, j) C(N − l, i − j) high^j low^{i−j} / C(N, i).
    """
    a, b, size = arb(low), arb(high), range(degree + 1)
    return arb_mat(
        [
            [
                sum((comb(place, j) * comb(degree - place, i - j) * b**j * a ** (i - j) for j in range(i + 1)), arb(0))
                / comb(degree, i)
                for i in size
            ]
            for place in size
        ]
    )


def _add(powers: Powers, place: tuple[int, int, int], value: Any) -> None:
    powers[place] = powers[place] + value if place in powers else value


def _times(one: Powers, other: Powers) -> Powers:
    found: Powers = {}
    for (i, j, k), a in one.items():
        for (u, v, w), b in other.items():
            _add(found, (i + u, j + v, k + w), a * b)
    return found


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
