"""Selects which bounds a sweep evaluates: keys, all of the catalog, or those in closed form."""

from __future__ import annotations

from collections.abc import Sequence

from boundcalc.bounds.catalog import BOUNDS, LOWER, UPPER, find
from boundcalc.bounds.declaration import LowerBound, UpperBound
from boundcalc.bounds.lower import orthonormal
from boundcalc.bounds.upper import rank
from boundcalc.numbers.errors import ParameterError

ALWAYS = frozenset({rank.BOUND.key, orthonormal.BOUND.key})
"""They have no hypotheses, so that every unit has a best upper and a best lower bound, and the verdict its yardstick."""


def select(value: object) -> tuple[str, ...]:
    """The keys, in the order of the catalog, that ``all``, ``closed`` or a list of keys means.

    Raises
    ------
    ParameterError
        For an unknown key, naming the nearest.
    """
    if value == "all":
        return tuple(BOUNDS)
    if value == "closed":
        return tuple(key for key, bound in BOUNDS.items() if not bound.slow)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Sequence) or not value or not all(isinstance(key, str) for key in value):
        raise ParameterError("bounds", value, "must be 'all', 'closed' or a list of keys")
    chosen = {find(key).key for key in value} | ALWAYS
    return tuple(key for key in BOUNDS if key in chosen)


def chosen_bounds(keys: Sequence[str]) -> tuple[tuple[UpperBound, ...], tuple[LowerBound, ...]]:
    """The upper and the lower bounds of these keys."""
    return tuple(bound for bound in UPPER if bound.key in keys), tuple(bound for bound in LOWER if bound.key in keys)
