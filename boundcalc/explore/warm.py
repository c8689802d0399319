"""Loads what answers need, once, in the process that workers are forked from; the caches of one report are filled as well."""

from __future__ import annotations

from boundcalc.explore.answers import answer

FIRST = {"n": "120", "d": "8", "m": "3", "p": "1e-3", "law": "rademacher"}
"""A problem whose report passes through the linear algebra, the frames and the table of witnesses."""

for _kind in ("bounds", "witness"):
    answer(_kind, {"fields": FIRST})
answer("detail", {"fields": FIRST, "key": "rank"})
