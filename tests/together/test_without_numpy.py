"""Closed forms and the verifier run where there is no NumPy, no SymPy, no thread and no process, as in a browser.

Where NumPy is there, what takes several workers or lanes runs with one where there are neither threads nor processes.
"""

from __future__ import annotations

import contextlib
import io
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


SINGLE = """
import sys, threading
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"multiprocessing", "_multiprocessing"} or name == "concurrent.futures.process":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
def refuse(*args):
    raise RuntimeError("can't start new thread")
threading.Thread.start = refuse
import os
os.fork = os.posix_spawn = refuse
"""
ONE = {
    "optimize": "from boundcalc import optimize\nprint(optimize(4, 2, 3, '1/20', 'rademacher', starts=2, workers=1).weights)",
    "sweep": "from boundcalc import run_sweep\n"
    "print(len(run_sweep({'n': 8, 'd': [2, 3], 'm': 3, 'p': '1/100', 'law': 'rademacher'}, workers=1).rows))",
    "check": "from boundcalc.cli.main import main\nmain(['check', 'rank', '--workers', '1'])",
    "loss": "from boundcalc import loss_of\nprint(float(loss_of([[1, 0, -1], [0, 1, 0]], 3, '1/100', 'rademacher')))",
    "dense": "import numpy\nfrom boundcalc import dense_loss\n"
    "print(float(dense_loss(numpy.ones((2, 3)), m=3, p='1/100', law='rademacher').loss))",
}


def without(*questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([sys.executable, "-c", BLOCKED], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("what", [pytest.param(what, marks=pytest.mark.slow) if what == "check" else what for what in ONE])
def test_one_worker_needs_no_thread_and_no_process(what):
    single = subprocess.run([sys.executable, "-c", SINGLE + ONE[what]], capture_output=True, text=True)
    assert single.returncode == 0, single.stderr[-2000:]
    with contextlib.redirect_stdout(io.StringIO()) as plain, contextlib.suppress(SystemExit):
        exec(ONE[what], {})
    assert single.stdout == plain.getvalue() != ""


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
