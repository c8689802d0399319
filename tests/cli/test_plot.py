"""``boundcalc plot``: from a grid file to a figure, and one line for every wrong input."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from boundcalc.cli.main import main
from boundcalc.sweep.grid import load_grid
from boundcalc.sweep.store import Store
from boundcalc.sweep.unit import evaluate

GRID = """
n = {n}
d = {d}
m = 3
p = ["1/1000", "1/100", "1/8", "1/2"]
law = {law}
bounds = ["rank", "capacity", "dense", "orthonormal", "known_frame"]
"""
KEYS = "capacity, dense, known_frame, orthonormal, rank"


def run(capsys, *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(map(str, args)))
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def swept(folder, name: str, n: str = '"inf"', d: str = "3", law: str = '"rademacher"', units: int | None = None):
    """A store as a sweep leaves it, or leaves it when it is stopped after some units."""
    grid_file, out = folder / f"{name}.toml", folder / f"{name}.db"
    grid_file.write_text(GRID.format(n=n, d=d, law=law))
    grid = load_grid(grid_file)
    with Store.create(out, grid) as store:
        outcomes = [evaluate(unit, grid.plan) for unit in list(grid.units())[:units]]
        if outcomes:
            store.write(outcomes)
    return out


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    return {
        "p": swept(folder, "p"),
        "pd": swept(folder, "pd", d="[2, 3]"),
        "pn": swept(folder, "pn", n="[3, 6, 12]"),
        "many": swept(folder, "many", n="[3, 6]", d="{from = 2, to = 6}"),
        "laws": swept(folder, "laws", law='["rademacher", "uniform"]'),
        "part": swept(folder, "part", units=3),
        "empty": swept(folder, "empty", units=0),
    }


@pytest.fixture
def weights(tmp_path):
    np.savez(tmp_path / "W.npz", W=np.array([[1.0, -0.5, -0.5], [0.0, 0.75**0.5, -(0.75**0.5)]]))
    return tmp_path / "W.npz"


@pytest.mark.parametrize(
    ("store", "options", "record"),
    [
        ("p", (), "Certified bounds on the largest improvement"),
        ("laws", ("--law", "uniform"), "uniform, 4 values of $p$"),
        ("pd", ("--d", "2"), "$d = 2$"),  # one d chosen: p alone varies
        ("pd", (), "2 slices: $d = 2$; $d = 3$"),
        ("pn", ("--y", "loss", "--x", "n", "--p", "0.001,0.5"), "3 values of $n$, $3 \\le n \\le 12$; 2 slices"),
        ("laws", (), "2 slices: Rademacher; uniform"),
        ("pd", ("--kind", "gap"), "over $p$ and $d$"),
        ("pd", ("--kind", "geometry"), "Gain of superposition: best witness and best upper bound"),
        ("pd", ("--kind", "regimes"), "$d = 2$: at $p"),
        ("pd", ("--kind", "regimes", "--d", "3"), "drawn: $d = 3$"),
        ("pn", ("--kind", "phase"), "over $p$ and $n/d$"),
        ("pn", ("--kind", "gap"), "over $p$ and $n$"),
        ("pn", ("--kind", "gap", "--y", "n/d"), "over $p$ and $n/d$"),
        ("pn", ("--kind", "phase", "--margin", "1/100", "--width", "text"), "share of 0.01 or more"),
        ("p", ("--keys", "rank,orthonormal"), "4 values"),
    ],
)
def test_a_store_becomes_a_figure_and_its_caption(capsys, tmp_path, stores, store, options, record):
    out = tmp_path / "figure.svg"
    status, caption, err = run(capsys, "plot", stores[store], "--out", out, *options)
    assert (status, err) == (0, f"written: {out}\n")
    assert record in caption
    svg = out.read_text()
    assert caption.strip() in svg.replace("&lt;", "<").replace("&gt;", ">")
    assert ("uniform" if "uniform" in options else "Rademacher") in re.sub(r"\s*<[^>]*>\s*", "", svg)


@pytest.mark.parametrize(("kind", "record"), [(None, "Gram matrix"), ("witness", "Gram matrix"), ("capacities", "Capacities")])
@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_weights_become_a_figure(capsys, tmp_path, weights, kind, record, suffix, start):
    out = tmp_path / f"figure.{suffix}"
    status, caption, _ = run(capsys, "plot", weights, "--out", out, *(("--kind", kind) if kind else ()))
    assert status == 0
    assert record in caption
    assert "$n = 3$" in caption
    assert out.read_bytes().startswith(start)


def test_a_sweep_that_is_not_finished_says_so(capsys, tmp_path, stores):
    status, _, err = run(capsys, "plot", stores["part"], "--out", tmp_path / "a.png")
    assert status == 0
    assert err.startswith("note: 1 of 4 problems have no bounds (yet) and are left out\n")


@pytest.mark.parametrize(
    ("file", "options", "message"),
    [
        ("p", ("--kind", "witness"), "kind = witness: must be one of bounds, gap, phase, geometry, regimes for a sweep"),
        ("p", ("--kind", "pie"), "kind = pie: must be one of bounds, gap, phase, geometry, regimes for a sweep"),
        ("weights", ("--kind", "phase"), "kind = phase: must be one of witness, capacities, unexplained, training for weights"),
        (
            "weights",
            ("--law", "gaussian"),
            "law = gaussian: is an option of bounds, gap, phase, geometry, regimes, unexplained, training, importance, "
            "not of witness",
        ),
        ("p", ("--margin", "0.1"), "margin = 0.1: is an option of phase, not of bounds"),
        ("pn", ("--kind", "phase", "--margin", "-1"), "margin = -1: must be a number, 0 or more and below 1"),
        ("many", (), "kind = nothing: must be chosen, bounds, gap, phase, geometry, regimes: the sweep is over d, n, p"),
        ("laws", ("--kind", "gap"), "law = nothing: must be chosen for this figure: the sweep has rademacher, uniform"),
        ("p", ("--d", "4"), "d = 4: must be in the sweep, which has 3"),
        ("p", ("--kind", "phase"), "n = inf: must be finite to have a place on an axis: sweep over n as well"),
        ("p", ("--kind", "geometry", "--d", "two"), "d = two: must be whole numbers with commas between, such as 2,3,8"),
        ("pd", ("--kind", "gap", "--x", "law"), "x = law: must be one of p, d, n, n/d"),
        ("pd", ("--kind", "phase", "--y", "p"), "y = p: must be another axis than x"),
        ("pd", ("--kind", "regimes", "--d", "2,4"), "d = 4: must be in the sweep"),
        ("p", ("--keys", "fronteir"), "key = fronteir: is no bound; did you mean frontier?"),
        ("p", ("--keys", "rank,frontier"), f"keys = frontier: must be a bound that applies somewhere in the sweep: {KEYS}"),
        ("p", ("--width", "wide"), "width = wide: must be column or text"),
        ("p", ("--dpi", "1e9"), "dpi = 1e9: must be a whole number, 30 to 2400"),
    ],
)
def test_wrong_options_end_in_one_line(capsys, tmp_path, stores, weights, file, options, message):
    out = tmp_path / "a.png"
    status, printed, err = run(capsys, "plot", weights if file == "weights" else stores[file], "--out", out, *options)
    assert (status, printed, err) == (2, "", f"boundcalc: {message}\n")
    assert not out.exists()


def test_an_empty_store_is_refused(capsys, tmp_path, stores):
    status, _, err = run(capsys, "plot", stores["empty"], "--out", tmp_path / "a.png")
    assert status == 2
    assert err.endswith("empty.db: must hold at least one finished problem: run boundcalc sweep first\n")


@pytest.mark.parametrize("content", [None, b"", b"no figure", b"SQLite format 3\0 and no more"])
def test_other_files_are_refused(capsys, tmp_path, content):
    file = tmp_path / "other"
    if content is not None:
        file.write_bytes(content)
    status, _, err = run(capsys, "plot", file, "--out", tmp_path / "a.png")
    assert status == 2
    assert err.count("\n") == 1
    assert str(file) in err or "other" in err


@pytest.mark.parametrize("out", ["a.jpg", "a", "none/a.png"])
def test_an_output_that_cannot_be_written_is_refused_first(capsys, tmp_path, out):
    status, _, err = run(capsys, "plot", tmp_path / "not read", "--out", tmp_path / out)
    assert status == 2
    assert err.startswith(f"boundcalc: out = {str(tmp_path / out)[:60]}")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_python_imports_plot_and_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from boundcalc import ParameterError, plot\n"
        "try:\n    plot([[1.0, 2.0]])\nexcept ParameterError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "matplotlib = not installed: plots need it: pip install 'boundcalc[plot]'\n"


def test_without_matplotlib_the_command_says_what_to_install(weights, tmp_path):
    code = "import sys; sys.modules['matplotlib'] = None; from boundcalc.cli.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "plot", str(weights), "--out", str(tmp_path / "a.png")]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 2
    assert done.stderr == "boundcalc: matplotlib = not installed: plots need it: pip install 'boundcalc[plot]'\n"


def test_the_documented_grids_are_grids():
    from pathlib import Path

    grids = sorted((Path(__file__).parents[2] / "docs" / "grids").glob("*.toml"))
    assert {"bounds_against_p", "gap_map", "geometry", "phase_diagram", "regimes", "slope"} <= {path.stem for path in grids}
    assert all(0 < load_grid(path).size < 10**5 for path in grids)


def test_a_slice_without_a_sweep(tmp_path):
    """The same figure as that of a sweep over the same values of p."""
    from boundcalc import plot, run_sweep
    from boundcalc.render.plot import with_ranges

    out = tmp_path / "slice.svg"
    words = ["plot", "bounds", "--n", "9", "--d", "2", "--p", "1e-2..1", "--out", str(out)]
    done = subprocess.run([sys.executable, "-m", "boundcalc", *words], capture_output=True, text=True, check=True)
    assert "25 values of $p$" in done.stdout
    grid = {"n": "9", "d": "2", "m": "3", "p": "1e-2..1", "law": "rademacher"}
    assert plot(run_sweep(with_ranges(grid))).caption + "\n" == done.stdout
    for left, says in (
        (words[:4] + words[6:], "d = nothing: must be given"),
        ([*words[:7], "0.1", *words[8:]], "p = 0.1: must be a range such as 1e-6..1, or d one such as 2..12"),
        ([*words[:5], "2..7", *words[6:]], "d = 6 values: must be chosen, a curve each and at most 4 in all"),  # before evaluation
    ):
        refused = subprocess.run([sys.executable, "-m", "boundcalc", *left, "--force"], capture_output=True, text=True, check=False)
        assert refused.returncode == 2
        assert says in refused.stderr


def test_a_slice_against_d(capsys, tmp_path):
    words = ("plot", "bounds", "--n", "9", "--d", "2..4", "--p", "1/10", "--y", "loss", "--out", tmp_path / "d.svg")
    status, printed, _ = run(capsys, *words)
    assert status == 0
    assert printed.startswith("Certified bounds on the least loss; $n = 9$, $m = 3$, $p = 0.1$, Rademacher, 3 values of $d$")


def test_ranges_are_whole_numbers_while_these_are_few():
    from boundcalc.render.plot import with_ranges

    assert with_ranges({"d": "2..12", "p": "0.1, 0.2", "law": "support:-1:1/2,1:1/2"}) == {
        "d": {"from": "2", "to": "12"},
        "p": ["0.1", "0.2"],
        "law": "support:-1:1/2,1:1/2",
    }
    assert with_ranges({"n": "10..1000"})["n"] == {"from": "10", "to": "1000", "points": 25, "spacing": "geometric"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "importance", "--n", "3", "--d", "3"), "n = 3 with d = 3"),
        (("store.db", "--kind", "importance"), "must be left out for --kind importance"),
        (("--kind", "importance", "--x", "p"), "x = p"),
        ((), "file = nothing"),
    ],
)
def test_a_figure_without_a_file(capsys, tmp_path, arguments, said):
    status, out, err = run(capsys, "plot", *arguments, "--out", tmp_path / "figure.png")
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["witness", "capacities"])
def test_a_folder_of_a_sparse_autoencoder_is_drawn(capsys, tmp_path, kind):
    """As loss reads it; opened as a file it was told to be a directory."""
    folder = tmp_path / "sae"
    folder.mkdir()
    W = np.array([[1.0, 0.5, -0.5], [0.0, 0.75, 0.75]])
    np.savez(folder / "sae_weights.npz", W_dec=W.T, b=np.zeros(2))
    (folder / "cfg.json").write_text('{"d_in": 2}')
    status, printed, err = run(capsys, "plot", folder, "--kind", kind, "--out", tmp_path / "a.svg")
    assert status == 0
    assert "turned round: its configuration says d = 2" in err
    np.save(tmp_path / "sae.npy", W)
    assert printed == run(capsys, "plot", tmp_path / "sae.npy", "--kind", kind, "--out", tmp_path / "b.svg")[1]


def test_the_exponent_of_the_witness(capsys, tmp_path):
    np.save(tmp_path / "V.npy", np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.0]]))
    printed = [run(capsys, "plot", tmp_path / "V.npy", "--m", m, "--out", tmp_path / f"{m}.svg")[1] for m in ("3", "5")]
    assert "weak (below 0.5) 1: 2" in printed[0]
    assert "dead (at most 0.01; not in the histogram) 1: 2" in printed[1]


def test_a_training_of_transposed_weights(capsys, tmp_path):
    stack = np.array([[[1.0, 0.5, -0.5], [0.0, 0.75, 0.75]], [[1.0, 0.0, -0.5], [0.0, 0.75, 0.5]]])
    np.save(tmp_path / "a.npy", stack)
    np.save(tmp_path / "b.npy", stack.swapaxes(1, 2))
    words = ("--kind", "training", "--m", "3", "--p", "1/10", "--law", "rademacher")
    straight = run(capsys, "plot", tmp_path / "a.npy", *words, "--out", tmp_path / "a.svg")
    assert "give transpose=True" in run(capsys, "plot", tmp_path / "b.npy", *words, "--out", tmp_path / "b.svg")[2]
    assert straight[1] == run(capsys, "plot", tmp_path / "b.npy", "--transpose", *words, "--out", tmp_path / "b.svg")[1]


def test_where_weights_stand_and_a_training(capsys, tmp_path):
    np.save(tmp_path / "V.npy", np.array([[1.0, 0.5, -0.5], [0.0, 0.75, 0.75]]))
    model = ("--m", "3", "--p", "1/10", "--law", "rademacher")
    words = ("plot", tmp_path / "V.npy", "--kind", "unexplained", "--across", "1/20..1/5")
    status, printed, err = run(capsys, *words, *model, "--out", tmp_path / "u.svg")
    assert (status, err) == (0, f"written: {tmp_path / 'u.svg'}\n")
    assert "V at $p = 0.1$" in printed
    assert run(capsys, *words, *model[:4], "--out", tmp_path / "v.svg")[2] == (
        "boundcalc: law = nothing: must be given for --kind unexplained: --m, --p and --law\n"
    )
    (tmp_path / "log.csv").write_text("step,loss\n0,0.3\n5,0.2\n")
    words = ("plot", tmp_path / "log.csv", "--kind", "training", "--n", "3", "--d", "2")
    status, printed, _ = run(capsys, *words, *model, "--out", tmp_path / "t.svg")
    assert status == 0
    assert "2 steps" in printed
    status, printed, _ = run(capsys, *words, *model, "--per-feature", "--out", tmp_path / "t.svg")
    assert "is that of a sample" not in printed
    assert run(capsys, "plot", tmp_path / "V.npy", "--per-feature", "--out", tmp_path / "w.svg")[2] == (
        "boundcalc: per-feature = True: is an option of training\n"
    )


def test_weights_and_trainings_of_features_that_differ(capsys, tmp_path):
    np.save(tmp_path / "V.npy", np.array([[1.0, 0.5, -0.5], [0.0, 0.75, 0.75]]))
    (tmp_path / "f.csv").write_text("count,importance,p,law\n1,1,1/10,rademacher\n2,1/2,1/20,rademacher\n")
    (tmp_path / "log.csv").write_text("step,loss\n0,0.3\n5,0.2\n")
    words = ("plot", tmp_path / "log.csv", "--kind", "training", "--m", "3", "--out", tmp_path / "t.svg")
    status, printed, _ = run(capsys, *words, "--d", "2", "--groups", tmp_path / "f.csv")
    assert status == 0
    assert "$n = 3$, $d = 2$, $m = 3$, features that differ" in printed
    assert run(capsys, *words, "--groups", tmp_path / "f.csv")[2] == "boundcalc: d = nothing: must be given for --kind training\n"
    words = ("plot", tmp_path / "V.npy", "--kind", "unexplained", "--m", "3", "--out", tmp_path / "u.svg")
    assert run(capsys, *words, "--p", "0.1/(i-2)", "--law", "gaussian")[2].startswith("boundcalc: p = 0.1/(i-2) at i = 2: must be")
    assert "groups = nowhere.csv" in run(capsys, *words, "--groups", "nowhere.csv")[2]
    slice_of = ("plot", "bounds", "--d", "1", "--n", "3", "--p", "1e-2..1e-1", "--out", tmp_path / "b.svg")
    assert run(capsys, *slice_of, "--importance", "0.5^j")[2].startswith("boundcalc: importance = 0.5^j: must be")  # not ignored


def test_an_array_of_bytes_is_neither_weights_nor_losses(capsys, tmp_path):
    np.save(tmp_path / "W.npy", np.array([[b"one", b"two"], [b"three", b"four"]]))
    status, out, error = run(capsys, "plot", tmp_path / "W.npy", "--out", tmp_path / "W.png")
    assert (status, out) == (2, "")
    assert re.fullmatch(r"boundcalc: W = .*W\.npy: must .*\n", error)
