"""Where a matrix stands, in one call: the lines and the JSON of the command, and a row a feature."""

import json
import subprocess
import sys
import types

import numpy as np
import pytest

from boundcalc import exact_loss, frame, load_weights, loss_of
from boundcalc.numbers.errors import ParameterError

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
    """What pandas is given: numbers, no text. A stand-in keeps it; the package does not need pandas otherwise."""
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=lambda rows: rows))
    columns = loss_of(np.load(weights), 3, "0.03", "rademacher").to_dataframe()
    assert list(columns["feature"]) == list(range(16))
    assert all(columns[name].dtype == np.float64 and len(columns[name]) == 16 for name in list(columns)[1:])
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ParameterError, match="pip install pandas"):
        loss_of(np.eye(2), 3, "0.03", "rademacher").to_dataframe()


def test_untied_weights_and_missing_parameters():
    one = loss_of(np.eye(2), 3, "0.03", "rademacher", decoder=2 * np.eye(2))
    assert one.standing is None
    assert "tied weights" in str(one)
    with pytest.raises(ParameterError, match="law = None: must be given: a problem is n, d, m, p and law"):
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
