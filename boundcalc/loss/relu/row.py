"""Encloses one row of the loss, E(x − (a x + Z)_+)² with Z = b + Σ A_j x_j, for features uniform on [0, 1] while active.

The row is p/3 + E g(x, Y), Y = a x + Z, g(x, y) = y_+² − 2x y_+. With M the transform of Z − b, ψ and χ those of a feature's own
value (:mod:`boundcalc.loss.relu.self_terms`), s_k = 2ν(1 + iπk) and T = 1/ν, Poisson's formula says

    ν Σ_k Φ(s_k) = Σ_l e^{−2l} E g(x, Y + lT),    Φ(s) = e^{bs} [2 M(s)(1 − p + pψ(as))/s³ − 2p χ(as) M(s)/s²].

Terms l < 0 vanish where Y ≤ T, terms l > 0 are polynomials in lT where Y ≥ −T; beyond, :mod:`boundcalc.loss.relu.period` bounds
them. States with at most one active feature are left out of Φ and of these polynomials, and added in closed form. What remains
decays like |s|^−5, and Σ_{|k|>N} is at most C/(2πΩ²), Ω = 2πν(N + 1/2), where |Φ| ≤ C/|s|³ from there on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import e, fsum, pi

import numpy as np

from boundcalc.loss.relu.active_states import DenseOthers, SparseOthers, others_of
from boundcalc.loss.relu.exponentials import UNIT, exponential, turns
from boundcalc.loss.relu.nodes import Nodes
from boundcalc.loss.relu.period import choose_period, reach_of
from boundcalc.loss.relu.self_terms import alone_loss, alone_squares, self_sizes, self_transforms

ALIAS = (1 / (e**2 - 1), e**2 / (e**2 - 1) ** 2, e**2 * (e**2 + 1) / (e**2 - 1) ** 3)
"""Σ_{l ≥ 1} l^k e^{−2l} for k = 0, 1, 2."""


@dataclass(frozen=True)
class Interval:
    """A number within ``error`` of ``value``; both float64."""

    value: float
    error: float

    @property
    def lower(self) -> float:
        """The lower end, rounded down."""
        return float(np.nextafter(self.value - self.error, -np.inf))

    @property
    def upper(self) -> float:
        """The upper end, rounded up."""
        return float(np.nextafter(self.value + self.error, np.inf))


def settled(a: float, b: float, own: tuple[float, float], A: np.ndarray, p: np.ndarray, q: np.ndarray) -> Interval | None:
    """The row where the ReLU is zero, or linear, on the whole range of Y; ``None`` where it is neither."""
    low, high = reach_of(np.append(A, a), b)
    active = own[0]
    if high <= 0 or not (A.any() or a or b):
        return Interval(active / 3, 2 * UNIT * active)
    if low < 0:
        return None
    means = np.append(p * A / 2, -active * (1 - a) / 2)
    spread = np.append(p * (1 / 3 - p / 4) * A * A, active * (1 / 3 - active / 4) * (1 - a) ** 2)
    mean, size = fsum([b, *means.tolist()]), fsum([abs(b), *np.abs(means).tolist()])
    wrong, variance = 8 * UNIT * size, fsum(spread.tolist())
    return Interval(mean**2 + variance, 2 * abs(mean) * wrong + wrong**2 + 16 * UNIT * (mean**2 + variance))


class RowIntegral:
    """A row and its period; entries and bias are float64 numbers, p and q = 1 − p rounded once.

    Parameters
    ----------
    a, b : float
    own : (p, q) of the row's feature
    A, p, q : shape (k,)
        The other features.
    target : float
        What a period below the range may cost.
    """

    def __init__(
        self, a: float, b: float, own: tuple[float, float], A: np.ndarray, p: np.ndarray, q: np.ndarray, target: float
    ) -> None:
        self.a, self.b = a, b
        self.p, self.q = own
        kept = A != 0
        A, p, q = A[kept], p[kept], q[kept]
        self.nu, self.beyond = choose_period(np.append(A, a), np.append(p, self.p), b, target)
        self.others: SparseOthers | DenseOthers = others_of(A, p, q, self.nu)

    @cached_property
    def factor(self) -> Interval:
        """Π q over the others, or 1 where all states are kept."""
        if isinstance(self.others, DenseOthers):
            return Interval(1.0, 0.0)
        silent = self.others.silent
        return Interval(silent, (2 * len(self.others.A) + 4) * UNIT * silent)

    @cached_property
    def closed(self) -> Interval:
        """The row less the trapezoid sum, in units of ``factor``: few active features, and the polynomials."""
        others, a, b, p, q = self.others, self.a, self.b, self.p, self.q
        moments = others.moments()
        if isinstance(others, DenseOthers):
            terms, errors = [p / 3], [2 * UNIT * p]
        else:
            squares, wrong = alone_squares(others.A, b) if len(others.A) else (np.zeros(0), np.zeros(0))
            own, own_wrong = alone_loss(a, b)
            kept = max(b, 0.0) ** 2
            pairs = others.odds * squares
            terms = [q * kept, p * own, p * float(moments.D[0]) / 3, *(q * pairs).tolist()]
            size = q * kept + p * own + p * float(moments.D[0]) / 3 + float((q * np.abs(pairs)).sum())
            errors = [p * own_wrong, p * float(moments.D_error[0]) / 3, float((q * others.odds * wrong).sum()), 16 * UNIT * size]
        alias, alias_error = self._alias(moments.D, moments.R, moments.D_size, moments.R_size, moments.D_error, moments.R_error)
        return Interval(fsum([*terms, -alias]), fsum([*errors, alias_error]) * (1 + 1e-9))

    def _alias(self, *moments: np.ndarray) -> tuple[float, float]:
        """Σ_{l≥1} e^{−2l} E[(Y + lT)² − 2x(Y + lT)] on the states of D and R, and a bound on its error."""
        D, R, D_size, R_size, D_error, R_error = moments

        def polynomial(D: np.ndarray, R: np.ndarray, a: float, b: float, sign: float) -> float:
            p, q = self.p, self.q
            G0 = q * R[0] + p * D[0]
            G1 = q * R[1] + p * (D[1] + D[0] * a / 2)
            G2 = q * R[2] + p * (D[2] + D[1] * a / 2 + D[0] * a * a / 6)
            second = 2 * (G2 + b * G1 + b * b / 2 * G0)
            first = G1 + b * G0
            both = p * (D[0] * a / 3 + D[1] / 2 + D[0] * b / 2)
            T = 1 / self.nu
            c0, c1, c2 = ALIAS
            return float(c0 * (second + sign * 2 * both) + T * c1 * (2 * first + sign * p * D[0]) + T * T * c2 * G0)

        size = polynomial(D_size, R_size, abs(self.a), abs(self.b), 1.0)
        wrong = polynomial(D_error, R_error, abs(self.a), abs(self.b), 1.0)
        return polynomial(D, R, self.a, self.b, -1.0), (wrong + 64 * UNIT * size) * (1 + 1e-9)

    def sum_over(self, at: Nodes) -> Interval:
        """ν Σ Φ(s_k) over these nodes, and their conjugates, in units of ``factor``."""
        a, b, p, q = self.a, self.b, self.p, self.q
        own, states = self_transforms(a, at), self.others.bounds(at)
        D, R = self.others.transforms(at)
        k = np.arange(at.first, at.first + at.count, dtype=np.float64)
        lift = float(exponential(np.array(2 * (b * self.nu))))
        square = at.inverse * at.inverse
        inner = (q * R + p * own.psi * D) * at.inverse - p * own.chi * D
        values = (turns((b * self.nu) * k) * (2 * lift)) * (square * inner)
        weights = np.full(at.count, 2 * self.nu)
        if at.first == 0:
            weights[0] = self.nu
        r = 1 / at.size
        size = (q * states.R + p * own.psi_size * states.D) * r + p * own.chi_size * states.D
        D_upper = states.D + states.D_error
        wrong = (q * states.R_error + p * (own.psi_size * states.D_error + own.psi_error * D_upper)) * r
        wrong += p * (own.chi_size * states.D_error + own.chi_error * D_upper)
        wrong += size * UNIT * (80 + 4 * abs(b) * at.size)
        total = float((2 * lift * weights * r * r * wrong).sum()) * (1 + 1e-6)
        return Interval(fsum((weights * values.real).tolist()), total)

    def truncation(self, count: int) -> float:
        """A bound on ν Σ Φ over |k| ≥ count, in units of ``factor``."""
        r = 2 * pi * self.nu * count * (1 - 8 * UNIT)
        omega = 2 * pi * self.nu * (count - 0.5) * (1 - 8 * UNIT)
        D, R, _, _ = (float(x[0]) for x in self.others.majorants(np.array([r])))
        psi = float(self_sizes(self.a, np.array([r]), self.nu)[0][0])
        lift = float(exponential(np.array(2 * (self.b * self.nu)))) * (1 + 64 * UNIT)
        top = float(exponential(np.array(2 * self.nu * max(self.a, 0.0)))) * (1 + 64 * UNIT)
        bounded = 2 * self.p * D * top / 2 * omega
        own = min(2 * self.p * D * top / abs(self.a), bounded) if self.a else bounded  # |χ(as)| ≤ 2e^{a₊σ}/|as|, or e^{a₊σ}/2
        return lift / pi * ((self.q * R + self.p * psi * D) + own) / omega**2 * (1 + 1e-9)

    def enclosure(self, total: Interval, count: int) -> Interval:
        """The row, from the sum over the first ``count`` nodes."""
        scale, closed = self.factor, self.closed
        value = closed.value + total.value
        error = closed.error + total.error + self.truncation(count) + 4 * UNIT * (abs(closed.value) + abs(total.value))
        error = scale.value * error + scale.error * (abs(value) + error) + self.beyond
        return Interval(scale.value * value, error * (1 + 1e-9) + 1e-300)
