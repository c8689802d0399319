"""Exports: the same rows in each format, exact text."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import asdict

import pytest

from boundcalc.cli.main import main
from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep import export
from boundcalc.sweep.export import columns, write_csv, write_json, write_parquet
from boundcalc.sweep.flat import flat
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.store import Store, read
from boundcalc.sweep.unit import evaluate_all

GRID = read_grid({"n": ["inf", 9], "d": [2, 3], "m": 3, "p": ["1/10", "1/(d - 2)"], "law": "rademacher", "bounds": "closed"})


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "sweep.db"
    with Store.create(path, GRID) as store:
        store.write(evaluate_all(list(GRID.units()), GRID.plan))
    return path


def test_csv(path):
    file = io.StringIO()
    write_csv(path, file)
    lines = list(csv.DictReader(io.StringIO(file.getvalue())))
    rows = read(path).rows
    assert [line["status"] for line in lines] == ["done", "invalid", "done", "invalid", "done", "done", "done", "done"]
    for line, row in zip(lines, rows, strict=True):
        assert list(line) == columns(path)
        assert (int(line["unit"]), line["n"], line["d"], line["m"], line["p"], line["law"]) == (
            row.unit,
            row.n,
            row.d,
            row.m,
            row.p,
            row.law,
        )
        if row.status == "invalid":
            assert "divide by zero" in line["error"]
            assert line["best_upper_lower"] == line["rank_upper"] == line["best_lower_witness"] == ""
            continue
        assert (line["best_upper_lower"], line["best_upper_upper"]) == row.best_upper
        assert (line["ratio_lower"], line["ratio_upper"]) == row.ratio
        assert (line["gain_lower"], line["gain_upper"]) == row.gain
        assert json.loads(line["best_lower_witness"]) == row.best_lower_witness
        for item in (*row.uppers, *row.lowers):
            ends = item["improvement"] or {"lower": "", "upper": ""}
            assert {end: line[f"{item['key']}_{end}"] for end in ("lower", "upper")} == ends


def test_json(path):
    file = io.StringIO()
    write_json(path, file)
    content = json.loads(file.getvalue())
    sweep = read(path)
    fields = {"grid": sweep.grid, "size": sweep.size, "rows": [asdict(row) for row in sweep.rows], "present": 8}
    assert content == json.loads(json.dumps(fields))


@pytest.mark.parametrize("group", [3, 10_000])
def test_parquet(path, tmp_path, monkeypatch, group):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(export, "GROUP", group)
    write_parquet(path, tmp_path / "sweep.parquet")
    table = parquet.read_table(tmp_path / "sweep.parquet")
    assert table.column_names == columns(path)
    assert table.to_pylist() == [{name: flat(row).get(name) for name in columns(path)} for row in read(path).rows]
    assert json.loads(table.schema.metadata[b"grid"]) == GRID.as_json()


def test_without_pyarrow(path, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParameterError, match=r"pip install 'boundcalc\[parquet\]'"):
        write_parquet(path, tmp_path / "sweep.parquet")
    assert not (tmp_path / "sweep.parquet").exists()
    with pytest.raises(SystemExit):
        main(["sweep", "export", str(path), "--parquet", str(tmp_path / "sweep.parquet")])
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == "boundcalc: pyarrow = not installed: Parquet needs it: pip install 'boundcalc[parquet]'"  # no temporary name
