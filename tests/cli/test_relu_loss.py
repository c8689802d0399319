"""``boundcalc loss --activation relu`` as a user meets it."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from flint import fmpq

from boundcalc.cli.main import main
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features
from boundcalc.numbers.parsing import parse_rational

MODEL = ["--activation", "relu", "--p", "1/20", "--law", "uniform01"]


def run(capsys, *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["loss", *map(str, args)])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


@pytest.fixture
def net(tmp_path):
    rng = np.random.default_rng(0)
    W, b = rng.standard_normal((3, 16)) / 2, rng.uniform(-0.2, 0.05, 16)
    np.savez(tmp_path / "net.npz", W=W, b=b, more=np.zeros((2, 2)))
    return W, b


def ends(content: dict, name: str) -> tuple[fmpq, fmpq]:
    return tuple(parse_rational(content[name][side], parameter="printed") for side in ("lower", "upper"))


def test_json_holds_what_python_gives(capsys, tmp_path, net):
    W, b = net
    status, out, err = run(capsys, tmp_path / "net.npz", *MODEL, "--name", "W", "--bias", "b", "--json")
    assert (status, err) == (0, "")
    content = json.loads(out)
    found = relu_loss(W, bias=b, p="1/20", law="uniform01")
    assert content["problem"] == {
        "n": "16", "d": 3, "activation": "relu", "bias": True, "tied": True, "p": "1/20", "law": "uniform01",
    }  # fmt: skip
    assert content["method"] == "trapezoid"
    assert content["reached"] is True
    lower, upper = ends(content, "loss")
    assert lower <= found.loss.lower
    assert found.loss.upper <= upper
    assert upper - lower < fmpq(11, 10) * (found.loss.upper - found.loss.lower)
    assert len(content["own_loss"]) == 16
    assert parse_rational(content["relative_width"], parameter="printed") >= found.width


@pytest.mark.parametrize("kind", ["npy", "npz", "csv", "column"])
def test_the_bias_in_a_file_of_its_own(capsys, tmp_path, net, kind):
    b = net[1]
    path = tmp_path / f"bias.{'npy' if kind == 'column' else kind}"
    match kind:
        case "npy":
            np.save(path, b)
        case "column":
            np.save(path, b[:, None])
        case "npz":
            np.savez(path, anything=b)
        case "csv":
            np.savetxt(path, b[None], delimiter=",", fmt="%.17g")
    given = [tmp_path / "net.npz", *MODEL, "--name", "W", "--json"]
    assert run(capsys, *given, "--bias", path)[1] == run(capsys, *given, "--bias", "b")[1]


def test_a_stack_of_instances(capsys, tmp_path, net):
    W, b = net
    np.savez(tmp_path / "stack.npz", W=np.stack([W, 2 * W]), b=np.stack([b, 3 * b]))
    one = run(capsys, tmp_path / "stack.npz", *MODEL, "--name", "W", "--bias", "b", "--index", 0, "--json")[1]
    assert one == run(capsys, tmp_path / "net.npz", *MODEL, "--name", "W", "--bias", "b", "--json")[1]
    other = run(capsys, tmp_path / "stack.npz", *MODEL, "--name", "W", "--bias", "b", "--index", 1, "--json")[1]
    assert ends(json.loads(other), "loss")[0] > ends(json.loads(one), "loss")[1]
    both = run(capsys, tmp_path / "stack.npz", *MODEL, "--name", "W", "--bias", "b", "--index", "all", "--json")[1]
    assert json.loads(both)["instances"] == [json.loads(one), json.loads(other)]
    table = run(capsys, tmp_path / "stack.npz", *MODEL, "--name", "W", "--bias", "b", "--index", "all")[1]
    assert len(table.splitlines()) == 3


def test_a_bias_that_is_not_used_is_named_once(capsys, tmp_path, net):
    W, b = net
    np.savez(tmp_path / "stack.npz", W=np.stack([W, 2 * W]), b=np.stack([b, 3 * b]), bytes=np.zeros(7))
    said = "note: no bias is used; {} holds b, used with --bias b"
    for name, more in (("net.npz", ["--name", "W"]), ("stack.npz", ["--index", "all"])):
        status, _, error = run(capsys, tmp_path / name, *MODEL, *more)
        assert status == 0
        assert error.splitlines().count(said.format(name)) == 1
    for more in (["--name", "W", "--bias", "b"], ["--name", "W", "--bias", tmp_path / "other.npy"]):
        np.save(tmp_path / "other.npy", b)
        assert "no bias is used" not in run(capsys, tmp_path / "net.npz", *MODEL, *more)[2]


def test_text_and_the_table_of_features(capsys, tmp_path, net):
    status, out, err = run(
        capsys, tmp_path / "net.npz", *MODEL, "--name", "W", "--bias", "b", "--features", tmp_path / "out.csv", "--width", "1e-8"
    )
    assert (status, err) == (0, "")
    assert out.startswith("n = 16 d = 3 activation = relu p = 1/20 law = uniform01, bias\ncertified: ")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [row["feature"] for row in rows] == [str(k) for k in range(16)]
    W, b = net
    found = relu_loss(W, bias=b, p="1/20", law="uniform01", width="1e-8")
    for row, bias, own in zip(rows, b.tolist(), found.rows, strict=True):
        assert float(row["bias"]) == bias
        assert parse_rational(row["own_loss_lower"], parameter="x") <= own.lower
        assert own.upper <= parse_rational(row["own_loss_upper"], parameter="x")


def test_features_that_differ(capsys, tmp_path, net):
    W, b = net
    formulas = ["--activation", "relu", "--p", "1/(20*i)", "--importance", "1/2^i", "--law", "uniform01"]
    content = json.loads(run(capsys, tmp_path / "net.npz", *formulas, "--name", "W", "--bias", "b", "--json")[1])
    features = Features.each([fmpq(1, 2**i) for i in range(1, 17)], [fmpq(1, 20 * i) for i in range(1, 17)], "uniform01")
    found = relu_loss(W, bias=b, features=features)
    lower, upper = ends(content, "loss")
    assert lower <= found.loss.lower <= found.loss.upper <= upper


def test_few_features_are_exact(capsys, tmp_path):
    np.save(tmp_path / "pair.npy", np.array([[1, -1]]))
    content = json.loads(
        run(capsys, tmp_path / "pair.npy", "--activation", "relu", "--p", "1/2", "--law", "uniform01", "--json")[1]
    )
    assert content["method"] == "exact"
    lower, upper = ends(content, "loss")
    assert lower <= fmpq(1, 12) <= upper < lower + fmpq(1, 10**25)


def test_a_width_out_of_reach(capsys, tmp_path, net):
    status, _, err = run(capsys, tmp_path / "net.npz", *MODEL, "--name", "W", "--bias", "b", "--width", "1e-16")
    assert status == 0
    assert err.startswith("note: width 1e-16 was not reached: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--activation", "relu", "--p", "1/20", "--law", "gaussian"],
            "law = gaussian: takes negative values, which a ReLU does not",
        ),
        (["--activation", "relu", "--p", "1/20"], "law = nothing: must be given"),
        (["--activation", "gelu", "--p", "1/20", "--law", "uniform01"], "activation = gelu: must be power"),
        ([*MODEL, "--m", "3"], "m = 3: is the exponent of x^m"),
        ([*MODEL, "--certify"], "certify = True: is for x^m"),
        ([*MODEL, "--index", "all"], "index = all: is for a stack"),
        ([*MODEL, "--index", "all", "--features", "x.csv"], "features = x.csv: is for one network"),
        ([*MODEL, "--bias", "c"], "bias = c: must be an array of"),
        ([*MODEL, "--bias", "more"], "of shape (2, 2): must be one number for each of the 16 features"),
        ([*MODEL, "--bias", "b", "--transpose"], "must be one number for each of the 3 features"),
        ([*MODEL, "--bias", "bad"], "bias = bad of"),
        (["--m", "3", "--p", "1/20", "--law", "uniform01"], "law = uniform01: is for loss --activation relu"),
        (["--m", "3", "--p", "1/20", "--law", "uniform", "--bias", "b"], "bias = b: needs --activation relu"),
        (["--p", "1/20", "--law", "uniform"], "m = nothing: must be given"),
    ],
)
def test_wrong_input_in_a_line(capsys, tmp_path, net, args, message):
    W, b = net
    bad = b.copy()
    bad[3] = np.inf
    np.savez(tmp_path / "net.npz", W=W, b=b, more=np.zeros((2, 2)), bad=bad)
    status, out, err = run(capsys, tmp_path / "net.npz", "--name", "W", *args)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_feature_a_row_is_said_to_be_so(capsys, tmp_path, net):
    W, b = net
    np.savez(tmp_path / "tall.npz", W=W.T, b=b)
    status, _, err = run(capsys, tmp_path / "tall.npz", *MODEL, "--name", "W", "--bias", "b")
    assert status == 2
    assert "add --transpose if its rows are the features" in err
    assert run(capsys, tmp_path / "tall.npz", *MODEL, "--name", "W", "--bias", "b", "--transpose")[0] == 0
