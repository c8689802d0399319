"""Takes the better of two attempts at a bound: what was proven of a proposal may be looser than what the solver proposed.

The second attempt solves all programs that led to it in another scaling (:mod:`boundcalc.certify.cone_solver`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from boundcalc.numbers.remarks import remark

T = TypeVar("T")
LOOSE = 1.002
"""What is certified this much above its proposal is looked for once more in the other scaling."""
TIGHTER = "what the program proposed was not certified; solved again in another scaling it gave a tighter bound"
_RESCALED: ContextVar[bool] = ContextVar("rescaled", default=False)


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """What came of a cone program.

    Attributes
    ----------
    chosen : object or None
        The parameters that were proven, ``None`` where none were.
    certified : float
        The bound that they prove, or what stands without them.
    proposed : float
        What the program promised in the same units, 0 where it had no point, infinity where it promised nothing that is of use.
    """

    chosen: T | None
    certified: float
    proposed: float


def tightest(attempt: Callable[[], Attempt[T]]) -> Attempt[T]:
    """The attempt or, where what it certified is looser than its proposal, the better of it and one in the other scaling."""
    first = attempt()
    if first.certified <= LOOSE * first.proposed:
        return first
    token = _RESCALED.set(True)
    try:
        again = attempt()
    finally:
        _RESCALED.reset(token)
    if again.certified >= first.certified:
        return replace(first, proposed=max(first.proposed, again.proposed))
    remark(TIGHTER)
    return again


def in_other_scaling() -> bool:
    """Whether this is the second attempt."""
    return _RESCALED.get()
