"""Computes lower bounds on the loss that hold for every W and b: floors.

**scalar_decoder**, **any_decoder** (:mod:`boundcalc.bounds.relu.decoders`, theory R4, R5, U15). Features uniform on [0, c],
exponential or half-normal: whatever function of (WᵀWx)_i, or of Wx, stands in place of the ReLU.

**pairs** (:mod:`boundcalc.bounds.relu.pairs`, theory R6, R10'). Uniform on [0, c]: states of at most two active features among
n' of them, from a certified table.

**pentagon** (:mod:`boundcalc.bounds.relu.pentagon`). Tied weights without bias in two dimensions, any law: L ≥ p μ_2 (1 −
p)^{n−1} (n − G), G = (35 + 5√5)/11.

**polygon** (:mod:`boundcalc.bounds.relu.regular_polygons`). The same for ReLU^m and even m: L ≥ p (1 − p)^{n−1} (n μ_2 − g G), g =
μ_{m+1}²/μ_{2m}, G that of the regular (2m + 3)-gon.

**one_active** (:mod:`boundcalc.bounds.relu.one_active`). The same in d dimensions, any m, with G from a linear program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flint import arb, fmpq

from boundcalc.bounds.relu.decoders import MOST_TERMS, any_decoder, of_one_kind, scalar_decoder, weight
from boundcalc.bounds.relu.one_active import DEGREE, one_active
from boundcalc.bounds.relu.pair_floor import PairFloor
from boundcalc.bounds.relu.pairs import floor_of_pairs
from boundcalc.bounds.relu.pentagon import prove
from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
from boundcalc.bounds.relu.regular_polygons import prove_polygon
from boundcalc.language.claims import Status
from boundcalc.model.nonnegative_laws import UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import Enclosure, enclose


@dataclass(frozen=True)
class Floor:
    """A lower bound on the loss of every W and b.

    Attributes
    ----------
    key : str
    value : Enclosure
        Of the bound; what may be quoted is its lower end.
    sentence : str
        What it holds for.
    pairs : PairFloor, optional
        The table that proves a floor of pairs.
    """

    key: str
    value: Enclosure
    sentence: str
    pairs: PairFloor | None = None

    @property
    def status(self) -> Status:
        """Of the weakest step of its proof."""
        return FLOOR_PROOFS[self.key].status


def floors(problem: ReluProblem, digits: int = 10, *, pairs: bool = True) -> list[Floor]:
    """Every floor that covers the problem, the largest first; none for finite supports, whose sums may be injective in x.

    Parameters
    ----------
    pairs : bool
        Whether the floor of pairs is among them, which takes seconds.
    """
    if problem.n <= problem.d and problem.m == 1:
        return []
    groups = problem.features.groups
    found = _one_at_a_time(problem, digits) if problem.tied and not problem.bias and len(groups) == 1 else []
    if problem.m > 1:
        return found
    law = of_one_kind(problem)
    if law is not None:
        value = enclose(lambda: scalar_decoder(problem, law), digits)
        found.append(Floor("scalar_decoder", value, "every function of (WᵀWx)_i for feature i"))
    uniform = all(isinstance(group.law, UniformFromZero) for group in groups)
    if pairs and uniform and problem.tied:
        found += _pairs(problem)
    levels = len({weight(group) for group in groups})
    if law is not None and problem.n * levels <= MOST_TERMS:
        value = enclose(lambda: any_decoder(problem, law), digits)
        found.append(Floor("any_decoder", value, "every function of Wx, told which features are active"))
    return sorted(found, key=lambda floor: floor.value.lower, reverse=True)


def _one_at_a_time(problem: ReluProblem, digits: int) -> list[Floor]:
    """With one feature active at most G of n gain g = μ_{m+1}²/μ_{2m} each, with more at most everything is gained."""
    n, d, m, group = problem.n, problem.d, problem.m, problem.features.groups[0]
    said = "tied weights without bias"
    ceiling: Callable[[], arb]
    if d == 2 and n >= 2 * m + 3 and (m == 1 or m % 2 == 0):
        key, said = ("pentagon" if m == 1 else "polygon"), f"{said}, d = 2"
        ceiling = prove().ball if m == 1 else partial(prove_polygon, m)
    else:
        known = fmpq(min(n, 2 * d)) if d == 1 or n <= 2 * d else one_active(d, m, max(DEGREE, 2 * m + 8), n).ceiling
        key, ceiling = "one_active", partial(arb, known)
    gained = group.moment(m + 1) ** 2 / group.moment(2 * m) if m > 1 else group.moment(2)
    share = group.importance * group.p

    def value() -> arb:
        return arb(1 - group.p) ** (n - 1) * share * (n * group.moment(2) - gained * ceiling())

    bound = enclose(value, digits) if n > 2 * d or m > 1 else None
    return [] if bound is None or bound.lower <= 0 else [Floor(key, bound, said)]


def _pairs(problem: ReluProblem) -> list[Floor]:
    found = floor_of_pairs(problem)
    if found is None:
        return []
    proven, value = found
    form = "by leverage" if proven.h is None else "by a zonal function"
    return [Floor("pairs", value, f"tied weights; pairs of {proven.part} features, {form}", pairs=proven)]
