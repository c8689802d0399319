"""Computes lower bounds on the loss that hold for every W and b: floors.

**scalar_decoder**, **any_decoder** (:mod:`boundcalc.bounds.relu.decoders`, theory R4, R5, U15). Features uniform on [0, c],
exponential or half-normal: whatever function of (WᵀWx)_i, or of Wx, stands in place of the ReLU.

**pairs** (:mod:`boundcalc.bounds.relu.pairs`, theory R6, R10'). Uniform on [0, c]: states of at most two active features among
n' of them, from a certified table.

**pentagon** (:mod:`boundcalc.bounds.relu.pentagon`). Tied weights without bias in two dimensions, any law: L ≥ p μ_2 (1 −
p)^{n−1} (n − G), G = (35 + 5√5)/11.

**one_active** (:mod:`boundcalc.bounds.relu.one_active`). The same in d dimensions with G from a linear program.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from boundcalc.bounds.relu.decoders import MOST_TERMS, any_decoder, of_one_kind, scalar_decoder, weight
from boundcalc.bounds.relu.one_active import one_active
from boundcalc.bounds.relu.pair_floor import PairFloor
from boundcalc.bounds.relu.pairs import floor_of_pairs
from boundcalc.bounds.relu.pentagon import prove
from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
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
    if problem.n <= problem.d:
        return []
    found = []
    groups = problem.features.groups
    if problem.d == 2 and problem.tied and not problem.bias and problem.n >= 5 and len(groups) == 1:
        value = enclose(lambda: _pentagon(problem), digits)
        found.append(Floor("pentagon", value, "tied weights without bias, d = 2"))
    elif problem.tied and not problem.bias and problem.d >= 2 and len(groups) == 1:
        found += _one_active(problem, digits)
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


def _one_active(problem: ReluProblem, digits: int) -> list[Floor]:
    """As the pentagon's, from the ceiling for that dimension."""
    known = one_active(problem.d)
    if problem.n <= known.ceiling:
        return []
    group = problem.features.groups[0]
    loss = group.importance * group.variance() * (problem.n - known.ceiling)
    value = enclose(lambda: arb(loss) * arb(1 - group.p) ** (problem.n - 1), digits)
    return [Floor("one_active", value, "tied weights without bias")]


def _pairs(problem: ReluProblem) -> list[Floor]:
    found = floor_of_pairs(problem)
    if found is None:
        return []
    proven, value = found
    form = "by leverage" if proven.h is None else "by a zonal function"
    return [Floor("pairs", value, f"tied weights; pairs of {proven.part} features, {form}", pairs=proven)]


def _pentagon(problem: ReluProblem) -> arb:
    """With one feature active at most G of n is gained, with more at most everything."""
    group = problem.features.groups[0]
    silent = (1 - group.p) ** (problem.n - 1)
    return group.importance * group.variance() * silent * (problem.n - prove().ball())
