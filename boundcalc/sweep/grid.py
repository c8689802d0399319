"""Reads a grid: products of axes over n, d, m, p and laws, counted without being made, and what is to be evaluated there.

docs/sweep.md describes the TOML file.
"""

from __future__ import annotations

import hashlib
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import Any

from boundcalc.language.formulas import parsed
from boundcalc.model.laws import parse_law
from boundcalc.numbers.enclosure import MAX_DIGITS
from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.numbers.parsing import whole_number
from boundcalc.sweep.axes import Axis, KnownValues, check_keys, read_axis
from boundcalc.sweep.groups import from_table, read_groups
from boundcalc.sweep.plan import Plan, Search
from boundcalc.sweep.selection import select
from boundcalc.sweep.unit import OF_FORMULAS, Unit, compact_json

PARAMETERS = ("m", "d", "n", "p")
"""The order of the axes, the last the fastest; laws are slower than all."""
FORMULAS = ("importance", "activity")
"""Formulas in i of features that differ; both may be left out."""
GRID_KEYS = ("n", "d", "m", "p", "law", *FORMULAS, "groups")
FILE_KEYS = (*GRID_KEYS, "grid", "bounds", "digits", "search")
DEFAULT_DIGITS = 15
MANY = 10**8
"""Units from which a sweep asks whether it is meant."""


@dataclass(frozen=True)
class GridBlock:
    """One product of axes, and of the formulas for features that differ; ``None`` among these are equal features."""

    axes: Mapping[str, Axis]
    laws: tuple[str, ...]
    importances: tuple[str | None, ...] = (None,)
    activities: tuple[str | None, ...] = (None,)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The parameters, each after those that its expressions name."""
        graph = {name: sorted(self.axes[name].names) for name in PARAMETERS}
        try:
            return tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise ParameterError("grid", " -> ".join(error.args[1]), "must not depend on each other in a circle") from None

    @cached_property
    def size(self) -> int:
        return len(self.laws) * len(self.importances) * len(self.activities) * prod(self.axes[name].size for name in PARAMETERS)

    def unit(self, offset: int, number: int) -> Unit:
        """The unit at an offset into this block."""
        where: dict[str, int] = {}
        for name in reversed(PARAMETERS):
            offset, where[name] = divmod(offset, self.axes[name].size)
        offset, activity = divmod(offset, len(self.activities))
        offset, importance = divmod(offset, len(self.importances))
        formulas = self.importances[importance], self.activities[activity]
        known: dict[str, Any] = {}
        try:
            for name in self.order:
                known[name] = self.axes[name].at(where[name], known)
        except ParameterError as error:
            return Unit(number, *_texts(known), self.laws[offset], str(error), *formulas)
        return Unit(number, *_texts(known), self.laws[offset], None, *formulas)

    def as_json(self) -> dict[str, Any]:
        fields = {name: self.axes[name].as_json() for name in ("n", "d", "m", "p")} | {"law": list(self.laws)}
        for name, formulas in (("importance", self.importances), ("activity", self.activities)):
            if formulas != (None,):  # a grid of equal features keeps its fingerprint
                fields[name] = list(formulas)
        return fields


def _texts(known: KnownValues) -> tuple[str, str, str, str]:
    n, d, m, p = (str(known.get(name, "?")) for name in ("n", "d", "m", "p"))
    return n, d, m, p


@dataclass(frozen=True)
class Grid:
    """Blocks one after the other, and the plan for each of their units."""

    blocks: tuple[GridBlock, ...]
    plan: Plan

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(block.size for block in self.blocks))

    @property
    def size(self) -> int:
        """The number of units, without making them."""
        return self._ends[-1]

    def unit(self, number: int) -> Unit:
        """The unit of that number, 0 to size − 1."""
        k = bisect_right(self._ends, number)
        return self.blocks[k].unit(number - (self._ends[k - 1] if k else 0), number)

    def units(self) -> Iterator[Unit]:
        """All units in order."""
        return map(self.unit, range(self.size))

    def as_json(self) -> dict[str, Any]:
        """Grid and plan with defaults filled in, numbers as text: what the store keeps."""
        return {"grid": [block.as_json() for block in self.blocks], **self.plan.as_json()}

    @cached_property
    def fingerprint(self) -> str:
        """Equal for two files that ask for the same units and numbers in the same order."""
        return hashlib.sha256(compact_json(self.as_json()).encode()).hexdigest()


def load_grid(path: str | Path) -> Grid:
    """Reads a grid file.

    Raises
    ------
    ParameterError
        One line with what is wrong: no file, no TOML, an unknown key, an empty axis, a value outside its domain.
    """
    path = Path(path)
    try:
        # numbers stay the text they are: 0.03 is 3/100 and never a binary float
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=lambda text: text.replace("_", ""))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise ParameterError("grid", str(path), f"must be a TOML file ({reason})") from None
    except (ValueError, RecursionError) as error:  # ValueError: a number of thousands of digits too
        raise ParameterError("grid", str(path), f"must be TOML: {error}") from None
    for table in (content, *(table for table in content.get("grid", []) if isinstance(table, dict))):
        if isinstance(table.get("groups"), str):
            table["groups"] = from_table(table["groups"], path.parent)
    return read_grid(content)


def read_grid(content: Mapping[str, Any]) -> Grid:
    """A grid from the content of a grid file; floats must be given as text.

    Raises
    ------
    ParameterError
    """
    check_keys(content, FILE_KEYS, "a grid file")
    common = {key: content[key] for key in GRID_KEYS if key in content}
    tables = content.get("grid", [{}])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ParameterError("grid", tables, "must be tables [[grid]]")
    if not tables:
        raise ParameterError("grid", "[]", "must have at least one table")
    blocks = tuple(_read_block(common, table) for table in tables)
    digits = whole_number(content.get("digits", DEFAULT_DIGITS), parameter="digits", least=1, most=MAX_DIGITS)
    search = None if "search" not in content else Search.read(content["search"])
    return Grid(blocks, Plan(select(content.get("bounds", "all")), digits, search))


def _read_block(common: Mapping[str, Any], table: Mapping[str, Any]) -> GridBlock:
    check_keys(table, GRID_KEYS, "[[grid]]")
    given = {**common, **table}
    groups = None if "groups" not in given else _groups(given)
    for key in (*PARAMETERS, "law"):
        if key not in given:
            raise missing(key, "for the file or in each [[grid]]")
    laws = list(given["law"]) if isinstance(given["law"], (list, tuple)) else [given["law"]]
    if not laws or not all(isinstance(law, str) for law in laws):
        raise ParameterError("law", given["law"], "must be the text of a law, or a list of them")
    names = tuple(dict.fromkeys(parse_law(law).name for law in laws))
    importances, activities = (_formulas(name, given[name]) if name in given else (None,) for name in FORMULAS)
    if groups is not None:
        importances = (groups,)
    block = GridBlock({name: read_axis(name, given[name]) for name in PARAMETERS}, names, importances, activities)
    block.order  # noqa: B018 - refuses circles at once
    return block


def _groups(given: dict[str, Any]) -> str:
    """The groups as JSON; n is what they add up to, and the law and p are the first one's unless the grid has some."""
    for name in ("n", *FORMULAS):
        if name in given:
            raise ParameterError(name, given[name], "must be left out beside groups, which hold it")
    found = read_groups(given["groups"])
    given["n"] = sum(int(group["count"]) for group in found)
    for name in ("law", "p"):
        given.setdefault(name, found[0].get(name, "rademacher"))
    return compact_json(found)


def _formulas(name: str, value: object) -> tuple[str, ...]:
    """Formulas in i, n, d and p, as they were written; a repeated one counts once."""
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    if not items or any(isinstance(item, bool) or not isinstance(item, (int, str)) for item in items):
        raise ParameterError(name, value, "must be a formula in i, or a list of them, such as '0.9^i' or 'p*i^-1.5'")
    found = tuple(dict.fromkeys(str(item).strip() for item in items))
    for text in found:
        parsed(text, name, OF_FORMULAS)
    return found
