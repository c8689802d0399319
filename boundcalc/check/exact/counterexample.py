"""Shows a false instance to people: exact numbers, and NumPy code that shows it."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.check.exact.numpy_code import snippet
from boundcalc.check.exact.roots import decimal
from boundcalc.check.exact.tally import Instance
from boundcalc.check.verdict import Counterexample
from boundcalc.language.resolved import Resolved
from boundcalc.language.text import write


def counterexample(resolved: Resolved, instance: Instance) -> Counterexample:
    """The instance with the case, the indices (from 1), the free variables and the state where it fails."""
    relation, case = instance.code.relation, instance.case
    values: dict[str, Any] = case.describe()
    indices = {name: case.tell(instance.at[name]) for name in relation.indices}
    if indices:
        values["indices"] = indices
    free = {name: str(fmpq(instance.at[name])) for name in sorted(relation.variables)}
    if free:
        values["variables"] = free
    if instance.state is not None:
        states = case.states
        values["state"] = {
            "x": [str(row[instance.state]) for row in states.x],
            "s": [int(row[instance.state]) for row in states.s],
        }
    return Counterexample(
        values,
        f"{write(relation.left)} {relation.sign} {write(relation.right)}",
        decimal(instance.left),
        decimal(instance.right),
        snippet(resolved, instance),
    )
