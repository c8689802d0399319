r"""Takes parameters of U9 for m = 5 from a larger p, where the cone program leaves the range of a solver's floats.

For p -> 0 the bound divided by p tends to a limit, and its parameters become powers of p. Of the exchanges (nu, w) each keeps its
part nu^2/(w y) of the bound: nu ~ sqrt(p w). The first one takes nearly all of kappa_{m+1}: rows of crowding q, 1 << q << p^{-4/5},
have D~ ~ kappa_10 and P ~ (kappa_6 - nu) - nu' sqrt q with nu' ~ p^{3/2} of the next exchange. They ask for a price of
P^2 q/kappa_10, at most ~ (kappa_6 - nu)^4/(nu'^2 kappa_10), and this is ~ p where kappa_6 - nu ~ p^{5/4}. What is scaled so is only
a proposal: its price is proven like any other.
"""

from __future__ import annotations

from dataclasses import replace

from flint import fmpq

from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges
from boundcalc.bounds.frontiers.rounding import above, rational
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.rings import EXACT

NEAR_P = fmpq(1, 10**14)
"""Below this p parameters are those of this p, scaled."""


def near(problem: Problem) -> Problem:
    """The problem with p = :data:`NEAR_P`."""
    return Problem(problem.n, problem.d, problem.m, NEAR_P, problem.law)


def alike(one: Problem, other: Problem) -> bool:
    """Whether both have the same exchanges, and some."""
    kinds = [[(part.order, part.factor, part.linked) for part in exchanges(problem)] for problem in (one, other)]
    return bool(kinds[0]) and kinds[0] == kinds[1]


def scaled(choice: GeneralChoice, like: Problem, problem: Problem) -> GeneralChoice:
    """The choice as a draft for a smaller p than that of ``like``; for any n κ_{m+1} − ν of the first one is ~ p^{5/4}."""
    ratio = problem.p / like.p
    weights = zip(exchanges(problem), exchanges(like), strict=True)
    multipliers = [
        _rounded(nu, ratio * one.weight / other.weight) for nu, (one, other) in zip(choice.multipliers, weights, strict=True)
    ]
    if problem.is_infinite and exchanges(problem)[0].order == problem.m and multipliers[0]:
        top, was = (Quantities(EXACT, of).kappa[(of.m + 1) // 2] for of in (problem, like))
        multipliers[0] = top - rational(to_float(ratio) ** 1.25 * to_float(was - choice.multipliers[0]))
    price, excess = (above(part * ratio) for part in (choice.price, choice.excess))
    return replace(choice, multipliers=tuple(multipliers), price=price, excess=excess, cells=())


def _rounded(value: fmpq, square: fmpq) -> fmpq:
    """The value times a square root, in a few digits."""
    return rational(to_float(value) * to_float(square) ** 0.5) if value else value
