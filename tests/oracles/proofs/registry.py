"""Where second opinions on proof steps are registered: floats, by code of the tests' own, against the program's formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oracles.samples import Sample

from boundcalc.check.steps import distinct_steps

Relation = tuple[str, object, object]
Check = Callable[[Sample], Iterator[Relation]]
CHECKS: dict[str, Check] = {}


def checks(*names: str) -> Callable[[Check], Check]:
    """Registers a check under the names ``owner.step`` of the catalog."""
    assert set(names) <= set(distinct_steps())

    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return register
