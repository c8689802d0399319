"""Checks lemmas and upper bounds by procedures: polynomial identities, certificates of linear programming, an informed decoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from math import comb, factorial

from flint import Ordering, arb, fmpq, fmpq_mpoly_ctx

from boundcalc.bounds.frontiers.terms import terms
from boundcalc.bounds.upper.uniform_scalar_decoder import LOST
from boundcalc.check.exact.matrix_geometry import Geometry
from boundcalc.check.procedures.registry import LAWS, Comparison, checks
from boundcalc.lemmas.row import least_row, least_share
from boundcalc.model.laws import Gaussian, Laplace, Law, Uniform
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure, precision
from boundcalc.numbers.moments import Number, moments_from_cumulants, row_polynomials
from boundcalc.numbers.parsing import parse_rational
from boundcalc.numbers.rings import EXACT

MATRICES = (
    ((1, 0, 1), (0, 1, 1)),
    ((1, 2, -1, 0), (0, 1, 3, 1)),
    ((1, 1, 0, 2), (0, 1, 1, -1), (1, 0, 1, 1)),
    ((2, 1, 1, 0), (2, -1, 3, 1)),
    ((1, -2, 3, 1),),
    ((1, 0, 0, 0), (0, 1, 0, 1), (0, 0, 1, 1)),
)
"""Integer weights, as rows."""


def _weights(rows: tuple[tuple[int, ...], ...]) -> Geometry:
    return Geometry(tuple(tuple(fmpq(entry) for entry in row) for row in rows))


# ---- identities of polynomials


@checks("row.monotone", algebraic=True)
def _energy_increases() -> Iterator[Comparison]:
    """∂M_{2m}/∂κ_{2j}(y) = binom(2m, 2j) M_{2m−2j}, coefficient by coefficient, m ≤ 7."""
    for m in (3, 5, 7):
        context = fmpq_mpoly_ctx.get([f"k{2 * j}" for j in range(1, m + 1)], Ordering.lex)
        moments = moments_from_cumulants([0, *context.gens()])
        for j in range(1, m + 1):
            rest = moments[m - j] if j < m else context.constant(1)
            difference = moments[m].derivative(j - 1) - comb(2 * m, 2 * j) * rest
            yield "=", fmpq(len(list(difference.terms()))), fmpq(0)
            yield from ((">=", coefficient, fmpq(0)) for _, coefficient in rest.terms())


@checks("frontier.energy", algebraic=True)
def _energy_by_partitions() -> Iterator[Comparison]:
    """D_i as the sum over partitions equals the complete Bell polynomial, m ≤ 7; c > 0."""
    for m in (3, 5, 7):
        names = [f"k{j}" for j in range(1, m + 1)] + [f"Q{j}" for j in range(1, m + 1)]
        variables = fmpq_mpoly_ctx.get(names, Ordering.lex).gens()
        kappa: list[Number] = [0, *variables[:m]]
        sums: list[Number] = [0, *variables[m:]]
        bell = moments_from_cumulants([0] + [kappa[j] * sums[j] for j in range(1, m + 1)])[m]
        written = sum(term.coefficient(kappa) * term.factor(sums) * sums[term.order] for term in terms(m))
        yield "=", fmpq(len(list((bell - written).terms()))), fmpq(0)
        yield from ((">=", fmpq(term.count), fmpq(1)) for term in terms(m))


# ---- rows at their least power sums


@checks("capacity.least")
def _least_rows() -> Iterator[Comparison]:
    """C_i²/D_i ≤ (1 + excess) C̃_0²/D̃_0 at the row's own crowding, m = 3, 5, 7, on integer weights."""
    for m, law, p in product((3, 5, 7), LAWS, ("1/1000", "1/100", "1/40")):
        q = _quantities(m, law, p)
        if any(value < 0 for value in q.kappa[1:]):
            continue
        for rows in MATRICES:
            frame = _weights(rows)
            least = least_row(m, q.kappa, least_share(frame.n))
            if least is None:
                continue
            for i, a in enumerate(frame.a):
                if a == 0:
                    continue
                sums = [fmpq(0)] + [frame.Q(2 * j)[i] / a ** (2 * j) for j in range(1, m + 1)]
                gain, energy = row_polynomials(m, q.kappa, fmpq(1), sums)
                w = sums[1] - 1
                yield "<=", gain**2 * least.energy(w), (1 + least.excess) * least.gain(w) ** 2 * energy


def _quantities(m: int, law: Law | str, p: str) -> Quantities:
    return Quantities(EXACT, Problem(1, 1, m, p, law))


# ---- linear programming


def _certificates() -> Iterator[tuple[Geometry, int, fmpq, tuple[fmpq, ...], bool]]:
    from boundcalc.certify.linear_program import certify

    for rows in MATRICES:
        frame = _weights(rows)
        if frame.d < 2:
            continue
        for m in (3, 5):
            found = certify(frame.n, frame.d, m, m + 4)
            if found is not None:
                yield frame, m, found.constant, found.gegenbauer, found.verify()


@checks("linear_program.certificate")
def _certificate() -> Iterator[Comparison]:
    """Nonnegative coefficients, h(1) ≤ 1, and h ≤ u^m by a Sturm sequence."""
    for _, _, _, gegenbauer, verified in _certificates():
        yield from ((">=", h, fmpq(0)) for h in gegenbauer[1:])
        yield "<=", sum(gegenbauer, fmpq(0)), fmpq(1)
        yield "=", fmpq(int(verified)), fmpq(1)


@checks("linear_program.constant")
def _constant_of_the_program() -> Iterator[Comparison]:
    """S² ≤ G T for integer weights."""
    for frame, m, constant, _, _ in _certificates():
        yield "<=", sum((a**m for a in frame.a), fmpq(0)) ** 2, constant * sum(frame.Q(2 * m), fmpq(0))


# ---- decoders that are told the support


@checks("gaussian_support.oracle")
def _informed_decoder() -> Iterator[Comparison]:
    """C²/D ≤ E rank(W restricted to the active columns) ≤ E min(d, active), for normal active values."""
    return _informed(Gaussian(), lambda rank, active: fmpq(rank))


@checks("uniform_support.oracle")
def _informed_uniform_decoder() -> Iterator[Comparison]:
    """The same with the largest value of Stein's kernel, 1/2."""
    return _informed(Uniform(), lambda rank, active: fmpq(rank, 2))


@checks("laplace_support.oracle")
def _informed_laplace_decoder() -> Iterator[Comparison]:
    """The same with the mean of the largest values of Stein's kernel 1 + |u|."""
    return _informed(Laplace(), _largest_kernels)


def _largest_kernels(k: int, count: int) -> fmpq:
    """k (2 + H_N − H_k)."""
    return k * (2 + _harmonic(count) - _harmonic(k))


def _harmonic(k: int) -> fmpq:
    return sum((fmpq(1, j) for j in range(1, k + 1)), fmpq(0))


@checks("laplace_support.largest")
def _order_statistics() -> Iterator[Comparison]:
    """The r-th largest of N has the tail Σ_{j ≥ r} binom(N, j) e^{−jx} (1 − e^{−x})^{N−j}, whose terms are beta integrals."""
    for count in range(1, 13):
        total = fmpq(0)
        for k in range(1, count + 1):
            beta = (fmpq(factorial(j - 1) * factorial(count - j), factorial(count)) for j in range(k, count + 1))
            total += 1 + sum((comb(count, j) * each for j, each in zip(range(k, count + 1), beta, strict=True)), fmpq(0))
            yield "=", total, _largest_kernels(k, count)


@checks("laplace_support.harmonic")
def _harmonic_numbers() -> Iterator[Comparison]:
    """Against the lower end of a ball of the logarithm."""
    for d in range(1, 60):
        for count in range(d + 1, 61):
            with precision(128):
                right = Enclosure.of(arb(fmpq(2 * count + 1, 2 * d + 1)).log()).lower
            yield "<=", _harmonic(count) - _harmonic(d), right


@checks("laplace_support.mean")
def _mean_of_the_logarithm() -> Iterator[Comparison]:
    """Both sides as balls, for numbers active of a binomial law."""
    for d, n, text in product((1, 2, 5), range(2, 13), ("1/1000", "1/20", "1/3", "1/2", "9/10", "999/1000")):
        if n <= d:
            continue
        p = parse_rational(text, parameter="p")
        chances = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
        beyond = sum((chances[k] * (k - d) for k in range(d, n + 1)), fmpq(0))
        with precision(256):
            mean = sum((chances[k] * arb(1 + fmpq(2 * (k - d), 2 * d + 1)).log() for k in range(d, n + 1)), arb(0))
            sides = Enclosure.of(mean).upper, Enclosure.of(arb(1 + 2 * beyond / (2 * d + 1)).log()).lower
        yield "<=", *sides


def _informed(law: Law, kernels: Callable[[int, int], fmpq]) -> Iterator[Comparison]:
    for rows, m, p in product(MATRICES, (3, 5), ("1/100", "1/3", "1")):
        frame, q = _weights(rows), _quantities(m, law, p)
        C, D = (sum(values, fmpq(0)) for values in zip(*_rows(frame, q), strict=True))
        informed = cap = fmpq(0)
        for support, chance in _supports(frame.n, q.p):
            informed += chance * kernels(frame.visible(support), len(support))
            cap += chance * kernels(min(frame.d, len(support)), len(support))
        yield "<=", C**2, informed * D
        yield "<=", informed, cap


@checks("gaussian_scalar_decoder.row")
def _scalar_decoder() -> Iterator[Comparison]:
    """C_i²/D_i ≤ p μ_2 − p c E w/(a_i² + w) for every feature: c = μ_2 for normal active values."""
    return _each_row(Gaussian(), fmpq(1))


@checks("uniform_scalar_decoder.row")
def _scalar_uniform_decoder() -> Iterator[Comparison]:
    """The same with the constant of the bound."""
    return _each_row(Uniform(), LOST)


def _each_row(law: Law, lost: fmpq) -> Iterator[Comparison]:
    for rows, m, p in product(MATRICES, (3, 5), ("1/100", "1/3", "1")):
        frame, q = _weights(rows), _quantities(m, law, p)
        for i, (C, D) in enumerate(_rows(frame, q)):
            missed = fmpq(0)
            for support, chance in _supports(frame.n - 1, q.p):
                others = [j for j in range(frame.n) if j != i]
                w = sum((frame.A[i][others[k]] ** 2 for k in support), fmpq(0))
                missed += chance * w / (frame.a[i] ** 2 + w)
            yield "<=", C**2, q.p * (q.mu(2) - lost * missed) * D


def _rows(frame: Geometry, q: Quantities) -> list[tuple[Number, Number]]:
    """C_i and D_i of each feature."""
    m = q.m
    sums = [[fmpq(0)] + [frame.Q(2 * j)[i] for j in range(1, m + 1)] for i in range(frame.n)]
    return [row_polynomials(m, q.kappa, a, each) for a, each in zip(frame.a, sums, strict=True)]


def _supports(n: int, p: fmpq) -> Iterator[tuple[tuple[int, ...], fmpq]]:
    """Every set of active features and its probability."""
    for size in range(n + 1):
        for support in combinations(range(n), size):
            yield support, p**size * (1 - p) ** (n - size)
