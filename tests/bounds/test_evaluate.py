"""The report: the best two bounds against each other, and what it says in words."""

from __future__ import annotations

import decimal
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import NEARLY, evaluate_upper, report
from boundcalc.bounds.lower.search import witness_bound
from boundcalc.bounds.lower.witness_table import find
from boundcalc.language.claims import Status
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError

SHARP = [("rademacher", p) for p in ("0.13", "0.2", "0.3", "1/3", "0.5", "0.8", "1")]
SHARP += [("uniform", p) for p in ("3/10", "0.45", "3/5", "0.75", "0.9")]


@pytest.mark.parametrize(("law", "p"), SHARP)
@pytest.mark.parametrize(("n", "d"), [(7, 3), ("inf", 100), (3, 5), (10**6, 2)])
def test_no_superposition(law, p, n, d):
    answer = report(Problem(n, d, 3, p, law))
    assert answer.ratio.lower == answer.ratio.upper == 1
    assert answer.best_lower.bound.key == "orthonormal"
    upper = answer.best_upper.bound
    assert upper.status is (Status.PROVEN if upper.key == "trivial" else Status.ARGUED)
    assert answer.verdict == f"superposition does not help: the orthonormal basis is optimal, by {upper.key} ({upper.status.value})"
    g = answer.problem.law.moment(4) ** 2 / answer.problem.law.moment(6)
    assert answer.best_upper.exact() == answer.problem.p * g * answer.problem.rank == answer.baseline
    assert answer.gain.lower == answer.gain.upper == 1


@pytest.mark.parametrize("m", [1, 3, 5, 7, 9])
@pytest.mark.parametrize(("n", "d"), [(4, 4), (100, 3), ("inf", 10)])
def test_gaussian_without_sparsity(m, n, d):
    answer = report(Problem(n, d, m, 1, "gaussian"))
    assert answer.ratio.lower == answer.ratio.upper == 1
    assert answer.gain.lower == answer.gain.upper == 1


def test_superposition_helps_only_with_a_certified_margin():
    helps = report(Problem("inf", 3, 3, "0.05", "rademacher"))
    assert helps.verdict.startswith("superposition helps")
    alone = next(outcome for outcome in helps.lower if outcome.bound.key == "orthonormal")
    assert helps.best_lower.value.enclosure.lower > alone.value.enclosure.upper
    open_case = report(Problem("inf", 3, 3, "0.121", "rademacher"))
    assert open_case.verdict == ""
    assert not open_case.is_sharp


def enumerated(gram: list[list[Fraction]], p: Fraction) -> Fraction:
    """C²/D of a Gram matrix, m = 3, ±1 features, over all states of the features: not from the moments."""
    C = D = Fraction(0)
    for state in product((-1, 0, 1), repeat=len(gram)):
        weight = prod(1 - p if x == 0 else p / 2 for x in state)
        answers = [sum(a * x for a, x in zip(row, state, strict=True)) ** 3 for row in gram]
        C += weight * sum(x * y for x, y in zip(state, answers, strict=True))
        D += weight * sum(y * y for y in answers)
    return C * C / D


@pytest.mark.parametrize("p", ["1/1000", "1/50", "1/10", "1/4"])
def test_in_one_dimension_nothing_is_gained(p):
    """One dimension: I(W) of all weights (1, b, c) on a grid stays at p g, which is I*."""
    answer = report(Problem(3, 1, 3, p, "rademacher"))
    grid = [Fraction(k, 8) for k in range(9)]
    p = Fraction(p)
    over = [enumerated([[x * y for x in w] for y in w], p) / p for w in ((Fraction(1), b, c) for b in grid for c in grid if c <= b)]
    assert max(over) == over[0] == 1
    assert answer.baseline == fmpq(p.numerator, p.denominator)
    assert answer.gain.lower == answer.gain.upper == 1  # N_3(1) = 1 and g = mu_2: rank and the basis meet


@pytest.mark.parametrize(("p", "within"), [("1e-6", "1e-5"), ("1/1000", "1/100"), ("1/20", "1/2")])
def test_the_gain_of_three_lines_in_the_plane(p, within):
    """Lines at 60°, the best three as n p → 0 (equiangular), by enumeration; p min(n, d) g = 2 p."""
    answer = report(Problem(3, 2, 3, p, "rademacher"))
    half = Fraction(1, 2)
    value = enumerated([[Fraction(1), -half, -half], [-half, Fraction(1), -half], [-half, -half, Fraction(1)]], Fraction(p))
    gain = value / (2 * Fraction(p))
    assert answer.gain.lower <= fmpq(gain.numerator, gain.denominator) <= answer.gain.upper
    assert answer.gain.upper - answer.gain.lower < fmpq(*Fraction(within).as_integer_ratio())
    assert answer.gain.lower > 1


@pytest.mark.parametrize("m", [1, 3, 5])
def test_the_baseline_is_the_best_of_diagonal_gram_matrices(m):
    """p Σ (2 α t − β t²) over at most min(n, d) values t = a^m, each the best at t = α/β; α, β of the Gaussian law."""
    alpha, beta = prod(range(1, m + 1, 2)), prod(range(1, 2 * m, 2))
    answer = report(Problem(7, 4, m, "1/50", "gaussian"))
    best = fmpq(alpha, beta)
    assert answer.baseline == fmpq(4, 50) * (2 * alpha * best - beta * best**2)
    assert all(answer.baseline >= fmpq(4, 50) * (2 * alpha * t - beta * t**2) for t in (best * fmpq(k, 10) for k in range(30)))
    assert answer.gain.upper >= answer.gain.lower >= 1
    assert m > 1 or answer.gain.upper == 1


def test_the_gain_is_at_least_one_where_numbers_are_long():
    """A p of thousands of digits: even the basis is known through a ball, whose lower end is below p r g."""
    answer = report(Problem(9, 3, 3, fmpq(10**4000 + 1, 8 * 10**4000), "rademacher"), digits=5)
    assert answer.gain.lower >= 1


OPTIMAL = [
    ("rademacher", 3, "0.03", "icosahedron"),
    ("rademacher", 3, "0.04", "icosahedron"),
    ("rademacher", 3, "0.06", "icosahedron"),
    ("rademacher", 7, "0.02", "28_lines"),
    ("uniform", 3, "0.14", "icosahedron"),
]


@pytest.mark.parametrize(("law", "d", "p", "frame"), OPTIMAL)
def test_optimal_geometry_is_said(law, d, p, frame):
    answer = report(Problem("inf", d, 3, p, law))
    assert answer.ratio.upper <= 1 + NEARLY
    assert answer.optimality.startswith(f"{frame} is optimal among all weights and every n (")
    assert ("(exactly), by frontier (argued)" in answer.optimality) == (p != "0.06")  # 0.06 lies beyond the window of exact proofs


def test_optimality_of_a_witness_of_the_table():
    # 11 weighted lines of strength 6: G(11, 3) = 7, which very_sparse attains as p -> 0
    answer = report(Problem(11, 3, 3, "1e-6", "rademacher"))
    assert answer.best_lower.bound.key == "search"
    said = answer.optimality
    assert said.startswith("the witness of the table with 11 features in 3 dimensions is optimal among all weights for n = 11")
    share = fmpq(*map(int, decimal.Decimal(said.split("to within ")[1].split(")")[0]).as_integer_ratio()))
    upper = min(outcome.value.certified for outcome in answer.upper if outcome.applies)
    entry = find("m3_d3_n11_r_1e-6")
    value = exact_loss(entry.columns, m=3, p="1e-6", law="rademacher").improvement_best_scale
    assert upper <= value * (1 + share)
    assert 0 < share <= NEARLY


def test_optimality_is_not_said_too_early():
    assert report(Problem(10, 3, 3, "1e-6", "rademacher")).optimality == ""  # a witness of the table, 0.7% below
    assert report(Problem("inf", 3, 3, "0.01", "rademacher")).optimality == ""
    assert report(Problem("inf", 1000, 3, "1e-12", "rademacher")).optimality == ""


def test_a_tighter_upper_bound_where_the_issue_asks():
    for n, d, most in ((11, 3, fmpq(4285, 1000)), (30, 4, fmpq(631, 100))):
        answer = report(Problem(n, d, 3, "0.03", "rademacher"))
        assert answer.best_upper.value.certified <= most * answer.problem.p


@pytest.mark.parametrize("args", [(120, 8, 3, "1e-6", "rademacher"), (9, 3, 3, "0.2", "laplace"), (40, 5, 5, "1e-3", "gaussian")])
def test_the_loss_interval(args):
    answer = report(Problem(*args), digits=25)
    energy = answer.problem.energy
    assert answer.loss.lower <= energy - answer.best_upper.value.enclosure.lower
    assert answer.loss.upper >= energy - answer.best_lower.value.enclosure.upper
    assert answer.unexplained.upper == answer.loss.upper / energy
    assert 0 <= answer.unexplained.lower <= answer.unexplained.upper <= 1


def test_cancelling_losses_keep_their_digits():
    # p n mu_2 and the bound agree in some 370 digits
    answer = report(Problem("10^30", "10^6", 3, "1e-400", "rademacher"), digits=20)
    assert answer.loss.lower > 0
    assert answer.loss.upper < fmpq(1, 10**360) * answer.problem.energy * 10**400


def test_digits_are_whole_and_in_range():
    problem = Problem(3, 2, 3, "0.1", "rademacher")
    for digits in (0, -1, 10_001, 1.5, True, "30"):
        with pytest.raises(ParameterError, match="must be a whole number, 1 to 10000"):
            report(problem, digits=digits)


def test_a_witness_enters_the_report():
    problem = Problem(4, 2, 3, "1e-4", "rademacher")
    bound = witness_bound(np.eye(2), problem)
    answer = report(problem, lower=[bound])
    assert answer.best_lower.bound is bound
    assert answer.best_lower.exact() == fmpq(2, 10**4)
    assert answer.gain.lower == 1  # weights without superposition reach the baseline, whatever else was evaluated


def test_a_time_limit_leaves_out_what_takes_long_and_nothing_else():
    """capacity for m = 9 takes seconds; its place says why it has no value, and the others are what they are without a limit."""
    problem = Problem(300, 9, 9, "0." + "9" * 30, "support:-11:1/22,-1:10/22,1:10/22,11:1/22")
    limited = report(problem, digits=6, seconds=1)
    assert limited["capacity"].is_left_out
    assert limited["capacity"].why_not == "it takes longer than the time given"
    assert [outcome.bound.key for outcome in (*limited.upper, *limited.lower) if outcome.is_left_out] == ["capacity"]
    assert limited.best_upper.value.enclosure == evaluate_upper(limited.best_upper.bound, problem, 6).value.enclosure


def test_a_limit_of_nothing_still_has_the_best_two():
    limited = report(120, 8, 3, "1e-6", "rademacher", digits=6, seconds=1e-9)
    assert limited.best_upper.value.certified >= limited.best_lower.value.certified > 0
    assert any(outcome.is_left_out for outcome in limited.upper)


@pytest.mark.parametrize(
    ("n", "d", "m"), [(5, 10**400, 3), (10**400, 10**390, 5), (10**400, 2, 3), ("inf", 10**400, 7)], ids=range(4)
)
def test_sizes_beyond_floats(n, d, m):
    answer = report(n, d, m, "1/50", "rademacher", digits=6)
    assert answer.ratio.lower >= 1


@pytest.mark.filterwarnings("error")
def test_two_features_have_one_row_for_each_capacity():
    """A row at which an examination fails is added to the program: for n = 2 there is one θ, and no share of a range."""
    answer = report(2, 2, 5, "103/1000000", "laplace", digits=6)
    assert answer.ratio.lower >= 1


def test_an_outcome_is_found_by_its_section_as_well():
    answer = report(30, 6, 3, "0.02", "gaussian")
    for section, key in (("U9", "frontier"), ("u9", "frontier"), ("L5", "search")):
        assert answer[section] is answer[key]
    few = report(30, 6, 3, "0.02", "gaussian", upper=["rank"])
    with pytest.raises(KeyError, match="frontier is not among the bounds of this report: rank"):
        few["U9"]
