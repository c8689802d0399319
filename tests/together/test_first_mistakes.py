"""A first user's mistakes end with one line that says what to do next."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from boundcalc import (
    NonnegativeSupport,
    Problem,
    bounded_loss,
    check_claim,
    dense_loss,
    dense_loss_and_gradient,
    evaluate_upper,
    exact_loss,
    explain,
    find,
    frame,
    latex,
    load_weights,
    loss_of,
    optimize,
    parse_law,
    plot,
    read_features,
    relu_loss,
    relu_loss_and_gradient,
    report,
    run_sweep,
    verify_certificate,
    write_certificate,
)
from boundcalc.cli.main import main
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
        ({"law": 3}, "must be a law, such as 'gaussian' or Gaussian()"),
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
    with pytest.raises(ParameterError, match="d = nothing: must be given: a problem is n, d, m, p and law"):
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


MODEL = "--m 3 --p 0.03 --law rademacher"
MISTAKES = {
    "bounds": "'--d'; boundcalc bounds --help shows how it is called",
    "bond --n 30": "command = bond: is no command; did you mean bounds?",
    "report --n 30": "command = report: is no command; did you mean bounds?",
    "certificate verify .": "certificate = .: cannot be read",
    f"bounds -n 30 -d 4 {MODEL}": "'-n'; it has two dashes, --n; boundcalc bounds --help",
    f"bounds --n 30 --d 4 {MODEL} --digit 5": "'--digits'?); boundcalc bounds --help",
    "bounds 30 4 3 0.03 rademacher": "boundcalc bounds --help shows how it is called",
    "bounds --n 30 --d 4 --p 0.03 --law gaussian": "m = nothing: must be given: --m 3 for x^3",
    "bounds --n 30 --d 4 --m 3 --p 0.03": "law = nothing: must be given: --law",
    "bounds --n 30 --d 4 --m x^3 --p 0.03 --law gaussian": "must be an odd whole number, 1 to 999, such as 3 or 5",
    "bounds --n 30 --d 4 --m 3 --p 3% --law gaussian": "(one percent is 0.01)",
    "bounds --n 30 --d 4 --m 3 --p 0,03 --law gaussian": "such as 0.03 with a decimal point",
    "bounds --n 30 --d 4 --m 3 --p 1e-6..1 --law gaussian": "a range is for boundcalc plot bounds and for a sweep",
    f"bounds --n 30,40 --d 4 {MODEL}": "several are for a sweep: boundcalc sweep",
    f"bounds --n 6,000 --d 4 {MODEL}": "must be a whole number, at least 1, or inf: without separators it is 6000\n",
    f"bounds --n 6000 --d 1,500 {MODEL}": "must be a whole number, at least 1: without separators it is 1500\n",
    "bounds --n 30 --d 4 --m 3 --p 0.03 --law normal": "did you mean gaussian?",
    "bounds --n 30 --d 4 --m 3 --p 0.03 --law lognormal": "or moments:2=1,4=3,6=15\n",
    "bounds --n 30 --d 4 --m 3 --p 0.03 --law 'uniform(0,1)'": "(in Python activation='relu'); with x^m laws are symmetric",
    "bounds --n 30 --d 4 --m 3 --p 0.03 --law moments:2=1": "must list moments up to \u03bc_6 for m = 3",
    f"bounds --n 30 --d 4 {MODEL} --display percent": "'improvement', 'normalized', 'per-feature'; boundcalc bounds --help",
    f"bounds --n 8 --d 3 {MODEL} --witness two.npz": "(in Python name=) of one of its arrays; it holds a 3x8, b 8x3",
    f"bounds --n 8 --d 3 {MODEL} --name a": "is for the file of --witness",
    f"bounds --n 9 --d 9 {MODEL} --witness T.npy": "add --transpose if its rows are the features, --no-transpose if they are not",
    "plot grid.toml --out b.png": "is a grid: run it, boundcalc sweep grid.toml --out sweep.db, and draw sweep.db",
    "explain wlech": "key = wlech: is no bound; did you mean capacity_welch",
    "explain fronteir": "key = fronteir: is no bound; did you mean frontier?",
    "explain U3": "is no bound; did you mean equiangular (U3a), universal (U3b) or linear_program (U3c)?",
    "explain": "boundcalc explain --help",
    "frames E9": "is no known frame; did you mean E",
    "frames icosahedrn": "did you mean icosahedron",
    f"loss missing.npy {MODEL}": "must be a readable file (No such file or directory)",
    "loss W.npy": "m = nothing: must be given: --m 3 for x^3, or --activation relu",
    f"loss W.npy --n 8 {MODEL}": "boundcalc loss --help shows how it is called",
    f"loss two.npz {MODEL} --name z": "must hold an array named z; it holds a, b",
    f"loss stack.npy {MODEL}": "choose one with --index 0 to 1, or --index all",
    f"loss stack.npy {MODEL} --index 9": "index = 9: must be 0 to 1",
    f"loss T.npy {MODEL} --json": "add --transpose if its rows are the features",
    "latex frontier": "it has bound, limits, proof, report, table, as in boundcalc latex bound frontier; boundcalc latex --help",
    "latex bound frontier --n 30": "must be given together with --n, --d, --p and --law",
    "latex bound frontier --notation n=d": "d denotes hidden dimensions; rename that too, or take",
    "certificate W.npy": "it has verify, as in boundcalc certificate verify W.npy; boundcalc certificate --help",
    "certificate verify W.npy": "boundcalc bounds --certificate FILE writes one",
    "check fronteir": "is no bound, lemma or step; did you mean frontier",
    "sweep grid.toml": "'--out'; boundcalc sweep --help shows",
    "plot W.npy --out W.jpg": "must end in .png, .pdf or .svg",
    "plot bounds --d 8 --p 0.1 --out b.png": "p = 0.1: must be a range such as 1e-6..1, or d one such as 2..12",
    "plot losses.csv --out b.png": "kind = not given: losses.csv seems to hold losses: add --kind training",
    "plot steps.csv --out b.png": "kind = not given: steps.csv seems to hold losses: add --kind training",
    "plot losses.npy --out b.png": "kind = not given: losses.npy seems to hold losses: add --kind training",
    "plot T.npy --out b.png": "add --transpose",
    "plot W.npy --kind unexplained --out b.png": "must be given for --kind unexplained: --m, --p and --law",
    f"optimize --n inf --d 4 {MODEL}": "must be finite for a search: a number such as 1000",
}
"""What a newcomer types, and what the one line says."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("mistakes")
    W = np.random.default_rng(0).standard_normal((3, 8))
    np.save(found / "W.npy", W)
    np.save(found / "T.npy", W.T)
    np.savez(found / "two.npz", a=W, b=W.T)
    np.save(found / "stack.npy", np.stack([W, W]))
    np.savetxt(found / "losses.csv", np.linspace(1, 0.5, 50))
    np.savetxt(found / "steps.csv", np.stack([np.arange(50), np.linspace(1, 0.5, 50)], axis=1), delimiter=",")
    np.save(found / "losses.npy", np.linspace(1, 0.5, 50))
    return found


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_ends_in_a_line_that_says_what_to_do(folder, monkeypatch, capsys, line):
    monkeypatch.chdir(folder)
    if "plot" in line:
        pytest.importorskip("matplotlib", reason="matplotlib comes with the extra plot")
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(SystemExit) as stopped:
        main(shlex.split(line))
    printed = capsys.readouterr()
    assert (stopped.value.code, printed.out) == (2, "")
    assert printed.err.startswith("boundcalc: ")
    assert printed.err.count("\n") == 1
    assert MISTAKES[line] in printed.err
    assert sorted(path.name for path in folder.iterdir()) == before


W = np.eye(2)
TALL = np.array([[1.0, 0], [0, 1], [-1, 0]])
LOSSES = {
    "loss_of": lambda W, **turn: loss_of(W, 3, "0.03", "rademacher", **turn).found.value.C,
    "exact_loss": lambda W, **turn: exact_loss(W, 3, "0.03", "rademacher", **turn).C,
    "dense_loss": lambda W, **turn: dense_loss(W, 3, "0.03", "rademacher", **turn).C,
    "dense_loss_and_gradient": lambda W, **turn: dense_loss_and_gradient(W, 3, "0.03", "rademacher", **turn)[0].C,
    "bounded_loss": lambda W, **turn: bounded_loss(W, 3, "0.03", "rademacher", **turn).value.C,
    "relu_loss": lambda W, **turn: relu_loss(W, p="0.03", law="uniform01", **turn).loss,
    "relu_loss_and_gradient": lambda W, **turn: relu_loss_and_gradient(W, p="0.03", law="uniform01", **turn).loss,
    "witness": lambda W, **turn: plot(W, **turn).caption,
    "capacities": lambda W, **turn: plot(W, "capacities", **turn).caption,
    "training": lambda W, **turn: plot([W, W], "training", m=3, p="0.03", law="rademacher", **turn).caption,
}


def swept():
    return run_sweep({"n": 8, "d": 2, "m": 3, "p": ["0.1", "0.2"], "law": "rademacher", "bounds": ["rank", "orthonormal"]})


@pytest.mark.parametrize("name", LOSSES)
def test_every_function_of_weights_asks_which_way_round_they_are(name):
    judge = LOSSES[name]
    with pytest.raises(ParameterError, match=r"W = array of shape \(3, 2\): has 3 rows .* give transpose=True"):
        judge(TALL)
    assert judge(TALL, transpose=True) == judge(TALL.T) == judge(TALL.T, transpose=None)
    assert judge(TALL, transpose=False) != judge(TALL, transpose=True)


@pytest.mark.parametrize("listed", [TALL.tolist(), tuple(map(tuple, TALL.tolist()))], ids=["lists", "tuples"])
def test_lists_are_asked_about_too(listed):
    exact = [[str(entry) for entry in row] for row in listed]
    for call, rows in ((loss_of, listed), (dense_loss, listed), (exact_loss, exact)):
        with pytest.raises(ParameterError, match="give transpose=True"):
            call(rows, 3, "0.03", "rademacher")
    assert exact_loss(exact, 3, "0.03", "rademacher", transpose=True).C == LOSSES["exact_loss"](TALL.T)


def test_a_gradient_lies_as_its_weights_do():
    for call, given in (
        (lambda W, turn: dense_loss_and_gradient(W, 3, "0.03", "rademacher", transpose=turn)[1], TALL),
        (lambda W, turn: relu_loss_and_gradient(W, p="0.03", law="uniform01", transpose=turn).weights, TALL),
    ):
        np.testing.assert_array_equal(call(given, True), call(given.T, None).T)


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in ("witness", "capacities", "training")])
def test_a_file_where_an_array_is_expected_is_told_how_to_read_it(name, tmp_path):
    np.savez(tmp_path / "W.npz", W=W, step=3)
    for path in ("W.npz", tmp_path / "W.npz"):
        with pytest.raises(ParameterError, match=r"W = .*W\.npz: is a name, not an array: give load_weights\(path\)"):
            LOSSES[name](path)
    with np.load(tmp_path / "W.npz") as opened, pytest.raises(ParameterError, match=r'holds arrays: give one, f\["W"\]'):
        LOSSES[name](opened)
    with pytest.raises(ParameterError, match=r'dict of enc.weight: holds arrays: give one, f\["enc.weight"\]'):
        LOSSES[name]({"enc.weight": W})
    assert LOSSES[name](load_weights(tmp_path / "W.npz")) == LOSSES[name](W)


def test_a_figure_of_a_file_is_told_how_to_read_it(tmp_path):
    np.savez(tmp_path / "W.npz", W=W, step=3)
    with np.load(tmp_path / "W.npz") as opened, pytest.raises(ParameterError, match=r'holds arrays: give one, f\["W"\]'):
        plot(opened)
    assert plot(load_weights(tmp_path / "W.npz")).caption == plot(W).caption


def test_a_file_that_must_stay_names_both_options(tmp_path):
    kept = tmp_path / "notes.txt"
    kept.write_text("mine")
    with pytest.raises(ParameterError, match=r"or add --force \(in Python force=True\)$"):
        write_certificate(report(4, 2, 3, "0.03", "rademacher", upper="rank"), kept)
    assert kept.read_text() == "mine"


def test_bounds_by_their_keys():
    found = report(4, 2, 3, "0.03", "rademacher", upper=["rank", "U9"], lower="orthonormal")
    assert [outcome.bound.key for outcome in (*found.upper, *found.lower)] == ["rank", "frontier", "orthonormal"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: loss_of(W), "must be given: loss_of(W, m, p, law), or activation='relu'"),
        (lambda: loss_of(W, 3, 0.03, "rademacher"), "pass text such as p='0.03'"),
        (lambda: loss_of([[1, 2], [3]], 3, "0.03", "rademacher"), "must be a two-dimensional array"),
        (lambda: loss_of(np.ma.masked_equal(W, 0), 3, "0.03", "rademacher"), "W.filled(0)"),
        (lambda: report(30, 4, 3), "p = nothing: must be given: a problem is n, d, m, p and law"),
        (lambda: report(30, 4, 3, "0.03", "rademacher")["fronteir"], "did you mean frontier?"),
        (lambda: run_sweep({"n": 8, "d": 2, "m": 3, "p": 0.1, "law": "rademacher"}), "float"),
        (lambda: plot(W, "pie"), "must be one of witness, capacities, training for weights"),
        (lambda: plot(np.zeros((2, 2))), "must have a nonzero column to be drawn"),
        (lambda: plot(W, foo=3), "foo = 3: is no option of the kind witness, which has name, m, state, width, transpose"),
        (lambda: plot([3.0, 2.0], "training"), "m = nothing: must be given: plot(..., 'training', m=...)"),
        (lambda: plot(swept(), margin=1), "margin = 1: is no option of the kind bounds, which has x, y, n, d, m"),
        (lambda: plot("sweep.db"), "load_weights(path) for weights, boundcalc.sweep.store.read(path) for a sweep"),
        (lambda: plot(report(4, 2, 3, "0.03", "rademacher", upper="rank")), "plot(report.witness) the weights of the best"),
        (lambda: latex("best"), "depends on the numbers: give report(...).best_upper"),
        (lambda: plot(report(4, 2, 3, "0.03", "rademacher").to_dataframe()), "is a data frame: give the sweep that it comes from"),
        (lambda: report(4, 2, 3, "0.03", "rademacher", upper=["fronteir"]), "is no bound; did you mean frontier?"),
        (lambda: report(4, 2, 3, "0.03", "rademacher", upper=["search"]), "upper = search: must be an upper bound or its key"),
        (lambda: report(4, 2, 3, "0.03", "rademacher", lower=3), "lower = 3: must be bounds or their keys"),
        (lambda: report(30.0, 4, 3, "0.03", "rademacher"), "n = 30.0: is a float, which is not exact: write 30"),
        (lambda: latex(0.5), "what = 0.5: must be a bound by its key, an outcome"),
        (lambda: latex([]), "what = []: must be a bound by its key, an outcome"),
        (lambda: load_weights(W), "path = ndarray: must be a file's name; an array is taken as it is, loss_of(W, ...)"),
        (lambda: read_features(3), "features from Python are Features([Group("),
        (lambda: run_sweep(3), "a grid may be a mapping too"),
        (lambda: check_claim(3), "a claim is text too"),
        (lambda: verify_certificate({}), "give the path of what write_certificate wrote"),
        (lambda: write_certificate(3, "c.json"), "report = 3: must be what report(...) gives"),
        (
            lambda: optimize(3, 2, 3, "0.03", "rademacher", given=TALL, starts=1),
            "must have the shape (d, n) = (2, 3); turn it round, .T",
        ),
        (lambda: report(4, 2, 3, "0.03", "rademacher", seconds="x"), "seconds = x: must be a number of seconds above 0"),
        (lambda: loss_of(W, 3, features=3), "features = 3: must be one or more groups"),
        (lambda: report(d=2, m=3, features=3), "features = 3: must be one or more groups"),
        (lambda: relu_loss(W, features=3), "features = 3: must be one or more groups"),
        (lambda: NonnegativeSupport(3), "law = 3: must be pairs of a value and a weight"),
        (lambda: latex("rank", notation=3), "notation = 3: must be text"),
        (lambda: run_sweep({"n": 4, "d": 2, "m": 3, "law": "rademacher", "p": "0.1"}, out=3), "out = int: must be a file's name"),
        (lambda: frame(3), "name = 3: must be text: a frame"),
        (lambda: explain(3), "key = 3: must be text: a bound's key or section"),
        (lambda: parse_law(3), "law = 3: must be text: rademacher"),
        (lambda: exact_loss([[0.5]], 3, "0.03", "rademacher"), "W = 0.5: is a float in a list, which is not exact: give numpy"),
        (lambda: evaluate_upper(find("search"), Problem(4, 2, 3, "0.03", "rademacher"), 6), "must be an upper bound"),
        (lambda: relu_loss(W), "p = nothing: must be given: a problem is p and law"),
        (lambda: run_sweep({"n": 8, "d": 2, "m": 3, "p": "0.1"}), "law = nothing: must be given: for the file"),
    ],
)
def test_a_mistake_in_python_says_what_to_do(call, said):
    with pytest.raises(ParameterError) as raised:
        call()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
