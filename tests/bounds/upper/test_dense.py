"""U10 against an independent semidefinite program, exact losses, and the ends of the range in which it is sharp."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.lower import known_frame, orthonormal
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.upper import dense
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

THREE_POINTS = "support:-2:1/4,0:1/2,2:1/4"
HEAVY = "support:-3:1/20,-1:9/20,1:9/20,3:1/20"
SHARP = [
    *(("rademacher", p) for p in ("1/3", "0.5", "3/5", "0.8", "1")),
    *(("uniform", p) for p in ("3/5", "0.75", "0.9", "33/35")),
    *((THREE_POINTS, p) for p in ("2/3", "0.8", "1")),
    ("gaussian", "1"),
]
LOOSE = [("uniform", "0.95"), ("uniform", "1"), ("support:-2:1/8,-1:3/8,1:3/8,2:1/8", "1"), (HEAVY, "1")]


def exact_value(problem: Problem) -> fmpq:
    value = evaluate_upper(dense.BOUND, problem).exact()
    assert value is not None
    return value


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


@pytest.mark.parametrize(("law", "p"), SHARP)
@pytest.mark.parametrize(("n", "d"), [("inf", 5), (40, 7), (3, 6)])
def test_no_superposition_is_optimal_exactly(law, p, n, d):
    problem = Problem(n, d, 3, p, law)
    mu4, mu6 = problem.law.moment(4), problem.law.moment(6)
    assert exact_value(problem) == problem.p * problem.rank * mu4**2 / mu6
    assert exact_value(problem) == evaluate_lower(orthonormal.BOUND, problem).exact()


@pytest.mark.parametrize(("law", "p"), [("uniform", "33/35"), ("rademacher", "3/5")])
def test_the_quadratic_form_is_sharp_up_to_its_end_and_not_beyond(law, p):
    def form(at: fmpq) -> fmpq:
        problem = Problem("inf", 1, 3, at, law)
        q = Quantities(EXACT, problem)
        q.ring = type("WithoutProjection", (type(EXACT),), {"minimum": lambda self, *values: values[-1]})()
        q.r = fmpq(1)
        return dense.formula(q, **dense.choose(problem).values) / (q.p * q.g)

    end = Problem("inf", 1, 3, p, law).p
    assert form(end) == 1
    assert form(end - fmpq(1, 1000)) == 1
    assert form(end + fmpq(1, 1000)) > 1


def semidefinite_value(problem: Problem) -> float:
    """min(1, least b^T M^{-1} b) over all four multipliers, as a 3 x 3 semidefinite program."""
    import clarabel
    from scipy import sparse

    p, mu = real(problem.p), [real(problem.law.moment(k)) for k in (2, 4, 6)]
    fourth, sixth = mu[1] / mu[0] ** 2, mu[2] / mu[0] ** 3
    c, k = 3 * p - fourth, sixth - 15 * p * fourth + 30 * p * p
    # variables v, eta_1, eta_2, xi, zeta; the matrix [[v, b1, b2], [., M11, M12], [., ., M22]], upper triangle by columns
    root = math.sqrt(2)
    constant = np.array([0, root, 5 / 3, -root * c, -root * 2.5 * c, k])
    linear = np.zeros((6, 5))
    linear[0, 0] = 1
    linear[1, 3] = root
    linear[2, 2] = -1
    linear[3, 3], linear[3, 4] = -3 * p * root, root
    linear[4, 1], linear[4, 2] = -root / 2, root * 1.5 * p
    linear[5, 1] = 3 * p
    rows = np.vstack([np.hstack([np.zeros((4, 1)), -np.eye(4)]), -linear])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((5, 5)),
        np.array([1.0, 0, 0, 0, 0]),
        sparse.csc_matrix(rows),
        np.concatenate([np.zeros(4), constant]),
        [clarabel.NonnegativeConeT(4), clarabel.PSDTriangleConeT(3)],
        settings,
    )
    return min(1.0, solver.solve().obj_val)


@pytest.mark.parametrize(("law", "p"), [*SHARP, *LOOSE])
def test_the_closed_form_is_the_optimum_over_all_multipliers(law, p):
    problem = Problem("inf", 3, 3, p, law)
    found = real(exact_value(problem) / (problem.p * 3 * problem.law.moment(2)))
    assert found == pytest.approx(semidefinite_value(problem), rel=2e-6)


def test_uniform_at_p_1():
    problem = Problem("inf", 1, 3, 1, "uniform")
    assert 0.8470 < real(exact_value(problem) * 3) < 0.8471 + 1e-4
    # c = 6/5, k = 48/7, no multipliers: (12 k - 40 c^2)/(20 k - 75 c^2)
    assert exact_value(problem) == fmpq(1, 3) * (fmpq(576, 7) - fmpq(288, 5)) / (fmpq(960, 7) - 108)


@pytest.mark.parametrize(("law", "p"), [*SHARP, *LOOSE])
def test_no_weights_improve_more(law, p):
    rng = np.random.default_rng(5)
    for d, n in ((1, 3), (2, 3), (2, 4), (3, 4), (3, 7)):
        problem = Problem(n, d, 3, p, law)
        bound = exact_value(problem)
        for scale in (0, 0.05, 1):
            W = scale * rng.standard_normal((d, n))
            W[:, :d] += np.eye(d) * (scale < 1)
            assert exact_loss(W, m=3, p=problem.p, law=problem.law, transpose=False).improvement_best_scale <= bound


@pytest.mark.parametrize(("law", "p"), [("uniform", "1"), ("rademacher", "0.45"), (HEAVY, "1")])
def test_no_local_search_improves_more(law, p):
    from scipy.optimize import minimize

    from boundcalc.loss.dense import dense_loss_and_gradient

    rng = np.random.default_rng(8)
    problem = Problem(5, 2, 3, p, law)

    def objective(flat):
        loss, gradient = dense_loss_and_gradient(
            flat.reshape(2, 5), m=3, p=problem.p, law=problem.law, best_scale=True, transpose=False
        )
        return -(loss.C**2) / loss.D, -gradient.ravel()

    bound, best = real(exact_value(problem)), -math.inf
    for _ in range(6):
        found = minimize(objective, rng.standard_normal(10), jac=True, method="L-BFGS-B")
        attained = exact_loss(found.x.reshape(2, 5), m=3, p=problem.p, law=problem.law, transpose=False).improvement_best_scale
        best = max(best, real(attained))
        assert attained <= exact_value(problem)
    assert best > 0.9 * bound


def test_it_fails_without_its_hypothesis():
    problem = Problem(6, 3, 3, "0.05", "rademacher")
    value = dense.formula(Quantities(EXACT, problem), **dense.choose(problem).values)
    assert value < evaluate_lower(known_frame.BOUND, problem).exact()


def test_hypotheses_are_decided_exactly():
    third = fmpq(1, 3)
    just_below = third - fmpq(1, 10**60)
    assert evaluate_upper(dense.BOUND, Problem(5, 2, 3, third, "rademacher")).why_not is None
    why = evaluate_upper(dense.BOUND, Problem(5, 2, 3, just_below, "rademacher")).why_not
    assert why is not None
    assert why.startswith("needs kappa_4 <= 0; here kappa_4 = ")
    assert len(why) < 100
    assert evaluate_upper(dense.BOUND, Problem(5, 2, 3, "0.3", "rademacher")).why_not == "needs kappa_4 <= 0; here kappa_4 = 3/100"
    assert evaluate_upper(dense.BOUND, Problem(5, 2, 5, "1", "rademacher")).why_not == "needs m = 3; here m = 5"
    assert evaluate_upper(dense.BOUND, Problem(5, 2, 1, "1", "moments:2=1")).why_not == "needs m = 3; here m = 1"


def test_multipliers_are_shown_as_text():
    shown = evaluate_upper(dense.BOUND, Problem("inf", 2, 3, "0.5", "rademacher")).choice.shown
    assert shown == {"eta_1": "1/2", "eta_2": "0", "xi": "0", "zeta": "0"}  # 5 (1 - p) - 2
