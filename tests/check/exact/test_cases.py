"""Quantities of a case by second methods: the exact loss, enumeration of states, explicit tensors, and floating point."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat
from oracles.enumerated_loss import enumerate_loss

from boundcalc.check.exact.case_grid import MATRICES, SKEWED, SYMMETRIC, matrix
from boundcalc.check.exact.cases import Case
from boundcalc.language.grammar import StatementError
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.constants import sphere_moment

PROBABILITIES = (fmpq(1, 100), fmpq(1, 3), fmpq(1))
SMALL = [weights for weights in MATRICES if len(weights[0]) <= 3]


def text(weights):
    return [[str(entry) for entry in row] for row in weights]


def floats(rows):
    return np.array([[int(entry.p) / int(entry.q) for entry in row] for row in rows])


def mean(case, values):
    """E of a random quantity by the states and their probabilities."""
    unit, probabilities = case.probabilities
    return fmpq(sum(map(lambda p, v: p * v, probabilities, values))) / unit


@pytest.mark.parametrize("law", SYMMETRIC, ids=lambda law: law[0])
@pytest.mark.parametrize("m", [3, 5])
def test_the_loss_is_that_of_two_other_programs(law, m):
    for weights in MATRICES:
        for p in PROBABILITIES:
            case = Case(weights, m, p, law[1], law[0])
            exact = exact_loss(text(weights), m=m, p=p, law=law[0], rows=True, transpose=False)
            assert (case("C"), case("D")) == (exact.C, exact.D)
            assert exact.rows is not None
            assert [case("D", i) for i in range(case.n)] == list(exact.rows.D)
            assert [case("C", i) for i in range(case.n)] == list(exact.rows.C)
        if len(weights[0]) <= 3:
            states = enumerate_loss(text(weights), m=m, p=fmpq(1, 3), law=law[0])
            third = Case(weights, m, fmpq(1, 3), law[1])
            assert (third("C"), third("D")) == (states.C, states.D)


@pytest.mark.parametrize("law", [*SYMMETRIC[1:], *SKEWED], ids=lambda law: law[0])
def test_moments_are_those_of_the_states(law):
    for weights in SMALL:
        case = Case(weights, 3, fmpq(1, 3), law[1])
        assert sum(case.probabilities[1]) == case.probabilities[0]
        for i in range(case.n):
            for k in range(7):
                assert case("M", k, i) == mean(case, [value**k for value in case.states.y[i]])
            pairs = list(zip(case.states.x[i], case.states.y[i], strict=True))
            assert case("C", i) == mean(case, [x * y**3 for x, y in pairs])
            assert case("xhat", i) == [y**3 for _, y in pairs]
            others = [(case.frame.A[i][j], case.states.x[j]) for j in range(case.n) if j != i]
            assert case("Z", i) == [sum((entry * x[k] for entry, x in others), fmpq(0)) for k in range(len(pairs))]


@pytest.mark.parametrize("law", [SYMMETRIC[1], *SKEWED], ids=lambda law: law[0])
def test_cumulants_are_the_derivatives_of_the_log_of_the_moment_function(law):
    case, t = Case(matrix("1"), 3, fmpq(1, 3), law[1]), sympy.Symbol("t")
    series = sympy.Rational(2, 3) + sum(
        sympy.Rational(1, 3)
        * sympy.Rational(str(weight))
        * sum((sympy.Rational(str(v)) * t) ** k / sympy.factorial(k) for k in range(7))
        for v, weight in law[1]
    )
    log = sympy.series(sympy.log(series), t, 0, 7).removeO()
    for k in range(1, 7):
        assert Fraction(str(case("kappa", k))) == Fraction(str(log.coeff(t, k) * sympy.factorial(k)))


@pytest.mark.parametrize("weights", MATRICES, ids=str)
def test_projections(weights):
    case = Case(weights, 3, fmpq(1, 3), SYMMETRIC[0][1])
    W = floats(weights)
    for exact, gram in ((case.frame.P, case.frame.A), (case.frame.L(3), [[e**3 for e in row] for row in case.frame.A])):
        projection = fmpq_mat(exact)
        assert projection * projection == projection
        assert projection.transpose() == projection
        assert projection * fmpq_mat(gram) == fmpq_mat(gram)
        assert sum((exact[i][i] for i in range(case.n)), fmpq(0)) == fmpq_mat(gram).rank()
    lifted = np.array([np.einsum("i,j,k->ijk", w, w, w).ravel() for w in W.T]).T
    np.testing.assert_allclose(floats(case.frame.L(3)), np.linalg.pinv(lifted) @ lifted, atol=1e-8)
    np.testing.assert_allclose(floats(case.frame.P), np.linalg.pinv(W) @ W, atol=1e-8)


@pytest.mark.parametrize("weights", MATRICES, ids=str)
def test_sums_over_features(weights):
    case, W = Case(weights, 5, fmpq(1, 3), SYMMETRIC[0][1]), floats(weights)
    A = W.T @ W
    a, q = np.diag(A), (A**2).sum(axis=1)
    np.testing.assert_allclose([float(value) for value in case.frame.Q(4)], (A**4).sum(axis=1), rtol=1e-12)
    assert float(case("S")) == pytest.approx((a**5).sum())
    assert float(case("T")) == pytest.approx((A**10).sum())
    shares = [x * x / y if y else 0 for x, y in zip(a, q, strict=True)]
    np.testing.assert_allclose([float(case("t", i)) for i in range(case.n)], shares, rtol=1e-12)
    assert case.rank == np.linalg.matrix_rank(W)


def test_scalars():
    case = Case(matrix("1 0 1 1; 0 1 1 -1"), 3, fmpq(1, 3), SYMMETRIC[1][1])
    assert (case("n"), case("d"), case("r")) == (4, 2, 2)
    assert case("alpha") == fmpq(4, 5) + fmpq(81, 5)
    assert case("beta") == fmpq(4, 5) + fmpq(729, 5)
    assert case("g") == fmpq(17**2 * 5, 733)
    assert case("isolation") == fmpq(8, 27)
    assert case("rho") == fmpq(1, 3)
    assert [case("N", k) for k in range(5)] == [comb(k + 1, k) for k in range(5)]
    assert case("tau", 3) == fmpq(16, 5)
    assert case("c", 3) == sphere_moment(fmpq(2), 3)
    assert case("I") == 2 * case("C") - case("D")
    assert Case(matrix("1"), 3, fmpq(1, 3), SYMMETRIC[0][1])("rho") == 0


def test_high_orders_do_not_nest():
    case = Case(matrix("1"), 3, fmpq(1), SYMMETRIC[0][1])
    assert case("M", 400, 0) == 1  # E u^400 of a sign
    assert case("kappa", 1) == case("kappa", 399) == 0


@pytest.mark.parametrize(("p", "states"), [(fmpq(0), 1), (fmpq(1), 9), (fmpq(1, 3), 16)])
def test_states_of_probability_zero_are_left_out(p, states):
    case = Case(matrix("1 2"), 3, p, SYMMETRIC[2][1])
    assert len(case.states) == states
    assert sum(case.probabilities[1]) == case.probabilities[0]
    assert mean(case, case.states.active) == 2 * p


def test_support_and_rank_of_states():
    case = Case(matrix("1 1 0; 0 0 0"), 3, fmpq(1, 3), SYMMETRIC[0][1])
    for k in range(len(case.states)):
        support = [i for i in range(3) if case.states.s[i][k]]
        assert case.states.active[k] == len(support)
        assert case.states.visible[k] == (1 if {0, 1} & set(support) else 0)


def test_too_many_states_are_refused():
    case = Case(matrix(" ".join(["1"] * 12)), 3, fmpq(1, 3), SYMMETRIC[0][1])
    with pytest.raises(StatementError, match="states"):
        _ = case.states


def test_what_is_printed_is_exact():
    described = Case(matrix("1 -2/3"), 3, fmpq(1, 3), SYMMETRIC[0][1], "rademacher").describe()
    assert described == {"n": 2, "d": 1, "m": 3, "p": "1/3", "law": "rademacher", "W": [["1", "-2/3"]]}
