"""Says what large cases are tried with: laws, probabilities, and how far they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import fmpq

from boundcalc.check.exact.case_grid import SKEWED, SYMMETRIC, support
from boundcalc.check.exact.case_states import SupportPoints
from boundcalc.model.laws import NAMES, parse_law


@dataclass(frozen=True)
class CaseLaw:
    """A law as cases take it: a support, or moments of a symmetric law without one."""

    name: str
    points: SupportPoints = ()
    moments: Callable[[int], fmpq] | None = None


RADEMACHER = CaseLaw(*SYMMETRIC[0])
SHIPPED = (RADEMACHER, *(CaseLaw(name, moments=parse_law(name).moment) for name in NAMES if name != "rademacher"))
"""Every law that has a name."""
SUPPORTS = tuple(
    CaseLaw("support:" + text.replace(" ", ","), support(text))
    for text in (
        "-1:1/20 0:9/10 1:1/20",  # rare: a large fourth moment
        "-1:1/4 0:1/2 1:1/4",
        "-10:1/2000 -1:999/2000 1:999/2000 10:1/2000",  # a heavy tail
    )
)
COARSE = SHIPPED[:2]
SYMMETRIC_LAWS = (*SHIPPED, *SUPPORTS, *(CaseLaw(*law) for law in SYMMETRIC[1:]))
SKEWED_LAWS = tuple(CaseLaw(*law) for law in SKEWED)

COARSE_PROBABILITIES = (fmpq(1), fmpq(1, 10), fmpq(1, 1000), fmpq(1, 10**6), fmpq(1, 10**12))
PROBABILITIES = (
    *(fmpq(k, 10) for k in (10, 9, 7, 5, 4, 3, 2, 1)),
    *(fmpq(1, k) for k in (3, 7, 20, 50)),
    *(fmpq(1, 10**k) for k in range(2, 13)),
)
"""Every decade from 1e-12 to 1, and more of them near 1."""


@dataclass(frozen=True)
class Effort:
    """Large cases of one step.

    Parameters
    ----------
    seconds : float, optional
        With a time, every configuration is looked at closely until it is over; without, only the tightest, always the same.
    seed : int
        Of the random matrices.
    """

    seconds: float | None = None
    seed: int = 0

    @property
    def thorough(self) -> bool:
        """Whether there is a time."""
        return self.seconds is not None
