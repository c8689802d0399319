"""No upper bound is below an improvement that some W attains; no lower bound is above what its witness attains."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from oracles.samples import STRUCTURES, climbed, structured_weights

from boundcalc.bounds.catalog import LOWER, UPPER
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.frames.library import construct
from boundcalc.loss.ball import enclose_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.model.laws import FiniteSupport
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import to_float

LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-2:1/8,0:3/4,2:1/8", "moments:2=1,4=3,6=15,8=105,10=945")
CLOSED_UPPER = [bound for bound in UPPER if bound.certifier is None]


@st.composite
def attacks(draw):
    m = draw(st.sampled_from([1, 3, 5]))
    d, n = draw(st.integers(1, 4)), draw(st.integers(1, 9))
    exponent = draw(st.floats(-12, 0))
    p = f"{10**exponent:.3g}"
    structure = draw(st.sampled_from(STRUCTURES))
    W = structured_weights(structure, d, n, np.random.default_rng(draw(st.integers(0, 10**6))))
    return W, Problem(n, d, m, p, draw(st.sampled_from(LAWS)))


@seed(20261124)
@settings(max_examples=400, deadline=None, database=None)
@given(attacks())
def test_no_upper_bound_is_below_an_attained_improvement(attack):
    W, problem = attack
    attained = exact_loss(W, m=problem.m, p=problem.p, law=problem.law, transpose=False).improvement_best_scale
    for n in (problem.n, problem.n + 3, "inf"):  # features may be ignored
        for bound in CLOSED_UPPER:
            outcome = evaluate_upper(bound, Problem(n, problem.d, problem.m, problem.p, problem.law), 20)
            if outcome.value is not None:
                assert outcome.value.certified >= attained, (bound.key, problem, W.tolist())


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "uniform"])
@pytest.mark.parametrize(
    ("d", "n", "m", "p"),
    [
        (2, 4, 3, "1e-6"),
        (2, 3, 3, "1e-9"),
        (3, 6, 3, "1e-4"),
        (3, 11, 3, "0.03"),
        (2, 7, 5, "1e-5"),
        (4, 12, 3, "1e-3"),
        (2, 5, 3, "0.3"),
    ],
)
def test_no_upper_bound_is_below_what_a_local_search_finds(d, n, m, p, law):
    problem = Problem(n, d, m, p, law)
    W = climbed(np.random.default_rng(d * n + m).standard_normal((d, n)), problem)
    attained = exact_loss(W, m=m, p=p, law=law, transpose=False).improvement_best_scale
    answer = report(problem, digits=20)
    for outcome in answer.upper:
        if outcome.value is not None:
            assert outcome.value.certified >= attained, outcome.bound.key


# --- witnesses ---------------------------------------------------------------------------------------------------------


def explicit_witness(shown: dict, digits: int, problem: Problem):
    """C²/D of the witness from coordinates, by the ball evaluation of the loss."""
    name = shown["frame"]
    columns = construct(name, shown["n"]) if name in {"orthonormal", "plane_lines"} else construct(name)
    return enclose_loss(columns.to_balls, m=problem.m, p=problem.p, law=problem.law, digits=digits).improvement_best_scale


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "laplace"])
@pytest.mark.parametrize("key", ["orthonormal", "half_design", "known_frame"])
@pytest.mark.parametrize(
    ("n", "d", "m"), [(3, 2, 3), (12, 2, 5), (6, 3, 3), (12, 4, 3), (40, 6, 3), (64, 7, 3), (120, 8, 3), (60, 4, 5)]
)
@pytest.mark.parametrize("p", ["1e-9", "1/20"])
def test_explicit_witnesses_attain_their_bound(key, n, d, m, law, p):
    problem = Problem(n, d, m, p, law)
    outcome = evaluate_lower(next(bound for bound in LOWER if bound.key == key), problem, 25)
    if outcome.value is None:
        assert outcome.why_not
        return
    attained = explicit_witness(dict(outcome.choice.shown), 20, problem)
    gap = max(outcome.value.enclosure.upper - attained.lower, attained.upper - outcome.value.enclosure.lower)
    assert abs(gap) <= outcome.value.enclosure.upper * fmpq(1, 10**18)


@pytest.mark.parametrize(("n", "d", "m", "p"), [(8, 3, 3, "1e-3"), (20, 4, 3, "1/20"), (6, 2, 5, "1e-2")])
def test_random_directions_attain_their_bound_on_average(n, d, m, p):
    problem = Problem(n, d, m, p, "gaussian")
    outcome = evaluate_lower(next(bound for bound in LOWER if bound.key == "random_directions"), problem, 20)
    used = outcome.choice.shown["n"]
    rng = np.random.default_rng(7)
    C, D, best = [], [], fmpq(0)
    for _ in range(400):
        W = rng.standard_normal((d, used))
        value = exact_loss(W / np.linalg.norm(W, axis=0), m=m, p=p, law="gaussian", transpose=False)
        C.append(to_float(value.C))
        D.append(to_float(value.D))
        best = max(best, value.improvement_best_scale)
    bound = to_float(outcome.value.certified)
    scale = np.mean(C) / np.mean(D)
    gains = 2 * scale * np.array(C) - scale**2 * np.array(D)
    assert abs(gains.mean() - bound) < 5 * gains.std() / np.sqrt(len(gains))
    assert best >= outcome.value.certified


def test_a_wrong_bound_would_be_caught():
    """The attack has teeth: nine tenths of very_sparse is refuted by E_8."""
    problem = Problem(120, 8, 3, "1e-6", "rademacher")
    attained = exact_loss(construct("E8").to_float(), m=3, p="1e-6", law="rademacher", transpose=False).improvement_best_scale
    outcome = evaluate_upper(next(bound for bound in UPPER if bound.key == "very_sparse"), problem, 20)
    assert outcome.value.certified >= attained > outcome.value.certified * fmpq(9, 10)


def test_finite_support_of_any_spread():
    law = FiniteSupport(((fmpq(-100), fmpq(1, 10**6)), (fmpq(0), 1 - fmpq(2, 10**6)), (fmpq(100), fmpq(1, 10**6))))
    problem = Problem(4, 2, 3, "1/2", law)
    answer = report(problem, digits=20)
    W = construct("plane_lines", 4).to_float()
    attained = exact_loss(W, m=3, p="1/2", law=law, transpose=False).improvement_best_scale
    assert answer.best_upper.value.certified >= attained


@pytest.mark.slow
@pytest.mark.parametrize("law", ["rademacher", "gaussian", "uniform", "laplace"])
def test_the_whole_hierarchy_against_many_searches(law):
    """m = 3 and 5, d ≤ 5, n ≤ 40, p from 1e-9 to 1: random, structured and climbed weights."""
    rng = np.random.default_rng(sum(map(ord, law)))
    compared = 0
    for _ in range(40):
        m, d = int(rng.choice([3, 3, 5])), int(rng.integers(1, 6))
        n = int(rng.integers(1, 41))
        problem = Problem(n, d, m, f"{10 ** rng.uniform(-9, 0):.3g}", law)
        starts = [structured_weights(str(rng.choice(STRUCTURES)), d, n, rng) for _ in range(3)]
        found = [weights for weights in starts if np.abs(weights).max() > 0]
        found += [climbed(weights, problem) for weights in found]
        attained = max(exact_loss(W, m=m, p=problem.p, law=law, transpose=False).improvement_best_scale for W in found)
        for outcome in report(problem, digits=15).upper:
            if outcome.value is not None:
                compared += 1
                assert outcome.value.certified >= attained, (outcome.bound.key, problem)
    assert compared > 300
