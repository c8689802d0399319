"""Files of the search: atomic, complete, and refused where they do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.loss.weights import load_weights
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.search import store

PROBLEM = Problem(4, 2, 3, "1e-6", "rademacher")
W = np.random.default_rng(0).standard_normal((2, 4))


def test_round_trip(tmp_path):
    path = tmp_path / "W.npz"
    store.save(path, W, PROBLEM, 7, "0.0000031")
    found = store.load(path, PROBLEM)
    np.testing.assert_array_equal(found.weights, W)
    assert (found.seed, found.improvement, found.problem["p"]) == ("7", "0.0000031", "1/1000000")
    np.testing.assert_array_equal(load_weights(path).array, W)
    assert list(tmp_path.iterdir()) == [path]


def test_a_transposed_array_is_stored_row_by_row(tmp_path):
    """What is loaded may go to a writer that ignores strides, as that of safetensors 0.8.0 for NumPy does."""
    store.save(tmp_path / "W.npz", np.asfortranarray(W), PROBLEM, 7, "1")
    stored = np.load(tmp_path / "W.npz")["W"]
    assert stored.flags.c_contiguous
    np.testing.assert_array_equal(np.frombuffer(memoryview(stored).cast("B"), dtype=float), W.ravel())


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "W.npz"
    store.save(path, W, PROBLEM, 7, "1")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(ParameterError, match=r"out = .*cannot be written"):
        store.save(path, 2 * W, PROBLEM, 8, "2")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", [0, 1, 100, 400, -30])
def test_truncated_files(tmp_path, cut):
    path = tmp_path / "W.npz"
    store.save(path, W, PROBLEM, 7, "1")
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    with pytest.raises(ParameterError, match="resume = "):
        store.load(path, PROBLEM)
    assert path.read_bytes() == whole[:cut]


def test_files_that_do_not_fit(tmp_path):
    path = tmp_path / "W.npz"
    store.save(path, W, PROBLEM, 7, "1")
    for other, name in ((Problem(4, 2, 3, "1e-5", "rademacher"), "p"), (Problem(5, 2, 3, "1e-6", "rademacher"), "n")):
        with pytest.raises(ParameterError, match=f"must be of the same problem; its {name} is "):
            store.load(path, other)
    np.savez(path, V=W)
    with pytest.raises(ParameterError, match="must be a file that optimize wrote"):
        store.load(path, PROBLEM)
    np.save(tmp_path / "W.npy", W)
    with pytest.raises(ParameterError, match=r"it is a \.npy file"):
        store.load(tmp_path / "W.npy", PROBLEM)
    with pytest.raises(ParameterError, match="must be a readable file"):
        store.load(tmp_path / "missing.npz", PROBLEM)
    for wrong in (np.ones((4, 2)), np.zeros((2, 4)), np.full((2, 4), np.nan)):
        store.save(path, wrong, PROBLEM, 7, "1")
        with pytest.raises(ParameterError, match="resume"):
            store.load(path, PROBLEM)
    np.savez(path, W=np.array([[{}]], dtype=object), problem="{}", seed="1", improvement="1")
    with pytest.raises(ParameterError, match="resume"):
        store.load(path, PROBLEM)
