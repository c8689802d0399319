"""Closed forms and the verifier run where there is no NumPy, no SymPy, no thread and no process, as in a browser."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from boundcalc import report, write_certificate
from boundcalc.explore.answers import answer

BLOCKED = """
import sys
ABSENT = {"numpy", "scipy", "sympy", "mpmath", "clarabel", "click", "rich", "multiprocessing", "_multiprocessing", "concurrent"}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
import json, threading
def refuse(*args):
    raise RuntimeError("can't start new thread")
threading.Thread.start = refuse
from boundcalc.explore.answers import answer
for line in sys.stdin:
    kind, asked = json.loads(line)
    print(json.dumps(answer(kind, asked)))
"""
PROBLEMS = [
    ("120", "8", "3", "1e-3", "rademacher"),
    ("inf", "3", "3", "0.03", "gaussian"),
    ("6000", "37", "3", "0.003", "uniform"),
    ("1000", "20", "5", "0.01", "laplace"),
    ("1e9", "41", "5", "1e-9", "rademacher"),
    ("100", "23", "7", "1e-3", "support:-1:1/4,0:1/2,1:1/4"),
    ("20", "1", "1", "1", "moments:2=1"),
]


def without(*questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([sys.executable, "-c", BLOCKED], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_closed_forms_and_certificates(tmp_path):
    asked = [("closed", {"fields": dict(zip(("n", "d", "m", "p", "law"), problem, strict=True))}) for problem in PROBLEMS]
    path = tmp_path / "c.json"
    write_certificate(report(6, 3, 3, "1/5", "rademacher"), path)
    asked.append(("verify", {"path": str(path)}))
    path = tmp_path / "changed.json"
    path.write_text((tmp_path / "c.json").read_text().replace("rademacher", "gaussian"))
    asked.append(("verify", {"path": str(path)}))
    found = without(*asked)
    assert found == [answer(*question) for question in asked]
    assert [one["answer"]["status"] for one in found[-2:]] == [0, 1]


@pytest.mark.parametrize("changed", [{"importance": "1/i"}, {"activation": "relu", "law": "uniform01"}])
def test_what_needs_more_says_so(changed):
    fields = {"n": "12", "d": "4", "m": "3", "p": "1/10", "law": "uniform", **changed}
    (found,) = without(("closed", {"fields": fields}))
    assert found["error"]["line"] == "this needs the full program: numpy is not here"
