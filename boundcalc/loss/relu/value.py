"""Holds the certified loss of x̂ = ReLU(WᵀW x + b): intervals of the whole and of each feature."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import Enclosure


@dataclass(frozen=True)
class ReluLoss:
    """The loss Σ ω_i E(x_i − x̂_i)².

    Attributes
    ----------
    problem : ReluProblem
    loss : Enclosure
    rows : tuple of n Enclosure
        ω_i E(x_i − x̂_i)² of each feature; they add up to ``loss``.
    method : str
        ``exact`` (rational), ``trapezoid`` (nodes of an integral) or ``lattice`` (finite supports on a grid).
    reached : bool
        Whether the width asked for was reached.
    effort : int
        Most nodes of a row, or points of a lattice; 0 for ``exact``.

    >>> relu_loss([[1, -1]], p="1/2", law="uniform01").unexplained_fraction.lower
    1/4
    """

    problem: ReluProblem
    loss: Enclosure
    rows: tuple[Enclosure, ...]
    method: str
    reached: bool
    effort: int

    @property
    def width(self) -> fmpq:
        """The width of the enclosure, relative to its upper end; 0 for a loss of 0."""
        return (self.loss.upper - self.loss.lower) / self.loss.upper if self.loss.upper else fmpq(0)

    @property
    def energy(self) -> fmpq:
        """Σ ω_i E x_i², the loss of answering zero."""
        return self.problem.energy

    @property
    def unexplained_fraction(self) -> Enclosure:
        """loss/energy."""
        return Enclosure(self.loss.lower / self.energy, self.loss.upper / self.energy)


def total_of(rows: list[Enclosure]) -> Enclosure:
    """The sum."""
    return Enclosure(sum((row.lower for row in rows), fmpq(0)), sum((row.upper for row in rows), fmpq(0)))
