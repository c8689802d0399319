"""The store: round trips, refusals, and that nothing half written is ever there."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep import schema
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.store import Store, completeness, head, iterate, read
from boundcalc.sweep.unit import evaluate

GRID = read_grid(
    {"n": [4, "inf"], "d": 2, "m": 3, "p": ["1/10", "1/100"], "law": "rademacher", "bounds": ["universal", "known_frame"]}
)
OTHER = read_grid({"n": 4, "d": 2, "m": 3, "p": "1/10", "law": "rademacher", "bounds": ["universal"]})


@pytest.fixture(scope="module")
def outcomes():
    return [evaluate(unit, GRID.plan) for unit in GRID.units()]


@pytest.fixture
def path(tmp_path, outcomes):
    path = tmp_path / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes)
    return path


def test_round_trip(path, outcomes):
    sweep = read(path)
    assert (sweep.grid, sweep.size) == (GRID.as_json(), 4)
    assert [row.unit for row in sweep.rows] == [0, 1, 2, 3]
    for row, outcome in zip(sweep.rows, outcomes, strict=True):
        details = json.loads(outcome.details)
        for name in (
            "n",
            "d",
            "m",
            "p",
            "law",
            "status",
            "error",
            "best_upper_key",
            "best_lower_key",
            "verdict",
            "optimality",
            "seed",
            "seconds",
        ):
            assert getattr(row, name) == getattr(outcome, name)
        assert row.best_upper == (outcome.best_upper_lower, outcome.best_upper_upper)
        assert row.best_lower == (outcome.best_lower_lower, outcome.best_lower_upper)
        assert row.ratio == (outcome.ratio_lower, outcome.ratio_upper)
        assert row.gain == (outcome.gain_lower, outcome.gain_upper)
        assert (row.uppers, row.lowers, row.best_lower_witness) == (details["upper"], details["lower"], details["witness"])
        assert row.versions == json.loads(outcome.versions)
        assert (row.loss is None) == (row.n == "inf")
        assert row.digits == 15
    assert list(iterate(path)) == sweep.rows
    assert head(path).rows == []


def test_one_file_is_left(path):
    read(path)
    assert [other.name for other in path.parent.iterdir()] == ["sweep.db"]


def test_the_documented_schema(path):
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("SELECT count(*) FROM units WHERE d = 2 AND n = 'inf'").fetchone() == (2,)
    plan = connection.execute("EXPLAIN QUERY PLAN SELECT * FROM units WHERE law = 'gaussian' AND m = '3' AND d = '2'").fetchall()
    assert "units_problem" in plan[0][3]
    connection.close()


def test_create_refuses_an_existing_file_and_a_missing_directory(path, tmp_path):
    with pytest.raises(ParameterError, match="exists; continue it with --resume"):
        Store.create(path, GRID)
    with pytest.raises(ParameterError, match="in a directory that exists"):
        Store.create(tmp_path / "none" / "sweep.db", GRID)


def test_a_store_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    """Killed while it is made, it leaves nothing that can neither be made nor resumed."""
    path = tmp_path / "sweep.db"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", lambda self, target: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Store.create(path, GRID)
    assert list(tmp_path.iterdir()) == []
    for suffix in (".new", ".lock"):  # what a killed process leaves; the system has dropped its lock
        path.with_name(path.name + suffix).write_bytes(b"")
    Store.create(path, GRID).close()
    assert read(path).size == 4
    assert [other.name for other in tmp_path.iterdir()] == ["sweep.db"]


def test_the_log_of_a_deleted_store_does_not_enter_a_new_one(tmp_path, outcomes):
    """A killed sweep leaves a log beside its store; who deletes the store alone must not find it in the next."""
    path, log = tmp_path / "sweep.db", tmp_path / "sweep.db-wal"
    with Store.create(path, GRID) as store:
        store.write(outcomes)
        left = log.read_bytes()
    assert left
    path.unlink()
    log.write_bytes(left)
    with Store.create(path, OTHER) as store:
        assert store.counts() == {"done": 0}
    assert read(path).grid == OTHER.as_json()


def test_resume_knows_what_is_there(tmp_path, outcomes):
    path = tmp_path / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes[1:3])
        store.write([replace(outcomes[0], status="failed", error="it died")])
        assert store.counts() == {"done": 2, "failed": 1}
    with Store.resume(path, GRID) as store:
        assert store.finished(0, 4) == {1, 2}  # the failed one is to be done again
        assert store.finished(2, 4) == {2}
        store.write(outcomes[:1])
        assert store.counts() == {"done": 3}


def test_resume_refuses_other_bounds(path):
    with pytest.raises(ParameterError, match=r"holds other numbers \(bounds = "):
        Store.resume(path, OTHER)
    with Store.resume(path, GRID) as store:  # and leaves no lock behind
        assert store.counts() == {"done": 4}


def to_first_schema(path):
    """The store as versions before the columns of the gain wrote it."""
    connection = sqlite3.connect(path)
    with connection:
        for name in schema.ADDED:
            connection.execute(f"ALTER TABLE units DROP COLUMN {name}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def test_a_store_of_the_first_schema_is_read(path, outcomes):
    to_first_schema(path)
    rows = read(path).rows
    assert [row.gain for row in rows] == [None] * 4
    assert [row.best_upper for row in rows] == [(outcome.best_upper_lower, outcome.best_upper_upper) for outcome in outcomes]


def test_a_sweep_of_the_first_schema_goes_on(tmp_path, outcomes):
    path = tmp_path / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes[:2])
    to_first_schema(path)
    before = list(iterate(path))
    for _ in range(2):  # the second time there is nothing to be brought up to date
        with Store.resume(path, GRID) as store:
            store.write(outcomes[2:])
    after = read(path).rows
    assert after[:2] == before
    assert [row.gain is None for row in after] == [True, True, False, False]


@pytest.mark.parametrize("opens", [read, lambda path: Store.resume(path, GRID)], ids=["read", "resume"])
class TestDamage:
    def test_missing(self, tmp_path, opens):
        with pytest.raises(ParameterError, match="must be the file of a sweep, there is none"):
            opens(tmp_path / "none.db")
        assert list(tmp_path.iterdir()) == []

    def test_newer_schema(self, path, opens):
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
        connection.close()
        with pytest.raises(ParameterError, match=r"has schema 4 of a newer boundcalc; this one reads up to 3"):
            opens(path)

    def test_another_sqlite_file(self, tmp_path, opens):
        path = tmp_path / "other.db"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE units (unit)")
        connection.close()
        with pytest.raises(ParameterError, match="is not a store of a sweep"):
            opens(path)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a database at all" * 200], ids=["empty", "other"])
    def test_another_file(self, tmp_path, opens, content):
        path = tmp_path / "other.db"
        path.write_bytes(content)
        with pytest.raises(ParameterError, match="is not a store of a sweep"):
            opens(path)
        assert path.read_bytes() == content

    def test_a_directory(self, tmp_path, opens):
        with pytest.raises(ParameterError, match="there is none"):
            opens(tmp_path)


@pytest.mark.parametrize("keep", [0.3, 0.6])
def test_a_truncated_store_is_damaged(path, keep):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(ParameterError, match="damaged") as record:
        read(path)
    assert "\n" not in str(record.value)


def test_overwritten_pages_are_damage_not_a_traceback(path):
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(ParameterError, match="damaged"):
        read(path)


def test_a_row_that_is_no_json_is_damage(path):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE units SET details = '{' WHERE unit = 2")
    connection.close()
    with pytest.raises(ParameterError, match="unit 2 cannot be read"):
        read(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("details", "[]"),
        ("details", '{"upper": 1}'),
        ("details", '{"lower": [{"key": "rank"}]}'),
        ("details", '{"upper": [{"key": 1, "status": "proven", "improvement": null}]}'),
        ("details", '{"loss": {"lower": 1, "upper": "2"}}'),
        ("best_upper_upper", b"\x00"),
        ("d", b"4"),
        ("seconds", "soon"),
    ],
)
def test_a_value_of_another_kind_is_damage(path, column, value):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(f"UPDATE units SET {column} = ? WHERE unit = 2", (value,))
    connection.close()
    with pytest.raises(ParameterError, match="unit 2 cannot be read"):
        read(path)


@pytest.mark.parametrize(
    "grid", ["[]", "1", "{}", '{"bounds": "rank", "digits": 6}', '{"bounds": [1], "digits": 6}', '{"bounds": []}']
)
def test_a_grid_of_another_shape_is_damage(path, grid):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'grid'", (grid,))
    connection.close()
    with pytest.raises(ParameterError, match="does not say which grid"):
        read(path)


@pytest.mark.parametrize("name", ["a" * 300 + ".db", "a" * 300 + "/a.db"])
def test_a_name_that_the_system_refuses(tmp_path, name):
    for opens in (Store.resume, Store.create):
        with pytest.raises(ParameterError, match="store = "):
            opens(tmp_path / name, GRID)


def test_a_name_that_is_no_text(tmp_path, outcomes):
    path = tmp_path / "\udc80.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes[:2])
    assert len(read(path).rows) == 2


def test_a_second_writer_is_refused_and_readers_are_not(tmp_path, outcomes):
    path = tmp_path / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes[:2])
        for opens in (Store.resume, Store.create):
            with pytest.raises(ParameterError, match=r"another process is writing it|exists"):
                opens(path, GRID)
        assert len(read(path).rows) == 2
        store.write(outcomes[2:])  # the refused ones have not disturbed it
    assert len(read(path).rows) == 4


def test_writers_in_spite_of_the_lock_do_not_harm_the_store(tmp_path, outcomes, monkeypatch):
    """As on a file system that has no locks for the lock file: both write every unit."""
    path = tmp_path / "sweep.db"
    Store.create(path, GRID).close()
    monkeypatch.setattr("boundcalc.sweep.store.Lock", lambda path: type("None", (), {"release": lambda self: None})())
    with Store.resume(path, GRID) as first, Store.resume(path, GRID) as second:
        for outcome in outcomes:
            first.write([outcome])
            second.write([outcome])
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert len(read(path).rows) == 4


def test_a_write_that_fails_enters_nothing(tmp_path, outcomes):
    path = tmp_path / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes[:1])
        with pytest.raises(ParameterError):
            store.write([outcomes[1], replace(outcomes[2], status="nonsense")])
        assert store.counts() == {"done": 1}
        store.write(outcomes[1:])
    assert len(read(path).rows) == 4


def mounted(tmp_path: Path, size: str) -> Path:
    """A small file system of its own."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting a file system needs root")
    if subprocess.run([mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this root may not mount")
    return place


@pytest.fixture
def small(tmp_path):
    place = mounted(tmp_path, "512k")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(store: Store, outcomes) -> tuple[int, str]:
    """Writes units one by one until that fails: how many were committed, and what is said."""
    for number in range(1000):
        try:
            store.write([replace(outcomes[0], unit=number)])
        except ParameterError as error:
            return number, str(error)
    raise AssertionError("the disk did not fill")


def test_a_full_disk_keeps_what_was_committed(small, outcomes):
    path = small / "sweep.db"
    with Store.create(path, GRID) as store:
        reached, message = fill(store, outcomes)
    assert reached > 10
    assert "the disk is full; what was committed before is kept" in message
    assert [row.unit for row in read(path).rows] == list(range(reached))
    subprocess.run(["mount", "-o", "remount,size=2m", str(small)], check=True)
    with Store.resume(path, GRID) as store:
        store.write([replace(outcomes[0], unit=number) for number in range(reached, reached + 20)])
    assert [row.unit for row in read(path).rows] == list(range(reached + 20))
    assert sorted(file.name for file in small.iterdir()) == ["sweep.db"]


def test_a_read_only_directory(small, outcomes):
    path = small / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(outcomes)
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    assert len(read(path).rows) == 4
    for opens, name in ((Store.resume, "sweep.db"), (Store.create, "new.db")):
        with pytest.raises(ParameterError, match="cannot be written or created there"):
            opens(small / name, GRID)


LIMITED = """
import resource, signal, sys
from boundcalc.sweep.store import Store
from boundcalc.numbers.errors import ParameterError
sys.path.insert(0, sys.argv[2])
from test_store import GRID, evaluate, replace
outcome = evaluate(GRID.unit(0), GRID.plan)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.create(sys.argv[1], GRID)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
for number in range(1000):
    try:
        store.write([replace(outcome, unit=number)])
    except ParameterError as error:
        print(number, error)
        break
"""


def test_a_limit_on_file_sizes(tmp_path):
    """What a quota does where no disk can be mounted: the write fails, the committed units stay."""
    path = tmp_path / "sweep.db"
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path), here], capture_output=True, text=True, check=True)
    reached, message = done.stdout.split(" ", 1)
    assert "what was committed before is kept" in message
    assert int(reached) > 10
    assert [row.unit for row in read(path).rows] == list(range(int(reached)))


def test_the_formulas_of_features_that_differ_are_kept(tmp_path):
    grid = read_grid({"n": 4, "d": 2, "m": 3, "p": "1/10", "law": "gaussian", "importance": "0.5^i", "bounds": "rank"})
    path = tmp_path / "sweep.db"
    with Store.create(path, grid) as store:
        store.write([evaluate(unit, grid.plan) for unit in grid.units()])
    assert {(row.importance, row.activity, row.status) for row in read(path).rows} == {("0.5^i", None, "done")}


def test_damage_that_sqlite_quotes(path):
    """Its message holds the damaged bytes, which are no text: Python raises another error then."""
    content = path.read_bytes()
    assert content.count(b"CREATE TABLE units") == 1
    path.write_bytes(content.replace(b"CREATE TABLE units", b"CREATE TABLE \xec\xff\xff\xff\xff"))
    for opens in (read, completeness, head):
        with pytest.raises(ParameterError, match="damaged"):
            opens(path)
