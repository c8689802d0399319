"""Defines a template of a law: the density 1 − |u| on [−1, 1], with the moments μ_k = 2/((k + 1)(k + 2)).

Copy this file to boundcalc/model/, and give it a name in NAMED of boundcalc/model/laws.py; docs/howto/add_a_law.md says where else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flint import fmpq

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Triangular:
    """Symmetric and triangular on [−1, 1]."""

    name: str = field(default="triangular", init=False)
    max_order: int | None = None  # every moment is known

    def moment(self, k: int) -> fmpq:
        """μ_k, exact."""
        return fmpq(0) if k % 2 else fmpq(2, (k + 1) * (k + 2))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Independent draws."""
        return rng.triangular(-1.0, 0.0, 1.0, size)
