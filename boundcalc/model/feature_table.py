"""Reads features that differ from a table: a row a group, in the order of the columns of W.

CSV, TOML (``[[group]]`` tables) or Parquet, by the name's ending; columns ``count``, ``importance``, ``p`` and ``law``, and
``scale`` where it is not 1. Numbers are exact: text such as ``1/3``; whole numbers may stand as numbers, floats may not.
"""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from boundcalc.model.features import Features, Group
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import path_text

COLUMNS = ("count", "importance", "p", "law")
OPTIONAL = ("scale",)
MAX_BYTES = 64 << 20
"""Largest table that is read."""


def read_features(path: str | os.PathLike[str]) -> Features:
    """The features in a table.

    Raises
    ------
    ParameterError
        For a file that cannot be read, a missing or unknown column, or an entry that is refused, with its row (from 1) and column.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder, "groups.csv")
    ...     _ = table.write_text("count,importance,p,law\\n3,1,1/2,uniform\\n")
    ...     read_features(table).n
    3
    """
    source = Path(path_text(path, "groups", "features from Python are Features([Group(5, 1, '1/20', 'gaussian')])"))
    shown = source.name
    try:
        if source.stat().st_size > MAX_BYTES:
            raise ParameterError("groups", shown, f"must be a table of at most {MAX_BYTES >> 20} MB")
        rows = _rows(source, shown)
    except OSError as error:
        raise ParameterError("groups", shown, f"must be a readable table ({error.strerror})") from None
    if not rows:
        raise ParameterError("groups", shown, "must have at least one row, a group of features each")
    return Features(tuple(_group(shown, number, row) for number, row in enumerate(rows, 1)))


def _rows(source: Path, shown: str) -> Sequence[Mapping[str, Any]]:
    match source.suffix.lower():
        case ".csv":
            try:
                with source.open(encoding="utf-8-sig", newline="") as file:
                    reader = csv.DictReader(file, strict=True, restkey="beyond the last column", skipinitialspace=True)
                    return [{key: value for key, value in row.items() if value is not None} for row in reader]
            except (csv.Error, UnicodeDecodeError) as error:
                raise ParameterError("groups", shown, f"must be a CSV table in UTF-8 ({error})") from None
        case ".toml":
            try:
                tables = tomllib.loads(source.read_text(encoding="utf-8-sig"))
            except (ValueError, RecursionError) as error:  # ValueError: no TOML, no UTF-8, or a number of thousands of digits
                raise ParameterError("groups", shown, f"must be TOML ({error})") from None
            groups = tables.pop("group", None)
            if tables or not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
                raise ParameterError("groups", shown, "must hold [[group]] tables and nothing else")
            return groups
        case ".parquet":
            return _parquet(source, shown)
    raise ParameterError("groups", shown, "must be a .csv, .toml or .parquet file")


def _parquet(source: Path, shown: str) -> Sequence[Mapping[str, Any]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ParameterError("groups", shown, "needs the extra parquet: pip install 'boundcalc[parquet]'") from None
    try:
        rows: list[dict[str, Any]] = parquet.read_table(source).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise ParameterError("groups", shown, f"must be a Parquet table ({str(error).splitlines()[0]})") from None
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def _group(shown: str, number: int, row: Mapping[str, Any]) -> Group:
    allowed = f"must have the columns {', '.join(COLUMNS)}, and scale if it is not 1"
    place = f"{shown}, row {number}"
    missing = [name for name in COLUMNS if row.get(name) in (None, "")]
    if missing:
        raise ParameterError("groups", f"{place}: no {missing[0]}", allowed)
    unknown = [name for name in row if name not in (*COLUMNS, *OPTIONAL)]
    if unknown:
        raise ParameterError("groups", f"{place}: column {unknown[0]}", allowed)
    try:
        return Group(**{name: value for name, value in row.items() if value != ""})
    except ParameterError as error:
        raise ParameterError("groups", f"{place}, column {error.parameter}: {error.value}", error.allowed) from None
