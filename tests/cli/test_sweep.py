"""``boundcalc sweep`` as a user meets it: killed, stopped, refused, exported."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from oracles.sweep_equality import numbers

from boundcalc.cli.main import main
from boundcalc.cli.sweep_progress import clock
from boundcalc.sweep.grid import load_grid
from boundcalc.sweep.store import Store
from boundcalc.sweep.unit import evaluate_all

GRID = """
n = ["d^2", "inf"]
d = {{ from = 2, to = {d} }}
m = 3
p = {{ from = 1e-6, to = 1, points = {points}, spacing = "geometric" }}
law = ["rademacher", "gaussian"]
bounds = "closed"
"""


def grid_file(tmp_path: Path, d: int = 3, points: int = 4) -> Path:
    path = tmp_path / "grid.toml"
    path.write_text(GRID.format(d=d, points=points))
    return path


def run(capsys, *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(arg) for arg in args])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def start(*args: object, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "boundcalc", "sweep", *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def count(path: Path) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM units").fetchone()[0]
        except sqlite3.OperationalError:  # the tables are being made
            return 0


def undisturbed(tmp_path: Path, grid: Path) -> list:
    asked, path = load_grid(grid), tmp_path / "undisturbed.db"
    with Store.create(path, asked) as store:
        store.write(evaluate_all(list(asked.units()), asked.plan))
    return numbers(path)


def test_a_sweep_and_its_exports(capsys, tmp_path):
    grid, out = grid_file(tmp_path), tmp_path / "sweep.db"
    status, printed, err = run(capsys, "sweep", grid, "--out", out)
    assert (status, err.splitlines()[0]) == (0, "0/32 units (0%)")
    assert re.fullmatch(rf"{re.escape(str(out))}: 32 of 32 units, 32 evaluated now at [0-9.]+ a second\n", printed)
    assert re.fullmatch(r"32/32 units \(100%\) [0-9.]+/s, 0:00:00 left", err.splitlines()[-1])
    assert numbers(out) == undisturbed(tmp_path, grid)
    status, printed, err = run(capsys, "sweep", "--out", out, "--resume", "--quiet", grid)
    assert (status, printed, err) == (0, f"{out}: 32 of 32 units\n", "")
    status, printed, err = run(capsys, "sweep", "export", out, "--csv")
    assert (status, err) == (0, "")
    lines = list(csv.DictReader(io.StringIO(printed)))
    assert [line["unit"] for line in lines] == [str(k) for k in range(32)]
    for option, name in (("--csv", "rows.csv"), ("--json", "rows.json")):
        assert run(capsys, "sweep", "export", out, option, tmp_path / name)[:2] == (0, "")
    assert (tmp_path / "rows.csv").read_text() == printed
    assert len(json.loads((tmp_path / "rows.json").read_text())["rows"]) == 32
    assert not list(tmp_path.glob("*.part"))


def test_a_changed_grid_and_an_export_of_what_is_there(capsys, tmp_path):
    grid, out = tmp_path / "grid.toml", tmp_path / "sweep.db"
    text = 'n = "inf"\nd = [2, 3]\nm = 3\np = 0.1\nlaw = "gaussian"\nbounds = ["rank"]\n'
    grid.write_text(text)
    assert run(capsys, "sweep", grid, "--out", out, "--workers", 1, "--quiet")[0] == 0
    assert run(capsys, "sweep", "export", out, "--csv")[2] == ""
    grid.write_text(text.replace("[2, 3]", "[3, 4, 5]"))
    status, printed, err = run(capsys, "sweep", grid, "--out", out, "--workers", 1, "--quiet", "--resume")
    assert status == 0
    changed = f"the grid of {out} has changed (d = [2, 3] there, [3, 4, 5] here)"
    assert err == f"boundcalc: {changed}: 1 of 3 units are taken over; 1 that are no longer asked for are set aside\n"
    assert ": 3 of 3 units, 2 evaluated now at" in printed
    with closing(sqlite3.connect(out)) as connection, connection:
        connection.execute("DELETE FROM units WHERE unit = 1")
    status, printed, err = run(capsys, "sweep", "export", out, "--json")
    assert (status, err) == (0, f"boundcalc: {out} is not complete: the export holds 2 of 3 units\n")
    assert json.loads(printed)["present"] == 2


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_at_random_times_it_resumes_to_the_same_numbers(tmp_path, kills):
    """SIGKILL to the whole process group, after a random number of commits and a random moment more."""
    grid, out = grid_file(tmp_path, points=10 + 5 * kills), tmp_path / "sweep.db"
    rng = random.Random(20)
    present = 0
    for _ in range(kills):
        process = start(grid, "--out", out, *(["--resume"] if out.exists() else []), start_new_session=True)
        wanted = present + rng.randrange(8)
        while count(out) < wanted and process.poll() is None:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.05))
        assert process.poll() is None  # killed in mid-run
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert count(out) >= present  # nothing that was committed is lost
        present = count(out)
    assert 0 < present < load_grid(grid).size
    process = start(grid, "--out", out, "--resume")
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert numbers(out) == undisturbed(tmp_path, grid)
    with closing(sqlite3.connect(out)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_workers_do_not_outlive_a_killed_sweep(tmp_path):
    grid, out = grid_file(tmp_path, points=200), tmp_path / "sweep.db"
    process = start(grid, "--out", out, "--workers", 2)
    while count(out) < 20:
        assert process.poll() is None
        time.sleep(0.01)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        process.communicate()
        pytest.skip("the system does not list children")
    workers = [int(pid) for pid in children.read_text().split()]
    process.kill()
    process.communicate()
    assert len(workers) >= 2
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(alive(pid) for pid in workers):
        time.sleep(0.02)
    assert not any(alive(pid) for pid in workers)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_finishes_what_is_in_flight(tmp_path, which):
    grid, out = grid_file(tmp_path, points=400), tmp_path / "sweep.db"
    process = start(grid, "--out", out, start_new_session=True)
    while count(out) < 20:
        assert process.poll() is None
        time.sleep(0.01)
    # Ctrl-C reaches the workers too; a batch system's SIGTERM comes to the sweep alone
    (os.killpg if which == signal.SIGINT else os.kill)(process.pid, which)
    printed, err = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    lines = err.splitlines()
    assert "Traceback" not in err
    assert "what is in flight" in lines[-3]
    assert lines[-1] == "boundcalc: interrupted; continue with the same command and --resume"
    present = count(out)
    assert lines[-2].startswith(f"{out}: {present} of 3200 units, {present} evaluated now")
    assert 20 <= present < 3200
    assert [other.name for other in tmp_path.iterdir() if other.name.startswith("sweep.db")] == ["sweep.db"]


def test_a_second_interrupt_ends_at_once(tmp_path):
    """Units that take very long are not waited for."""
    grid, out = tmp_path / "grid.toml", tmp_path / "sweep.db"
    grid.write_text(
        'n = 300\nd = 8\nm = 3\np = 0.01\nlaw = "gaussian"\nbounds = ["rank"]\n[search]\nstarts = 100_000\nlargest = 10_000\n'
    )
    process = start(grid, "--out", out, start_new_session=True)
    while not out.exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.5)
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.5)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    lines = err.splitlines()
    assert "Traceback" not in err
    assert "what is in flight" in lines[-2]
    assert lines[-1] == "boundcalc: interrupted; continue with the same command and --resume"
    assert count(out) == 0
    assert [other.name for other in tmp_path.iterdir() if other.name.startswith("sweep.db")] == ["sweep.db"]


def test_two_sweeps_on_one_store(tmp_path):
    """The second is refused in a line while the first runs on; afterwards it may continue."""
    grid, out = grid_file(tmp_path, points=60), tmp_path / "sweep.db"
    first = start(grid, "--out", out)
    while count(out) < 20:
        assert first.poll() is None
        time.sleep(0.01)
    second = start(grid, "--out", out, "--resume")
    printed, err = second.communicate()
    assert first.poll() is None
    assert (second.returncode, printed) == (2, "")
    assert err == f"boundcalc: store = {out}: another process is writing it; wait for it, or stop it\n"
    first.communicate()
    assert first.returncode == 0
    assert numbers(out) == undisturbed(tmp_path, grid)


def test_a_bar_on_a_terminal(tmp_path):
    grid, out = grid_file(tmp_path), tmp_path / "sweep.db"
    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-m", "boundcalc", "sweep", str(grid), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    while True:
        try:
            shown += os.read(leader, 65536)
        except OSError:  # the terminal's other end is closed
            break
    os.close(leader)
    assert process.wait() == 0
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).replace("\r", "\n").strip().splitlines()[-1]
    assert re.search(r"32/32 [0-9.]+/s, 0:00:00 left", last)
    assert len(last) <= 80


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00:00"), (59.6, "0:01:00"), (3725, "1:02:05"), (86_400 * 3 + 5, "3 d 0:00:05")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text


class TestRefusals:
    @pytest.fixture
    def out(self, tmp_path):
        return tmp_path / "sweep.db"

    def refused(self, capsys, *args) -> str:
        status, printed, err = run(capsys, "sweep", *args)
        assert (status, printed) == (2, "")
        assert len(err.splitlines()) == 1
        return err

    def test_unknown_key(self, capsys, tmp_path, out):
        path = tmp_path / "grid.toml"
        path.write_text("laws = 'gaussian'\n")
        assert "key = laws: is no key of a grid file; did you mean law?" in self.refused(capsys, path, "--out", out)

    def test_too_many_units_unless_meant(self, capsys, tmp_path, out):
        path = tmp_path / "grid.toml"
        path.write_text('n = 4\nd = { from = 1, to = 100_000 }\nm = 3\np = { from = 0.1, to = 1, points = 1001 }\nlaw = "gaussian"')
        assert "has 100100000 units, more than 10^8; give --yes if that is meant" in self.refused(capsys, path, "--out", out)
        assert not out.exists()
        other = tmp_path / "none" / "sweep.db"  # with --yes it goes on to the next refusal
        assert "in a directory that exists" in self.refused(capsys, path, "--out", other, "--yes")

    def test_no_store_to_resume(self, capsys, tmp_path, out):
        assert "there is none" in self.refused(capsys, grid_file(tmp_path), "--out", out, "--resume")

    def test_a_store_that_exists(self, capsys, tmp_path, out):
        out.write_bytes(b"my thesis")
        assert "exists and is no store of a sweep: choose another file" in self.refused(capsys, grid_file(tmp_path), "--out", out)
        assert "is not a store of a sweep" in self.refused(capsys, grid_file(tmp_path), "--out", out, "--resume")
        assert out.read_bytes() == b"my thesis"

    def test_no_scheduler(self, capsys, tmp_path, out):
        assert "no Dask scheduler answers there" in self.refused(capsys, grid_file(tmp_path), "--out", out, "--dask", "nonsense")
        assert not out.exists()

    @pytest.mark.parametrize("workers", ["0", "-1", "1.5", "many", "5000"])
    def test_workers(self, capsys, tmp_path, out, workers):
        assert f"workers = {workers}" in self.refused(capsys, grid_file(tmp_path), "--out", out, f"--workers={workers}")

    def test_workers_of_a_cluster(self, capsys, tmp_path, out):
        options = ("--workers", 2, "--dask", "tcp://127.0.0.1:8786")
        assert "workers = 2: is for this machine" in self.refused(capsys, grid_file(tmp_path), "--out", out, *options)

    def test_exports(self, capsys, tmp_path, out):
        assert "there is none" in self.refused(capsys, "export", out, "--csv")
        assert "must be one of --csv, --json, --parquet" in self.refused(capsys, "export", out)
        assert "must be one of --csv, --json, --parquet" in self.refused(capsys, "export", out, "--csv", "--json", "x")
        with Store.create(out, load_grid(grid_file(tmp_path))):
            pass
        for option in ("--csv", "--json", "--parquet"):
            assert "out = " in self.refused(capsys, "export", out, option, tmp_path / "none" / "file")

    def test_without_arguments(self, capsys, tmp_path):
        assert "--out" in self.refused(capsys, grid_file(tmp_path))


def test_a_unit_without_a_problem_is_told_and_no_failure(capsys, tmp_path):
    path, out = tmp_path / "grid.toml", tmp_path / "sweep.db"
    path.write_text('n = 4\nd = [1, 2]\nm = 3\np = "1/(d - 1)"\nlaw = "gaussian"\nbounds = ["rank"]\n')
    status, printed, _ = run(capsys, "sweep", path, "--out", out, "--workers", 1)
    assert status == 0
    assert "2 of 2 units, 1 of them no valid problem" in printed


def test_help_names_both_forms(capsys):
    status, printed, _ = run(capsys, "sweep", "--help")
    assert status == 0
    assert "sweep GRID.toml --out SWEEP.db" in printed
    assert "sweep export SWEEP.db" in printed
    assert "--dask" in printed
