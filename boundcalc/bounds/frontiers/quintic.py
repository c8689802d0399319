r"""Proves for m = 5 that a price holds on every row, in s = sqrt t and one more variable z.

With sqrt sigma_2 = s^2 + z, z >= 0, a row has y = s^4 (Q_4 - 1) = z^2 + 2 s^2 z <= (1 - s^2)^2 and sigma_j >= s^{2j} + y^{j-1};
for n features y >= (1 - s^2)^2/(n-1). P and E are then polynomials in z with polynomials in s as coefficients. A price and an
excess hold where

    F = (price s^2 + excess) E - s^2 P^2 >= 0, or E >= 0 >= P   (without excess, divided by s^2).

The rows are cut into cells low <= s <= high, least <= z <= most. On a cell the polynomial in z is bounded below by parabolas
(:mod:`boundcalc.bounds.frontiers.parabolas`), whose coefficients, polynomials in s, show their sign on the half-line. Where the
least z is the worst, a multiple mu >= 0 of y - (1 - s^2)^2/(n-1) is subtracted first. The cells and their reasons are the
proof:

    "s" halves a cell in s, "z 1/3" cuts it at z, "-" holds no row,
    "F least c" and "E least c": F, or E where P <= 0, is nonnegative from z = least on by parabolas that touch at c (0 where no
    coefficient is negative), followed by "chord" where cubes are bounded by chords and by mu where there is one.

After a cut the second part comes first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges, row_parts, value_of
from boundcalc.bounds.frontiers.parabolas import value_at
from boundcalc.bounds.frontiers.quintic_cells import Powers, RowPolynomials, examine
from boundcalc.bounds.frontiers.rounding import above, below, rational
from boundcalc.lemmas.row import least_share
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling, to_float
from boundcalc.numbers.parsing import parse_rational
from boundcalc.numbers.weighted_sums import shortened

ORDER = 5
"""The m of this file: C̃ contains Q_2 and Q_4 alone."""
VALUE_DIGITS = 7
"""Of a value; programs know five to nine of their optimum's."""
_ROOMS = (fmpq(1, 60_000), fmpq(1, 20_000), fmpq(1, 6_000), fmpq(1, 2_000), fmpq(1, 200), fmpq(1, 20), fmpq(1, 2))
"""By how much more than a row asks a price is raised, try by try."""
_MORE_CELLS = 10
"""A price that holds for more features too is proven with at most so many cells more than twice the first proof's."""


def row_of(problem: Problem, choice: GeneralChoice) -> RowPolynomials:
    """The row's P and E."""
    s, z = fmpq_mpoly_ctx.get(["s", "z"], Ordering.lex).gens()
    y = z**2 + 2 * s**2 * z
    sigma = [0, 1 + 0 * s, *(s ** (2 * j) + y ** (j - 1) for j in range(2, problem.m + 1))]
    gain, energy = row_parts(problem, choice, sigma, s, s**2 + z)
    return RowPolynomials(_by_power(gain, 3), _by_power(energy, 5), least_share(problem.n))


def _by_power(polynomial: fmpq_mpoly, least: int) -> Powers:
    """The coefficients of 1, z, z², …, at least so many."""
    found: list[dict[int, fmpq]] = [{} for _ in range(least)]
    for (in_s, in_z), coefficient in polynomial.terms():
        found += [{} for _ in range(len(found), int(in_z) + 1)]
        found[int(in_z)][int(in_s)] = coefficient
    return tuple(fmpq_poly([part.get(k, fmpq(0)) for k in range(max(part, default=-1) + 1)]) for part in found)


def proven(
    problem: Problem, choice: GeneralChoice, tries: int, undecided: int = 0
) -> tuple[GeneralChoice | None, tuple[float, float] | None]:
    """The choice with a price and an excess that hold on every row, near the least, and their proof.

    The price is raised to what a row asks where one is found that asks for more, and a little more try by try; links
    are weakened where E is not positive. With one try a row that asks for more is returned instead. ``undecided`` counts the
    smallest amounts that are left out.
    """
    row, needed = row_of(problem, choice), fmpq(1)
    if tries > 1:
        needed = max(needed, _needed(row, choice))
    for attempt in range(tries):
        room = _ROOMS[min(attempt // 2 + undecided, len(_ROOMS) - 1)]
        factor = needed * (1 + room)
        tried = _rounded(problem, replace(choice, price=above(choice.price * factor), excess=above(choice.excess * factor)))
        found = examine(row, tried.price, tried.excess)
        if found.proven:
            return replace(tried, cells=found.steps), None
        if found.against is None:
            undecided += 1
            if undecided > 3:
                return None, None
            continue
        s, z = found.against
        if tries == 1:
            return None, (to_float(s), to_float(z))
        gain, energy = (value_at([part(s) for part in values], z) for values in (row.gain, row.energy))
        if energy <= 0:
            choice = weakened(problem, choice, min(fmpq(1, 1000) * 4**attempt, fmpq(1, 2)))
            row = row_of(problem, choice)
        elif s > 0:
            needed = max(needed, gain**2 * s**2 / (energy * (choice.price * s**2 + choice.excess)))
    return None, None


def _rounded(problem: Problem, choice: GeneralChoice) -> GeneralChoice:
    """A price a little higher, for a value of few digits: that of neighbouring n too, whose programs miss their optima by more."""
    value = value_of(problem, choice)
    target = parse_rational(decimal_ceiling(value, VALUE_DIGITS), parameter="value")
    price = choice.price + (target - value) / problem.rank
    return replace(choice, price=max(choice.price, below(price)))


def holds(choice: GeneralChoice, problem: Problem) -> bool:
    """Whether the price holds on every row of a problem with more features than the choice was made for; the proof is as short."""
    row = row_of(problem, choice)
    most = 2 * len(choice.cells) + _MORE_CELLS
    return _needed(row, choice) <= 1 and examine(row, choice.price, choice.excess, most).proven


def _needed(row: RowPolynomials, choice: GeneralChoice) -> fmpq:
    """By how much the price and the excess are exceeded on a grid of rows, in floats."""
    import numpy as np

    s = np.concatenate([shortened(np.geomspace(1e-40, 1, 400)), np.linspace(0.01, 1, 100)])[:, None]
    z = np.concatenate([[0.0], shortened(np.geomspace(1e-40, 1, 160))])[None, :]
    scale = max(abs(c) for part in row.energy for c in part.coeffs())

    def value(values: Powers, unit: fmpq) -> Any:
        return value_at([value_at([to_float(c / unit) for c in part.coeffs()] or [0.0], s) for part in values], z)

    gain, energy = value(row.gain, choice.price), value(row.energy, scale)
    weight = to_float(choice.price) * s**2 + to_float(choice.excess)
    y = z**2 + 2 * s**2 * z
    inside = (y <= (1 - s**2) ** 2) & (y >= to_float(row.share) * (1 - s**2) ** 2) & (energy > 0)
    with np.errstate(all="ignore"):
        ratio = np.where(inside, np.maximum(gain, 0) ** 2 * s**2 / (energy * weight), 0.0)
    found = float(np.nanmax(np.where(np.isfinite(ratio), ratio, 0.0)))
    return rational(found, 9) * choice.price**2 / scale if found > 0 else fmpq(0)


def weakened(problem: Problem, choice: GeneralChoice, part: fmpq) -> GeneralChoice:
    """The links times 1 − part, their squares kept."""
    kept = 1 - part
    members = [
        replace(member, share=member.share * kept, coefficients=tuple(h * kept for h in member.coefficients))
        if one.linked
        else member
        for one, member in zip(exchanges(problem), choice.members, strict=True)
    ]
    moved = [v * kept if one.linked else v for one, v in zip(exchanges(problem), choice.moved, strict=True)]
    return replace(choice, members=tuple(members), moved=tuple(moved))
