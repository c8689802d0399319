"""Exports a store as CSV, JSON or Parquet, row by row: memory stays flat, numbers stay the exact text they are, beside floats."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import IO, Any

from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational
from boundcalc.sweep.rows import DecimalInterval, Row
from boundcalc.sweep.store import head, iterate

MARK = b"best_upper_key"
"""A name that every export holds near its start or its end."""
GROUP = 10_000
"""Rows of a row group of Parquet."""
_PLAIN = ("unit", "n", "d", "m", "p", "law", "status", "error")
_NUMBERS = {name: name for name in ("n", "d", "m", "p", "gain_lower", "gain_upper", "loss_lower", "loss_upper")}
_NUMBERS |= {"unexplained_lower": "unexplained_lower", "unexplained_upper": "unexplained_upper", "ratio": "ratio_upper"}
_NUMBERS |= {"best_upper": "best_upper_upper", "best_lower": "best_lower_lower"}
"""What has a column of floats, by the column of exact text that it comes from; of a bound it is the certified end."""
_INTERVALS = ("best_upper", "best_lower", "ratio", "gain", "loss", "unexplained")


def columns(path: str | Path) -> list[str]:
    """The columns of the flat formats; each bound of the grid has two of text, and one of floats."""
    bounds = head(path).grid["bounds"]
    return [
        *_PLAIN,
        *("best_upper_key", "best_upper_lower", "best_upper_upper", "best_lower_key", "best_lower_lower", "best_lower_upper"),
        *("best_upper_status", "best_lower_status"),
        *("best_lower_witness", "ratio_lower", "ratio_upper", "verdict", "optimality"),
        *("gain_lower", "gain_upper", "loss_lower", "loss_upper", "unexplained_lower", "unexplained_upper"),
        *(f"{key}_{end}" for key in bounds for end in ("lower", "upper")),
        *("seed", "seconds", "versions"),
        *(f"{name}_float" for name in (*_NUMBERS, *bounds)),
    ]


def flat(row: Row) -> dict[str, Any]:
    """A row as columns; what does not apply is ``None``."""
    fields: dict[str, Any] = {name: getattr(row, name) for name in (*_PLAIN, "verdict", "optimality", "seed", "seconds")}
    fields |= {"best_upper_key": row.best_upper_key, "best_lower_key": row.best_lower_key}
    for side, items in (("upper", row.uppers), ("lower", row.lowers)):
        best = fields[f"best_{side}_key"]
        fields[f"best_{side}_status"] = next((item["status"] for item in items if item["key"] == best), None)
    fields["best_lower_witness"] = None if row.best_lower_witness is None else _json(row.best_lower_witness)
    fields["versions"] = _json(row.versions)
    for name in _INTERVALS:
        ends: DecimalInterval | None = getattr(row, name)
        fields[f"{name}_lower"], fields[f"{name}_upper"] = ends or (None, None)
    for item in (*row.uppers, *row.lowers):
        value = item["improvement"] or {}
        fields[f"{item['key']}_lower"], fields[f"{item['key']}_upper"] = value.get("lower"), value.get("upper")
        fields[f"{item['key']}_float"] = _float(value.get("upper" if item in row.uppers else "lower"))
    for name, source in _NUMBERS.items():
        fields[f"{name}_float"] = _float(fields[source])
    return fields


def _float(text: str | None) -> float | None:
    """The nearest float64 of an exact number; ``None`` for none."""
    if text is None or text == "?":  # an expression of the grid without a value
        return None
    return math.inf if text == "inf" else to_float(parse_rational(text, parameter="value"))


def write_csv(path: str | Path, file: IO[str]) -> None:
    """One line a unit, in the order of the grid; the first names the columns."""
    writer = csv.DictWriter(file, columns(path), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat(row) for row in iterate(path))


def write_json(path: str | Path, file: IO[str]) -> None:
    """``{"grid": …, "size": …, "rows": [one line a unit]}``."""
    fields = head(path)
    file.write(f'{{"grid": {_json(fields.grid)},\n"size": {fields.size},\n"rows": [')
    for k, row in enumerate(iterate(path)):
        file.write((",\n" if k else "\n") + _json(asdict(row)))
    file.write("\n]}\n")


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
        raise ParameterError("parquet", str(out), "needs pyarrow: pip install 'boundcalc[parquet]'") from None
    types = {"unit": pa.int64(), "seed": pa.int64(), "seconds": pa.float64()}
    types |= {name: pa.float64() for name in columns(path) if name.endswith("_float")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns(path)], {"grid": _json(head(path).grid)})
    rows = (flat(row) for row in iterate(path))
    with pq.ParquetWriter(str(out), schema) as writer:
        while group := list(islice(rows, GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
