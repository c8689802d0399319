"""A sweep shows itself as a table of the numbers of its rows, and as a data frame that can be drawn."""

import math
import sys
import types

import pytest

from boundcalc import report, run_sweep


@pytest.fixture(scope="module")
def sweep():
    grid = {"n": [8, "inf"], "d": [2, 3], "m": 3, "p": "1/100", "law": "rademacher"}
    return run_sweep(grid | {"bounds": ["rank", "capacity", "orthonormal", "half_design"]})


def test_the_table_has_the_report_s_numbers(sweep):
    lines = str(sweep).splitlines()
    assert len(lines) == 5
    assert lines[0].split() == ["n", "d", "m", "p", "law", "I*", ">=", "by", "I*", "<=", "by", "ratio", "<="]
    answer = report(8, 3, 3, "1/100", "rademacher")
    cells = next(line.split() for line in lines if line.split()[:2] == ["8", "3"])
    assert cells[:5] == ["8", "3", "3", "1/100", "rademacher"]
    assert cells[8] in ("rank", "capacity")
    assert float(cells[7]) == pytest.approx(float(answer[cells[8]]), rel=1e-6)
    assert float(cells[7]) >= float(answer[cells[8]])  # rounded up
    assert float(cells[5]) <= float(answer[cells[6]])  # rounded down
    html = sweep._repr_html_()
    assert html.count("<tr>") == 5
    assert cells[7] in html
    assert repr(sweep) == "<Sweep 4 of 4 problems>"


def test_the_data_frame_is_numbers(sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=lambda rows: rows))
    rows = sweep.to_dataframe()
    assert sorted(row["d"] for row in rows) == [2, 2, 3, 3]
    for row in rows:
        floats = {name: value for name, value in row.items() if name.endswith("_float")}
        assert all(isinstance(value, float) for value in floats.values())
        assert row["best_upper_float"] == pytest.approx(float(row["best_upper_upper"]), rel=1e-15)
        assert math.isnan(row["loss_upper_float"]) == (row["n"] == "inf")
        if row["n"] == "8":
            assert row["loss_upper_float"] == pytest.approx(0.08 - row["best_lower_float"], rel=1e-9)
    names = list(rows[0])
    assert max(names.index(name) for name in ("d", "p_float", "loss_upper_float", "best_upper_float")) < 20
