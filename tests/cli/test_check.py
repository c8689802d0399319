"""The command check: table, JSON, reports, exit status and one line for every wrong input."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import pytest

EXAMPLES = files("boundcalc.check").joinpath("examples")
FALSE = """
[[steps]]
key = "holds"
claim = "a[i]^2 <= l[i]*q[i]"
[[steps]]
key = "falls"
claim = "sum(i: t[i]) <= r/2"
"""


def run(*args):
    return subprocess.run([sys.executable, "-m", "boundcalc", "check", *args], capture_output=True, text=True, check=False)


def claim(tmp_path, text):
    path = tmp_path / "claims.toml"
    path.write_text(text)
    return str(path)


def test_a_bound_and_its_lemmas():
    done = run("moment_powers", "leverage.row", "--workers", "1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["step", "outcome", "engine", "cases", "tightest"]
    assert [line.split()[0] for line in lines[1:4]] == ["moment_powers.pure", "moment_powers.jensen", "leverage.row"]
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1] == "3 steps, none failed"
    assert done.stderr == ""


def test_a_false_claim_ends_with_status_1_and_a_snippet_that_runs(tmp_path):
    done = run("--claim", claim(tmp_path, FALSE), "--workers", "1")
    assert done.returncode == 1
    assert "falls is false" in done.stdout
    assert "n = 1" in done.stdout
    content = run("--claim", claim(tmp_path, FALSE), "--workers", "2", "--json", "--report", str(tmp_path / "r.html"))
    assert content.returncode == 1
    answer = json.loads(content.stdout)
    assert answer["failed"] == 1
    holds, falls = answer["steps"]
    assert (holds["key"], holds["failed"], holds["attained"]) == ("holds", False, "attained")
    assert falls["outcome"] == "refuted"
    found = falls["counterexample"]
    assert (found["case"]["W"], found["left"], found["right"]) == ([["1"]], "1", "1/2")
    script = subprocess.run([sys.executable, "-I", "-c", found["numpy"]], capture_output=True, text=True, check=True)
    assert [float(word) for word in script.stdout.split()] == [1.0, 0.5]
    assert (tmp_path / "r.html").exists()


def test_the_result_does_not_depend_on_the_processes(tmp_path):
    path = str(EXAMPLES / "false_without_symmetry.toml")
    assert run("--claim", path, "--json", "--workers", "1").stdout == run("--claim", path, "--json", "--workers", "2").stdout


def test_deep_takes_a_time():
    done = run("welch.projection", "--deep", "0.5", "--json")
    assert done.returncode == 0, done.stderr
    assert "evaluations in floating point" in json.loads(done.stdout)["steps"][0]["note"]


def test_hypotheses_that_nobody_meets_are_bad_input(tmp_path):
    text = '[hypotheses]\nwhere = ["p > 1"]\n[[steps]]\nkey = "a"\nclaim = "n = n"\n'
    done = run("--claim", claim(tmp_path, text), "--workers", "1")
    assert done.returncode == 2
    assert "no admissible case was found" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('[[steps]]\nkey = "a"\nclaim = "kapa[2] >= 0"\n', "3:10", "did you mean kappa?"),
        ('[[steps]]\nkey = "a"\nclaim = "D/a[i] >= 0"\n', "3:11", "division by zero"),
        ('[[steps]]\nkey = "a"\nclaim = "sum(k in 1..10^6: k) >= 0"\n', "3:", "terms"),
        ('[[steps]]\nkey = "a"\nclaim = "sum(k in 1..10^100: k) >= 0"\n', "3:", "terms"),
        ('[[steps]]\nkey = "a"\nclaim = "n + d"\n', "3:", "neither an equality nor an inequality"),
        ('[[steps]]\nkey = "a"\nclaim = "' + "(" * 1_000_000 + '"\n', "3:10", "characters"),
        ("", "1:1", "no steps"),
        ("[[steps]\n", "1:", "not TOML"),
    ],
)
def test_bad_claims_are_one_line_with_their_place(tmp_path, text, place, message):
    path = claim(tmp_path, text)
    for workers in ("1", "2"):
        done = run("--claim", path, "--workers", workers)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith(f"boundcalc: {path}:{place}")
        assert message in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("unifrom",), "uniform"),
        (("uniform", "--claim", "x.toml"), "cannot stand beside --claim"),
        (("--claim", "/no/such/file.toml"), "cannot be read"),
        (("--deep", "-1"), "deep = -1"),
        (("--deep", "soon"), "deep = soon"),
        (("--workers", "0"), "workers = 0"),
        (("--seed", "-3"), "seed = -3"),
        (("--report", "x.pdf"), "must end with .html or .tex"),
    ],
)
def test_bad_options(args, message):
    done = run(*args)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


def test_a_step_that_nothing_checks_says_so():
    from boundcalc.check.suite import NOT_CHECKED
    from boundcalc.check.verdict import Engine, Outcome, Verdict
    from boundcalc.render.verdicts import verdict_lines

    lines = verdict_lines([Verdict("own", "step", Outcome.UNDECIDED, Engine.NONE, "", note=NOT_CHECKED)], claims=False)
    assert lines[3] == f"step: undecided; {NOT_CHECKED}"
