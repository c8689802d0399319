"""``boundcalc optimize`` for features that differ, as a user meets it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from flint import fmpq

from boundcalc.cli.main import main
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import Features
from boundcalc.numbers.parsing import parse_rational

OPTIONS = ["--n", "6", "--d", "2", "--m", "3", "--p", "0.01", "--law", "rademacher", "--importance", "0.7^i"]


def run(capsys, *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["optimize", *args])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def rational(text: str) -> fmpq:
    return parse_rational(text, parameter="printed")


def test_json_and_file(capsys, tmp_path):
    out = tmp_path / "W.npz"
    status, printed, err = run(capsys, *OPTIONS, "--starts", "8", "--out", str(out), "--json")
    assert status == 0
    content = json.loads(printed)
    assert (content["seed"], content["starts"], content["out"]) == (0, 8, str(out))
    assert content["represented"] == [1, 2, 3]
    assert content["upper"] == "frontier"
    with np.load(out, allow_pickle=False) as stored:
        W = stored["W"]
    features = Features.each([fmpq(7, 10) ** i for i in range(1, 7)], ["0.01"] * 6, "rademacher")
    exact = exact_loss(W, m=3, features=features)
    assert rational(content["improvement"]["lower"]) <= exact.improvement_best_scale <= rational(content["improvement"]["upper"])
    assert 1 <= rational(content["ratio_to_upper"]["lower"]) <= rational(content["ratio_to_upper"]["upper"]) < fmpq(102, 100)
    assert "start 1  I = " in err
    # a second search goes on from the file, and never writes anything worse
    status, printed, _ = run(capsys, *OPTIONS, "--starts", "1", "--seed", "7", "--out", str(out), "--quiet")
    assert status == 0
    assert "represented: 3 features: 1-3" in printed
    with np.load(out, allow_pickle=False) as stored:
        again = exact_loss(stored["W"], m=3, features=features).improvement_best_scale
    assert again >= exact.improvement_best_scale * (1 - fmpq(1, 10**12))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--random-only",), "random-only"),
        (("--starts", "0"), "starts"),
        (("--seed", "-1"), "seed"),
        (("--resume", "none.npz"), "resume"),
    ],
)
def test_what_is_refused_in_one_line(capsys, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *OPTIONS, *options)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_file_of_other_features_is_refused(capsys, tmp_path):
    out = tmp_path / "W.npz"
    run(capsys, *OPTIONS, "--starts", "1", "--out", str(out), "--quiet")
    status, _, err = run(capsys, *OPTIONS[:-1], "0.8^i", "--starts", "1", "--out", str(out), "--quiet")
    assert status == 2
    assert "same problem; its features" in err
