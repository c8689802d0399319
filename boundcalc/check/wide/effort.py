"""Sets how far the large cases go."""

from __future__ import annotations

from dataclasses import dataclass


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
