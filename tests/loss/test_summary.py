"""Table, histogram and CSV of the features."""

import csv
import os

import numpy as np
import pytest
from flint import fmpq_mat

from boundcalc.loss.dense import dense_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.summary import HEADER, feature_table, histogram, leverages, write_features
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

OPTIONS = {"m": 3, "p": "1/50", "law": "laplace"}


def test_exact_and_float_agree():
    W = np.random.default_rng(1).standard_normal((4, 20)) * 3
    exact, rounded = (feature_table(value, W) for value in (exact_loss(W, **OPTIONS, rows=True), dense_loss(W, **OPTIONS)))
    for name in HEADER[1:]:
        np.testing.assert_allclose(getattr(rounded, name), getattr(exact, name), rtol=1e-9)
    np.testing.assert_allclose(exact.norm**2, exact.a, rtol=1e-14)
    assert exact.own_loss.sum() == pytest.approx(to_float(exact_loss(W, **OPTIONS).loss), rel=1e-12)
    assert exact.rank == 4


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
