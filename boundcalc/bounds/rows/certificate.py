"""Finds the point of a row function that a certificate holds, and the value that it gives."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Parameters
from boundcalc.bounds.rows.envelope import Piece
from boundcalc.certify.points import RationalPiece, best_point
from boundcalc.model.problem import Problem


def row_parameters(problem: Problem, pieces: Sequence[Piece], base: fmpq, slope: fmpq | None, digits: int) -> Parameters:
    """The best point, the slope where there is one, and ``base`` plus the sum over the rows at that point."""
    load, r = fmpq_poly([1, 1]), fmpq(problem.rank)
    if slope is None:
        at, top = best_point([RationalPiece(load * p.gain**2, p.energy, p.low, p.high) for p in pieces], digits)
        return {"at": at}, base + r * top
    quotients = [RationalPiece(load * p.gain**2 - slope * p.energy, load * p.energy, p.low, p.high) for p in pieces]
    at, top = best_point(quotients, digits)
    return {"at": at, "slope": str(slope)}, base + slope * r + int(problem.n) * max(top, fmpq(0))
