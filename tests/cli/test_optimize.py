"""``boundcalc optimize`` as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from flint import fmpq

from boundcalc.cli.main import main
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.parsing import parse_rational

PLANE = ["--n", "4", "--d", "2", "--m", "3", "--p", "1e-6", "--law", "rademacher"]


def run(capsys, *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(args))
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def rational(text: str) -> fmpq:
    return parse_rational(text, parameter="printed")


def test_json_and_file(capsys, tmp_path):
    out = tmp_path / "W.npz"
    status, printed, err = run(capsys, "optimize", *PLANE, "--starts", "12", "--out", str(out), "--json")
    assert status == 0
    content = json.loads(printed)
    assert content["problem"] == {"n": "4", "d": 2, "m": 3, "p": "1/1000000", "law": "rademacher"}
    assert (content["seed"], content["out"]) == (0, str(out))
    assert 1 <= content["starts"] < 12  # within a millionth of the upper bound, the search ends
    assert rational(content["improvement"]["lower"]) >= fmpq(31999, 10**10)
    assert 1 <= rational(content["ratio_to_upper"]["lower"]) <= rational(content["ratio_to_upper"]["upper"]) < fmpq(10001, 10000)
    assert content["structure"]["parts"][0]["frame"] == "plane_lines_4"
    assert content["beats_closed_forms"] is False
    assert "half_design" in content["not_beaten"]
    with np.load(out, allow_pickle=False) as stored:
        W = stored["W"]
        assert json.loads(str(stored["problem"])) == content["problem"]
        assert str(stored["seed"]) == "0"
        written = rational(str(stored["improvement"]))
    assert W.shape == (2, 4)
    # the file's own weights have exactly the improvement that was printed
    exact = exact_loss(W, m=3, p="1e-6", law="rademacher")
    assert rational(content["improvement"]["lower"]) <= exact.improvement_best_scale <= rational(content["improvement"]["upper"])
    assert written <= exact.improvement_best_scale
    assert exact.improvement >= exact.improvement_best_scale * (1 - fmpq(1, 10**10))  # written near its best scale
    lines = err.splitlines()
    assert "start 1/13" in lines[0]
    assert lines[0].endswith("best witness known")
    assert "I/p = " in lines[-1]
    assert "upper/this = " in lines[-1]
    assert list(tmp_path.iterdir()) == [out]


def test_the_file_feeds_the_other_commands(capsys, tmp_path):
    out = str(tmp_path / "W.npz")
    args = ["--n", "11", "--d", "3", "--m", "3", "--p", "1e-6", "--law", "rademacher"]
    status, printed, err = run(capsys, "optimize", *args, "--starts", "12", "--out", out, "--quiet")
    assert (status, err) == (0, "")
    assert "beats every closed-form lower bound: yes" in printed
    status, printed, _ = run(capsys, "bounds", *args, "--witness", out, "--json")
    assert status == 0
    assert rational(json.loads(printed)["best"]["lower"]["improvement"]["upper"]) >= fmpq(69996, 10**10)
    assert run(capsys, "loss", out, *args[4:])[0] == 0


def test_a_seed_repeats_the_output(capsys):
    args = ["--n", "7", "--d", "3", "--m", "3", "--p", "0.02", "--law", "uniform", "--starts", "10", "--json", "--quiet"]
    first, second = run(capsys, "optimize", *args, "--seed", "5"), run(capsys, "optimize", *args, "--seed", "5")
    assert first == second


def test_resume(capsys, tmp_path):
    out = tmp_path / "W.npz"
    args = ["optimize", *PLANE, "--starts", "9", "--quiet", "--json", "--out", str(out)]
    _, first, _ = run(capsys, *args)
    _, second, _ = run(capsys, *args[:-4], "--starts", "1", "--quiet", "--json", "--resume", str(out))
    improvement = [rational(json.loads(text)["improvement"]["lower"]) for text in (first, second)]
    assert improvement[1] >= improvement[0] * (1 - fmpq(1, 10**11))
    whole = out.read_bytes()
    status, printed, err = run(capsys, *args[:2], "5", *args[3:], "--resume", str(out))
    assert (status, printed) == (2, "")
    assert "resume = " in err
    assert "its n is 4" in err
    assert out.read_bytes() == whole
    out.write_bytes(whole[:300])
    status, _, err = run(capsys, *args, "--resume", str(out))
    assert status == 2
    assert err.count("\n") == 1
    assert out.read_bytes() == whole[:300]


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        (["--n", "0"], "n"),
        (["--n", "inf"], "n"),
        (["--seed", "1.5"], "seed"),
        (["--seed", "x"], "seed"),
        (["--seed", "-1"], "seed"),
        (["--starts", "0"], "starts"),
        (["--starts", "10^9"], "starts"),
        (["--seconds", "-3"], "seconds"),
        (["--workers", "0"], "workers"),
        (["--out", "/no/such/folder/W.npz"], "out"),
        (["--out", "/"], "out"),
        (["--resume", "/no/such/file.npz"], "resume"),
    ],
)
def test_bad_input_is_said_before_the_search(capsys, monkeypatch, change, parameter):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the search began")

    monkeypatch.setattr("boundcalc.search.optimize.optimize", never)
    status, out, err = run(capsys, "optimize", *PLANE, *change)
    assert (status, out) == (2, "")
    assert err.startswith(f"boundcalc: {parameter} = ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(("later", "send"), [(0.0, os.kill), (0.0, os.killpg), (0.4, os.killpg)])
def test_an_interrupt_keeps_the_best(tmp_path, later, send):
    """Sent to the process, and to its group as by Ctrl-C, before and about when the workers start."""
    out = tmp_path / "W.npz"
    args = [
        "--n",
        "24",
        "--d",
        "4",
        "--m",
        "3",
        "--p",
        "0.01",
        "--law",
        "gaussian",
        "--starts",
        "100000",
        "--out",
        str(out),
        "--json",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "boundcalc", "optimize", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not out.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert out.exists()
    time.sleep(later)
    send(process.pid, signal.SIGINT)
    printed, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    content = json.loads(printed)
    assert content["interrupted"]
    assert "Traceback" not in err
    with np.load(out, allow_pickle=False) as stored:
        exact = exact_loss(stored["W"], m=3, p="0.01", law="gaussian").improvement_best_scale
    assert rational(content["improvement"]["lower"]) <= exact
    assert list(tmp_path.iterdir()) == [out]


def test_nothing_worse_is_written_over_something_better(capsys, tmp_path):
    """Also with --force, and where the search itself does not come as far: here it may not begin."""
    out = tmp_path / "W.npz"
    args = ["optimize", *PLANE, "--quiet", "--json", "--out", str(out)]
    status, first, _ = run(capsys, *args, "--starts", "9")
    assert status == 0
    stored = np.load(out)["W"].copy()
    status, second, _ = run(capsys, *args, "--starts", "1", "--random-only", "--seconds", "1e-6", "--force", "--seed", "5")
    assert status == 0
    assert rational(json.loads(second)["improvement"]["lower"]) >= rational(json.loads(first)["improvement"]["lower"])
    value = {
        k: exact_loss(w, m=3, p="1e-6", law="rademacher").improvement_best_scale for k, w in enumerate((stored, np.load(out)["W"]))
    }
    assert value[1] >= value[0] > 0


def test_the_search_starts_from_the_best_witness_known(capsys):
    """One random start alone would not find the 120 lines of E8."""
    options = ("--n", "120", "--d", "8", "--m", "3", "--p", "1e-6", "--law", "rademacher", "--starts", "1", "--quiet", "--json")
    status, printed, _ = run(capsys, "optimize", *options)
    assert status == 0
    content = json.loads(printed)
    assert content["found_from"].startswith("best witness known")
    assert rational(content["ratio_to_upper"]["upper"]) < fmpq(10001, 10000)
