"""Exports a store as CSV, JSON or Parquet, row by row: memory stays flat, numbers stay the exact text they are, beside floats."""

from __future__ import annotations

import csv
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import IO

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.flat import NUMBERS, PLAIN, as_json, flat
from boundcalc.sweep.store import head, iterate

MARK = b"best_upper_key"
"""A name that every export holds near its start or its end."""
GROUP = 10_000
"""Rows of a row group of Parquet."""


def columns(path: str | Path) -> list[str]:
    """The columns of the flat formats; each bound of the grid has two of text, and one of floats."""
    bounds = head(path).grid["bounds"]
    return [
        *PLAIN,
        *("best_upper_key", "best_upper_lower", "best_upper_upper", "best_lower_key", "best_lower_lower", "best_lower_upper"),
        *("best_upper_status", "best_lower_status"),
        *("best_lower_witness", "ratio_lower", "ratio_upper", "verdict", "optimality"),
        *("gain_lower", "gain_upper", "loss_lower", "loss_upper", "unexplained_lower", "unexplained_upper"),
        *(f"{key}_{end}" for key in bounds for end in ("lower", "upper")),
        *("seed", "seconds", "versions"),
        *(f"{name}_float" for name in (*NUMBERS, *bounds)),
    ]


def write_csv(path: str | Path, file: IO[str]) -> None:
    """One line a unit, in the order of the grid; the first names the columns."""
    writer = csv.DictWriter(file, columns(path), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat(row) for row in iterate(path))


def write_json(path: str | Path, file: IO[str]) -> None:
    """``{"grid": …, "size": …, "rows": [one line a unit], "present": …}``; fewer than ``size`` where it is not complete."""
    fields = head(path)
    file.write(f'{{"grid": {as_json(fields.grid)},\n"size": {fields.size},\n"rows": [')
    present = 0
    for row in iterate(path):
        file.write((",\n" if present else "\n") + as_json(asdict(row)))
        present += 1
    file.write(f'\n],\n"present": {present}}}\n')


def write_parquet(path: str | Path, out: str | Path) -> None:
    """The columns of the CSV: ``unit``, ``seed``, ``seconds`` and those that end in ``_float`` as numbers, the others as text.

    Raises
    ------
    ParameterError
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ParameterError("pyarrow", "not installed", "Parquet needs it: pip install 'boundcalc[parquet]'") from None
    types = {"unit": pa.int64(), "seed": pa.int64(), "seconds": pa.float64()}
    types |= {name: pa.float64() for name in columns(path) if name.endswith("_float")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns(path)], {"grid": as_json(head(path).grid)})
    rows = (flat(row) for row in iterate(path))
    with pq.ParquetWriter(str(out), schema) as writer:
        while group := list(islice(rows, GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
