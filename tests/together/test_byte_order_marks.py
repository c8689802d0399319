"""Text that an editor saved with a byte-order mark is read as without it: a mark must not cost the first number."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import pytest

from boundcalc.check.claim_file import read_claims
from boundcalc.loss.weights import load_weights
from boundcalc.model.feature_table import read_features
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots.training import load_losses
from boundcalc.sweep.grid import load_grid

CLAIM = '[hypotheses]\nm = 3\n\n[[steps]]\nkey = "one"\nclaim = "a[i]^2 >= 0"\nbecause = "it is a square"\n'
GRID = 'm = [3]\nn = [5]\nd = [2, 3]\np = ["0.01"]\nlaw = ["rademacher"]\n'


def weights(path: Path) -> list[list[float]]:
    return load_weights(path).array.tolist()


def weights_of_a_folder(path: Path) -> list[list[float]]:
    np.savez(path.with_name("sae.npz"), W=np.array([[1.0, 0.5, 0.25], [0.0, 2.0, 1.0]]))
    return weights(path.parent)


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("w.csv", "0.5,1\n0.25,2\n", weights),
        ("w.txt", "0.5 1\n0.25 2\n", weights),
        ("losses.txt", "0.5\n0.25\n", lambda path: load_losses(path).tolist()),
        ("features.csv", "count,importance,p,law\n2,1,0.1,gaussian\n1,1/2,0.2,rademacher\n", read_features),
        ("features.toml", '[[group]]\ncount = 2\nimportance = 1\np = "0.1"\nlaw = "gaussian"\n', read_features),
        ("grid.toml", GRID, lambda path: load_grid(path).as_json()),
        ("claims.toml", CLAIM, lambda path: read_claims(path).statements),
        ("config.json", '{"d_in": 2}', weights_of_a_folder),
    ],
)
def test_a_mark_changes_nothing(tmp_path, name, text, read):
    found = []
    for mark in (b"", codecs.BOM_UTF8):
        path = tmp_path / f"after {len(mark)} bytes" / name
        path.parent.mkdir()
        path.write_bytes(mark + text.encode())
        found.append(read(path))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["w.csv", "losses.csv"])
def test_text_that_is_none_is_named(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x81\x82,1\n")
    for read in (load_weights, load_losses):
        with pytest.raises(ParameterError, match="it is no text"):
            read(path)
