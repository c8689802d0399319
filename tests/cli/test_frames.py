"""``boundcalc frames``: the list, and written frames."""

from __future__ import annotations

import json

import numpy as np
import pytest

from boundcalc.cli.main import main
from boundcalc.frames.library import construct, entries
from boundcalc.loss.weights import load_weights


def run(capsys, *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(args))
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def test_the_list(capsys):
    status, out, err = run(capsys, "frames")
    assert (status, err) == (0, "")
    lines = {line.split()[0]: line.split() for line in out.splitlines()}
    assert lines["E8"][1:5] == ["8", "120", "6", "equal"]
    assert lines["reznick_11"][1:5] == ["3", "11", "6", "weighted"]
    assert "simplex_N" in out
    _, out, _ = run(capsys, "frames", "--json")
    assert [entry["key"] for entry in json.loads(out)["frames"]] == [entry.key for entry in entries()]


@pytest.mark.parametrize("name", ["E8", "reznick_11", "simplex_5", "plane_lines_7", "600_cell"])
def test_a_frame_is_written(capsys, tmp_path, name):
    out = tmp_path / "W.npz"
    status, printed, _ = run(capsys, "frames", name, "--out", str(out), "--json")
    content = json.loads(printed)
    assert status == 0
    W = load_weights(out).array
    assert (content["key"], content["d"], content["n"]) == (name, *W.shape)
    np.testing.assert_array_equal(W, construct(name).to_float())
    assert list(tmp_path.iterdir()) == [out]


def test_a_frame_is_described(capsys):
    assert run(capsys, "frames", "icosahedron")[1] == "icosahedron: 6 lines in 3 dimensions\n"


def test_bad_input(capsys, tmp_path):
    out = tmp_path / "W.npz"
    out.write_bytes(b"before")
    for args, message in (
        (["E9", "--out", str(out), "--force"], "frame = E9: is no known frame; did you mean E8"),
        (["simplex", "--out", str(out), "--force"], "needs a number"),
        (["--out", str(out)], "needs the NAME"),
        (["E8", "--out", str(tmp_path / "no" / "W.npz")], "cannot be written"),
    ):
        status, printed, err = run(capsys, "frames", *args)
        assert (status, printed) == (2, "")
        assert message in err
        assert err.count("\n") == 1
    assert out.read_bytes() == b"before"
