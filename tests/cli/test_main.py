"""The command line as a user meets it, in process and as whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.cli.main import COMMANDS, main
from boundcalc.frames.library import construct
from boundcalc.language import printed
from boundcalc.language.claims import counted, plain
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.parsing import parse_rational

E8 = ["--n", "120", "--d", "8", "--m", "3", "--p", "1e-6", "--law", "rademacher"]


def run(capsys, *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(args))
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def rational(text: str) -> fmpq:
    return parse_rational(text, parameter="printed")


def test_bounds_table(capsys):
    status, out, err = run(capsys, "bounds", *E8, "--all")
    assert (status, err) == (0, "")
    best = [line for line in out.splitlines() if line.rstrip().endswith("best")]
    assert [line.split()[2] for line in best] == ["frontier", "half_design"]
    row = next(line.split() for line in out.splitlines() if " very_sparse " in line)
    assert row[2:5] == ["very_sparse", "U2", "0.00006400666361"]
    assert "witness: E8, 120 features in 8 dimensions" in out
    assert "gaussian_support does not apply: needs the gaussian law; here the law is rademacher" in " ".join(out.split())
    assert "superposition helps" in out
    assert "unexplained fraction" in out
    assert "best improvement without superposition: 8e-6 exactly" in out
    assert "gain of superposition: 7.996473662" in out  # 63.97178929799/8, theory.md


def test_bounds_json(capsys):
    status, out, err = run(capsys, "bounds", *E8, "--json")
    assert (status, err) == (0, "")
    content = json.loads(out)
    assert content["problem"] == {"n": "120", "d": 8, "m": 3, "p": "1/1000000", "law": "rademacher"}
    assert {entry["key"] for entry in (*content["upper"], *content["lower"])} == set(BOUNDS)
    best = content["best"]
    assert best["upper"]["key"] == "frontier"
    assert best["lower"]["witness"] == {"frame": "E8", "n": 120, "d": 8}
    assert best["baseline"] == {"lower": "8e-6", "upper": "8e-6"}
    low, high = (rational(best["gain"][end]) for end in ("lower", "upper"))
    assert 0 < high - low < fmpq(1, 10**5)
    assert low * fmpq(8, 10**6) <= rational(best["lower"]["improvement"]["upper"])
    assert high * fmpq(8, 10**6) >= rational(best["upper"]["improvement"]["lower"])
    low, high = best["loss"]["lower"], best["loss"]["upper"]
    energy = fmpq(120, 10**6)
    assert rational(low) <= energy - rational(best["upper"]["improvement"]["lower"])
    assert rational(high) >= energy - rational(best["lower"]["improvement"]["upper"])
    for entry in content["upper"]:
        assert entry["applies"] is (entry["why_not"] is None) is (entry["improvement"] is not None)
    improvement = best["lower"]["improvement"]
    width = rational(improvement["upper"]) - rational(improvement["lower"])
    assert 0 <= width <= rational(improvement["lower"]) * fmpq(1, 10**28)


def test_more_digits_stay_inside_fewer(capsys):
    ends = {}
    for digits in ("5", "40", "400"):
        _, out, _ = run(capsys, "bounds", *E8, "--json", "--digits", digits)
        ends[digits] = {
            entry["key"]: [rational(entry["improvement"][side]) for side in ("lower", "upper")]
            for entry in json.loads(out)["lower"]
            if entry["improvement"]
        }
    for key, (low, high) in ends["400"].items():
        assert ends["5"][key][0] <= ends["40"][key][0] <= low <= high <= ends["40"][key][1] <= ends["5"][key][1]


def test_display_units(capsys):
    def value(*options: str) -> fmpq:
        _, out, _ = run(capsys, "bounds", *E8, *options)
        line = next(line for line in out.splitlines() if " orthonormal " in line)
        return rational(line.split()[4])

    assert value() == fmpq(8, 10**6)
    assert value("--display", "normalized") == 8
    assert abs(value("--display", "per-feature") * 120 - fmpq(8, 10**6)) < fmpq(1, 10**14)
    status, _, err = run(capsys, "bounds", *E8[2:], "--n", "inf", "--display", "per-feature")
    assert status == 2
    assert "display = per-feature: needs a finite n" in err


@pytest.mark.parametrize("key", sorted(BOUNDS))
def test_explain(capsys, key):
    status, out, err = run(capsys, "explain", key, "--latex")
    assert (status, err) == (0, "")
    bound = BOUNDS[key]
    for step in bound.proof:
        assert printed.stated(step) in out
        assert printed.narrower(step) in out
        assert f"[{plain(step.standing)}]" in out
    assert f"Steps: {counted(bound.counts)}" in out
    assert plain(bound.title) in out
    assert "$" not in out
    assert "Sources:" in out
    _, out, _ = run(capsys, "explain", key, "--json", "--m", str(BOUNDS[key].exponent(None)))
    content = json.loads(out)
    assert content["status"] == bound.status.value
    assert len(content["proof"]) == len(bound.proof)
    assert [step["claim"] for step in content["proof"]] == [list(step.claim) for step in bound.proof]
    counts = [step for proof in (bound.proof, *(lemma.proof for lemma in bound.lemmas)) for step in proof]
    assert sum(content["steps"].values()) == len(counts)


def test_loss_of_e8(capsys, tmp_path):
    W = construct("E8").to_float()
    np.save(tmp_path / "W.npy", W)
    args = ["loss", str(tmp_path / "W.npy"), "--m", "3", "--p", "1e-6", "--law", "rademacher"]
    status, out, err = run(capsys, *args)
    assert (status, err) == (0, "")
    assert "reaches 99.99% to 100% of the best possible improvement, by frontier (argued)" in out
    _, out, _ = run(capsys, *args, "--json")
    content = json.loads(out)
    exact = exact_loss(W, m=3, p="1e-6", law="rademacher")
    assert rational(content["improvement"]["lower"]) <= exact.improvement <= rational(content["improvement"]["upper"])
    assert rational(content["loss"]["lower"]) <= exact.loss <= rational(content["loss"]["upper"])
    assert set(content) >= {"problem", "improvement", "improvement_best_scale", "scale", "loss", "unexplained_fraction", "best"}
    assert rational(content["reached_at_least"]) > fmpq(999, 1000)


def test_loss_of_a_zero_matrix_and_of_a_tall_one(capsys, tmp_path):
    np.save(tmp_path / "Z.npy", np.zeros((2, 3)))
    status, out, _ = run(capsys, "loss", str(tmp_path / "Z.npy"), "--m", "3", "--p", "0.1", "--law", "uniform")
    assert status == 0
    assert "W = 0: the improvement is 0 and no scale is best" in out
    np.save(tmp_path / "T.npy", np.ones((5, 2)))
    status, _, err = run(capsys, "loss", str(tmp_path / "T.npy"), "--m", "3", "--p", "0.1", "--law", "uniform")
    assert status == 2
    assert "5 rows (hidden dimensions) and 2 columns (features)" in err
    status, out, _ = run(capsys, "loss", str(tmp_path / "T.npy"), "--m", "3", "--p", "0.1", "--law", "uniform", "--no-transpose")
    assert status == 0
    assert out.startswith("n = 2 d = 5 ")


def test_certificate_round_trip(capsys, tmp_path):
    path = tmp_path / "c.json"
    status, *_ = run(capsys, "bounds", *E8, "--certificate", str(path))
    assert status == 0
    status, out, _ = run(capsys, "certificate", "verify", str(path))
    assert status == 0
    assert out.splitlines()[-1] == "accepted"
    content = json.loads(path.read_text())
    content["upper"]["improvement"]["upper"] = "63/1000000"
    content["upper"]["improvement"]["lower"] = "62/1000000"
    path.write_text(json.dumps(content))
    status, out, _ = run(capsys, "certificate", "verify", str(path))
    assert status == 1
    assert out.splitlines()[-1].startswith("FAILED  upper")
    path.write_text("{}")
    status, _, err = run(capsys, "certificate", "verify", str(path))
    assert status == 2
    assert "format" in err


def test_a_witness_of_ones_own(capsys, tmp_path):
    angles = np.pi * np.arange(3) / 3
    np.save(tmp_path / "W.npy", np.array([np.cos(angles), np.sin(angles)]))
    args = [
        "bounds",
        "--n",
        "3",
        "--d",
        "2",
        "--m",
        "3",
        "--p",
        "1e-6",
        "--law",
        "rademacher",
        "--witness",
        str(tmp_path / "W.npy"),
    ]
    status, out, _ = run(capsys, *args, "--json")
    assert status == 0
    entry = json.loads(out)["lower"][-1]
    assert entry["key"] == "search"
    assert float(entry["improvement"]["lower"]) == pytest.approx(2.90907e-6, rel=2e-6)
    status, _, err = run(capsys, *args[:-1], str(tmp_path / "none.npy"))
    assert status == 2
    assert "none.npy" in err


BAD = [
    (["--n", "0"], "n = 0: must be a whole number, at least 1, or inf"),
    (["--n", "1.5"], "n = 1.5: must be"),
    (["--n", "nan"], "n = nan: must be"),
    (["--d", "0"], "d = 0: must be a whole number, at least 1"),
    (["--d", "inf"], "d = inf: must be"),
    (["--m", "4"], "m = 4: must be an odd whole number"),
    (["--m", "-3"], "m = -3: must be an odd whole number"),
    (["--p", "0"], "p = 0: must be a number with 0 < p <= 1"),
    (["--p", "1.01"], "must be a number with 0 < p <= 1"),
    (["--p", "nan"], "p = nan: must be"),
    (["--p", "50%"], "p = 50%: must be"),
    (["--p", "__import__('os').system('true')"], "p = __import__('os').system('true'): must be"),
    (["--law", "cauchy"], "law = cauchy: must be"),
    (["--law", "gausian"], "did you mean gaussian?"),
    (["--law", "moments:2=1,4=1/2,6=1"], "Hankel"),
    (["--law", "support:-1:1/2,1:1/4"], "sum to 1"),
    (["--law", "support:-1:1/4,1:3/4"], "symmetric"),
    (["--digits", "0"], "digits = 0: must be a whole number, 1 to 10000"),
    (["--digits", "x"], "digits = x: must be"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_input_is_one_line(capsys, change, message):
    args = list(E8)
    if change[0] in args:
        args[args.index(change[0]) + 1] = change[1]
    else:
        args += change
    status, out, err = run(capsys, "bounds", *args)
    assert status == 2
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "args",
    [
        ["bound"],
        ["bounds"],
        ["bounds", "--nope"],
        ["explain"],
        ["explain", "nothing"],
        ["loss", "missing.npy", *E8[4:]],
        ["certificate", "verify", "no.json"],
    ],
)
def test_wrong_usage_is_one_line(capsys, args):
    status, out, err = run(capsys, *args)
    assert status == 2
    assert out == ""
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_in_a_whole_process(command):
    done = subprocess.run([sys.executable, "-m", "boundcalc", *command, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: boundcalc")
    assert done.stderr == ""


def test_output_is_plain_when_it_is_not_a_terminal():
    done = subprocess.run([sys.executable, "-m", "boundcalc", "bounds", *E8], capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "improvement" in line or "best" in line) <= 100


@pytest.mark.parametrize("words", [(), ("latex",), ("certificate",)])
def test_a_group_alone_prints_its_help(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    printed = capsys.readouterr()
    assert stop.value.code == 0
    assert printed.err == ""
    assert "Usage: boundcalc" in printed.out
    assert len(printed.out.splitlines()) > 5


def test_a_name_that_is_no_text_is_printed_as_it_is(tmp_path):
    name = b"\x80.npz"
    done = subprocess.run(
        [sys.executable, "-m", "boundcalc", "frames", "icosahedron", "--out", name], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert name in done.stdout
    assert (tmp_path / "\udc80.npz").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is always full")
@pytest.mark.parametrize(
    "args", [("bounds", *E8), ("frames",), ("--help",), ("latex", "proof", "frontier")], ids=lambda args: args[0]
)
def test_output_that_cannot_be_written_is_one_line(args):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "boundcalc", *args], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("boundcalc: stdout: cannot be written, ")
    assert done.stderr.count("\n") == 1
