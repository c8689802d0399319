"""Closed forms give back the bounds' own formulas at exact points; large ones say what is left out."""

from __future__ import annotations

import random

import pytest
import sympy
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.lemmas import universal
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.laws import MomentList
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT
from boundcalc.symbolics.formulas import bound_formula, levenshtein_constant
from boundcalc.symbolics.limits import limit_large_dimension, limit_very_sparse
from boundcalc.symbolics.rows import cumulants_symbolic, row_polynomials_symbolic
from boundcalc.symbolics.sharp_constants import sharp_constants

EXPONENTS = (1, 3, 5, 7, 9)


def at(formula, values):
    """The expression at exact values, its definitions evaluated one by one."""
    known = dict(values)
    for name, definition in reversed(formula.definitions):
        known[name] = definition.xreplace(known).doit()
    return formula.expression.xreplace(known).doit()


def law(m):
    """Moments of a mixture of two atoms in |u|: any moments do for an identity, these exist."""
    return MomentList(tuple((fmpq(1, 2) ** (2 * j) + fmpq(3, 2) ** (2 * j)) / 2 for j in range(1, m + 1)))


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize(
    "key", ["half_design", "known_frame", "unbiased_bases", "random_walsh", "random_directions", "universal", "very_sparse", "rank"]
)
def test_the_bounds_own_formula_at_exact_points(key, m):
    formula, bound, rng = bound_formula(BOUNDS[key], m), BOUNDS[key], random.Random(m)
    if not formula.statement:
        assert formula.reason == "needs m = 3"
        return
    for _ in range(20 if m <= 3 else 3):
        n, d, n_used = rng.randint(2, 60), rng.randint(1, 6), rng.randint(11, 99)
        problem = Problem(n, d, m, fmpq(rng.randint(1, 12), 12), law(m))
        sums = [fmpq(0), *(fmpq(rng.randint(5, 50), 5) for _ in range(m))]
        values = {
            "half_design": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
            "unbiased_bases": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
            "random_walsh": {"n_used": fmpq(n_used), "d_used": fmpq(d)},
            "random_directions": {"n_used": fmpq(n_used)},
            "known_frame": {"n_used": fmpq(n_used), "power_sums": sums},
        }.get(key, {})
        q = Quantities(EXACT, problem)
        expected = bound.formula(q, **values)
        known = {"n": n, "d": d, "n_used": n_used, "p": problem.p, "G": best_constant(q)}
        exact = {symbol(name): sympy.Rational(str(value)) for name, value in known.items() if (key, name) != ("universal", "G")}
        exact |= {symbol("mu", 2 * j): sympy.Rational(str(problem.law.moment(2 * j))) for j in range(1, m + 1)}
        if key == "known_frame":
            exact |= {symbol("Q", 2 * j): sympy.Rational(str(sums[j])) for j in range(1, m + 1)}
        kappa = [sympy.Rational(str(value)) for value in q.kappa[1:]]
        if 0 in kappa:
            continue
        assert at(formula, exact) == sympy.Rational(str(expected))


@pytest.mark.parametrize("m", [3, 5, 7])
@pytest.mark.parametrize("key", ["capacity", "capacity_welch", "frontier"])
def test_rows_with_their_cumulants(key, m):
    """The statement with kappa written in p and mu, against the same bound with numbers for kappa."""
    formula, rng = bound_formula(BOUNDS[key], m), random.Random(m)
    expression = BOUNDS[key].expression(m)
    for _ in range(5 if m == 3 else 2):
        law_values = {symbol("mu", 2 * j): sympy.Rational(str(law(m).moment(2 * j))) for j in range(1, m + 1)}
        values = law_values | {symbol("p"): sympy.Rational(rng.randint(1, 12), 13)}
        cumulants = [value.subs(values) for value in cumulants_symbolic(m)]
        names = sorted(expression.free_symbols, key=str)
        values |= {name: sympy.Rational(rng.randint(1, 9) ** 2) for name in names if not name.name.startswith("kappa")}
        numbers = values | {symbol("kappa", 2 * j): value for j, value in enumerate(cumulants, 1)}
        assert sympy.simplify(at(formula, values) - expression.subs(numbers)) == 0


@pytest.mark.parametrize("m", EXPONENTS)
def test_levenshtein_pieces(m):
    """Every n around every threshold."""
    constant = levenshtein_constant(m)
    for d in (1, 2, 3):
        for n in (*range(1, 12), 14, 15, 20, 21, 28, 36, 45, 54, 55, 56):
            q = Quantities(EXACT, Problem(n, d, m, 1, law(m)))
            assert constant.xreplace({symbol("n"): sympy.Integer(n), symbol("d"): sympy.Integer(d)}).doit() == sympy.Rational(
                str(universal.constant(q))
            )


def test_work_for_all_exponents_is_bounded():
    """All that is derived for m = 1, 3, 5, 7, 9 stays within a number of operations, whatever the machine."""
    total = 0
    for m in EXPONENTS:
        derived = [*row_polynomials_symbolic(m), *cumulants_symbolic(m), sharp_constants(m).sigma, sharp_constants(m).very_sparse]
        for bound in BOUNDS.values():
            formula = bound_formula(bound, m)
            derived += [value for _, value in formula.definitions]
            derived += [formula.expression] if formula.expression is not None else []
            limits = [limit_very_sparse(bound, m, features) for features in ("fixed", "many", "infinite")]
            limits += [limit_large_dimension(bound, m, regime) for regime in ("fixed", "very_sparse")]
            derived += [limit.coefficient for limit in limits if limit.coefficient is not None]
            assert formula.statement or formula.reason
        total += sum(int(sympy.count_ops(value)) for value in derived)
    assert total < 40_000


@pytest.mark.parametrize("key", list(BOUNDS))
def test_large_exponents_answer_with_what_they_can(key):
    formula = bound_formula(BOUNDS[key], 101)
    assert len(formula.statement) < 5000
    if key in ("dense", "random_walsh", "uniform_in_n"):
        assert formula.reason == "needs m = 3"
    elif key in ("capacity", "capacity_welch", "frontier", "half_design", "known_frame", "unbiased_bases", "random_directions"):
        assert "214,481,126 terms" in formula.reason
        assert formula.expression is None
        assert any("M_{202}" in line for line in formula.definition_lines)
        with pytest.raises(ValueError, match="214,481,126"):
            formula.substituted()
    elif key in ("universal", "uniform"):
        assert "only" in formula.reason
        assert formula.definition_lines
    else:
        assert formula.reason == ""
        assert formula.expression is not None


def test_substituted_is_free_of_definitions():
    formula = bound_formula(BOUNDS["random_directions"], 5)
    names = {str(name) for name in formula.substituted().free_symbols}
    assert names == {"n_used", "d", "p", "mu_2", "mu_4", "mu_6", "mu_8", "mu_10"}
