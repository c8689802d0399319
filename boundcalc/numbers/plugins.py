"""Finds what other packages add through entry points: ``boundcalc.bounds``, ``boundcalc.laws`` and ``boundcalc.frames``."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any

_ENDS = (".dist-info", ".egg-info")
_MARK = b"[boundcalc."


@cache
def plugged(group: str) -> dict[str, Any]:
    """The objects of a group by name; empty where no package adds any."""
    if not _any_package():
        return {}
    from importlib.metadata import entry_points

    return {entry.name: entry.load() for entry in sorted(entry_points(group=f"boundcalc.{group}"), key=lambda entry: entry.name)}


@cache
def _any_package() -> bool:
    """Whether an installed package may name a group: importing what reads them takes longer than a look into their files."""
    for folder in sys.path:
        if os.path.isfile(folder):  # an archive, whose packages are not looked into
            return True
        with suppress(OSError):
            for entry in os.scandir(folder or os.curdir):
                if entry.name.endswith(_ENDS) and _names_a_group(os.path.join(entry.path, "entry_points.txt")):
                    return True
    return False


def _names_a_group(path: str) -> bool:
    with suppress(OSError), open(path, "rb") as file:
        return _MARK in file.read()
    return False
