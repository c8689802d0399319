"""Lists every bound, explicitly, and those that other packages add; of equal values the first is named best."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from boundcalc.bounds.declaration import Bound, LowerBound, UpperBound
from boundcalc.bounds.lower import (
    direct_sum,
    half_design,
    known_frame,
    orthogonal_array,
    orthonormal,
    random_chirps,
    random_directions,
    random_walsh,
    search,
    unbiased_bases,
)
from boundcalc.bounds.upper import (
    capacity,
    capacity_welch,
    coupled_frontier,
    dense,
    dense_rows,
    equiangular,
    frontier,
    gaussian_scalar_decoder,
    gaussian_support,
    laplace_support,
    linear_program,
    rank,
    sparsity_power,
    tensor_power,
    trivial,
    uniform,
    uniform_in_n,
    uniform_scalar_decoder,
    uniform_support,
    universal,
    very_sparse,
)
from boundcalc.numbers.errors import ParameterError, meant, needs_text, offered
from boundcalc.numbers.plugins import plugged

UPPER: tuple[UpperBound, ...] = (
    trivial.BOUND,
    rank.BOUND,
    tensor_power.BOUND,
    very_sparse.BOUND,
    equiangular.BOUND,
    universal.BOUND,
    linear_program.BOUND,
    sparsity_power.BOUND,
    uniform.BOUND,
    gaussian_support.BOUND,
    uniform_support.BOUND,
    laplace_support.BOUND,
    gaussian_scalar_decoder.BOUND,
    uniform_scalar_decoder.BOUND,
    capacity.BOUND,
    capacity_welch.BOUND,
    frontier.BOUND,
    dense.BOUND,
    dense_rows.BOUND,
    uniform_in_n.BOUND,
    coupled_frontier.BOUND,
)
LOWER: tuple[LowerBound, ...] = (
    orthonormal.BOUND,
    half_design.BOUND,
    known_frame.BOUND,
    unbiased_bases.BOUND,
    orthogonal_array.BOUND,
    random_directions.BOUND,
    random_walsh.BOUND,
    random_chirps.BOUND,
    direct_sum.BOUND,
    search.BOUND,
)
_ADDED = plugged("bounds").values()
UPPER += tuple(bound for bound in _ADDED if isinstance(bound, UpperBound))
LOWER += tuple(bound for bound in _ADDED if isinstance(bound, LowerBound))
BOUNDS: dict[str, Bound] = {bound.key: bound for bound in (*UPPER, *LOWER)}

SomeBound = TypeVar("SomeBound", UpperBound, LowerBound)

_ALIASES = {"known_frames": "known_frame"}


def find(key: str) -> Bound:
    """The bound of that key, or of a section of the theory such as ``"U9"`` that has one bound alone.

    Raises
    ------
    ParameterError
        Naming the nearest keys, or those of the section.

    >>> find("rank").section
    'U1'
    """
    needs_text(key, "key", "a bound's key or section, such as rank or U1")
    key = _ALIASES.get(key, key)
    if key in BOUNDS:
        return BOUNDS[key]
    of_section = [known for known, bound in BOUNDS.items() if bound.section.lower() == key.lower()]
    if len(of_section) == 1:
        return BOUNDS[of_section[0]]
    begun = [f"{known} ({bound.section})" for known, bound in BOUNDS.items() if bound.section.lower()[:-1] == key.lower()]
    raise ParameterError("key", key, f"is no bound; {offered(of_section or begun) or meant(key, BOUNDS)}")


def chosen(given: object, side: type[SomeBound], parameter: str) -> tuple[SomeBound, ...]:
    """Bounds of one side that are given as such or by their keys; one alone stands for a list of one.

    Raises
    ------
    ParameterError
        For an unknown key, a bound of the other side, and what is neither a key nor a bound.

    >>> [bound.key for bound in chosen(["rank", "U9"], UpperBound, "upper")]
    ['rank', 'frontier']
    """
    listed = [given] if isinstance(given, (str, UpperBound, LowerBound)) else given
    if not isinstance(listed, Iterable):
        raise ParameterError(parameter, given, "must be bounds or their keys, such as ['rank', 'frontier']")
    found = []
    for each in listed:
        bound = find(each) if isinstance(each, str) else each
        if not isinstance(bound, side):
            kind = "an upper" if side is UpperBound else "a lower"
            raise ParameterError(parameter, getattr(bound, "key", bound), f"must be {kind} bound or its key")
        found.append(bound)
    return tuple(found)
