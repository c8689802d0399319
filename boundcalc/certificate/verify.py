"""An independent verifier of certificate files (docs/certificate.md).

It re-proves the claimed enclosures from the file alone, in exact rationals and Arb balls. It imports nothing else of
boundcalc: the formulas stand here a second time, written from the theory and not from the bounds' code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import comb, factorial
from pathlib import Path
from typing import Any

from flint import arb, ctx, fmpq, fmpq_poly, fmpz

MAX_BYTES = 64 << 20
MAX_NUMBER = 50_000
MAX_DEGREE = 200
MAX_PRECISION = 1 << 18
MAX_EXACT_BITS = 100_000
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?\Z")


class CertificateError(ValueError):
    """The file is not a certificate: one line that names the field."""


class Refuted(Exception):
    """An item of a well-formed certificate that could not be re-proved."""


@dataclass
class Verification:
    """The steps that were re-proved, in order, and the item that failed, if any."""

    steps: list[str] = field(default_factory=list)
    failure: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether every item was re-proved."""
        return self.failure is None


# --- reading -----------------------------------------------------------------------------------------------------------


def read(path: str | Path) -> dict[str, Any]:
    """The parsed file.

    Raises
    ------
    CertificateError
        If it cannot be read, is larger than 64 MiB, or is not a JSON object.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise CertificateError(f"certificate = {file.name}: has {size} bytes, at most {MAX_BYTES} are read")
        data = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except OSError as error:
        raise CertificateError(f"certificate = {file.name}: cannot be read, {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, CertificateError):
            raise
        raise CertificateError(f"certificate = {file.name}: must be a JSON object") from None
    if not isinstance(data, dict):
        raise CertificateError(f"certificate = {file.name}: must be a JSON object")
    return data


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _fields(data: Any, where: str, required: set[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise CertificateError(f"{where}: must be an object")
    missing, extra = required - set(data), set(data) - required - optional
    if missing:
        raise CertificateError(f"{where}: the field {min(missing)} is missing")
    if extra:
        raise CertificateError(f"{where}: the field {min(extra)[:60]} is unknown")
    return data


def _rational(value: Any, where: str) -> fmpq:
    if not isinstance(value, str) or len(value) > MAX_NUMBER or not _RATIONAL.match(value):
        raise CertificateError(f"{where} = {str(value)[:60]}: must be a rational as text, such as -3/4")
    top, _, bottom = value.partition("/")
    if bottom and fmpz(bottom) == 0:
        raise CertificateError(f"{where} = {value[:60]}: must not divide by zero")
    return fmpq(fmpz(top), fmpz(bottom or 1))


def _integer(value: Any, where: str, low: int = 1) -> int:
    number = _rational(value, where)
    if number.q != 1 or number < low:
        raise CertificateError(f"{where} = {str(value)[:60]}: must be a whole number, at least {low}")
    return int(number.p)


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise CertificateError(f"{where}: must be a list of at most {most} entries")
    return value


def _polynomial(value: Any, where: str) -> fmpq_poly:
    entries = _list(value, where, MAX_DEGREE + 1)
    return fmpq_poly([_rational(entry, f"{where}[{k}]") for k, entry in enumerate(entries)])


# --- the problem -------------------------------------------------------------------------------------------------------


@dataclass
class Model:
    """The problem of a certificate; n is ``None`` for infinitely many features."""

    n: int | None
    d: int
    m: int
    p: fmpq
    mu: Callable[[int], fmpq]
    law: str

    @property
    def r(self) -> int:
        return self.d if self.n is None else min(self.n, self.d)

    def moment(self, k: int) -> fmpq:
        """E x^{2k}."""
        return self.p * self.mu(2 * k) if k else fmpq(1)

    def cumulants(self) -> list[fmpq]:
        """κ_{2k}, k = 0 … m, from log E e^{xt}: moments of a sum are the exponential of cumulants."""
        moments = fmpq_poly([self.moment(k) / factorial(2 * k) for k in range(self.m + 1)])
        return [c * factorial(2 * k) for k, c in enumerate(_log_series(moments, self.m))]


def _log_series(series: fmpq_poly, top: int) -> list[fmpq]:
    """Coefficients of log(series) up to degree ``top`` for series(0) = 1: l' = s'/s."""
    s = [series[k] for k in range(top + 1)]
    logs = [fmpq(0)] * (top + 1)
    for k in range(1, top + 1):
        logs[k] = s[k] - sum((j * logs[j] * s[k - j] for j in range(1, k)), fmpq(0)) / k
    return logs


def _exp_series(series: list[Any], top: int) -> list[Any]:
    """Coefficients of exp(series) up to degree ``top`` for series(0) = 0: e' = s' e."""
    found: list[Any] = [1] + [0] * top
    for k in range(1, top + 1):
        found[k] = sum((j * series[j] * found[k - j] for j in range(1, k + 1)), fmpq(0)) / k
    return found


def _law(text: Any) -> Callable[[int], fmpq]:
    if not isinstance(text, str) or len(text) > MAX_NUMBER:
        raise CertificateError("problem.law: must be text")
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
            points[_rational(value, "problem.law")] = _rational(weight, "problem.law")
        symmetric = all(weight > 0 and points.get(-value) == weight for value, weight in points.items())
        if not symmetric or sum(points.values(), fmpq(0)) != 1 or len(points) != rest.count(",") + 1:
            raise CertificateError(f"problem.law = {text[:60]}: must be symmetric with positive weights that sum to 1")
        return lambda k: sum((weight * value**k for value, weight in points.items()), fmpq(0))
    if kind == "moments":
        moments = {order: _rational(value, "problem.law") for order, _, value in (i.partition("=") for i in rest.split(","))}

        def moment(k: int) -> fmpq:
            if str(k) not in moments:
                raise CertificateError(f"problem.law = {text[:60]}: lists no moment {k}")
            return moments[str(k)]

        return moment
    raise CertificateError(f"problem.law = {text[:60]}: is unknown")


def _problem(data: Any) -> Model:
    fields = _fields(data, "problem", {"n", "d", "m", "p", "law"})
    n = None if fields["n"] == "inf" else _integer(fields["n"], "problem.n")
    d, m, p = _integer(fields["d"], "problem.d"), _integer(fields["m"], "problem.m"), _rational(fields["p"], "problem.p")
    if m % 2 == 0 or m > 999:
        raise CertificateError(f"problem.m = {m}: must be odd, at most 999")
    if not 0 < p <= 1:
        raise CertificateError(f"problem.p = {fields['p'][:60]}: must have 0 < p <= 1")
    law = _law(fields["law"])
    if law(2) <= 0:
        raise CertificateError("problem.law: must have a positive second moment")
    return Model(n, d, m, p, law, fields["law"])


# --- comparing with the claim ------------------------------------------------------------------------------------------


def _claim(data: Any, where: str) -> tuple[fmpq, fmpq]:
    fields = _fields(data, where, {"lower", "upper"})
    low, high = _rational(fields["lower"], f"{where}.lower"), _rational(fields["upper"], f"{where}.upper")
    if low > high:
        raise Refuted(f"{where}: lower exceeds upper")
    return low, high


def _check_inside(value: Callable[[], arb | fmpq], claim: tuple[fmpq, fmpq], what: str) -> None:
    """Proves lower ≤ value ≤ upper, raising precision until it is decided."""
    bits = 128
    while bits <= MAX_PRECISION:
        with ctx.workprec(bits):
            ball = value()
            if isinstance(ball, fmpq):
                if claim[0] <= ball <= claim[1]:
                    return
                raise Refuted(f"{what}: the value lies outside the claimed enclosure")
            low, high = ball - arb(claim[0]), arb(claim[1]) - ball
            if low >= 0 and high >= 0:
                return
            if low < 0 or high < 0:
                raise Refuted(f"{what}: the value lies outside the claimed enclosure")
        bits *= 2
    raise Refuted(f"{what}: undecided at {MAX_PRECISION} bits")


# --- polynomials -------------------------------------------------------------------------------------------------------


def nonnegative(poly: fmpq_poly, low: fmpq, high: fmpq | None) -> bool:
    """Whether poly ≥ 0 on [low, high] (``None``: on [low, ∞)), exactly, by Sturm's theorem."""
    if poly.degree() < 0:
        return True
    odd = fmpq_poly([poly.leading_coefficient()])
    for factor, multiplicity in poly.factor_squarefree()[1]:
        if multiplicity % 2:
            odd *= factor
    # ends that are roots change no sign inside
    for end in (low,) if high is None else (low, high):
        linear = fmpq_poly([-end, 1])
        while odd.degree() > 0 and odd(end) == 0:
            odd = odd // linear
    at = low + 1 if high is None else (low + high) / 2
    while odd(at) == 0:
        at = (low + at) / 2
    # the removed even factors are squares up to sign: compare signs of poly itself
    probe = at
    while poly(probe) == 0:
        probe = (low + probe) / 2
    return bool(_roots_inside(odd, low, high) == 0 and poly(probe) > 0)


def _roots_inside(poly: fmpq_poly, low: fmpq, high: fmpq | None) -> int:
    """Distinct real roots in (low, high]."""
    chain = [poly, poly.derivative()]
    while chain[-1].degree() >= 1:
        rest = -(chain[-2] % chain[-1])
        if rest.degree() < 0:
            break
        chain.append(rest)

    def changes(values: list[fmpq]) -> int:
        signs = [value > 0 for value in values if value != 0]
        return sum(one != other for one, other in pairwise(signs))

    end = [p.leading_coefficient() for p in chain] if high is None else [p(high) for p in chain]
    return changes([p(low) for p in chain]) - changes(end)


def gegenbauer_coefficients(h: fmpq_poly, d: int) -> list[fmpq]:
    """h(t²) in the polynomials P_{2k} of S^{d−1} with P(1) = 1, as a list over k."""
    basis = [fmpq_poly([1]), fmpq_poly([0, 1])]
    for k in range(1, max(2 * h.degree(), 1)):
        up = fmpq_poly([0, 1]) * basis[k] * (2 * k + d - 2) - basis[k - 1] * k
        basis.append(up / (k + d - 2) if k + d != 2 else up)
    rest = fmpq_poly([h[k // 2] if k % 2 == 0 else 0 for k in range(2 * h.degree() + 1)]) if h.degree() >= 0 else fmpq_poly([0])
    found = [fmpq(0)] * (max(h.degree(), 0) + 1)
    for k in range(max(h.degree(), 0), -1, -1):
        found[k] = rest[2 * k] / basis[2 * k][2 * k]
        rest -= basis[2 * k] * found[k]
    return found


def _constant(model: Model, h: fmpq_poly) -> fmpq:
    """G with S² ≤ G T from a feasible h: h_k ≥ 0 for k ≥ 1 and h(u) ≤ u^m on [0, 1]."""
    if model.d == 1:
        coefficients = [h(fmpq(1))]  # on the 0-sphere t² = 1 alone
    else:
        coefficients = gegenbauer_coefficients(h, model.d)
        if not all(c >= 0 for c in coefficients[1:]):
            raise Refuted("parameters.h: a Gegenbauer coefficient beyond the constant one is negative")
    if not nonnegative(fmpq_poly([0] * model.m + [1]) - h, fmpq(0), fmpq(1)):
        raise Refuted("parameters.h: h(u) <= u^m fails on [0, 1]")
    inverse = coefficients[0] + ((1 - h(fmpq(1))) / model.n if model.n is not None else 0)
    if inverse <= 0:
        raise Refuted("parameters.h: gives no finite constant")
    return 1 / inverse


# --- upper bounds ------------------------------------------------------------------------------------------------------


def _tensor_dimension(model: Model) -> int:
    return comb(model.d + model.m - 1, model.m)


def _rank(model: Model) -> fmpq:
    dimension = _tensor_dimension(model)
    return model.p * model.mu(2) * (dimension if model.n is None else min(model.n, dimension))


def _trivial(model: Model, _: dict[str, Any]) -> fmpq:
    if model.n is None:
        raise Refuted("trivial: needs a finite n")
    return model.p * model.mu(2) * model.n


def _two_events(model: Model, parameters: dict[str, Any]) -> arb | fmpq:
    """p π g G + (1 − π) U1 with π = (1 − p)^{n−1}; exact where that power is of moderate size."""
    constant = _constant(model, _polynomial(parameters["h"], "parameters.h"))
    single = model.p * model.mu(model.m + 1) ** 2 / model.mu(2 * model.m) * constant
    if model.n is None:
        return _rank(model)
    if (model.n - 1) * model.p.height_bits() <= MAX_EXACT_BITS:
        alone = (1 - model.p) ** (model.n - 1)
        return alone * single + (1 - alone) * _rank(model)
    likely = (arb(fmpz(model.n - 1)) * arb(-model.p).log1p()).exp()
    return likely * arb(single) + (1 - likely) * arb(_rank(model))


def _sparsity_power(model: Model, _: dict[str, Any]) -> arb:
    m, alpha, beta, second = model.m, arb(model.mu(model.m + 1)), arb(model.mu(2 * model.m)), arb(model.mu(2))
    k = arb(m) * arb(2) ** (m - 2)
    sparse = alpha**2 * arb(model.p).root(m) / (beta.root(m) ** (m - 1) * second)
    return 2 * k**2 * model.r * (sparse + second * arb(model.p))


def _uniform(model: Model, _: dict[str, Any]) -> arb:
    m, p, second, beta = model.m, arb(model.p), arb(model.mu(2)), arb(model.mu(2 * model.m))
    if m < 3:
        raise Refuted("uniform: needs m >= 3")
    tau = fmpq(1)
    for k in range(m):
        tau = tau * (model.d + 2 * k) / (2 * k + 1)
    least = tau if model.n is None else min(tau, fmpq(model.n))
    xi = (arb(least) / beta).min(model.r / (p.root(m) ** (m - 1) * beta.root(m) ** (m - 1) * second))
    eta = model.r / second
    total = arb(0)
    for k in range(1, m + 1, 2):
        shares = (xi.log() * (k - 1) + eta.log() * (m - k)) / (2 * (m - 1))
        total += comb(m, k) * arb(model.mu(k + 1)) * shares.exp()
    return p * total**2


def _gaussian_support(model: Model, _: dict[str, Any]) -> arb:
    if model.law != "gaussian":
        raise Refuted("gaussian_support: needs the gaussian law")
    if model.n is None or (model.p == 1 and model.n > model.d):
        return arb(model.d)
    if model.n <= model.d:
        return arb(model.p * model.n)
    if model.d > 200_000:
        raise Refuted("gaussian_support: is re-proved for d up to 200000")
    # E min(d, X) = d − Σ_{k<d} (d − k) P(X = k)
    p, missing = arb(model.p), arb(0)
    probability = (arb(fmpz(model.n)) * (-p).log1p()).exp()
    for k in range(model.d):
        missing += (model.d - k) * probability
        probability = probability * (model.n - k) * p / ((k + 1) * (1 - p))
    return model.d - missing


_UPPER: dict[str, tuple[set[str], Callable[[Model, dict[str, Any]], arb | fmpq]]] = {
    "trivial": (set(), _trivial),
    "rank": (set(), lambda model, _: _rank(model)),
    "tensor_power": (set(), lambda model, _: model.p * model.mu(2) * model.d**model.m),
    "very_sparse": ({"h"}, _two_events),
    "equiangular": ({"h"}, _two_events),
    "universal": ({"h"}, _two_events),
    "linear_program": ({"h"}, _two_events),
    "sparsity_power": (set(), _sparsity_power),
    "uniform": (set(), _uniform),
    "gaussian_support": (set(), _gaussian_support),
}


# --- lower bounds ------------------------------------------------------------------------------------------------------


def _row(model: Model, kappa: list[fmpq], a: Any, sums: list[Any]) -> tuple[Any, Any]:
    """C_i and D_i of a row with A_ii = a and power sums Q_{2k}, k = 0 … m."""
    m = model.m
    moments = _exp_series([kappa[k] * sums[k] / factorial(2 * k) for k in range(m + 1)], m)
    moments = [value * factorial(2 * k) for k, value in enumerate(moments)]
    correlation = sum((comb(m, k) * kappa[(k + 1) // 2] * a**k * moments[(m - k) // 2] for k in range(1, m + 1, 2)), fmpq(0))
    return correlation, moments[m]


def _uniform_rows(model: Model, count: fmpq, sums: list[fmpq]) -> fmpq:
    """C²/D of ``count`` equal rows with a = 1."""
    C, D = _row(model, model.cumulants(), fmpq(1), sums)
    return count * C**2 / D


def _sphere(d: int, k: int) -> fmpq:
    value = fmpq(1)
    for j in range(k):
        value = value * (2 * j + 1) / (d + 2 * j)
    return value


def _fits(model: Model, n: int, d: int) -> None:
    if (model.n is not None and n > model.n) or d > model.d:
        raise Refuted(f"witness: {n} features in {d} dimensions do not fit the problem")


def _orthonormal(model: Model, witness: dict[str, Any]) -> fmpq:
    n = _integer(witness["n"], "witness.n")
    _fits(model, n, n)
    return model.p * n * model.mu(model.m + 1) ** 2 / model.mu(2 * model.m)


def _simplex(model: Model, witness: dict[str, Any]) -> fmpq:
    n = _integer(witness["n"], "witness.n", 3)
    _fits(model, n, n - 1)
    return _uniform_rows(model, fmpq(n), [1 + fmpq(1, n - 1) ** (2 * k) * (n - 1) for k in range(model.m + 1)])


def _plane_lines(model: Model, witness: dict[str, Any]) -> fmpq:
    n = _integer(witness["n"], "witness.n")
    _fits(model, n, 2)
    if n <= model.m:
        raise Refuted("witness.n: equally spaced lines are a half-design of strength 2m from m + 1 lines on")
    return _uniform_rows(model, fmpq(n), [n * _sphere(2, k) for k in range(model.m + 1)])


def _random_directions(model: Model, witness: dict[str, Any]) -> fmpq:
    n, d, m = _integer(witness["n"], "witness.n"), _integer(witness["d"], "witness.d"), model.m
    _fits(model, n, d)
    own = _log_series(fmpq_poly([model.moment(k) / factorial(2 * k) for k in range(m + 1)]), m)
    other = _log_series(fmpq_poly([model.moment(k) * _sphere(d, k) / factorial(2 * k) for k in range(m + 1)]), m)
    moments = _exp_series([own[k] + (n - 1) * other[k] for k in range(m + 1)], m)
    kappa = model.cumulants()
    C = sum((comb(m, k) * kappa[(k + 1) // 2] * moments[(m - k) // 2] * factorial(m - k) for k in range(1, m + 1, 2)), fmpq(0))
    return n * C**2 / (moments[m] * factorial(2 * m))


def _cited_frame(model: Model, witness: dict[str, Any]) -> fmpq:
    n, d = _integer(witness["n"], "witness.n"), _integer(witness["d"], "witness.d")
    _fits(model, n, d)
    squares = []
    for entry in _list(witness["squares"], "witness.squares", 1000):
        pair = _list(entry, "witness.squares", 2)
        if len(pair) != 2:
            raise CertificateError("witness.squares: must hold pairs")
        squares.append((_rational(pair[0], "witness.squares"), _integer(pair[1], "witness.squares")))
    if sum(count for _, count in squares) != n - 1 or any(not 0 <= u < 1 for u, _ in squares):
        raise Refuted("witness.squares: must be n - 1 squared inner products in [0, 1)")
    if 1 + sum((count * u for u, count in squares), fmpq(0)) != fmpq(n, d):
        raise Refuted("witness.squares: is not a tight frame")
    return _uniform_rows(model, fmpq(n), [1 + sum((c * u**k for u, c in squares), fmpq(0)) for k in range(model.m + 1)])


def _vectors(model: Model, witness: dict[str, Any]) -> arb | fmpq:
    """C²/D of explicit vectors: coordinates a + b √radicand in an orthogonal basis of given squared lengths."""
    radicand = _integer(witness["radicand"], "witness.radicand")
    basis = [_coordinate(s, f"witness.basis[{k}]") for k, s in enumerate(_list(witness["basis"], "witness.basis", 2_000))]
    columns = []
    for k, vector in enumerate(_list(witness["vectors"], "witness.vectors", 20_000)):
        where = f"witness.vectors[{k}]"
        columns.append([_coordinate(c, where) for c in _list(vector, where, len(basis))])
        if len(columns[-1]) != len(basis):
            raise CertificateError(f"{where}: must have one coordinate for each basis vector")
    if witness["unit"] not in {"yes", "no"}:
        raise CertificateError("witness.unit: must be yes or no")
    if not columns or not basis:
        raise CertificateError("witness.vectors: must hold a vector")
    _fits(model, len(columns), len(basis))
    rational = all(b == 0 for column in [basis, *columns] for _, b in column)
    root = arb(radicand).sqrt()
    lift: Callable[[tuple[fmpq, fmpq]], Any] = (lambda c: c[0]) if rational else (lambda c: arb(c[0]) + arb(c[1]) * root)
    lengths, entries = [lift(s) for s in basis], [[lift(c) for c in column] for column in columns]
    if not all(s > 0 for s in lengths):
        raise Refuted("witness.basis: squared lengths must be positive")
    if rational:
        # whole numbers are much faster than fractions, and the best scale forgets a common factor of W
        lengths, entries = _whole([lengths])[0], _whole(entries)
    return _best_improvement(model, lengths, entries, witness["unit"] == "yes")


def _whole(rows: list[list[fmpq]]) -> list[list[fmpz]]:
    scale = fmpz(1)
    for row in rows:
        for entry in row:
            scale = scale * entry.q // scale.gcd(entry.q)
    return [[(entry * scale).p for entry in row] for row in rows]


def _best_improvement(model: Model, lengths: list[Any], entries: list[list[Any]], unit: bool) -> arb | fmpq:
    kappa, m, zero = model.cumulants(), model.m, 0 * lengths[0]
    exact = not isinstance(zero, arb)
    lift: Callable[[Any], Any] = fmpq if exact else arb
    norms = [sum((s * x * x for s, x in zip(lengths, one, strict=True)), zero) for one in entries]
    if unit and not all(norm > 0 for norm in norms):
        raise Refuted("witness.vectors: a zero vector has no direction")
    C, D = lift(0), lift(0)
    for one, norm in zip(entries, norms, strict=True):
        scaled = [s * x for s, x in zip(lengths, one, strict=True)]
        squares = [sum((x * y for x, y in zip(scaled, other, strict=True)), zero) ** 2 for other in entries]
        if unit:
            squares = [lift(square) / (norm * other) for square, other in zip(squares, norms, strict=True)]
        powers, sums = [lift(1)] * len(squares), [lift(len(squares))]
        for _ in range(m):
            powers = [power * square for power, square in zip(powers, squares, strict=True)]
            sums.append(sum(powers, lift(0)))
        c, e = _row(model, kappa, lift(1) if unit else lift(norm), sums)
        C, D = C + c, D + e
    if exact and D == 0:
        raise Refuted("witness.vectors: all vectors are zero")
    return C**2 / D


def _coordinate(value: Any, where: str) -> tuple[fmpq, fmpq]:
    if isinstance(value, list):
        if len(value) != 2:
            raise CertificateError(f"{where}: a pair [a, b] stands for a + b sqrt(radicand)")
        return _rational(value[0], where), _rational(value[1], where)
    return _rational(value, where), fmpq(0)


_WITNESS: dict[str, tuple[set[str], Callable[[Model, dict[str, Any]], arb | fmpq]]] = {
    "orthonormal": ({"n"}, _orthonormal),
    "simplex": ({"n"}, _simplex),
    "plane_lines": ({"n"}, _plane_lines),
    "random_directions": ({"n", "d"}, _random_directions),
    "cited_frame": ({"frame", "n", "d", "squares"}, _cited_frame),
    "vectors": ({"radicand", "basis", "unit", "vectors"}, _vectors),
}
_SAID = {
    "orthonormal": "one dimension a feature",
    "simplex": "the regular simplex: inner products -1/(n - 1)",
    "plane_lines": "equally spaced lines of the plane: even moments of the circle",
    "random_directions": "an average over random directions, so that some W does as well",
    "cited_frame": "a frame whose existence is cited, not re-proved; its value is",
    "vectors": "explicit vectors, every inner product recomputed",
}


# --- the whole ---------------------------------------------------------------------------------------------------------


def verify(data: dict[str, Any]) -> Verification:
    """Re-proves a certificate.

    Raises
    ------
    CertificateError
        If the object does not have the format's fields and types.
    """
    fields = _fields(data, "certificate", {"format", "version", "problem", "upper", "lower"})
    if fields["format"] != "boundcalc certificate":
        raise CertificateError("format: must be 'boundcalc certificate'")
    if fields["version"] != "1":
        raise CertificateError(f"version = {str(fields['version'])[:20]}: this verifier reads version 1")
    model = _problem(fields["problem"])
    done = Verification()
    done.steps.append("problem: parameters in their domain, moments of the law exact")
    try:
        _verify_upper(model, fields, done)
        _verify_lower(model, fields, done)
    except Refuted as refuted:
        done.failure = str(refuted)
    return done


def _verify_upper(model: Model, fields: dict[str, Any], done: Verification) -> None:
    upper = _fields(fields["upper"], "upper", {"key", "parameters", "improvement"})
    key = upper["key"]
    if not isinstance(key, str) or key not in _UPPER:
        raise CertificateError(f"upper.key = {str(key)[:60]}: is unknown")
    needed, value = _UPPER[key]
    parameters = _fields(upper["parameters"], "upper.parameters", needed)
    claim = _claim(upper["improvement"], "upper.improvement")
    if "h" in needed:
        _constant(model, _polynomial(parameters["h"], "parameters.h"))
        done.steps.append("upper: h has Gegenbauer coefficients h_k >= 0 (k >= 1) and h(u) <= u^m on [0, 1], so S^2 <= G T")
    _check_inside(lambda: value(model, parameters), claim, f"upper {key}")
    done.steps.append(f"upper: the value of {key} lies in the claimed enclosure, so I* <= {upper['improvement']['upper'][:40]}")


def _verify_lower(model: Model, fields: dict[str, Any], done: Verification) -> None:
    lower = _fields(fields["lower"], "lower", {"key", "witness", "improvement"})
    if not isinstance(lower["key"], str):
        raise CertificateError("lower.key: must be text")
    witness = lower["witness"]
    kind = witness.get("kind") if isinstance(witness, dict) else None
    if not isinstance(kind, str) or kind not in _WITNESS:
        raise CertificateError(f"lower.witness.kind = {str(kind)[:60]}: must be one of {', '.join(_WITNESS)}")
    needed, value = _WITNESS[kind]
    _fields(witness, "lower.witness", needed | {"kind"}, frozenset({"frame"}))
    claim = _claim(lower["improvement"], "lower.improvement")
    done.steps.append(f"lower: witness of kind {kind} ({_SAID[kind]})")
    _check_inside(lambda: value(model, witness), claim, f"lower {kind}")
    done.steps.append(f"lower: C^2/D of the witness lies in the claimed enclosure, so I* >= {lower['improvement']['lower'][:40]}")
