"""The problem of a certificate: exact moments and cumulants, and what a row of A contributes to C and D."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from math import comb, factorial
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.reading import MAX_NUMBER, CertificateError, fields, integer, rational

MAX_M = 999
MAX_WORK = 1 << 34
"""m³ times the bits of p: what the cumulants of a problem may cost."""
MAX_LAW = 2_000_000
"""m times the length of the law."""


@dataclass
class Model:
    """The problem; n is ``None`` for infinitely many features."""

    n: int | None
    d: int
    m: int
    p: fmpq
    mu: Callable[[int], fmpq]
    law: str

    @property
    def r(self) -> int:
        """min(n, d)."""
        return self.d if self.n is None else min(self.n, self.d)

    def moment(self, k: int) -> fmpq:
        """E x^{2k}."""
        return self.p * self.mu(2 * k) if k else fmpq(1)

    @cached_property
    def kappa(self) -> list[fmpq]:
        """κ_{2k}, k = 0 … m, from log E e^{xt}: moments of a sum are the exponential of cumulants."""
        if self.m**3 * self.p.height_bits() > MAX_WORK:
            raise CertificateError(f"problem.p = {str(self.p)[:60]}: is too long for m = {self.m}")
        moments = fmpq_poly([self.moment(k) / factorial(2 * k) for k in range(self.m + 1)])
        return [c * factorial(2 * k) for k, c in enumerate(log_series(moments, self.m))]

    def fits(self, n: int, d: int) -> bool:
        """Whether n features in d dimensions are a part of the problem."""
        return (self.n is None or n <= self.n) and d <= self.d


def log_series(series: fmpq_poly, top: int) -> list[fmpq]:
    """Coefficients of log(series) up to degree ``top`` for series(0) = 1: l' = s'/s."""
    s = [series[k] for k in range(top + 1)]
    logs = [fmpq(0)] * (top + 1)
    for k in range(1, top + 1):
        logs[k] = s[k] - sum((j * logs[j] * s[k - j] for j in range(1, k)), fmpq(0)) / k
    return logs


def exp_series(series: list[Any], top: int) -> list[Any]:
    """Coefficients of exp(series) up to degree ``top`` for series(0) = 0, in any ring over the rationals: e' = s' e."""
    found: list[Any] = [1] + [0] * top
    for k in range(1, top + 1):
        found[k] = sum((series[j] * found[k - j] * fmpq(j, k) for j in range(1, k + 1)), 0 * series[k])
    return found


def row(model: Model, a: Any, sums: list[Any]) -> tuple[Any, Any]:
    """C_i and D_i of a row with A_ii = a and power sums Q_{2k}, k = 0 … m, in any ring over the rationals."""
    m, kappa = model.m, model.kappa
    # cumulants add: those of y_i are κ_{2k} Q_{2k}
    moments = exp_series([sums[k] * (kappa[k] / factorial(2 * k)) for k in range(m + 1)], m)
    moments = [value * fmpq(factorial(2 * k)) for k, value in enumerate(moments)]
    correlation = 0 * sums[1]
    for k in range(1, m + 1, 2):
        correlation = correlation + moments[(m - k) // 2] * a**k * (comb(m, k) * kappa[(k + 1) // 2])
    return correlation, moments[m]


def sphere_moment(d: int, k: int) -> fmpq:
    """c_k(d) = (2k − 1)!!/(d (d + 2) ⋯ (d + 2k − 2))."""
    value = fmpq(1)
    for j in range(k):
        value = value * (2 * j + 1) / (d + 2 * j)
    return value


def read_problem(data: Any) -> Model:
    """The problem of a certificate."""
    given = fields(data, "problem", {"n", "d", "m", "p", "law"})
    n = None if given["n"] == "inf" else integer(given["n"], "problem.n")
    d, m, p = integer(given["d"], "problem.d"), integer(given["m"], "problem.m"), rational(given["p"], "problem.p")
    if m % 2 == 0 or m > MAX_M:
        raise CertificateError(f"problem.m = {str(m)[:60]}: must be odd, at most {MAX_M}")
    if not 0 < p <= 1:
        raise CertificateError(f"problem.p = {given['p'][:60]}: must have 0 < p <= 1")
    text = given["law"]
    if not isinstance(text, str) or len(text) > MAX_NUMBER or len(text) * m > MAX_LAW:
        raise CertificateError(f"problem.law: must be text of at most {MAX_NUMBER} characters, and {MAX_LAW}/m")
    law = cache(_law(text))
    if law(2) <= 0:
        raise CertificateError("problem.law: must have a positive second moment")
    return Model(n, d, m, p, law, text)


def _law(text: str) -> Callable[[int], fmpq]:
    match text:
        case "rademacher":
            return lambda k: fmpq(1)
        case "gaussian":
            return lambda k: fmpq(factorial(k), 2 ** (k // 2) * factorial(k // 2))
        case "uniform":
            return lambda k: fmpq(1, k + 1)
        case "laplace":
            return lambda k: fmpq(factorial(k))
    kind, _, rest = text.partition(":")
    if kind == "support":
        points = {}
        for item in rest.split(","):
            value, _, weight = item.partition(":")
            points[rational(value, "problem.law")] = rational(weight, "problem.law")
        symmetric = all(weight > 0 and points.get(-value) == weight for value, weight in points.items())
        if not symmetric or sum(points.values(), fmpq(0)) != 1 or len(points) != rest.count(",") + 1:
            raise CertificateError(f"problem.law = {text[:60]}: must be symmetric with positive weights that sum to 1")
        return lambda k: sum((weight * value**k for value, weight in points.items()), fmpq(0))
    if kind == "moments":
        moments = {order: rational(value, "problem.law") for order, _, value in (i.partition("=") for i in rest.split(","))}

        def moment(k: int) -> fmpq:
            if str(k) not in moments:
                raise CertificateError(f"problem.law = {text[:60]}: lists no moment {k}")
            return moments[str(k)]

        return moment
    raise CertificateError(f"problem.law = {text[:60]}: is unknown")
