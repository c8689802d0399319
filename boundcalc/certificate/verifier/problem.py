"""Reads the problem of a certificate: exact moments and cumulants, and what a row of A contributes to C and D.

With u of moments mu_k, x = s u has the moments p mu_k, k >= 1, and the cumulants kappa_k.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import comb, factorial
from typing import Any

from flint import fmpq, fmpz

from boundcalc.certificate.verifier.reading import (
    MAX_NUMBER,
    CertificateError,
    Refuted,
    TooLargeToVerify,
    Work,
    fields,
    integer,
    number_bits,
    rational,
    shown,
)

MAX_M = 999
MAX_POINTS = 1_000
LAWS = ("rademacher", "gaussian", "uniform", "laplace")


@dataclass
class Model:
    """The problem; n is ``None`` for infinitely many features. ``even`` holds mu_0, mu_2, ..., mu_{2m}."""

    n: int | None
    d: int
    m: int
    p: fmpq
    even: list[fmpq]
    law: str
    work: Work = field(default_factory=Work)

    @property
    def r(self) -> int:
        """min(n, d)."""
        return self.d if self.n is None else min(self.n, self.d)

    def mu(self, k: int) -> fmpq:
        """E u^k for an even k."""
        return self.even[k // 2]

    def moment(self, k: int) -> fmpq:
        """E x^{2k}."""
        return self.p * self.mu(2 * k) if k else fmpq(1)

    @cached_property
    def kappa(self) -> list[fmpq]:
        """κ_{2k}, k = 0 … m."""
        return cumulants(self.work, [self.moment(k) for k in range(self.m + 1)])

    @property
    def bits(self) -> int:
        """The bits of p, n, d and the moments together: every formula is a polynomial in these."""
        return number_bits(self.p, self.n or 0, self.d) + max(number_bits(value) for value in self.even)

    def fits(self, n: int, d: int) -> bool:
        """Whether n features in d dimensions are a part of the problem."""
        return (self.n is None or n <= self.n) and d <= self.d


def cumulants(work: Work, moments: Sequence[fmpq]) -> list[fmpq]:
    """κ_0 = 0, κ_2, κ_4, … of the even moments M_0 = 1, M_2, M_4, …: M_{2k} = Σ_j binom(2k − 1, 2j − 1) κ_{2j} M_{2k−2j}."""
    found = [fmpq(0)]
    for k in range(1, len(moments)):
        found.append(moments[k] - _convolution(work, found, moments, k))
    return found


def moments_of(work: Work, kappa: Sequence[Any]) -> list[Any]:
    """The even moments M_0 = 1, M_2, … of cumulants κ_0 = 0, κ_2, …, in any ring over the rationals."""
    found: list[Any] = [fmpq(1)]
    for k in range(1, len(kappa)):
        found.append(kappa[k] + _convolution(work, kappa, found, k))
    return found


def _convolution(work: Work, kappa: Sequence[Any], moments: Sequence[Any], k: int) -> Any:
    """Σ_{0<j<k} binom(2k − 1, 2j − 1) κ_{2j} M_{2k−2j}."""
    total: Any = fmpq(0)
    for j in range(1, k):
        one, other = kappa[j], moments[k - j]
        if isinstance(one, fmpq) and isinstance(other, fmpq):
            work.fractions(1, max(number_bits(one, other), number_bits(total)), "the moments of a sum")
        total = one * other * comb(2 * k - 1, 2 * j - 1) + total
    return total


def row(model: Model, a: Any, sums: Sequence[Any]) -> tuple[Any, Any]:
    """C_i and D_i of a row with A_ii = a and power sums Q_{2k}, k = 0 … m, in any ring over the rationals."""
    m, kappa = model.m, model.kappa
    # cumulants add: those of y_i are κ_{2k} Q_{2k}
    moments = moments_of(model.work, [sums[k] * kappa[k] for k in range(m + 1)])
    correlation = 0 * sums[1]
    for k in range(1, m + 1, 2):
        if isinstance(a, fmpq):
            model.work.fractions(1, number_bits(moments[(m - k) // 2], a) + k * number_bits(a), "a row of the witness")
        correlation = moments[(m - k) // 2] * a**k * (comb(m, k) * kappa[(k + 1) // 2]) + correlation
    return correlation, moments[m]


def partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """The partitions of ``total`` into parts of at most ``largest``, each descending."""
    if total == 0:
        yield ()
    for part in range(min(total, largest), 0, -1):
        for rest in partitions(total - part, part):
            yield (part, *rest)


def sphere_moment(d: int, k: int) -> fmpq:
    """c_k(d) = (2k − 1)!!/(d (d + 2) ⋯ (d + 2k − 2))."""
    value = fmpq(1)
    for j in range(k):
        value = value * (2 * j + 1) / (d + 2 * j)
    return value


def read_problem(data: Any) -> Model:
    """The problem of a certificate; no law has moments that are refused here."""
    given = fields(data, "problem", ("n", "d", "m", "p", "law"))
    n = None if given["n"] == "inf" else integer(given["n"], "problem.n")
    d, m, p = integer(given["d"], "problem.d"), integer(given["m"], "problem.m"), rational(given["p"], "problem.p")
    if m % 2 == 0 or m > MAX_M:
        raise CertificateError(f"problem.m = {shown(m)}: must be odd, at most {MAX_M}")
    if not 0 < p <= 1:
        raise CertificateError(f"problem.p = {shown(given['p'])}: must have 0 < p <= 1")
    text = given["law"]
    if isinstance(text, str) and len(text) > MAX_NUMBER:
        raise TooLargeToVerify(f"problem.law = {shown(text)}: too large to verify, a law has at most {MAX_NUMBER} characters")
    work = Work()
    return Model(n, d, m, p, even_moments(work, text, m), text, work)


def even_moments(work: Work, text: Any, m: int) -> list[fmpq]:
    """mu_0, mu_2, …, mu_{2m} of the law that the text names."""
    orders = range(0, 2 * m + 1, 2)
    match text:
        case "rademacher":
            return [fmpq(1) for _ in orders]
        case "gaussian":
            return [fmpq(factorial(k), 2 ** (k // 2) * factorial(k // 2)) for k in orders]
        case "uniform":
            return [fmpq(1, k + 1) for k in orders]
        case "laplace":
            return [fmpq(factorial(k)) for k in orders]
    kind, _, rest = text.partition(":") if isinstance(text, str) else ("", "", "")
    if kind == "support":
        return _moments_of_points(work, text, rest.split(","), m)
    if kind == "moments":
        return _listed_moments(work, text, rest.split(","), m)
    forms = f"{', '.join(LAWS)}, support:VALUE:WEIGHT,... or moments:2=VALUE,4=VALUE,..."
    raise CertificateError(f"problem.law = {shown(text)}: is unknown, must be one of {forms}")


def _moments_of_points(work: Work, text: str, items: list[str], m: int) -> list[fmpq]:
    where, what = f"problem.law = {shown(text)}", "the law"
    if len(items) > MAX_POINTS:
        raise TooLargeToVerify(f"{where}: too large to verify, a law has at most {MAX_POINTS} points")
    points: dict[fmpq, fmpq] = {}
    for item in items:
        value, _, weight = item.partition(":")
        points[rational(value, "problem.law")] = rational(weight, "problem.law")
    if len(points) < len(items):
        raise CertificateError(f"{where}: names a point twice")
    if any(weight <= 0 or points.get(-value) != weight for value, weight in points.items()) or set(points) == {fmpq(0)}:
        raise CertificateError(f"{where}: must be symmetric with positive weights, and not 0 alone")
    # whole numbers over common denominators
    scales = []
    for numbers in (points, points.values()):
        scale = fmpz(1)
        for number in numbers:
            work.fractions(1, int(scale.bit_length() + number.q.bit_length()), what)
            scale = scale * number.q // scale.gcd(number.q)
        scales.append(scale)
    length, mass = scales
    wholes = [((v * length).p ** 2, (w * mass).p) for v, w in points.items()]
    if sum(w for _, w in wholes) != mass:
        raise CertificateError(f"{where}: must have weights that sum to 1")
    largest = max(int(v.bit_length()) for v, _ in wholes) + int(length.bit_length()) * 2
    work.whole(2 * len(wholes) * m, m * largest + int(mass.bit_length()), what)
    work.fractions(m, m * largest + int(mass.bit_length()), what)
    powers, found = [w for _, w in wholes], [fmpq(1)]
    for k in range(1, m + 1):
        powers = [power * v for power, (v, _) in zip(powers, wholes, strict=True)]
        found.append(fmpq(sum(powers, fmpz(0)), mass * length ** (2 * k)))
    return found


def _listed_moments(work: Work, text: str, items: list[str], m: int) -> list[fmpq]:
    where = f"problem.law = {shown(text)}"
    listed: dict[str, fmpq] = {}
    for item in items:
        order, _, value = item.partition("=")
        if order in listed:
            raise CertificateError(f"{where}: lists the moment {shown(order)} twice")
        listed[order] = rational(value, "problem.law")
    wanted = [str(2 * k) for k in range(1, len(listed) + 1)]
    if set(wanted) != set(listed):
        raise CertificateError(f"{where}: must list the moments 2, 4, 6, ... without a gap")
    if len(wanted) < m:
        raise CertificateError(f"{where}: must list the moments up to {2 * m}")
    even = [fmpq(1), *(listed[order] for order in wanted)]
    if even[1] <= 0:
        raise CertificateError(f"{where}: must have a positive second moment")
    wrong = first_impossible_moment(work, even)
    if wrong is not None:
        raise Refuted(f"problem: no symmetric law has these moments, that of order {2 * wrong} is too small or does not fit")
    return even[: m + 1]


def first_impossible_moment(work: Work, s: Sequence[fmpq]) -> int | None:
    """The least k such that no law on [0, ∞) has the moments s_0, …, s_k; ``None`` if one has them all.

    Σ s_k (−z)^k = s_0/(1 + c_1 z/(1 + c_2 z/(1 + …))), Stieltjes's continued fraction, where c_1 ⋯ c_k is a quotient of
    determinants of the Hankel matrices (s_{i+j}) and (s_{i+j+1}): both are positive definite if and only if all c_k > 0.
    If c_k = 0 comes first, one is singular, the law is unique with finitely many points, and the fraction ends: the rest
    of the series must be 0. Each c_k is the leading coefficient of a quotient of series.
    """
    size = len(s)
    above = [fmpq(1)] + [fmpq(0)] * (size - 1)
    below = [value * (-1) ** k / s[0] for k, value in enumerate(s)]
    for k in range(1, size):
        # above/below = 1 + c z (below/next)
        rest = []
        for one, other in zip(above[1:], below[1:], strict=False):
            work.fractions(1, number_bits(one, other), "the Hankel matrices of the law")
            rest.append(one - other)
        c = rest[0]
        if c < 0:
            return k
        if c == 0:
            wrong = next((j for j, value in enumerate(rest) if value != 0), None)
            return None if wrong is None else k + wrong
        following = []
        for value in rest:
            work.fractions(1, number_bits(value, c), "the Hankel matrices of the law")
            following.append(value / c)
        above, below = below[: len(following)], following
    return None
