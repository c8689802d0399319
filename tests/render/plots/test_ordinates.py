"""Losses are what the improvement leaves, and their bounds change sides."""

import math

import pytest
from flint import fmpq
from oracles.sweep_rows import made_up

from boundcalc import ParameterError, run_sweep
from boundcalc.render.plots.data import points
from boundcalc.render.plots.ordinates import ORDINATES, read_ordinate


@pytest.mark.parametrize("more", [{"p": "1/50", "law": "gaussian"}, {"p": "0.1", "law": "rademacher", "importance": "0.9^i"}])
def test_losses_are_those_of_the_sweep(more):
    (row,) = run_sweep({"n": 8, "d": 3, "m": 3, "bounds": ["capacity", "orthonormal"], **more}).rows
    (point,) = points([row])
    for key, stated in (("loss", row.loss), ("unexplained", row.unexplained)):
        drawn = [float(ORDINATES[key].of(point, value)) for value in (point.upper, point.lower)]
        assert drawn == pytest.approx([float(end) for end in stated], rel=1e-12)


def test_an_end_past_the_whole_energy_leaves_no_loss():
    (point,) = points([made_up("1/10", "2.5", "3.000001", n="30")])  # E‖x‖² is 3
    loss = ORDINATES["loss"]
    assert loss.of(point, point.upper) == 0
    assert loss.of(point, point.lower) == fmpq(1, 2)
    assert math.isnan(loss.ratio(point))
    (point,) = points([made_up("1/10", "2", "2.5", n="30")])
    assert loss.ratio(point) == 2
    assert ORDINATES["improvement"].ratio(point) == 1.25


@pytest.mark.parametrize(
    ("y", "message"), [("loss", "n = inf: must be finite"), ("pie", "y = pie: must be improvement, loss or unex")]
)
def test_what_has_no_such_value_is_refused(y, message):
    with pytest.raises(ParameterError, match=message):
        read_ordinate(y, points([made_up("1/10", "2", "2.5")]))
