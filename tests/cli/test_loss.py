"""``boundcalc loss`` as a user meets it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from flint import fmpq

from boundcalc.cli.main import main
from boundcalc.frames.library import construct
from boundcalc.loss import certified
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.exact_pair import exact_loss_of_pair
from boundcalc.model.features import Features
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.parsing import parse_rational

MODEL = ["--m", "3", "--p", "1e-3", "--law", "laplace"]
GIVEN = {"m": 3, "p": "1e-3", "law": "laplace"}
NAMES = ("improvement", "improvement_best_scale", "loss", "loss_best_scale", "unexplained_fraction")


def run(capsys, *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["loss", *map(str, args)])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def rational(text: str) -> fmpq:
    return parse_rational(text, parameter="printed")


@pytest.fixture
def weights(tmp_path):
    W = np.random.default_rng(0).standard_normal((4, 25))
    np.save(tmp_path / "W.npy", W)
    return W


def test_large_matrices_take_float64_and_certify_takes_the_exact_path(capsys, tmp_path, weights, monkeypatch):
    monkeypatch.setattr(certified, "EXACT_FEATURES", 10)
    exact = exact_loss(weights, **GIVEN)
    for options, method in (((), "float64"), (("--certify",), "exact")):
        status, out, err = run(capsys, tmp_path / "W.npy", *MODEL, "--json", *options)
        assert (status, err) == (0, "")
        content = json.loads(out)
        assert content["method"] == method
        assert content["tied"] is True
        for name in NAMES:
            lower, upper = rational(content[name]["lower"]), rational(content[name]["upper"])
            assert lower <= getattr(exact, name) <= upper
            assert (upper - lower) < abs(upper) * fmpq(1, 10 ** (25 if method == "exact" else 9))
        assert abs(rational(content["scale"]) / exact.scale.lower - 1) < fmpq(1, 10**10)
        assert content["features"]["rank"] == 4
        assert content["features"]["leverage"]["sum"] == pytest.approx(4)
    status, out, _ = run(capsys, tmp_path / "W.npy", *MODEL)
    assert "float64 with a certified error bound" in out
    line = next(line for line in out.splitlines() if line.startswith("improvement at the best scale"))
    value, error = line.split("scale")[1].split(" +- ")
    assert abs(rational(value.strip()) - exact.improvement_best_scale) <= rational(error)
    assert rational(error) < fmpq(1, 10**10)


def test_whole_numbers_are_exact_at_any_size(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(certified, "EXACT_FEATURES", 10)
    np.save(tmp_path / "W.npy", construct("E8").rational)
    _, out, _ = run(capsys, tmp_path / "W.npy", *MODEL, "--json")
    assert json.loads(out)["method"] == "exact"


def test_text_has_histograms_and_the_share_reached(capsys, tmp_path, weights):
    status, out, err = run(capsys, tmp_path / "W.npy", *MODEL)
    assert (status, err) == (0, "")
    assert "capacity t_i = a_i^2/q_i: sum " in out
    assert "leverage: sum 4," in out
    start = next(i for i, line in enumerate(out.splitlines()) if line.startswith("leverage"))
    bars = out.splitlines()[start + 1 : start + 11]
    assert sum(int(line.split()[3]) for line in bars) == 25
    assert "% of the best possible improvement, by frontier (argued)" in out
    assert all(len(line) <= 80 for line in out.splitlines() if "#" in line)
    assert "\x1b" not in out


def test_decoder(capsys, tmp_path, weights, monkeypatch):
    V = weights + np.random.default_rng(1).standard_normal(weights.shape) / 10
    np.savez(tmp_path / "V.npz", V=V, other=V)
    exact = exact_loss_of_pair(V, weights, **GIVEN)
    args = [tmp_path / "W.npy", "--decoder", tmp_path / "V.npz", "--decoder-name", "V", *MODEL]
    for limit, method in ((2000, "exact"), (10, "float64")):
        monkeypatch.setattr(certified, "EXACT_FEATURES", limit)
        status, out, _ = run(capsys, *args, "--json")
        assert status == 0
        content = json.loads(out)
        assert (content["method"], content["tied"], content["best"], content["reached_at_least"]) == (method, False, None, None)
        for name in NAMES:
            assert rational(content[name]["lower"]) <= getattr(exact, name) <= rational(content[name]["upper"])
    _, out, _ = run(capsys, *args)
    assert "best scale of V" in out
    assert "the certified bounds are for tied weights" in out
    assert "best possible" not in out


@pytest.mark.parametrize(
    ("array", "options", "message"),
    [
        (np.ones((3, 2)), (), "V = array of shape (3, 2): must have the shape of W, (4, 25)"),
        (np.full((4, 25), np.inf), (), "holds inf in row 0, column 0"),
        (np.array([[None]]), (), "pickled"),
    ],
)
def test_bad_decoders(capsys, tmp_path, weights, array, options, message):
    np.save(tmp_path / "V.npy", array, allow_pickle=True)
    status, out, err = run(capsys, tmp_path / "W.npy", "--decoder", tmp_path / "V.npy", *MODEL)
    assert (status, out) == (2, "")
    assert err.startswith("boundcalc: V = ")
    assert message in err
    assert len(err.splitlines()) == 1


def test_bad_files(capsys, tmp_path, weights):
    np.savez(tmp_path / "two.npz", encoder=weights, other=weights, bias=np.ones(3))
    for args, message in (
        ([tmp_path / "two.npz"], "it holds bias 3, encoder 4x25, other 4x25"),
        ([tmp_path / "two.npz", "--name", "bias"], "1 dimension"),
        ([tmp_path / "W.npy", "--decoder-name", "x"], "needs --decoder"),
        ([tmp_path / "W.npy", "--features", tmp_path / "none" / "f.csv"], "cannot be written"),
    ):
        status, out, err = run(capsys, *args, *MODEL)
        assert (status, out) == (2, "")
        assert message in err
        assert len(err.splitlines()) == 1
    assert run(capsys, tmp_path / "two.npz", "--name", "encoder", *MODEL)[0] == 0


def test_features(capsys, tmp_path, weights):
    path = tmp_path / "f.csv"
    assert run(capsys, tmp_path / "W.npy", *MODEL, "--features", path)[0] == 0
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    exact = exact_loss(weights, **GIVEN, rows=True)
    assert len(rows) == 25
    for row, a, q in zip(rows, exact.rows.a, exact.rows.q, strict=True):
        assert float(row["a"]) == pytest.approx(to_float(a), rel=1e-14)
        assert float(row["q"]) == pytest.approx(to_float(q), rel=1e-14)
        assert float(row["capacity"]) == pytest.approx(float(row["a"]) ** 2 / float(row["q"]))
        assert float(row["norm"]) ** 2 == pytest.approx(float(row["a"]))
    assert sum(float(row["leverage"]) for row in rows) == pytest.approx(4)


@pytest.mark.parametrize("limit", [1, 2000])
def test_huge_and_tiny_and_zero(capsys, tmp_path, limit, monkeypatch):
    monkeypatch.setattr(certified, "EXACT_FEATURES", limit)
    W = np.random.default_rng(4).standard_normal((2, 5))
    for factor in (1e80, 1e-200, 0.0):
        np.save(tmp_path / "S.npy", factor * W)
        status, out, err = run(capsys, tmp_path / "S.npy", "--m", "5", "--p", "0.01", "--law", "gaussian")
        assert (status, err) == (0, "")
        assert "inf" not in out.lower().replace("infinite", "")
        assert "nan" not in out.lower()
        assert ("W = 0: the improvement is 0 and no scale is best" in out) == (factor == 0)


def test_an_undecided_bound_falls_back_to_the_exact_loss(capsys, tmp_path, monkeypatch):
    """V and W are orthogonal, so A = 0, which rounding cannot see."""
    monkeypatch.setattr(certified, "EXACT_FEATURES", 1)
    np.save(tmp_path / "W.npy", np.array([[1.0, 2.0], [0.0, 0.0]]))
    np.save(tmp_path / "V.npy", np.array([[0.0, 0.0], [1.0, 2.0]]))
    status, out, err = run(capsys, tmp_path / "W.npy", "--decoder", tmp_path / "V.npy", *MODEL)
    assert status == 0
    assert err.startswith("note: ")
    assert "A = 0" in out


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
def test_interrupting_leaves_the_terminal_sane(tmp_path):
    import pty

    np.save(tmp_path / "W.npy", np.random.default_rng(0).standard_normal((40, 60_000)))
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "boundcalc", "loss", str(tmp_path / "W.npy"), "--m", "5", *MODEL[2:]])
    shown, interrupted, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the child has closed the terminal
            break
        if not piece:
            break
        shown += piece
        if not interrupted and b"%" in shown:
            os.kill(child, signal.SIGINT)
            interrupted = True
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    assert interrupted
    assert status == 130
    assert shown.rstrip().endswith(b"boundcalc: interrupted")
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l")  # the cursor is shown again
    assert b"Traceback" not in shown


def test_no_progress_bar_in_a_pipe(tmp_path, weights):
    done = subprocess.run(
        [sys.executable, "-m", "boundcalc", "loss", str(tmp_path / "W.npy"), *MODEL], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def bounds_of(capsys, path, n: int, d: int) -> dict:
    """What ``bounds --witness`` says of the matrix."""
    with pytest.raises(SystemExit):
        main(["bounds", "--n", str(n), "--d", str(d), *MODEL, "--witness", str(path), "--json"])
    found = [bound for bound in json.loads(capsys.readouterr().out)["lower"] if bound["key"] == "search"]
    return found[-1]  # the catalog's own entry comes first


@pytest.mark.parametrize("limit", [1, 2000])
@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "1e-30", "1e30"])
def test_bounds_and_loss_give_one_number_for_a_file(capsys, tmp_path, limit, kind, monkeypatch):
    """The file's own numbers: a rounding to a few binary places gives another value, larger or smaller."""
    monkeypatch.setattr(certified, "EXACT_FEATURES", limit)
    W = np.random.default_rng(11).standard_normal((3, 8))
    W = (100 * W).astype(kind) if kind.startswith(("f", "i")) else W * float(kind)
    np.save(tmp_path / "W.npy", W)
    content = bounds_of(capsys, tmp_path / "W.npy", 8, 3)["improvement"]
    _, out, _ = run(capsys, tmp_path / "W.npy", *MODEL, "--json")
    assert content == json.loads(out)["improvement_best_scale"]
    exact = exact_loss(W, **GIVEN).improvement_best_scale
    assert rational(content["lower"]) <= exact <= rational(content["upper"])
    assert rational(content["upper"]) - rational(content["lower"]) <= exact * fmpq(1, 10**9)


def test_an_exact_witness_is_not_rounded(capsys, tmp_path):
    """1 + 2^-40 beside 1: to 8 places it is (1, 1)."""
    W = np.array([[1.0, 1 + 2**-40, -0.75]])
    np.savez(tmp_path / "W.npz", W=W)
    content = bounds_of(capsys, tmp_path / "W.npz", 3, 1)["improvement"]
    exact = exact_loss(W, **GIVEN).improvement_best_scale
    rounded = exact_loss(np.rint(W * 256) / 256, **GIVEN).improvement_best_scale
    assert rational(content["lower"]) <= exact <= rational(content["upper"])
    assert not rational(content["lower"]) <= rounded <= rational(content["upper"])


def test_features_that_differ(capsys, tmp_path, weights):
    """The printed enclosure holds the exact loss, from formulas and from a table; and where W stands between the bounds."""
    table = "count,importance,p,law\n" + "".join(f"1,{9**i}/{10**i},{i}/100,laplace\n" for i in range(1, 26))
    (tmp_path / "groups.csv").write_text(table)
    features = Features.each([fmpq(9, 10) ** i for i in range(1, 26)], [fmpq(i, 100) for i in range(1, 26)], "laplace")
    exact = exact_loss(weights, m=3, features=features)
    by_formula = ("--importance", "0.9^i", "--p", "i/100", "--law", "laplace")
    for options in (by_formula, ("--groups", tmp_path / "groups.csv")):
        status, out, err = run(capsys, tmp_path / "W.npy", "--m", "3", "--json", *options)
        assert (status, err) == (0, "")
        content = json.loads(out)
        upper, lower = (
            rational(content["best"][side]["improvement"][end]) for side, end in (("upper", "upper"), ("lower", "lower"))
        )
        assert exact.improvement_best_scale < lower <= upper  # random weights
        room = 1 + fmpq(1, 10**28)  # the digits that are printed
        assert rational(content["share"]["lower"]) <= exact.improvement_best_scale / upper * room
        assert exact.improvement_best_scale <= rational(content["share"]["upper"]) * lower * room
        assert len(content["problem"]["features"]) == 25
        for name in NAMES:
            assert rational(content[name]["lower"]) <= getattr(exact, name) <= rational(content[name]["upper"])
    status, out, err = run(capsys, tmp_path / "W.npy", "--m", "3", "--p", "0.1*i^-0.5", "--law", "laplace")
    assert status == 0
    assert "rounded to 15 digits" in err
    assert "of the best possible improvement, by" in out
    groups = "count,importance,p,law\n" + "".join(f"1,{1000 + i}/1000,1/9,laplace\n" for i in range(1001))
    (tmp_path / "groups.csv").write_text(groups)
    np.save(tmp_path / "many.npy", np.ones((1, 1001)))
    status, out, err = run(capsys, tmp_path / "many.npy", "--m", "3", "--groups", tmp_path / "groups.csv")
    assert status == 0
    assert "the certified bounds are for 1000 groups of features at most" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--law", "laplace"), "--p, or a table of features with --groups"),
        (("--p", "1/2"), "--law, or a table"),
        (("--groups", "none.csv"), "readable table"),
        (("--groups", "g.csv", "--p", "1/2"), "left out where --groups"),
        (("--groups", "g.csv"), "as many as the columns of W, 25"),
        (("--p", "1/2", "--law", "laplace", "--importance", "5 - i"), "at i = 5"),
    ],
)
def test_features_that_do_not_fit_are_refused_in_a_line(capsys, tmp_path, weights, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.csv").write_text("count,importance,p,law\n3,1,1/2,uniform\n")
    status, out, err = run(capsys, "W.npy", "--m", "3", *options)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_where_weights_stand(capsys, tmp_path):
    """Antipodal pairs, two parallel features and a dead one in the plane: every list, and every share against its definition."""
    columns = [(1, 0), (-2, 0), (0, 1), (0, -1), (0, 2), (1e-9, 0)]
    np.save(tmp_path / "W.npy", np.array(columns, dtype=float).T)
    model = ["--m", "3", "--p", "1/100", "--law", "rademacher"]
    status, out, _ = run(capsys, tmp_path / "W.npy", *model, "--json")
    assert status == 0
    found = json.loads(out)
    lists = found["features"]
    assert (lists["represented"], lists["weak"]) == ([1, 4], [0, 2, 3])
    assert lists["dead"] == [5]
    assert lists["parallel"] == [[2, 4]]
    assert lists["antipodal"] == [[0, 1], [2, 3], [3, 4]]
    gain = exact_loss(np.array(columns, dtype=float).T, m=3, p="1/100", law="rademacher").improvement_best_scale
    upper = rational(found["best"]["upper"]["improvement"]["upper"])
    lower = rational(found["best"]["lower"]["improvement"]["lower"])
    assert abs(rational(found["share"]["lower"]) * upper / gain - 1) < fmpq(1, 10**20)
    assert rational(found["share"]["upper"]) * (1 + fmpq(1, 10**20)) >= gain / lower
    assert rational(found["share"]["upper"]) - rational(found["share"]["lower"]) < fmpq(1, 100)
    # the orthonormal basis of the plane holds two features: 2 p g with g = 1
    against = rational(found["against_basis"]["lower"]) * 2 * fmpq(1, 100)
    assert abs(against / gain - 1) < fmpq(1, 10**20)
    assert rational(found["better_by"]["lower"]) <= lower / gain <= rational(found["better_by"]["upper"]) * (1 + fmpq(1, 10**20))
    _, text, _ = run(capsys, tmp_path / "W.npy", *model)
    assert "dead (at most 0.01 of the largest): 1: 5" in text
    assert "antipodal pairs (cosine at most -0.99): 3: 0-1 2-3 3-4" in text
    assert "superposition does not help W" in text
    assert "known weights do better by at least" in text


def test_a_best_matrix_reaches_all_of_it(capsys, tmp_path):
    np.save(tmp_path / "W.npy", np.eye(3))
    _, text, _ = run(capsys, tmp_path / "W.npy", "--m", "3", "--p", "1/5", "--law", "rademacher")
    assert "W has the improvement of the orthonormal basis" in text
    assert "known weights do better" not in text


def test_every_instance_of_a_stack(capsys, tmp_path):
    stack = np.random.default_rng(5).standard_normal((3, 6, 2))
    np.save(tmp_path / "W.npy", stack)
    status, out, _ = run(capsys, tmp_path / "W.npy", *MODEL, "--index", "all", "--transpose", "--json")
    assert status == 0
    for one, matrix in zip(json.loads(out)["instances"], stack, strict=True):
        exact = exact_loss(matrix.T, **GIVEN)
        assert rational(one["loss"]["lower"]) <= exact.loss <= rational(one["loss"]["upper"])
    _, table, _ = run(capsys, tmp_path / "W.npy", *MODEL, "--index", "all", "--transpose")
    assert len(table.splitlines()) == 4
    status, out, err = run(capsys, tmp_path / "W.npy", *MODEL, "--index", "7", "--transpose")
    assert (status, out) == (2, "")
    assert "must be 0 to 2" in err


def test_a_decoder_is_turned_to_fit(capsys, tmp_path, weights):
    V = np.random.default_rng(9).standard_normal(weights.shape)
    np.save(tmp_path / "V.npy", V.T)
    status, out, _ = run(capsys, tmp_path / "W.npy", *MODEL, "--decoder", tmp_path / "V.npy", "--json")
    assert status == 0
    exact = exact_loss_of_pair(V, weights, **GIVEN)
    assert rational(json.loads(out)["loss"]["lower"]) <= exact.loss <= rational(json.loads(out)["loss"]["upper"])


def test_the_help_names_every_column_of_the_features(capsys):
    from boundcalc.cli.relu_loss import FEATURE_HEADER
    from boundcalc.loss.summary import HEADER

    with pytest.raises(SystemExit):
        main(["loss", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    words = said[said.index("--features") :].replace(",", "").replace(";", "").split()[:40]
    for name in {*HEADER, *FEATURE_HEADER} - {"feature"}:
        assert name.split("_")[0] in words, name
