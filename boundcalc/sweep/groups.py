"""Reads the groups of features of a grid, and keeps them as text: a unit's importance is then the groups as JSON.

A group has a count, an importance, an activity p, a law and a scale. Importance and p may be formulas in n, d and the grid's p.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flint import fmpq

from boundcalc.language.formulas import parsed, values
from boundcalc.model.feature_table import COLUMNS, OPTIONAL, read_features
from boundcalc.model.features import MAX_FEATURES, Features, Group
from boundcalc.model.laws import parse_law
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import whole_number

NAMES = ("d", "p")
_NUMBER = re.compile(r"(?<![A-Za-z_0-9])i(?![A-Za-z_0-9])")
ALLOWED = "must be a table's path, or tables with count, importance, p and, where they are not the grid's or 1, law and scale"


def is_groups(text: str | None) -> bool:
    """Whether a unit's importance is groups."""
    return text is not None and text.startswith("[")


def from_table(name: str, folder: Path) -> list[dict[str, Any]]:
    """The groups of a file next to the grid, as tables."""
    return [{**group.as_json(), "count": group.count} for group in read_features(folder / name).groups]


def read_groups(value: object) -> list[dict[str, str]]:
    """The groups as texts, checked as far as they do not depend on the axes.

    Raises
    ------
    ParameterError
        With the group, from 1, and its column.
    """
    if not isinstance(value, list) or not value or not all(isinstance(group, Mapping) for group in value):
        raise ParameterError("groups", value, ALLOWED)
    found = []
    for number, group in enumerate(value, 1):
        place = f"group {number}"
        missing = [name for name in COLUMNS if name not in group and name != "law"]
        unknown = [name for name in group if name not in (*COLUMNS, *OPTIONAL)]
        if missing or unknown:
            raise ParameterError("groups", f"{place}: {f'no {missing[0]}' if missing else f'column {unknown[0]}'}", ALLOWED)
        for name, entry in group.items():
            if isinstance(entry, bool) or not isinstance(entry, (int, str)):
                raise ParameterError("groups", f"{place}, column {name}: {entry}", "must be a whole number or a text such as '1/3'")
        try:
            whole_number(group["count"], parameter="count", least=1, most=MAX_FEATURES)
            for name in ("importance", "p"):
                parsed(str(group[name]), name, NAMES)
                if _NUMBER.search(str(group[name])):
                    raise ParameterError(name, group[name], "must not name i: all features of a group are equal")
            if "law" in group:
                parse_law(str(group["law"]))
        except ParameterError as error:
            raise ParameterError("groups", f"{place}, column {error.parameter}: {error.value}", error.allowed) from None
        found.append({name: str(group[name]).strip() for name in (*COLUMNS, *OPTIONAL) if name in group})
    return found


def features_of_groups(text: str, law: str, known: Mapping[str, fmpq]) -> Features:
    """The features of a unit.

    Raises
    ------
    ParameterError
        Where a value is not allowed, with the group and its column.
    """
    entries = json.loads(text)
    n = sum(int(entry["count"]) for entry in entries)
    groups = []
    for number, entry in enumerate(entries, 1):
        try:
            names = {**known, "n": fmpq(n)}
            importance, p = (values(entry[name], 1, name, names)[0][0] for name in ("importance", "p"))
            groups.append(Group(entry["count"], importance, p, entry.get("law", law), entry.get("scale", "1")))
        except ParameterError as error:
            raise ParameterError("groups", f"group {number}, column {error.parameter}: {error.value}", error.allowed) from None
    return Features(tuple(groups))
