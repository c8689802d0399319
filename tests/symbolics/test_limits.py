"""Limits against the bounds themselves in ball arithmetic, at p = 10^-50 and d = 10^8."""

from __future__ import annotations

import pytest
import sympy
from flint import arb, fmpq, fmpz

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import evaluate_upper
from boundcalc.bounds.lower import random_directions
from boundcalc.lemmas import equiangular, universal
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.laws import parse_law
from boundcalc.model.notation import symbol
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import BALL
from boundcalc.symbolics.limits import limit_large_dimension, limit_very_sparse, not_defined
from boundcalc.symbolics.sharp_constants import law_value, sharp_constants

EXPONENTS = (1, 3, 5, 7, 9)
LAWS = ("rademacher", "uniform")
TINY = fmpq(1, fmpz(10) ** 50)
LARGE = 10**8
BITS = 4000

PLAIN = (
    "rank",
    "tensor_power",
    "very_sparse",
    "equiangular",
    "universal",
    "sparsity_power",
    "uniform",
    "gaussian_support",
    "orthonormal",
)
"""Bounds that are their formula, without parameters."""


def number(expression, values) -> arb:
    """A coefficient at exact values, to 60 digits."""
    exact = {s: sympy.Rational(str(values[s])) for s in expression.free_symbols}
    return arb(str(sympy.N(expression.xreplace(exact), 60)))


def moments(law, m):
    return {symbol("mu", 2 * j): parse_law(law).moment(2 * j) for j in range(1, m + 1)}


def ratio_is_one(value, wanted, accuracy):
    with precision(BITS):
        assert abs(arb(value) / wanted - 1) < accuracy, (arb(value) / wanted).str(20)


def constant(key, q):
    """G of the bound, which the limit keeps as a symbol."""
    return {"equiangular": equiangular.constant, "universal": universal.constant}.get(key, best_constant)(q)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", PLAIN)
@pytest.mark.parametrize(("n", "features"), [(2, "fixed"), (9, "fixed"), (INFINITY, "infinite")])
def test_very_sparse_numerically(m, key, n, features):
    limit, d = limit_very_sparse(BOUNDS[key], m, features), 3
    if not_defined(BOUNDS[key], m):
        assert limit.coefficient is None
        return
    problem = Problem(n, d, m, TINY, "gaussian" if key == "gaussian_support" else "uniform")
    with precision(BITS):
        q = Quantities(BALL, problem)
        value = BOUNDS[key].formula(q)
        known = moments(problem.law.name, m) | {symbol("n"): n, symbol("d"): d, symbol("G"): constant(key, q)}
        power = BALL.power(arb(TINY), fmpq(int(limit.exponent.p), int(limit.exponent.q)))
        ratio_is_one(value, number(limit.coefficient, known) * power, 1e-25)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["very_sparse", "universal", "rank", "orthonormal"])
def test_many_features_numerically(m, key):
    """n past N_m(d), n p of order 10^-40."""
    limit, d = limit_very_sparse(BOUNDS[key], m, "many"), 3
    with precision(BITS):
        value = BOUNDS[key].formula(Quantities(BALL, Problem(10**9, d, m, TINY, "laplace")))
        ratio_is_one(value / arb(TINY), number(limit.coefficient, moments("laplace", m) | {symbol("d"): d}), 1e-30)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["half_design", "random_directions", "known_frame", "unbiased_bases", "random_walsh"])
def test_witnesses_numerically(m, key):
    bound, d, n_used = BOUNDS[key], 5, 64
    limit = limit_very_sparse(bound, m)
    if not_defined(bound, m):
        assert "m = 3" in limit.reason
        return
    sums = [fmpq(0), *(fmpq(7 * j + 3, j) for j in range(1, m + 1))]
    values = {
        "half_design": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "unbiased_bases": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "random_walsh": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "random_directions": {"n_used": fmpq(n_used)},
        "known_frame": {"n_used": fmpq(n_used), "power_sums": sums},
    }[key]
    with precision(BITS):
        value = bound.formula(Quantities(BALL, Problem(INFINITY, d, m, TINY, "uniform")), **values)
        known = moments("uniform", m) | {symbol("d"): d, symbol("n_used"): n_used}
        known |= {symbol("Q", 2 * j): sums[j] for j in range(1, m + 1)}
        ratio_is_one(value / arb(TINY), number(limit.coefficient, known), 1e-30)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["rank", "tensor_power", "very_sparse", "sparsity_power", "uniform", "orthonormal"])
def test_large_dimension_numerically(m, key):
    """n = infinity, p = 1/7; uniform tends to its limit like a power of 1/d that shrinks with m."""
    limit = limit_large_dimension(BOUNDS[key], m)
    if not_defined(BOUNDS[key], m):
        return
    p = fmpq(1, 7)
    with precision(BITS):
        value = BOUNDS[key].formula(Quantities(BALL, Problem(INFINITY, LARGE, m, p, "laplace")))
        known = moments("laplace", m) | {symbol("p"): p}
        ratio_is_one(value / arb(LARGE) ** int(limit.exponent), number(limit.coefficient, known), 1e-6)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["half_design", "unbiased_bases", "random_directions", "random_walsh"])
def test_witnesses_in_large_dimension(m, key):
    """p fixed and n' = 2^1000 far beyond every power of d."""
    bound, n_used = BOUNDS[key], fmpq(2) ** 1000
    if not_defined(bound, m):
        return
    limit = limit_large_dimension(bound, m)
    values = {"n_used": n_used} | ({} if key == "random_directions" else {"d_used": fmpq(LARGE)})
    with precision(BITS):
        value = bound.formula(Quantities(BALL, Problem(INFINITY, LARGE, m, fmpq(1, 7), "laplace")), **values)
        known = moments("laplace", m) | {symbol("p"): fmpq(1, 7)}
        ratio_is_one(value / arb(LARGE) ** int(limit.exponent), number(limit.coefficient, known), 1e-6)


@pytest.mark.parametrize("m", EXPONENTS)
def test_welch_constant_over_its_power(m):
    """tau_m(d) (2m-1)!!/d^m -> 1, and at d = 10^8 it is 1 + m(m-1)/d + ..."""
    found = sharp_constants(m)
    assert sympy.cancel(found.large_dimension * sympy.factorial2(2 * m - 1) / found.g) == 1
    tau = sympy.cancel(found.very_sparse / found.g)
    excess = tau.subs(symbol("d"), LARGE) * sympy.factorial2(2 * m - 1) / sympy.Integer(LARGE) ** m - 1
    assert abs(excess * LARGE - m * (m - 1)) < sympy.Rational(1, 1000)


@pytest.mark.parametrize("m", EXPONENTS)
def test_very_sparse_is_the_sharp_constant(m):
    found = sharp_constants(m)
    for key in ("very_sparse", "universal", "linear_program"):
        limit = limit_very_sparse(BOUNDS[key], m, "many")
        assert limit.exponent == 1
        assert sympy.cancel(limit.coefficient - found.very_sparse) == 0
    for key in ("half_design", "random_directions", "capacity_welch", "frontier", "uniform"):
        if not not_defined(BOUNDS[key], m):
            limit = limit_large_dimension(BOUNDS[key], m, "very_sparse")
            assert limit.exponent == m
            assert sympy.cancel(limit.coefficient - found.large_dimension) == 0


@pytest.mark.parametrize("m", EXPONENTS)
def test_sigma_is_the_formula_of_the_theory(m):
    alpha, beta, second = symbol("mu", m + 1), symbol("mu", 2 * m), symbol("mu", 2)
    power = sympy.Integer(m - 1) ** (m - 1) if m > 1 else 1
    wanted = power * alpha ** (2 * m) / (m**m * sympy.factorial2(2 * m - 1) * second**m * beta ** (m - 1))
    assert sympy.cancel(sympy.powdenest(sympy.expand_power_base(sharp_constants(m).sigma) ** m, force=True) / wanted) == 1


def test_sigma_for_rademacher():
    ones = {2 * j: sympy.Integer(1) for j in range(1, 4)}
    sigma = law_value(sharp_constants(3).sigma, ones)
    wanted = 2 ** sympy.Rational(2, 3) / (3 * 15 ** sympy.Rational(1, 3))
    assert sympy.simplify(sigma - wanted) == 0
    x = sympy.Symbol("x")
    assert sympy.minimal_polynomial(sigma, x) == sympy.minimal_polynomial(wanted, x) == 405 * x**3 - 4


@pytest.mark.parametrize("m", [3, 5, 7])
@pytest.mark.parametrize("law", LAWS)
def test_sigma_from_the_certified_bound(m, law):
    """capacity for n = infinity at p = 10^-50; its corrections are of relative order p^{1/m}."""
    problem = Problem(INFINITY, 1, m, TINY, law)
    outcome = evaluate_upper(BOUNDS["capacity"], problem, 30)
    sigma = number(sharp_constants(m).sigma, moments(law, m))
    with precision(BITS):
        value = arb(outcome.value.enclosure.upper)
        ratio_is_one(value / BALL.power(arb(TINY), fmpq(1, m)), sigma, 1e-5)


@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_sigma_from_random_directions(m):
    """d = 10^60, far past p^{-1/m}, and n' at the maximiser."""
    found, d = sharp_constants(m), 10**60
    known = moments("rademacher", m)
    scale = number(found.maximiser, known)
    with precision(BITS):
        n_used = (scale * d * BALL.power(arb(TINY), fmpq(1 - m, m))).mid().floor().unique_fmpz()
        q = Quantities(BALL, Problem(INFINITY, d, m, TINY, "rademacher"))
        value = random_directions.formula(q, fmpq(n_used)) / d / BALL.power(arb(TINY), fmpq(1, m))
        ratio_is_one(value, number(found.sigma, known), 1e-4)


def test_limits_that_do_not_exist_say_why():
    assert "kappa_4" in limit_very_sparse(BOUNDS["dense"], 3).reason
    assert "m >= 3" in limit_very_sparse(BOUNDS["uniform"], 1).reason
    assert limit_very_sparse(BOUNDS["trivial"], 3, "many").latex == ""
    sparse = limit_very_sparse(BOUNDS["sparsity_power"], 3)
    assert sparse.per(1) == sympy.oo
    assert sparse.per(0) == 0


@pytest.mark.parametrize("arguments", [(3, "few"), (4, "fixed"), (3, "")])
def test_bad_input_is_refused(arguments):
    with pytest.raises(ParameterError):
        limit_very_sparse(BOUNDS["rank"], *arguments)
    with pytest.raises(ParameterError):
        limit_large_dimension(BOUNDS["rank"], *arguments[:1], arguments[1] if arguments[0] == 3 else "fixed")
