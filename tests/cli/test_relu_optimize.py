"""``boundcalc optimize --activation relu``."""

from __future__ import annotations

import json

import numpy as np
import pytest

from boundcalc.cli.main import main
from boundcalc.numbers.parsing import parse_rational

MODEL = ["--activation", "relu", "--n", "5", "--d", "2", "--p", "1/20", "--law", "uniform01", "--starts", "2"]


def run(capsys, command: str, *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([command, *map(str, args)])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def test_what_is_written_has_the_loss_that_is_printed(capsys, tmp_path):
    out = tmp_path / "found.npz"
    status, text, err = run(capsys, "optimize", *MODEL, "--out", out, "--json")
    assert status == 0
    assert all("loss about" in line for line in err.splitlines())
    content = json.loads(text)
    with np.load(out) as loaded:
        assert loaded["W"].shape == (2, 5)
        assert loaded["b"].shape == (5,)
        assert json.loads(str(loaded["problem"][()]))["activation"] == "relu"
    again = json.loads(run(capsys, "loss", out, *MODEL[:2], *MODEL[6:10], "--bias", "b", "--json")[1])
    assert again["loss"] == content["loss"]
    assert parse_rational(content["loss"]["upper"], parameter="x") < parse_rational("0.00905", parameter="x")
    assert run(capsys, "optimize", *MODEL, "--out", out, "--quiet")[2] == ""  # a file of its own may be written over


def test_without_bias(capsys, tmp_path):
    out = tmp_path / "found.npz"
    text = run(capsys, "optimize", *MODEL, "--no-bias", "--out", out, "--quiet")[1]
    assert "no bias" in text.splitlines()[0]
    assert "(pentagon, computed)" in text
    with np.load(out) as loaded:
        assert "b" not in loaded.files


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--resume", "x.npz"], "resume = x.npz: is for x^m"),
        (["--random-only"], "random-only = True: is for x^m"),
        (["--starts", "0"], "starts = 0: must be"),
        (["--m", "3"], "m = 3: must be 1 for the search"),
    ],
)
def test_wrong_input_in_a_line(capsys, args, message):
    status, out, err = run(capsys, "optimize", *MODEL, *args)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_another_file_is_not_written_over(capsys, tmp_path):
    out = tmp_path / "mine.npz"
    np.savez(out, x=np.ones(3))
    status, _, err = run(capsys, "optimize", *MODEL, "--out", out)
    assert status == 2
    assert err.count("\n") == 1
