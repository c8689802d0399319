"""Names the features of a weight matrix in lines: which are represented, weak, dead, parallel and antipodal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundcalc.loss.summary import NamedFeatures

SHOWN = 50
"""Features, pairs or ranges that a line lists."""


def named_lines(named: NamedFeatures, response: str) -> list[str]:
    """How many features are represented, weak, dead, parallel and antipodal, and which; ``response`` says by what."""
    from boundcalc.loss.summary import ALIGNED, DEAD, REPRESENTED

    n = len(named.represented) + len(named.weak) + len(named.dead)
    return [
        f"{n} features by their response, {response}:",
        f"represented (at least {REPRESENTED} of the largest): {listed(named.represented)}",
        f"weak (between): {listed(named.weak)}",
        f"dead (at most {DEAD} of the largest): {listed(named.dead)}",
        f"parallel pairs (cosine at least {ALIGNED}): {_listed_pairs(named.parallel)}",
        f"antipodal pairs (cosine at most -{ALIGNED}): {_listed_pairs(named.antipodal)}",
    ]


def listed(found: Sequence[int]) -> str:
    """How many, and all of them: one by one, or as ranges where they are many."""
    parts = [str(each) for each in found] if len(found) <= SHOWN else ranges(found)
    return _counted(len(found), parts, f"ranges ({EVERY})")


def _listed_pairs(found: tuple[tuple[int, int], ...] | None) -> str:
    if found is None:
        return "not looked for among so many features"
    return _counted(len(found), [f"{i}-{j}" for i, j in found], "(all: --json, to_dict())")


def _counted(count: int, parts: list[str], rest: str) -> str:
    more = f" and {len(parts) - SHOWN} more {rest}" if len(parts) > SHOWN else ""
    return str(count) + (f": {' '.join(parts[:SHOWN])}{more}" if parts else "")


EVERY = "all: --features FILE, to_dataframe()"
"""Where every feature stands on its own."""


def ranges(numbers: Sequence[int]) -> list[str]:
    """Rising whole numbers, runs of them as their ends.

    >>> ranges([0, 2, 3, 4, 9])
    ['0', '2..4', '9']
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}..{last}" for first, last in found]
