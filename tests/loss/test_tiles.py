"""Tiles, lanes and budgets: the same sums and gradients however the work is cut."""

import numpy as np
import pytest

from boundcalc.loss import lanes, tiles
from boundcalc.loss.tiles import BUDGET, gram_gradient, gram_power_sums, make_plan
from boundcalc.numbers.errors import ParameterError


@pytest.fixture(params=[(1, 7, (5, 9)), (2, 8, (5, 9)), (3, 64, (5, 9))], ids=["one lane", "two lanes", "three lanes"])
def _cut(request, monkeypatch):
    count, tile, wide = request.param
    monkeypatch.setattr(tiles, "lane_count", lambda n: count)
    monkeypatch.setattr(tiles, "TILE", tile)
    monkeypatch.setattr(tiles, "WIDE", wide)


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize(("d", "n", "m"), [(3, 1, 3), (4, 50, 1), (4, 97, 3), (6, 200, 5)])
def test_against_the_whole_matrix(d, n, m):
    rng = np.random.default_rng([n, m])
    W = rng.standard_normal((d, n)) / d
    A = W.T @ W
    sums, depth = gram_power_sums(W, m)
    np.testing.assert_allclose(sums, [(A ** (2 * j)).sum(axis=1) for j in range(1, m + 1)], rtol=1e-12)
    assert depth >= min(n, 9)
    coefficients = rng.standard_normal((m, n))
    G = sum(coefficients[k - 1][:, None] * A ** (2 * k - 1) for k in range(1, m + 1))
    expected = W @ (G + G.T)
    np.testing.assert_allclose(gram_gradient(W, coefficients), expected, rtol=0, atol=1e-12 * abs(expected).max())


def test_a_repetition_gives_the_same_bits(monkeypatch):
    monkeypatch.setattr(tiles, "lane_count", lambda n: 2)
    W = np.random.default_rng(1).standard_normal((8, 700)) / 8
    coefficients = np.ones((3, 700))
    first = gram_power_sums(W, 3)[0], gram_gradient(W, coefficients)
    for _ in range(3):
        again = gram_power_sums(W, 3)[0], gram_gradient(W, coefficients)
        assert all((old == new).all() for old, new in zip(first, again, strict=True))


def test_scratch_stays_within_the_budget():
    for n, d, lanes_wanted, budget in (
        (20_000, 50, 2, BUDGET),
        (20_000, 5000, 16, BUDGET),
        (100_000, 24, 8, 1 << 20),
        (9, 3, 2, BUDGET),
    ):
        plan = make_plan(lanes_wanted, n=n, accumulator=8 * d * n, itemsize=8, budget=budget)
        assert plan.lanes >= 1
        own = 0 if plan.lanes == 1 else 8 * d * n  # one lane adds up in the result itself
        assert plan.lanes * (own + 3 * 8 * plan.rows * plan.columns) <= budget
    with pytest.raises(ParameterError, match="budget"):
        tiles.check_budget(1000)
    with pytest.raises(ParameterError, match="budget"):
        tiles.check_budget(2.5e8)


@pytest.mark.parametrize("count", [1, 2])
def test_an_interruption_ends_every_lane(count):
    class Interruption(BaseException):
        pass

    ended = []

    def work(lane, ticks):
        try:
            for _ in range(10**7):
                ticks.tick(lane, 1)
        finally:
            ended.append(lane)

    def progress(share):
        raise Interruption

    with pytest.raises(Interruption):
        lanes.run_lanes(count, 10**9, progress, work)
    assert sorted(ended) == list(range(count))


def test_an_error_in_a_lane_reaches_the_caller():
    def work(lane, ticks):
        raise ArithmeticError(f"lane {lane}")

    with pytest.raises(ArithmeticError, match="lane"):
        lanes.run_lanes(2, 1, None, work)


def test_progress_rises_to_one(monkeypatch):
    content = []
    monkeypatch.setattr(tiles, "WIDE", (16, 16))
    gram_power_sums(np.ones((2, 100)), 3, progress=content.append)
    assert content == sorted(content)
    assert content[-1] == pytest.approx(1.0, abs=0.1)
    assert len(content) > 10
