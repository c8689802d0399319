"""L4: sums against block-diagonal weights, the packing against brute force, and no sum above an upper bound."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from flint import fmpq

from boundcalc import frame
from boundcalc.bounds.catalog import UPPER
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower import direct_sum, search
from boundcalc.bounds.lower.blocks import SINGLE
from boundcalc.bounds.lower.packing import Item, features, pack, value
from boundcalc.bounds.lower.selector import witness_of
from boundcalc.bounds.outcome import DEFAULT_DIGITS, evaluate_lower, evaluate_upper
from boundcalc.frames.library import construct
from boundcalc.loss.dense import dense_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_floor
from boundcalc.numbers.parsing import parse_rational

PROBLEMS = [
    ("inf", 24, 3, "3e-3", "rademacher"),
    (2000, 300, 3, "0.01", "rademacher"),
    ("inf", 24, 3, "0.01", "uniform"),
    (300, 24, 3, "0.03", "gaussian"),
    (60, 31, 5, "0.05", "uniform"),
    ("inf", 65, 3, "0.01", "rademacher"),
    (12, 7, 5, "0.05", "uniform"),
    (30, 11, 5, "0.03", "laplace"),
    (10**7, 10**6, 3, "0.01", "uniform"),
    ("inf", 10**6 + 1, 3, "1e-3", "gaussian"),
]


def value_of(outcome) -> float:
    found = outcome.value.certified
    return int(found.p) / int(found.q)


@pytest.mark.parametrize("arguments", PROBLEMS, ids=str)
def test_a_sum_fits_beats_single_witnesses_and_stays_below_upper_bounds(arguments):
    problem = Problem(*arguments)
    outcome = evaluate_lower(direct_sum.BOUND, problem)
    assert outcome.why_not is None
    shown = outcome.choice.shown
    assert json.loads(json.dumps(shown)) == shown
    blocks = shown["blocks"]
    assert shown["n"] == sum(block["count"] * block["n"] for block in blocks) <= problem.n
    assert shown["d"] == sum(block["count"] * block["d"] for block in blocks) <= problem.d
    assert sum(block["count"] for block in blocks) >= 2
    assert any(block.get("frame") != "orthonormal" for block in blocks)
    for block in blocks:
        assert block["explicit"] == ("frame" in block or "witness" in block or "orbits" in block)
        assert problem.m == 3 or block.get("construction") != "random_walsh"
    for bound in SINGLE:
        single = evaluate_lower(bound, problem)
        assert single.value is None or single.value.certified < outcome.value.certified
    for upper in UPPER:
        if upper.key in {"linear_program", "frontier"}:
            continue  # slower; the others suffice here
        above = evaluate_upper(upper, problem, 12)
        assert above.value is None or outcome.value.certified <= above.value.certified


@pytest.mark.parametrize("arguments", PROBLEMS, ids=str)
def test_the_value_is_the_sum_of_the_blocks_own_bounds(arguments):
    problem = Problem(*arguments)
    outcome = evaluate_lower(direct_sum.BOUND, problem)
    bounds, total = {bound.key: bound for bound in SINGLE}, fmpq(0)
    for block in outcome.choice.shown["blocks"]:
        alone = Problem(block["n"], block["d"], problem.m, problem.p, problem.law)
        if "construction" in block:
            # for exactly this many features and dimensions the bound may use fewer, never a smaller value
            best = evaluate_lower(bounds[block["construction"]], alone).value.certified
        elif "orbits" in block:
            columns = witness_of(block, problem.m).columns  # whole numbers, as they span d dimensions at most
            wide = Problem(block["n"], len(columns), problem.m, problem.p, problem.law)
            best = evaluate_lower(search.witness_bound(columns.astype(float), wide), wide).value.certified
        else:
            keys = ("orthonormal", "half_design", "known_frame", "unbiased_bases", "search")
            found = [evaluate_lower(bounds[key], alone).value for key in keys]
            best = max(each.certified for each in found if each is not None)
        total += block["count"] * best
    assert outcome.value.certified <= total * (1 + fmpq(1, 10**20))


@cache
def coordinates(name: str, n: int, d: int) -> np.ndarray:
    if name == "orthonormal":
        return np.eye(d)[:, :n]
    columns = construct("plane_lines", n) if name == "plane_lines" else construct(name)
    return np.asarray(columns.to_float())


def explicit_weights(shown, problem: Problem) -> np.ndarray:
    """Block-diagonal weights, each block at its own best scale, frames with unit columns."""
    W, row, column = np.zeros((shown["d"], shown["n"])), 0, 0
    for block in shown["blocks"]:
        if "witness" in block:
            V = frame(block["witness"])
        elif "orbits" in block:
            V = witness_of(block, problem.m).to_float()
        else:
            V = coordinates(block["frame"], block["n"], block["d"])
            V = V / np.linalg.norm(V, axis=0)
        loss = dense_loss(V, m=problem.m, p=problem.p, law=problem.law)
        V = V * (loss.C / loss.D) ** (1 / (2 * problem.m))
        for _ in range(block["count"]):
            W[row : row + block["d"], column : column + block["n"]] = V
            row, column = row + block["d"], column + block["n"]
    return W


@pytest.mark.parametrize(
    "arguments",
    [
        ("inf", 24, 3, "3e-3", "rademacher"),
        (300, 24, 3, "0.03", "gaussian"),
        (2000, 300, 3, "0.01", "rademacher"),
        ("inf", 65, 3, "0.01", "rademacher"),
        (12, 7, 5, "0.05", "uniform"),
        (30, 11, 5, "0.01", "laplace"),
        (60, 31, 5, "0.05", "uniform"),
    ],
    ids=str,
)
def test_explicit_blocks_side_by_side_attain_the_value(arguments):
    problem = Problem(*arguments)
    outcome = evaluate_lower(direct_sum.BOUND, problem)
    assert outcome.why_not is None
    shown = outcome.choice.shown
    assert all(block["explicit"] for block in shown["blocks"])
    W = explicit_weights(shown, problem)
    loss = dense_loss(W, m=problem.m, p=problem.p, law=problem.law)
    assert 2 * loss.C - loss.D == pytest.approx(value_of(outcome), rel=1e-10)


@pytest.mark.parametrize(
    "arguments",
    [
        (8, 8, 3, "0.03", "rademacher"),  # n <= d
        ("inf", 1, 3, "0.03", "rademacher"),
        ("inf", 2, 3, "0.05", "rademacher"),
        ("inf", 8, 3, "1e-6", "rademacher"),  # E_8 alone is sharp
        ("inf", 20, 3, "0.5", "rademacher"),  # nothing beats orthonormal (U10)
        ("inf", 20, 35, "0.01", "rademacher"),
        ("inf", 10**70, 3, "0.01", "rademacher"),
    ],
    ids=str,
)
def test_where_no_split_helps(arguments):
    outcome = evaluate_lower(direct_sum.BOUND, Problem(*arguments))
    assert outcome.why_not == "no split that was tried improves on a single witness"


def test_m_1_is_refused():
    assert evaluate_lower(direct_sum.BOUND, Problem(9, 4, 1, "0.1", "uniform")).why_not == "needs m >= 3; here m = 1"


def test_latex():
    assert direct_sum.BOUND.latex(3) == r"I^{\ast} \ge I_1 + I_2"


def random_items(rng: np.random.Generator, d: int) -> list[Item[int]]:
    items = [Item(1.0, 1, 1, 0)]
    for k in range(1, int(rng.integers(2, 9))):
        size = int(rng.integers(1, d + 1))
        items.append(Item(float(size * rng.uniform(0.5, 2)), size + int(rng.integers(0, 6)), size, k))
    return items


def best_by_recursion(items: list[Item[int]], n: float, d: int) -> float:
    @cache
    def best(left: float, room: int) -> float:
        fits = [item for item in items if item.features <= left and item.size <= room]
        return max((item.value + best(left - item.features, room - item.size) for item in fits), default=0.0)

    return best(n, d)


def test_small_packings_are_optimal():
    rng = np.random.default_rng(17)
    for _ in range(150):
        d = int(rng.integers(2, 13))
        items = random_items(rng, d)
        for n in (int(rng.integers(1, 25)), float("inf")):
            packing = pack(items, n, d)
            assert features(packing) <= n
            assert sum(count * item.size for item, count in packing.items()) <= d
            assert value(packing) == pytest.approx(best_by_recursion(items, n, d), rel=1e-12)


def test_large_packings_fit_and_are_nearly_dense():
    rng = np.random.default_rng(19)
    for _ in range(40):
        d = int(rng.integers(200, 5000))
        items = random_items(rng, 300)
        for n in (int(rng.integers(d // 2, 3 * d)), float("inf")):
            packing = pack(items, n, d)
            assert features(packing) <= n
            assert sum(count * item.size for item, count in packing.items()) <= d
            if n == float("inf"):
                densest = max(item.value / item.size for item in items if item.size <= d)
                assert value(packing) >= densest * (d - 300)
            else:
                assert value(packing) >= 0.9 * min(n, d)  # single features alone give min(n, d)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ((19, 4, 9, "37/200", "laplace"), (20, 4, 9, "37/200", "laplace")),
        ((201, 60, 3, "29/1250000", "rademacher"), (201, 61, 3, "29/1250000", "rademacher")),
        ((875, 86, 5, "1.23e-58", "rademacher"), (875, 87, 5, "1.23e-58", "rademacher")),
        ((873, 86, 5, "1.23e-58", "rademacher"), (873, 87, 5, "1.23e-58", "rademacher")),
        ((231, 17, 5, "2.9e-39", "rademacher"), (231, 18, 5, "2.9e-39", "rademacher")),
        ((1120, 22, 7, "1.77e-9", "laplace"), (1120, 23, 7, "1.77e-9", "laplace")),
        ((22, 6, 9, "1.3e-9", "rademacher"), (22, 7, 9, "1.3e-9", "rademacher")),
        ((40, 10, 5, "5.33e-7", "rademacher"), (40, 11, 5, "5.33e-7", "rademacher")),
        ((31, 12, 5, "2.94e-25", "gaussian"), (31, 13, 5, "2.94e-25", "gaussian")),
        ((959, 76, 5, "4.01e-135", "gaussian"), (959, 77, 5, "4.01e-135", "gaussian")),
        ((2052, 31, 7, "4.92e-116", "uniform"), (2052, 32, 7, "4.92e-116", "uniform")),
        ((16, 22, 9, "147/250", "laplace"), (17, 22, 9, "147/250", "laplace")),
        ((91, 7, 7, "9.37e-113", "gaussian"), (91, 8, 7, "9.37e-113", "gaussian")),
        ((71, 5, 7, "2.6e-5", "rademacher"), (72, 5, 7, "2.6e-5", "rademacher")),
        ((243, 9, 3, "1.5e-170", "rademacher"), (244, 9, 3, "1.5e-170", "rademacher")),
        ((849, 26, 3, "1.18e-5", "rademacher"), (850, 26, 3, "1.18e-5", "rademacher")),
        ((247, 6, 7, "6.08e-6", "rademacher"), ("inf", 6, 7, "6.08e-6", "rademacher")),
    ],
)
def test_weights_for_more_features_or_dimensions_are_not_less(small, large):
    """They were less by 0.002% to 4%: dimensions may be left, and fewer dimensions may use more features."""
    best = [report(Problem(*arguments), upper=["rank"]).best_lower.value.certified for arguments in (small, large)]
    printed = [parse_rational(decimal_floor(value, DEFAULT_DIGITS), parameter="lower") for value in best]
    assert printed[0] <= printed[1]


@pytest.mark.parametrize("d", [10**10, 10**30])
def test_more_dimensions_than_a_table_holds(d):
    """Where no item is left beside a block, a table of all dimensions is not made: it does not fit into memory."""
    assert value(pack([Item(2.0, 4, 2, "block"), Item(1.0, 1, 1, "single")], 4, d)) == 4
    answer = report(Problem(5, d, 3, "0.01", "rademacher"))
    assert answer.best_lower.value.certified == answer.best_upper.value.certified == fmpq(5, 100)
