"""Says what is evaluated at each unit of a sweep, alike for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.numbers.parsing import positive_seconds, whole_number
from boundcalc.sweep.axes import check_keys

SEARCH_KEYS = ("starts", "seconds", "seed", "largest")
LARGEST = 2_000
"""Entries n d of W up to which a unit is searched unless ``largest`` says otherwise."""


@dataclass(frozen=True)
class Search:
    """The budget of a search at each unit.

    Attributes
    ----------
    starts : int
        Local searches.
    seconds : str or None
        After this time no further one begins; then the numbers depend on the machine.
    seed : int
        Each unit's own seed is derived from it and the unit's problem.
    largest : int
        Units with n d above it, or n = inf, are not searched.
    """

    starts: int
    seconds: str | None
    seed: int
    largest: int

    @classmethod
    def read(cls, value: object) -> Search:
        """From the table ``[search]`` of a grid file.

        Raises
        ------
        ParameterError
        """
        if not isinstance(value, Mapping):
            raise ParameterError("search", value, "must be a table [search]")
        check_keys(value, SEARCH_KEYS, "[search]")
        if "starts" not in value:
            raise missing("starts", "in [search], how many local searches a unit may take")
        return cls(
            whole_number(value["starts"], parameter="starts", least=1, most=100_000),
            None if "seconds" not in value else str(positive_seconds(value["seconds"], parameter="seconds")),
            whole_number(value.get("seed", 0), parameter="seed", least=0, most=(1 << 63) - 1),
            whole_number(value.get("largest", LARGEST), parameter="largest", least=1, most=4_000_000),
        )


@dataclass(frozen=True)
class Plan:
    """Keys of the bounds, digits of each enclosure, and the search, if any."""

    bounds: tuple[str, ...]
    digits: int
    search: Search | None = None

    def as_json(self) -> dict[str, Any]:
        return {"bounds": list(self.bounds), "digits": self.digits, "search": None if self.search is None else asdict(self.search)}
