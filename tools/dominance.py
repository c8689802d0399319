r"""Proofs that one bound is never worse than another: exact identities whose right-hand sides are visibly nonnegative.

Each returns a :class:`Dominance` with its certificate, and raises :class:`NotProven` if the identity does not hold, so
that a result in hand is a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from boundcalc.bounds.upper import capacity, capacity_welch, rank, very_sparse
from boundcalc.model.notation import symbol
from boundcalc.model.problem import read_exponent
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from tools.rows import unit_rows

SHIFT = sympy.Symbol("e", nonnegative=True)
"""d - 1, or q - 1."""
INDEX = sympy.Symbol("k", nonnegative=True, integer=True)


Constant = Callable[[sympy.Symbol, int], sympy.Expr]


class NotProven(ArithmeticError):
    """The identity does not hold, or its right-hand side has a negative coefficient."""


@dataclass(frozen=True)
class Dominance:
    """A proven comparison.

    Attributes
    ----------
    statement : str
        LaTeX.
    method : str
        How it was proven, in a sentence.
    certificate : SymPy expression
        What is nonnegative: the difference in the form that shows it.
    """

    statement: str
    method: str
    certificate: sympy.Expr


def welch_at_most_tensor(m: int) -> Dominance:
    """tau_m(d) <= N_m(d), factor by factor: (d + k)/(k + 1) >= (d + 2k)/(2k + 1) for every k, so for every m."""
    m, d = read_exponent(m), symbol("d")
    gap = _factor_gap((d + INDEX) / (INDEX + 1), (d + 2 * INDEX) / (2 * INDEX + 1), tensor_dimension, welch_constant, m)
    return Dominance(rf"\tau_{{{m}}}(d) \le N_{{{m}}}(d)", _FACTORWISE, gap)


def tensor_at_most_power(m: int) -> Dominance:
    """N_m(d) <= d^m, factor by factor: d >= (d + k)/(k + 1)."""
    m, d = read_exponent(m), symbol("d")
    gap = _factor_gap(d, (d + INDEX) / (INDEX + 1), lambda d, m: d**m, tensor_dimension, m)
    return Dominance(rf"N_{{{m}}}(d) \le d^{{{m}}}", _FACTORWISE, gap)


_FACTORWISE = "both are products over k < m; the difference of their factors, with d = 1 + e, has no negative coefficient"


def _factor_gap(large: sympy.Expr, small: sympy.Expr, greater: Constant, lesser: Constant, m: int) -> sympy.Expr:
    """large - small over their common denominator, in e = d - 1 and k; and that the factors multiply to the constants."""
    d = symbol("d")
    for factor, constant in ((large, greater), (small, lesser)):
        product = sympy.prod(factor.subs(INDEX, k) for k in range(m))
        if not sympy.Poly(product - constant(d, m), d).is_zero:
            raise NotProven("the factors do not multiply to the constant")
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(large - small)))
    for part in (numerator, denominator):
        _nonnegative(part.subs(d, 1 + SHIFT), SHIFT, INDEX)
    return sympy.factor(numerator.subs(d, 1 + SHIFT)) / denominator.subs(d, 1 + SHIFT)


def gain_at_most_second_moment(m: int) -> Dominance:
    """g <= mu_2: mu_2 beta - alpha^2 is half the mean of (u v^m - v u^m)^2 for independent u, v of the law."""
    m = read_exponent(m)
    u, v = sympy.symbols("u v", real=True)
    square = sympy.Poly((u * v**m - v * u**m) ** 2 / 2, u, v)
    mean = sum(c * symbol("mu", i) * symbol("mu", j) for (i, j), c in square.terms())
    alpha, beta, second = symbol("mu", m + 1), symbol("mu", 2 * m), symbol("mu", 2)
    if sympy.expand(mean - (second * beta - alpha**2)) != 0:
        raise NotProven("the mean of the square is another one")
    return Dominance(
        r"g = \alpha^2/\beta \le \mu_2",
        "mu_2 beta - alpha^2 = E (u v^m - v u^m)^2 / 2 for independent u and v",
        square.as_expr(),
    )


def very_sparse_at_most_rank(m: int) -> Dominance:
    """U2 <= U1, given G <= min(n, tau_m(d)): the difference is p pi ((mu_2 - g) G + mu_2 (min(n, N_m) - G))."""
    m = read_exponent(m)
    gain_at_most_second_moment(m)
    welch_at_most_tensor(m)
    n, d, p, G = (symbol(name) for name in ("n", "d", "p", "G"))
    second, g = symbol("mu", 2), symbol("mu", m + 1) ** 2 / symbol("mu", 2 * m)
    crowded = sympy.Min(n, tensor_dimension(d, m))
    certificate = p * (1 - p) ** (n - 1) * ((second - g) * G + second * (crowded - G))
    difference = rank.BOUND.expression(m) - very_sparse.BOUND.expression(m) - certificate
    if sympy.expand(difference.subs(crowded, sympy.Symbol("M"))) != 0:
        raise NotProven("the difference is another one")
    return Dominance(
        r"\text{U2} \le \text{U1}",
        "the difference is p pi ((mu_2 - g) G + mu_2 (min(n, N_m) - G)), g <= mu_2 and G <= min(n, tau_m) <= min(n, N_m)",
        certificate,
    )


def capacity_welch_without_welch(m: int) -> Dominance:
    """U8 at theta = 0 is U7: with lambda = theta kappa_{2m} l/G the bound is continuous in theta, and equal at 0."""
    m = read_exponent(m)
    theta, multiplier, G = symbol("theta"), symbol("lambda"), symbol("G")
    slope = sympy.Symbol("l", nonnegative=True)
    expression = capacity_welch.BOUND.expression(m).subs(multiplier, theta * symbol("kappa", 2 * m) * slope / G)
    at_zero = expression.subs(theta, 0)
    difference = at_zero - capacity.BOUND.expression(m)
    if difference != 0 and sympy.cancel(sympy.together(difference)) != 0:
        raise NotProven("U8 at theta = 0 is not U7")
    return Dominance(
        r"\text{U8}\big|_{\theta = 0} = \text{U7}",
        "substitute lambda = theta kappa_{2m} l/G, so that lambda^2 G/(theta kappa_{2m}) = theta kappa_{2m} l^2/G, and theta = 0",
        sympy.Integer(0),
    )


def orthonormal_at_most_rank(m: int) -> Dominance:
    """L0 <= U1, as it must be: p r g <= p mu_2 min(n, N_m(d)), since d <= N_m(d)."""
    m = read_exponent(m)
    gain_at_most_second_moment(m)
    d = symbol("d")
    gap = sympy.expand((tensor_dimension(d, m) - d).subs(d, 1 + SHIFT))
    _nonnegative(gap, SHIFT)
    return Dominance(r"\text{L0} \le \text{U1}", "g <= mu_2, and N_m(d) - d has no negative coefficient in d - 1", gap)


def cubic_remainder() -> Dominance:
    """U8 for m = 3, theta = 1, lambda = kappa_4: its rows give at most 3/5 r p mu_2, for kappa_4 >= 0."""
    correlation, energy = unit_rows(3)
    kappa = {j: symbol("kappa", j) for j in (2, 4, 6)}
    q = symbol("Q", 2)
    gain = correlation - kappa[4]
    rest = (energy - kappa[6] * symbol("Q", 6)).subs(symbol("Q", 4), 1)
    gap = sympy.factor(sympy.Rational(3, 5) * kappa[2] - q * gain**2 / rest)
    fourth = sympy.Symbol("f", nonnegative=True)
    second = sympy.Symbol("s", nonnegative=True)
    numerator, denominator = sympy.fraction(gap.subs({q: 1 + SHIFT, kappa[4]: fourth, kappa[2]: second}))
    _nonnegative(sympy.expand(numerator), SHIFT, fourth, second)
    _nonnegative(sympy.expand(denominator), SHIFT, fourth, second)
    return Dominance(
        r"\text{U8} \le \frac{\kappa_4^2 G}{\kappa_6} + \tfrac35\, r\, p\, \mu_2 \quad (m = 3,\ \theta = 1,\ \lambda = \kappa_4)",
        "3 kappa_2/5 less the row's share at Q_4 = 1, its least value, has no negative coefficient above or below the bar",
        gap,
    )


def all_dominances(m: int) -> tuple[Dominance, ...]:
    """Every comparison that is defined for exponent m."""
    m = read_exponent(m)
    found = [
        welch_at_most_tensor(m),
        tensor_at_most_power(m),
        gain_at_most_second_moment(m),
        very_sparse_at_most_rank(m),
        orthonormal_at_most_rank(m),
    ]
    if m >= 3:
        found.append(capacity_welch_without_welch(m))
    return (*found, cubic_remainder()) if m == 3 else tuple(found)


def _nonnegative(polynomial: sympy.Expr, *variables: sympy.Symbol) -> None:
    """Raises NotProven unless every coefficient of the polynomial is nonnegative."""
    if any(c < 0 for c in sympy.Poly(polynomial, *variables).coeffs()):
        raise NotProven(f"a coefficient of {polynomial} is negative")
