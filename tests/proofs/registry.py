"""Where the checks of proof steps are registered: attacks on samples, and proofs that need none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from samples import Sample

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.claims import Step

Relation = tuple[str, object, object]
Check = Callable[[Sample], Iterator[Relation]]
CHECKS: dict[Step, Check] = {}


def step(owner: object, key: str) -> Step:
    return next(s for s in owner.proof if s.key == key)


def checks(*steps: Step) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(steps, check))
        return check

    return register


def bound_step(key: str, name: str) -> Step:
    return step(BOUNDS[key], name)


PROOFS: dict[Step, Callable[[], None]] = {}


def proves(*steps: Step) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(proof: Callable[[], None]) -> Callable[[], None]:
        PROOFS.update(dict.fromkeys(steps, proof))
        return proof

    return register
