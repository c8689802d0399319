"""Finds what other packages add through entry points: ``boundcalc.bounds``, ``boundcalc.laws`` and ``boundcalc.frames``."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def plugged(group: str) -> dict[str, Any]:
    """The objects of a group by name; empty where no package adds any."""
    from importlib.metadata import entry_points

    return {entry.name: entry.load() for entry in sorted(entry_points(group=f"boundcalc.{group}"), key=lambda entry: entry.name)}
