"""Table, histogram and CSV of the features."""

import csv
import itertools
import math
import os

import numpy as np
import pytest
from flint import fmpq_mat

from boundcalc.loss.dense import dense_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.exact_pair import exact_loss_of_pair
from boundcalc.loss.summary import HEADER, feature_table, histogram, leverages, named_features, responses, write_features
from boundcalc.model.features import Features, Group
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

OPTIONS = {"m": 3, "p": "1/50", "law": "laplace"}


def test_exact_and_float_agree():
    W = np.random.default_rng(1).standard_normal((4, 20)) * 3
    exact, rounded = (feature_table(value, W) for value in (exact_loss(W, **OPTIONS, rows=True), dense_loss(W, **OPTIONS)))
    np.testing.assert_array_equal(rounded.state, exact.state)
    for name in HEADER[1:-1]:
        np.testing.assert_allclose(getattr(rounded, name), getattr(exact, name), rtol=1e-9)
    np.testing.assert_allclose(exact.norm**2, exact.a, rtol=1e-14)
    assert exact.own_loss.sum() == pytest.approx(to_float(exact_loss(W, **OPTIONS).loss), rel=1e-12)
    assert exact.rank == 4


@pytest.mark.parametrize("m", [3, 5])
def test_the_response_is_the_share_of_a_feature_that_its_output_holds(m):
    """Against all states of ±1 features that differ in activity and scale; tied, and of a decoder whose best scale is negative."""
    activity, scale, importance = [0.5, 0.25, 0.125, 0.25], [1.0, 2.0, 1.0, 0.5], [1, 1, 3, 2]
    groups = [Group(1, *each) for each in zip(importance, map(str, activity), ["rademacher"] * 4, map(str, scale), strict=True)]
    features = Features(tuple(groups))
    W = np.array([[1.0, 0.5, 0.25, 0.0], [0.5, -0.5, 1.0, 0.25]])
    for V in (W, -W):
        response = np.zeros(4)
        for signs in itertools.product((-1, 0, 1), repeat=4):
            weight = math.prod(p / 2 if sign else 1 - p for sign, p in zip(signs, activity, strict=True))
            x = np.array(signs) * scale
            response += weight * x * (V.T @ W @ x) ** m
        response /= np.array(activity) * np.square(scale)
        value = (
            exact_loss_of_pair(V, W, m=m, features=features, rows=True)
            if V is not W
            else exact_loss(W, m=m, features=features, rows=True)
        )
        np.testing.assert_allclose(responses(value), response / response[np.argmax(np.abs(response))], rtol=1e-12)


def test_every_feature_is_represented_weak_or_dead():
    """Where contributions of all weights are small alike, only what is far below the largest is dead."""
    W = np.random.default_rng(5).standard_normal((5, 80)) * np.linspace(0, 1, 80)
    table = feature_table(dense_loss(W, **OPTIONS), W)
    named = named_features(W, table.state)
    assert sorted((*named.represented, *named.weak, *named.dead)) == list(range(80))
    assert min(map(len, (named.represented, named.weak, named.dead))) > 2
    for features, low, high in ((named.represented, 0.5, 1.0), (named.weak, 0.01, 0.5), (named.dead, 0.0, 0.01)):
        assert all(low <= table.response[i] <= high for i in features)
    best = dense_loss(dense_loss(W, **OPTIONS).scale * W, **OPTIONS)
    shares = np.ldexp(best.rows.C, 3 * best.exponent)  # a dead feature adds at most a fiftieth of the largest share of C
    assert (feature_table(best, W).improvement[list(named.dead)] <= 0.02 * shares.max() * (1 + 1e-12)).all()
    scaled = feature_table(dense_loss(37 * W, **OPTIONS), 37 * W)
    np.testing.assert_array_equal(scaled.state, table.state)
    zero = np.zeros((2, 3))
    assert list(feature_table(dense_loss(zero, **OPTIONS), zero).state) == ["dead"] * 3


def test_leverages_are_those_of_the_exact_projection():
    """Of rank 2 in 3 dimensions: P = Wᵀ(WWᵀ)⁻¹W over two independent rows."""
    rows = [[1, 2, 0, -1, 3], [0, 1, 1, 1, -2]]
    W = fmpq_mat(rows)
    P = W.transpose() * (W * W.transpose()).inv() * W
    found = leverages(np.array([*rows, [a + b for a, b in zip(*rows, strict=True)]]))
    np.testing.assert_allclose(found, [to_float(P[i, i]) for i in range(5)], rtol=1e-13)
    assert not leverages(np.zeros((2, 3))).any()
    table = feature_table(dense_loss(np.zeros((2, 3)), **OPTIONS), np.zeros((2, 3)))
    assert table.rank == 0
    assert not table.capacity.any()


def test_capacity_is_at_most_the_leverage():
    W = np.random.default_rng(2).standard_normal((5, 60))
    table = feature_table(dense_loss(W, **OPTIONS), W)
    assert (table.capacity <= table.leverage * (1 + 1e-12)).all()


def test_histogram():
    lines = histogram([0.0, 0.05, 0.5, 0.999, 1.0, 1.0])
    assert len(lines) == 10
    assert [int(line.split()[3]) for line in lines] == [2, 0, 0, 0, 0, 1, 0, 0, 0, 3]
    assert all(len(line) <= 80 and line.isascii() for line in lines)
    assert lines[-1].count("#") > lines[0].count("#") > lines[5].count("#") > 0
    near = histogram(np.full(100_000, 0.019))
    assert near[-1].startswith("0.018 to 0.02")
    assert sum(int(line.split()[3]) for line in near) == 100_000
    assert max(len(line) for line in near) <= 80
    assert int(histogram([0.0, 0.0])[0].split()[3]) == 2


def test_csv(tmp_path):
    W = np.random.default_rng(3).standard_normal((2, 5)) * 1e60
    path = tmp_path / "features.csv"
    path.write_text("old")
    table = feature_table(dense_loss(W, **OPTIONS), W)
    write_features(table, path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["feature"] for row in rows] == list("01234")
    assert tuple(rows[0]) == HEADER
    assert [float(row["norm"]) for row in rows] == table.norm.tolist()
    assert [row["state"] for row in rows] == table.state.tolist()
    assert all(row["own_loss"] == "" for row in rows)  # 1e720 is past the range of float64
    assert os.listdir(tmp_path) == ["features.csv"]
    with pytest.raises(ParameterError, match="features"):
        write_features(table, tmp_path / "none" / "f.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ParameterError, match="features"):
        write_features(table, tmp_path / "folder")
    assert sorted(os.listdir(tmp_path)) == ["features.csv", "folder"]


def test_nothing_is_left_of_an_interrupted_write(tmp_path, monkeypatch):
    W = np.ones((1, 2))
    table = feature_table(dense_loss(W, **OPTIONS), W)
    path = tmp_path / "f.csv"
    path.write_text("old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_features(table, path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["f.csv"]
