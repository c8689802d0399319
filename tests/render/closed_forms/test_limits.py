"""Limits against the bounds themselves in ball arithmetic, at p = 10^-50 and d = 10^8; the sharp constants of the theory."""

from __future__ import annotations

import pytest
import sympy
from flint import arb, fmpq, fmpz

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.lower import random_directions
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.lemmas import equiangular, universal
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.laws import parse_law
from boundcalc.model.notation import symbol
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import BALL
from boundcalc.render.closed_forms.germs import Germ, GermQuantities
from boundcalc.render.closed_forms.limits import REGIMES, V, limit, limits, maximum

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
    "uniform_support",
    "laplace_support",
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
    if BOUNDS[key].undefined(m):
        return
    found, d = limit(BOUNDS[key], m, features), 3
    problem = Problem(n, d, m, TINY, next((law for law in ("gaussian", "laplace") if key.startswith(law)), "uniform"))
    if found.coefficient is None:
        assert BOUNDS[key].why_not(problem)
        return
    with precision(BITS):
        q = Quantities(BALL, problem)
        value = BOUNDS[key].formula(q)
        known = moments(problem.law.name, m) | {symbol("n"): n, symbol("d"): d, symbol("G"): constant(key, q)}
        power = BALL.power(arb(TINY), fmpq(int(found.exponent.p), int(found.exponent.q)))
        ratio_is_one(value, number(found.coefficient, known) * power, 1e-25)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["very_sparse", "universal", "rank", "orthonormal"])
def test_many_features_numerically(m, key):
    """n past N_m(d), n p of order 10^-40."""
    found, d = limit(BOUNDS[key], m, "many"), 3
    with precision(BITS):
        value = BOUNDS[key].formula(Quantities(BALL, Problem(10**9, d, m, TINY, "laplace")))
        ratio_is_one(value / arb(TINY), number(found.coefficient, moments("laplace", m) | {symbol("d"): d}), 1e-30)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize(
    "key",
    ["half_design", "random_directions", "known_frame", "unbiased_bases", "random_walsh", "random_chirps", "orthogonal_array"],
)
def test_witnesses_numerically(m, key):
    bound, d, n_used = BOUNDS[key], 5, 64
    if bound.undefined(m):
        return
    found = limit(bound, m)
    sums = [fmpq(0), *(fmpq(7 * j + 3, j) for j in range(1, m + 1))]
    values = {
        "half_design": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "unbiased_bases": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "random_walsh": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "orthogonal_array": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
        "random_directions": {"n_used": fmpq(n_used)},
        "known_frame": {"n_used": fmpq(n_used), "power_sums": sums},
        "random_chirps": {"n_used": fmpq(n_used), "power_sums": sums},
    }[key]
    with precision(BITS):
        value = bound.formula(Quantities(BALL, Problem(INFINITY, d, m, TINY, "uniform")), **values)
        known = moments("uniform", m) | {symbol("d"): d, symbol("n_used"): n_used}
        known |= {symbol("Q", 2 * j): sums[j] for j in range(1, m + 1)}
        ratio_is_one(value / arb(TINY), number(found.coefficient, known), 1e-30)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["rank", "tensor_power", "very_sparse", "sparsity_power", "uniform", "orthonormal"])
def test_large_dimension_numerically(m, key):
    """n = infinity, p = 1/7; uniform tends to its limit like a power of 1/d that shrinks with m."""
    if BOUNDS[key].undefined(m):
        return
    found = limit(BOUNDS[key], m, "dimension")
    p = fmpq(1, 7)
    with precision(BITS):
        value = BOUNDS[key].formula(Quantities(BALL, Problem(INFINITY, LARGE, m, p, "laplace")))
        known = moments("laplace", m) | {symbol("p"): p}
        ratio_is_one(value / arb(LARGE) ** int(found.exponent), number(found.coefficient, known), 1e-6)


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("key", ["half_design", "unbiased_bases", "random_directions", "random_walsh", "orthogonal_array"])
def test_witnesses_in_large_dimension(m, key):
    """p fixed and n' = 2^1000 far beyond every power of d."""
    bound, n_used = BOUNDS[key], fmpq(2) ** 1000
    if bound.undefined(m):
        return
    found = limit(bound, m, "dimension")
    values = {"n_used": n_used} | ({} if key == "random_directions" else {"d_used": fmpq(LARGE)})
    with precision(BITS):
        value = bound.formula(Quantities(BALL, Problem(INFINITY, LARGE, m, fmpq(1, 7), "laplace")), **values)
        known = moments("laplace", m) | {symbol("p"): fmpq(1, 7)}
        ratio_is_one(value / arb(LARGE) ** int(found.exponent), number(found.coefficient, known), 1e-6)


# --- the sharp constants (theory, section 5) ----------------------------------------------------------------------------


def gain(m):
    """g = alpha^2/beta."""
    return symbol("mu", m + 1) ** 2 / symbol("mu", 2 * m)


def sigma(m):
    return limit(BOUNDS["capacity"], m, "infinite").coefficient / symbol("d")


@pytest.mark.parametrize("m", EXPONENTS)
def test_very_sparse_is_g_tau(m):
    """tau_m(d) (2m-1)!!/d^m -> 1, and at d = 10^8 it is 1 + m(m-1)/d + ..."""
    sparse = limit(BOUNDS["very_sparse"], m, "many")
    assert sparse.exponent == 1
    tau = sympy.cancel(sparse.coefficient / gain(m))
    excess = tau.subs(symbol("d"), LARGE) * sympy.factorial2(2 * m - 1) / sympy.Integer(LARGE) ** m - 1
    assert abs(excess * LARGE - m * (m - 1)) < sympy.Rational(1, 1000)
    for key in ("universal", "linear_program", "half_design"):  # where they meet
        other = limit(BOUNDS[key], m, "many")
        assert other.exponent == 1
        assert sympy.cancel(other.coefficient - sparse.coefficient) == 0


@pytest.mark.parametrize("m", EXPONENTS)
def test_large_dimension_is_g_over_the_double_factorial(m):
    for key in ("very_sparse", "half_design", "random_directions", "frontier", "uniform"):
        if not BOUNDS[key].undefined(m):
            found = limit(BOUNDS[key], m, "sparse_dimension")
            assert found.exponent == m
            assert sympy.cancel(found.coefficient * sympy.factorial2(2 * m - 1) / gain(m)) == 1


@pytest.mark.parametrize("m", EXPONENTS[1:])
def test_sigma_is_the_formula_of_the_theory(m):
    alpha, beta, second = symbol("mu", m + 1), symbol("mu", 2 * m), symbol("mu", 2)
    wanted = sympy.Integer(m - 1) ** (m - 1) * alpha ** (2 * m)
    wanted /= m**m * sympy.factorial2(2 * m - 1) * second**m * beta ** (m - 1)
    assert sympy.cancel(sympy.powdenest(sympy.expand_power_base(sigma(m)) ** m, force=True) / wanted) == 1


def test_sigma_for_Rademacher():
    value = sympy.radsimp(sympy.simplify(sigma(3).subs({symbol("mu", 2 * j): 1 for j in range(1, 4)})))
    wanted = 2 ** sympy.Rational(2, 3) / (3 * 15 ** sympy.Rational(1, 3))
    assert sympy.simplify(value - wanted) == 0
    x = sympy.Symbol("x")
    assert sympy.minimal_polynomial(value, x) == 405 * x**3 - 4


@pytest.mark.parametrize("m", [3, 5, 7])
@pytest.mark.parametrize("law", LAWS)
def test_sigma_from_the_certified_bound(m, law):
    """capacity for n = infinity at p = 10^-50; its corrections are of relative order p^{1/m}."""
    problem = Problem(INFINITY, 1, m, TINY, law)
    outcome = evaluate_upper(BOUNDS["capacity"], problem, 30)
    with precision(BITS):
        value = arb(outcome.value.enclosure.upper)
        ratio_is_one(value / BALL.power(arb(TINY), fmpq(1, m)), number(sigma(m), moments(law, m)), 1e-5)


def crowded_directions(m):
    """random_directions/(d p^{1/m}) as p -> 0 with d = 1/p and n' = v d p^{-(m-1)/m}, before the maximum over v."""
    q = GermQuantities(m, n=INFINITY, p=Germ({1: 1}), d=Germ({-1: 1}))
    exponent, coefficient = random_directions.formula(q, Germ({sympy.Rational(1 - m, m) - 1: V})).leading
    assert exponent == sympy.Rational(1, m) - 1
    return sympy.cancel(coefficient)


@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_random_directions_meet_capacity(m):
    """Both as germs, and in numbers: d = 10^60, far past p^{-1/m}, and n' at the maximiser."""
    scale, best = maximum(crowded_directions(m))
    assert sympy.simplify(sympy.powdenest(best / sigma(m), force=True)) == 1
    d, known = 10**60, moments("rademacher", m)
    with precision(BITS):
        n_used = (number(scale, known) * d * BALL.power(arb(TINY), fmpq(1 - m, m))).mid().floor().unique_fmpz()
        q = Quantities(BALL, Problem(INFINITY, d, m, TINY, "rademacher"))
        value = random_directions.formula(q, fmpq(n_used)) / d / BALL.power(arb(TINY), fmpq(1, m))
        ratio_is_one(value, number(sigma(m), known), 1e-4)


# --- what has no limit --------------------------------------------------------------------------------------------------


def test_limits_that_do_not_exist_say_why():
    assert "kappa_4" in limit(BOUNDS["dense"], 3).reason
    assert limit(BOUNDS["trivial"], 3, "many").latex == ""
    assert limit(BOUNDS["sparsity_power"], 3).exponent == sympy.Rational(1, 3)
    assert "not bounded" in limit(BOUNDS["sparsity_power"], 3, "sparse_dimension").reason


@pytest.mark.parametrize("key", list(BOUNDS))
def test_every_limit_has_a_value_or_a_reason(key):
    for m in (3, 5):
        if not BOUNDS[key].undefined(m):
            assert [found.regime for found in limits(BOUNDS[key], m)] == list(REGIMES)
            assert all(bool(found.latex) != bool(found.reason) for found in limits(BOUNDS[key], m))


@pytest.mark.parametrize(("key", "m", "regime"), [("rank", 3, "few"), ("rank", 4, "fixed"), ("uniform", 1, "fixed")])
def test_bad_input_is_refused(key, m, regime):
    with pytest.raises(ParameterError):
        limit(BOUNDS[key], m, regime)


@pytest.mark.parametrize("key", [key for key, bound in BOUNDS.items() if bound.limits.up_to is not None])
def test_past_what_takes_minutes_the_largest_exponent_is_told(key):
    most = BOUNDS[key].limits.up_to
    with pytest.raises(ParameterError, match=f"m = {most + 2}: must be at most {most} for the limits of the bound {key}"):
        limit(BOUNDS[key], most + 2)
