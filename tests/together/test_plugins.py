"""Another package adds a bound, a law and a frame through entry points; the templates are its modules."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "docs" / "templates"
ENTRY_POINTS = """[boundcalc.bounds]
halfway = halfway:BOUND
[boundcalc.laws]
triangular = triangular:Triangular
[boundcalc.frames]
cuboctahedron = cuboctahedron:columns
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugin")
    for name in ("halfway", "triangular", "cuboctahedron"):
        shutil.copy(TEMPLATES / f"{name}.py", folder)
    about = folder / "extra_bounds-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-bounds\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    path = os.pathsep.join([str(folder), str(TEMPLATES.parents[1]), os.environ.get("PYTHONPATH", "")])

    def command(*words):
        env = {**os.environ, "PYTHONPATH": path}
        return subprocess.run([sys.executable, "-m", "boundcalc", *words], capture_output=True, text=True, check=False, env=env)

    return command


def test_a_bound_and_a_law(run):
    done = run("bounds", "--n", "9", "--d", "2", "--m", "3", "--p", "1/10", "--law", "triangular", "--json")
    assert done.returncode == 0, done.stderr
    found = {entry["key"]: entry for entry in json.loads(done.stdout)["upper"]}
    # p mu_2 (n + N_3(2))/2 with mu_2 = 2/(3 * 4) and N_3(2) = 4
    assert float(found["halfway"]["improvement"]["upper"]) == pytest.approx(0.1 / 6 * (9 + 4) / 2, rel=1e-12)
    assert run("explain", "halfway").stdout.startswith("halfway (T1)")


def test_a_frame(run, tmp_path):
    done = run("frames", "cuboctahedron", "--out", str(tmp_path / "W.npz"))
    assert done.stdout.startswith("cuboctahedron: 6 lines in 3 dimensions")
    loss = run("loss", str(tmp_path / "W.npz"), "--m", "3", "--p", "1/100", "--law", "triangular", "--json")
    assert json.loads(loss.stdout)["problem"]["n"] == "6"


def test_without_the_package_they_are_unknown():
    done = subprocess.run([sys.executable, "-m", "boundcalc", "explain", "halfway"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
