"""``boundcalc bounds`` for features that differ: options, output, and one line for what is refused."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass

import pytest

from boundcalc.cli.main import main


@dataclass(frozen=True)
class Ran:
    exit_code: int
    output: str


def run(*arguments: str) -> Ran:
    """The exit status, and what is printed: on standard error where it fails, else on standard output."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(["bounds", *arguments])
    return Ran(ended.value.code, err.getvalue() if ended.value.code else out.getvalue())


BASE = ("--n", "4", "--d", "2", "--m", "3", "--p", "1/5", "--law", "rademacher")


def test_importances_from_a_formula():
    found = run(*BASE, "--importance", "0.5^i")
    assert found.exit_code == 0, found.output
    # p between 0.1227 and 1/3: the two most important features alone, (1/2 + 1/4)/5
    assert "I >=  orthonormal  L0  0.15" in found.output
    assert "superposition does not help: the orthonormal basis is optimal: keep the 2 features of largest omega p g" in found.output
    assert "every optimal W drops 3-4, by capacity" in found.output
    assert "for equal features alone: tensor_power," in run(*BASE, "--importance", "0.5^i", "--all").output


def test_json_of_groups_from_a_table(tmp_path):
    table = tmp_path / "groups.csv"
    table.write_text("count,importance,p,law\n2,1,1/5,rademacher\n3,1/4,1/4,rademacher\n")
    found = run("--d", "1", "--m", "3", "--groups", str(table), "--json")
    assert found.exit_code == 0, found.output
    answer = json.loads(found.output)
    assert answer["problem"]["n"] == "5"
    assert [group["count"] for group in answer["problem"]["features"]] == [2, 3]
    assert answer["best"]["baseline"] == {"lower": "0.2", "upper": "0.2"}
    assert answer["best"]["selection"]["represented"] == [1]
    same = run("--n", "5", "--d", "1", "--m", "3", "--groups", str(table), "--json")
    assert json.loads(same.output) == answer


def test_equal_features_read_as_before():
    plain, formula = run(*BASE, "--json"), run(*BASE, "--importance", "1", "--json")
    assert plain.exit_code == formula.exit_code == 0
    first, second = json.loads(plain.output), json.loads(formula.output)
    assert first["best"]["ratio"] == second["best"]["ratio"]
    assert [(o["key"], o["improvement"]) for o in first["upper"]] == [(o["key"], o["improvement"]) for o in second["upper"]]
    assert "selection" not in second["best"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--n", "4", "--d", "2", "--m", "3", "--p", "i", "--law", "rademacher"), "p = i at i = 2"),
        (("--n", "4", "--d", "2", "--m", "3", "--p", "1/i - 1/4", "--law", "gaussian"), "p = 1/i - 1/4 at i = 4"),
        ((*BASE, "--importance", "1/(i-3)"), "importance = 1/(i-3) at i = 3"),
        ((*BASE, "--importance", "-i"), "importance = -i at i = 1"),
        ((*BASE, "--importance", "x^i"), "importance"),
        (("--n", "inf", "--d", "2", "--m", "3", "--p", "1/5", "--law", "gaussian", "--importance", "0.9^i"), "n = inf"),
        (("--d", "2", "--m", "3", "--p", "1/5", "--law", "gaussian"), "n"),
        (("--n", "4", "--d", "2", "--m", "3", "--law", "gaussian", "--importance", "0.9^i"), "p"),
        ((*BASE, "--importance", "0.9^i", "--display", "normalized"), "display"),
    ],
)
def test_what_is_refused_in_one_line(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in found.output
    assert len([line for line in found.output.splitlines() if not line.startswith("note:")]) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count,importance,p\n2,1,1/5\n", "row 1: no law"),
        ("count,importance,p,law,color\n2,1,1/5,gaussian,red\n", "row 1: column color"),
        ("count,importance,p,law\n2,1,1/5,gaussian\n2,0,1/5,gaussian\n", "row 2, column importance"),
        ("count,importance,p,law\n2,1,6/5,gaussian\n", "row 1, column p"),
    ],
)
def test_a_table_that_is_refused(text, said, tmp_path):
    table = tmp_path / "groups.csv"
    table.write_text(text)
    found = run("--d", "1", "--m", "3", "--groups", str(table))
    assert found.exit_code == 2
    assert said in found.output
    table.write_text("count,importance,p,law\n2,1,1/5,gaussian\n")
    assert "n = 3" in run("--n", "3", "--d", "1", "--m", "3", "--groups", str(table)).output


def test_a_time_limit_says_what_was_left_out():
    options = ("--n", "120", "--d", "8", "--m", "3", "--p", "1e-6", "--law", "rademacher")
    told = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main(["bounds", *options, "--seconds", "1e-9"])
    assert not ended.value.code
    assert told.getvalue().startswith("note: left out after a share of 1e-9 s: ")
    assert "frontier" in told.getvalue()
    allowed = "must be a number of seconds, above 0 and below 10^9"
    assert run(*options, "--seconds", "0") == Ran(2, f"boundcalc: seconds = 0: {allowed}\n")
