"""A first user's mistakes end with one line that says what to do next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from boundcalc import Problem, report
from boundcalc.numbers.errors import ParameterError


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        ({"p": 0.01}, "p = 0.01: is a float, which is not exact: pass text such as p='0.01' or a fraction"),
        ({"p": "1%"}, "(one percent is 0.01)"),
        ({"p": 3}, "3 percent is 3/100"),
        ({"m": 4}, "such as 3 or 5"),
        ({"n": [120]}, "must be a whole number"),
        ({"d": None}, "must be given"),
        ({"law": "gauss"}, "did you mean gaussian?"),
        ({"law": 3}, "must be a law or the text of one"),
    ],
)
def test_a_problem_says_what_to_do(arguments, content):
    with pytest.raises(ParameterError) as raised:
        Problem(**({"n": 120, "d": 8, "m": 3, "p": "0.01", "law": "rademacher"} | arguments))
    message = str(raised.value)
    assert content in message
    assert message.startswith(f"{next(iter(arguments))} = ")
    assert "\n" not in message


def test_a_report_of_something_else():
    with pytest.raises(ParameterError, match="d = None: must be given: a problem is n, d, m, p and law"):
        report("n=120, d=8")


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "boundcalc", *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def test_swapped_sizes_are_noticed():
    done = run("bounds", "--n", "8", "--d", "120", "--m", "3", "--p", "0.01", "--law", "rademacher")
    assert done.returncode == 0
    assert done.stderr == ("note: 8 features fit into 120 dimensions; for n = 120 features in d = 8 dimensions swap --n and --d\n")


def test_transposed_weights_are_asked_about(tmp_path):
    np.save(tmp_path / "W.npy", np.random.default_rng(0).standard_normal((12, 3)))
    done = run("loss", "W.npy", "--m", "3", "--p", "0.01", "--law", "rademacher", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("boundcalc: W = W.npy: has 12 rows (hidden dimensions) and 3 columns (features): add --transpose")
    for answer in ("--transpose", "--no-transpose"):
        assert run("loss", "W.npy", "--m", "3", "--p", "0.01", "--law", "rademacher", answer, cwd=tmp_path).returncode == 0
