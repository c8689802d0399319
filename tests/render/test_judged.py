"""Where a matrix stands, in one call: the lines and the JSON of the command, and a row a feature."""

import html
import json
import re
import subprocess
import sys
import types

import numpy as np
import pytest

from boundcalc import exact_loss, frame, load_weights, loss_of, report
from boundcalc.loss.summary import named_features, states
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.named_features import named_lines

MODEL = ["--m", "3", "--p", "0.03", "--law", "rademacher"]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Two icosahedra, a copy of a feature, one turned round, and two dead ones."""
    W = np.zeros((6, 16))
    W[:3, :6] = W[3:, 6:12] = frame("icosahedron")
    W[:, 12], W[:, 13], W[0, 14] = W[:, 0], -W[:, 7], 1e-6
    path = tmp_path_factory.mktemp("W") / "W.npy"
    np.save(path, W)
    return path


def test_one_call_says_what_the_command_says(weights):
    one = loss_of(load_weights(weights), 3, "0.03", "rademacher")
    said = subprocess.run(
        [sys.executable, "-m", "boundcalc", "loss", str(weights), *MODEL], capture_output=True, text=True, check=True
    )
    assert str(one) + "\n" == said.stdout
    fields = subprocess.run(
        [sys.executable, "-m", "boundcalc", "loss", str(weights), *MODEL, "--json", "--digits", "10"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(fields.stdout) == json.loads(json.dumps(one.to_dict()))
    assert len(repr(one)) < 125
    assert "<pre>" in one._repr_html_()


def test_what_it_names(weights):
    W = np.load(weights)
    one = loss_of(W, 3, "0.03", "rademacher")
    assert (one.named.dead, one.named.parallel, one.named.antipodal) == ((14, 15), ((0, 12),), ((7, 13),))
    exact = exact_loss(W, m=3, p="0.03", law="rademacher")
    assert float(one) == pytest.approx(float(exact), rel=1e-14)
    assert one.table.improvement.sum() == pytest.approx(float(exact.improvement), rel=1e-12)
    assert f"largest first: {np.argmax(one.table.improvement)}:" in str(one)
    lower, upper = one.answer.best_lower.value.certified, one.answer.best_upper.value.certified
    assert one.standing.share.lower <= exact.improvement_best_scale / upper
    assert one.standing.share.upper >= exact.improvement_best_scale / lower


def test_a_row_a_feature(weights, monkeypatch):
    """What pandas is given: numbers, and the state as text. A stand-in keeps it; the package does not need pandas otherwise."""
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=lambda rows: rows))
    columns = loss_of(np.load(weights), 3, "0.03", "rademacher").to_dataframe()
    assert list(columns["feature"]) == list(range(16))
    assert all(columns[name].dtype == np.float64 and len(columns[name]) == 16 for name in list(columns)[1:-1])
    assert list(columns["state"]) == ["represented"] * 14 + ["dead"] * 2
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ParameterError, match="pip install pandas"):
        loss_of(np.eye(2), 3, "0.03", "rademacher").to_dataframe()


def test_untied_weights_and_missing_parameters():
    one = loss_of(np.eye(2), 3, "0.03", "rademacher", decoder=2 * np.eye(2))
    assert one.standing is None
    assert "tied weights" in str(one)
    with pytest.raises(ParameterError, match="law = nothing: must be given: a problem is n, d, m, p and law"):
        loss_of(np.eye(2), 3, "0.03")


def test_an_array_with_more_rows_than_columns_is_asked_about():
    """As nn.Linear stores it; judged as it stands it would be a page of certified nonsense."""
    W = np.array([[1.0, 0], [0, 1], [-1, 0]])
    with pytest.raises(ParameterError, match=r"has 3 rows .* give transpose=True if its rows are the features, transpose=False"):
        loss_of(W, 3, "0.03", "rademacher")
    with pytest.raises(ParameterError, match="transpose=True"):
        loss_of(W, p="1/20", law="uniform01", activation="relu")
    assert loss_of(W, 3, "0.03", "rademacher", transpose=True).named.antipodal == ((0, 2),)
    assert loss_of(W, 3, "0.03", "rademacher", transpose=False).answer.problem.d == 3
    assert loss_of(W.T, 3, "0.03", "rademacher", transpose=True).answer.problem.d == 3
    assert "n = 3 d = 2 " in repr(loss_of(W, p="1/20", law="uniform01", activation="relu", transpose=True))


def test_features_that_training_left_behind_are_named():
    """Four columns of less than half the norm of the others were in no class, and no line said so."""
    W = np.array(frame("icosahedron"))[:, [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]] * ([1.0] * 6 + [0.3, 0.4, 0.1, 0.7])
    one = loss_of(W, 3, "0.001", "rademacher")
    assert (one.named.represented, one.named.weak, one.named.dead) == ((0, 1, 2, 3, 4, 5), (9,), (6, 7, 8))
    lines = str(one).splitlines()
    assert "10 features by their response, E x_i x^_i / E x_i^2:" in lines
    assert "weak (between): 1: 9" in lines
    assert "dead (at most 0.01 of the largest): 3: 6 7 8" in lines
    assert "weak (between): 1: 9" in one._repr_html_()
    assert one.to_dict()["features"]["weak"] == (9,)
    relu = loss_of(W, p="1/50", law="uniform01", activation="relu")
    assert (relu.named.weak, relu.named.dead) == ((6, 7, 9), (8,))
    assert relu.to_dict()["features"]["dead"] == (8,)
    turned = loss_of(W, p="1/50", law="uniform01", activation="relu", decoder=-W)
    assert len(turned.named.dead) == 10, "a ReLU returns nothing of what it sees negatively"


def test_long_lists_are_whole_as_ranges():
    W = np.zeros((80, 240))
    lines = named_lines(named_features(W, states(np.repeat([1.0, 0.0], [80, 160]))), "A_ii")
    assert "represented (at least 0.5 of the largest): 80: 0..79" in lines
    assert "dead (at most 0.01 of the largest): 160: 80..239" in lines
    every_other = named_lines(named_features(W, states(np.tile([1.0, 0.0], 120))), "A_ii")
    assert every_other[1].endswith(" 98 and 70 more ranges (all: --features FILE, to_dataframe())")


def test_weights_the_wrong_way_round_are_noted():
    """Given explicitly they are judged, but never without a word."""
    W = np.array([[1.0, 0, 0.5], [0, 1, 0.5]])
    said = "3 features in d = 2 dimensions turn W round: --no-transpose in place of --transpose or the reverse, in Python"
    for one in (
        loss_of(W, 3, "0.03", "rademacher", transpose=True),
        loss_of(W.T, 3, "0.03", "rademacher", transpose=False),
        loss_of(W.T, p="0.03", law="uniform01", activation="relu", transpose=False),
    ):
        (line,) = [line for line in str(one).splitlines() if line.startswith("note: ")]
        assert line.startswith("note: 2 features fit into 3 dimensions; for n = ")
        assert said in line
        assert one.to_dict()["notes"] == [line.removeprefix("note: ")]
        assert line in html.unescape(one._repr_html_())
    assert loss_of(W, 3, "0.03", "rademacher").to_dict()["notes"] == []


def test_latex_is_a_statement():
    identity = loss_of(np.eye(2), 3, "1/2", "rademacher")._repr_latex_()
    assert identity == r"$L(W) = 0,\quad \sup_s I(sW) = 1$"
    thirds = loss_of(np.array([[1.0, 0.3], [0.0, 1.0]]), 3, "1/3", "gaussian")._repr_latex_()
    assert re.fullmatch(r"\$L\(W\) \\in \\left\[.*\\right\],\\quad \\sup_s I\(sW\) \\in \\left\[.*\\right\]\$", thirds)


def test_the_best_witness_is_not_beaten_by_itself():
    """As an array its entries are rounded: it was told that it is better than itself by 5e-18%."""
    found = loss_of(report(540, 15, 3, "1e-3", "gaussian").witness, 3, "1e-3", "gaussian")
    assert found.standing.better is None
    assert float(found.loss) == float(found)
