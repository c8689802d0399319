"""Every command that writes leaves alone what it did not make, and what it reads; --force writes over the former only."""

import json
import subprocess
import sys

import numpy as np
import pytest

MODEL = "--m 3 --p 1/100 --law rademacher"
PROBLEM = f"--n 4 --d 2 {MODEL}"
CLAIM = 'title = "t"\n[[step]]\nname = "s"\nclaim = "1 <= 2"\n'
GRID = 'm = [3]\nlaw = ["rademacher"]\nn = [4]\nd = [2]\np = ["1/100", "1/10"]\nbounds = ["rank", "orthonormal"]\n'
COMMANDS = {
    "bounds": (f"bounds {PROBLEM} --certificate out.json", "out.json"),
    "loss": (f"loss W.npy {MODEL} --features out.csv", "out.csv"),
    "optimize": (f"optimize {PROBLEM} --starts 1 --quiet --out out.npz", "out.npz"),
    "frames": ("frames E8 --out out.npz", "out.npz"),
    "check html": ("check leverage --report out.html", "out.html"),
    "check tex": ("check leverage --report out.tex", "out.tex"),
    "export csv": ("sweep export s.db --csv out.csv", "out.csv"),
    "export json": ("sweep export s.db --json out.json", "out.json"),
    "plot": ("plot s.db --kind bounds --out out.svg", "out.svg"),
    "witness": (f"bounds {PROBLEM} --witness-out out.npz", "out.npz"),
    "export parquet": ("sweep export s.db --parquet out.parquet", "out.parquet"),
    "relu search": ("optimize --activation relu --n 2 --d 1 --p 1/20 --law uniform01 --starts 1 --quiet --out out.npz", "out.npz"),
}
READS = {
    "bounds": f"bounds {PROBLEM} --witness W.npy --certificate W.npy --force",
    "loss": f"loss W.npy {MODEL} --features W.npy --force",
    "plot": "plot W.svg --out W.svg --force",
    "export": "sweep export s.db --csv s.db --force",
    "witness": f"bounds {PROBLEM} --witness W.npy --witness-out W.npy --force",
}


def run(folder, line):
    return subprocess.run(
        [sys.executable, "-m", "boundcalc", *line.split()], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    (folder / "grid.toml").write_text(GRID)
    done = run(folder, "sweep grid.toml --out s.db --quiet --workers 1")
    assert done.returncode == 0, done.stderr
    return (folder / "s.db").read_bytes()


@pytest.fixture
def folder(tmp_path, store):
    np.save(tmp_path / "W.npy", np.random.default_rng(0).standard_normal((2, 4)))
    np.save(tmp_path / "W", np.ones((2, 4)))
    (tmp_path / "W.svg").write_bytes((tmp_path / "W.npy").read_bytes())
    (tmp_path / "s.db").write_bytes(store)
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_of_somebody_else_stays(folder, name):
    line, out = COMMANDS[name]
    if name == "plot":
        pytest.importorskip("matplotlib", reason="matplotlib comes with the extra plot")
    if name == "export parquet":
        pytest.importorskip("pyarrow", reason="pyarrow comes with the extra parquet")
    (folder / out).write_text("a year of work")
    done = run(folder, line)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--force" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (folder / out).read_text() == "a year of work"
    assert run(folder, f"{line} --force").returncode == 0
    assert (folder / out).read_bytes() != b"a year of work"
    assert run(folder, line).returncode == 0  # a file of its own may be made anew


@pytest.mark.parametrize("name", READS)
def test_a_file_that_is_read_stays_even_with_force(folder, name):
    if name == "plot":
        pytest.importorskip("matplotlib", reason="matplotlib comes with the extra plot")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run(folder, READS[name])
    assert done.returncode == 2
    assert "is a file that is read" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["grid.toml", "W.npy"])
def test_a_store_takes_no_file_of_another_kind(folder, name):
    (folder / "grid.toml").write_text(GRID)
    before = (folder / name).read_bytes()
    done = run(folder, f"sweep grid.toml --out {name} --quiet")
    assert done.returncode == 2
    assert "exists and is no store of a sweep: choose another file" in done.stderr
    assert (folder / name).read_bytes() == before


def test_a_search_starts_from_what_it_would_replace(folder):
    """The better weights stay, whatever the second search finds; weights of another problem are not replaced."""
    line = "optimize --n 12 --d 3 --m 3 --p 1e-4 --law rademacher --quiet --out best.npz --json"
    first = json.loads(run(folder, line).stdout)
    again = json.loads(run(folder, f"{line} --random-only --starts 1 --seed 5").stdout)
    assert float(again["improvement"]["lower"]) >= float(first["improvement"]["lower"]) * (1 - 1e-12)
    other = run(folder, line.replace("1e-4", "1e-3"))
    assert other.returncode == 2
    assert "out = best.npz: must be of the same problem" in other.stderr
