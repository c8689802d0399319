"""Writes a row of a sweep as columns: exact text, and floats beside it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.parsing import parse_rational

if TYPE_CHECKING:
    from boundcalc.sweep.rows import DecimalInterval, Row

PLAIN = ("unit", "n", "d", "m", "p", "law", "importance", "activity", "status", "error")
NUMBERS = {name: name for name in ("n", "d", "m", "p", "gain_lower", "gain_upper", "loss_lower", "loss_upper")}
NUMBERS |= {"unexplained_lower": "unexplained_lower", "unexplained_upper": "unexplained_upper", "ratio": "ratio_upper"}
NUMBERS |= {"best_upper": "best_upper_upper", "best_lower": "best_lower_lower"}
"""What has a column of floats, by the column of exact text that it comes from; of a bound it is the certified end."""
_INTERVALS = ("best_upper", "best_lower", "ratio", "gain", "loss", "unexplained")


def flat(row: Row) -> dict[str, Any]:
    """A row as columns; what does not apply is ``None``."""
    fields: dict[str, Any] = {name: getattr(row, name) for name in (*PLAIN, "verdict", "optimality", "seed", "seconds")}
    fields |= {"best_upper_key": row.best_upper_key, "best_lower_key": row.best_lower_key}
    for side, items in (("upper", row.uppers), ("lower", row.lowers)):
        best = fields[f"best_{side}_key"]
        fields[f"best_{side}_status"] = next((item["status"] for item in items if item["key"] == best), None)
    fields["best_lower_witness"] = None if row.best_lower_witness is None else as_json(row.best_lower_witness)
    fields["versions"] = as_json(row.versions)
    for name in _INTERVALS:
        ends: DecimalInterval | None = getattr(row, name)
        fields[f"{name}_lower"], fields[f"{name}_upper"] = ends or (None, None)
    for item in (*row.uppers, *row.lowers):
        value = item["improvement"] or {}
        fields[f"{item['key']}_lower"], fields[f"{item['key']}_upper"] = value.get("lower"), value.get("upper")
        fields[f"{item['key']}_float"] = _float(value.get("upper" if item in row.uppers else "lower"))
    for name, source in NUMBERS.items():
        fields[f"{name}_float"] = _float(fields[source])
    return fields


def framed(row: Row) -> dict[str, Any]:
    """The same for a data frame: what is plotted first, whole numbers as such, nan for no float."""
    fields = flat(row)
    floats = {name: math.nan if value is None else value for name, value in fields.items() if name.endswith("_float")}
    best = {name: fields[name] for name in ("n", "d", "m", "p", "law", "best_lower_key", "best_upper_key")}
    shown = {f"{name}_float": floats[f"{name}_float"] for name in NUMBERS}
    whole = {name: int(fields[name]) for name in ("d", "m") if fields[name].isdigit()}
    return best | whole | shown | {name: value for name, value in fields.items() if name not in best} | floats


def _float(text: str | None) -> float | None:
    """The nearest float64 of an exact number; ``None`` for none."""
    if text is None or text == "?":  # an expression of the grid without a value
        return None
    return math.inf if text == "inf" else to_float(parse_rational(text, parameter="value"))


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
