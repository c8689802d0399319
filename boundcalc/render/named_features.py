"""Names the features of a weight matrix in lines: which are represented, dead, parallel and antipodal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundcalc.loss.summary import NamedFeatures

SHOWN = 20
"""Features, or pairs, that a line lists."""


def named_lines(named: NamedFeatures) -> list[str]:
    """How many features are represented, dead, parallel and antipodal, and which."""
    from boundcalc.loss.summary import ALIGNED, DEAD, REPRESENTED

    def listed(found: tuple[Any, ...] | None) -> str:
        if found is None:
            return "not looked for among so many features"
        shown = " ".join("-".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in found[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        return f"{len(found)}" + (f": {shown}{more}" if found else "")

    return [
        f"features represented (norm at least {REPRESENTED} of the largest): {listed(named.represented)}",
        f"features dead (norm at most {DEAD} of the largest): {listed(named.dead)}",
        f"parallel pairs (cosine at least {ALIGNED}): {listed(named.parallel)}",
        f"antipodal pairs (cosine at most -{ALIGNED}): {listed(named.antipodal)}",
    ]
