"""A sweep in one call: the rows of the command's store, and numbers that can be plotted."""

import math
import sys
import types
from decimal import Decimal
from fractions import Fraction

import pytest

from boundcalc import report, run_sweep
from boundcalc.numbers.errors import ParameterError

GRID = {"n": ["inf", 9], "d": range(2, 4), "m": 3, "p": ["1e-3", Fraction(1, 7), Decimal("0.5")], "law": "gaussian"}


@pytest.fixture(scope="module")
def sweep():
    return run_sweep(GRID | {"bounds": ["rank", "capacity", "orthonormal", "half_design"]})


def test_rows_are_those_of_the_reports(sweep):
    assert repr(sweep) == "<Sweep 12 of 12 problems>"
    for row in sweep.rows:
        answer = report(row.n, row.d, row.m, row.p, row.law, digits=15)
        assert row.uppers[0]["improvement"] == answer["rank"].value.enclosure.as_json(15)


def test_numbers_beside_exact_text(sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=lambda rows: rows))
    for fields in sweep.to_dataframe():
        assert isinstance(fields["p"], str)
        assert fields["p_float"] == float(Fraction(fields["p"]))
        assert fields["d_float"] == int(fields["d"])
        assert fields["best_upper_float"] == pytest.approx(float(fields["best_upper_upper"]), rel=1e-15)
        assert fields["orthonormal_float"] == pytest.approx(float(fields["orthonormal_lower"]), rel=1e-15)
        assert fields["rank_float"] == pytest.approx(float(fields["rank_upper"]), rel=1e-15)
        assert math.isnan(fields["loss_upper_float"]) == (fields["n"] == "inf") == (fields["n_float"] == float("inf"))


def test_a_store_is_kept_and_continued(tmp_path, sweep):
    grid = {"n": 9, "d": [2], "m": 3, "p": ["1/100"], "law": "gaussian", "bounds": ["rank", "orthonormal"]}
    first = run_sweep(grid, tmp_path / "s.db")
    with pytest.raises(ParameterError, match="exists"):
        run_sweep(grid, tmp_path / "s.db")
    assert run_sweep(grid, tmp_path / "s.db", resume=True).rows == first.rows


def test_a_float_in_a_grid_is_refused():
    with pytest.raises(ParameterError, match=r"p = 0.1: is a float, which is not exact: pass text such as '0.1'"):
        run_sweep(GRID | {"p": [0.1]})
