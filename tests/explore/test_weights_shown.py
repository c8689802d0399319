"""What the page says of a file is what the library says of its weights; the file is called by the reader's name."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc import loss_of, report
from boundcalc.explore.weights_shown import shown_weights, shown_witness, weights_figure
from boundcalc.numbers.errors import ParameterError

FIELDS = {"n": "999", "d": "999", "m": "3", "p": "1/50", "law": "gaussian"}
W = np.array([[1.0, 0.0, -1.0, 0.5], [0.0, 1.0, 0.0, 1e-3]])


def written(tmp_path, name="W.npz", **arrays):
    path = str(tmp_path / name)
    np.savez(path, **arrays)
    return path


def test_of_the_power_activation(tmp_path):
    found = shown_weights(FIELDS, written(tmp_path, W=W), "mine.npz")
    one = loss_of(W, 3, "1/50", "gaussian", digits=10)
    assert found["lines"] == str(one).splitlines()
    assert found["share"] == list(one.standing.share.decimals(10))
    assert (found["shape"], found["name"]) == ([2, 4], "mine.npz")
    assert found["features"]["antipodal"] == {"count": 2, "first": [(0, 2), (2, 3)]}


def test_of_features_that_differ(tmp_path):
    from boundcalc.language.formulas import features_from_formulas

    small = W[:, :2]
    found = shown_weights({**FIELDS, "importance": "1/i"}, written(tmp_path, W=small), "W.npz")
    one = loss_of(small, 3, features=features_from_formulas(2, "1/i", "1/50", "gaussian")[0], digits=10)
    assert found["loss"] == list(one.found.enclosure("loss").decimals(10))


def test_of_relu_with_a_bias_of_the_file(tmp_path):
    fields = {**FIELDS, "law": "support:1/2:1/4,1:3/4", "activation": "relu", "bias_array": "b"}
    bias = np.array([-0.25, 0.0, 0.0, 0.125])
    path = written(tmp_path, W=W, b=bias)
    found = shown_weights(fields, path, "W.npz")
    one = loss_of(W, p="1/50", law="support:1/2:1/4,1:3/4", activation="relu", bias=bias, digits=10)
    assert found["loss"] == list(one.found.loss.decimals(10))
    assert found["share"] is None
    with pytest.raises(ParameterError, match="must be an array of the file: W, b") as told:
        shown_weights({**fields, "bias_array": "c"}, path, "W.npz")
    assert told.value.parameter == "bias_array"


@pytest.mark.parametrize(("turned", "shape"), [("yes", [2, 4]), ("no", [4, 2])])
def test_a_tall_matrix_is_turned_as_asked(tmp_path, turned, shape):
    path = written(tmp_path, W=W.T)
    with pytest.raises(ParameterError, match=r"tall\.npz.*transpose it above"):
        shown_weights(FIELDS, path, "tall.npz")
    assert shown_weights({**FIELDS, "transpose": turned}, path, "tall.npz")["shape"] == shape


def test_errors_call_the_file_as_the_reader_does(tmp_path):
    path = written(tmp_path, A=W, B=W)
    for act in (shown_weights, weights_figure):
        with pytest.raises(ParameterError) as told:
            act(FIELDS, path, "mine.npz")
        assert str(tmp_path) not in str(told.value)
        assert told.value.parameter == "file"
    with pytest.raises(ParameterError) as told:
        shown_weights({**FIELDS, "array": "A", "m": "2"}, path, "mine.npz")
    assert told.value.parameter == "m"


def test_the_witness_is_that_of_the_best_lower_bound():
    asked = {"n": "6", "d": "3", "m": "3", "p": "1/100", "law": "rademacher"}
    found, best = shown_witness(asked), report(**asked, digits=10).best_lower
    assert found["key"] == best.bound.key
    gram = best.witness.T @ best.witness
    np.testing.assert_allclose(found["picture"]["gram"], gram / gram.diagonal().max(), atol=6e-4)
