"""Which bounds a sweep evaluates: keys, all of the catalog, or those in closed form."""

from __future__ import annotations

from collections.abc import Sequence

from boundcalc.bounds.catalog import BOUNDS, LOWER, UPPER, find
from boundcalc.bounds.declaration import LowerBound, UpperBound
from boundcalc.numbers.errors import ParameterError

NUMERICAL = frozenset({"linear_program", "capacity", "capacity_welch", "frontier"})
"""Upper bounds whose parameters a numerical optimisation chooses; the others are formulas in n, d, m, p and the moments."""
ALWAYS = frozenset({"rank", "orthonormal"})
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
        return tuple(key for key in BOUNDS if key not in NUMERICAL)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Sequence) or not value or not all(isinstance(key, str) for key in value):
        raise ParameterError("bounds", value, "must be 'all', 'closed' or a list of keys")
    chosen = {find(key).key for key in value} | ALWAYS
    return tuple(key for key in BOUNDS if key in chosen)


def chosen_bounds(keys: Sequence[str]) -> tuple[tuple[UpperBound, ...], tuple[LowerBound, ...]]:
    """The upper and the lower bounds of these keys."""
    return tuple(bound for bound in UPPER if bound.key in keys), tuple(bound for bound in LOWER if bound.key in keys)
