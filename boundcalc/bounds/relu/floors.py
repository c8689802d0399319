"""Computes lower bounds on the loss that hold for every W and b: floors.

Two are for features uniform on [0, c] while active, and reveal the set S of active features to the decoder, which only
helps. Proofs of our own, not reviewed.

**scalar_decoder** (theory R4). Whatever function of y_i = (WᵀWx)_i answers for feature i, L ≥ κ Σ ω_i c_i² p_i p_min (1 −
t_i), κ = 12/(2πe)², t_i = A_ii²/Σ_j A_ij² at unit scales, and Σ t_i ≤ d. Proof: given S ∋ i, y_i is proportional to u_i + Z
with Z = Σ_{j ∈ S∖i} α_j u_j. With h(u) = 0 the entropy power inequality gives e^{2h(Z)} ≥ w = Σ α_j², and e^{2h(u + Z)} ≤
2πe(1 + w)/12, so E Var(u_i | y_i) ≥ e^{2h(u_i | y_i)}/(2πe) ≥ κ w/(1 + w), concave in each α_j²; its mean over S is least
where one α_j carries all of Σ α_j². With 0 ≤ t_i ≤ 1 the sum is least where the d dearest features have t_i = 1.

**any_decoder** (theory R5, U15). Whatever function of Wx answers, given N = |S| > d = k: rotate x_S into the row space of
W_S, y, and the rest, v: h(v | y) ≥ −(d/2) log(2πe/12), and E|v − E[v | y]|² ≥ ((N − d)/2πe) e^{2h(v|y)/(N − d)}. Also, by
Stein's kernel u(1 − u)/2 of the uniform law, whose k largest of N have mean t, the loss is at least N/12 − t, t = (k/2 −
k(k + 1)(k + 2)/(6(N + 1)(N + 2)))/4. The larger of the two, averaged over N ~ Bin(n, p). With importances ω_(1) ≥ ω_(2) ≥ …
the loss is at least Σ_k (ω_(k) − ω_(k+1)) F(k), F the floor of k features: the others are random biases to them.

**pairs** (:mod:`boundcalc.bounds.relu.pair_floor`, theory R6, R10'). Equal activities, uniform on [0, c]: states of at most
two active features among n' of them, from a certified table. The form by leverage needs no tied weights; the zonal form
does. With importances ω_(1) ≥ ω_(2) ≥ …, F(k) ≥ (k/n')F(n') for k ≥ n', so that L ≥ F(n')/n' Σ_{k ≥ n'} k(ω_(k) − ω_(k+1)).

**pentagon** (:mod:`boundcalc.bounds.relu.pentagon`). Tied weights without bias in two dimensions, any law: L ≥ p μ_2 (1 −
p)^{n−1} (n − G), G = (35 + 5√5)/11.

**one_active** (:mod:`boundcalc.bounds.relu.one_active`). The same in d dimensions with G from a linear program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq

from boundcalc.bounds.relu.one_active import one_active
from boundcalc.bounds.relu.pair_floor import PairFloor, pair_floor
from boundcalc.bounds.relu.pentagon import prove
from boundcalc.language.claims import Status
from boundcalc.model.nonnegative_laws import UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import Enclosure, enclose

MOST_TERMS = 100_000
"""Most terms of the binomial sums of ``any_decoder``, one sum for each importance."""
_SMALLEST = fmpq(1, 10**60)


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
    status : Status
        Of the weakest step of its proof.
    pairs : PairFloor, optional
        The table that proves a floor of pairs.
    """

    key: str
    value: Enclosure
    sentence: str
    status: Status = Status.ARGUED
    pairs: PairFloor | None = None


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
    uniform = all(isinstance(group.law, UniformFromZero) for group in groups)
    if uniform:
        value = enclose(lambda: _scalar_decoder(problem), digits)
        found.append(Floor("scalar_decoder", value, "every function of (WᵀWx)_i for feature i"))
    if pairs and uniform and problem.tied and _alike(problem):
        found += _pairs(problem)
    levels = len({group.importance for group in groups})
    if uniform and problem.n * levels <= MOST_TERMS and _alike(problem):
        value = enclose(lambda: _any_decoder(problem), digits)
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


def _alike(problem: ReluProblem) -> bool:
    """Whether the features differ in nothing but importance."""
    return len({(group.p, group.scale, group.law) for group in problem.features.groups}) == 1


def _pairs(problem: ReluProblem) -> list[Floor]:
    found = pair_floor(problem.n, problem.d, problem.features.groups[0].p)
    if found is None:
        return []
    value = found.value / problem.n * _levels(problem, found.part) * _scale(problem)(0)
    form = "by leverage" if found.h is None else "by a zonal function"
    return [Floor("pairs", Enclosure.of(value), f"tied weights; pairs of {found.part} features, {form}", pairs=found)]


def _levels(problem: ReluProblem, part: int) -> fmpq:
    """Σ_{k ≥ part} k (ω_(k) − ω_(k+1)); n ω where all are equal."""
    levels: dict[fmpq, int] = {}
    for group in problem.features.groups:
        levels[group.importance] = levels.get(group.importance, 0) + group.count
    ordered = sorted(levels.items(), reverse=True)
    total, count = fmpq(0), 0
    for place, (importance, many) in enumerate(ordered):
        count += many
        below = ordered[place + 1][0] if place + 1 < len(ordered) else fmpq(0)
        total += count * (importance - below) if count >= part else 0
    return total


def _scale(problem: ReluProblem) -> Callable[[int], fmpq]:
    """c² of a group of the problem, by its number."""

    def squared(number: int) -> fmpq:
        group = problem.features.groups[number]
        top = group.law.top if isinstance(group.law, UniformFromZero) else fmpq(1)
        return (group.scale * top) ** 2

    return squared


def _scalar_decoder(problem: ReluProblem) -> arb:
    groups, squared = problem.features.groups, _scale(problem)
    costs = sorted((group.importance * squared(k) * group.p, group.count) for k, group in enumerate(groups))
    left, total = problem.n - problem.d, fmpq(0)
    for cost, count in costs:
        total += cost * min(count, left)
        left -= min(count, left)
    kappa = 12 / (2 * arb.pi() * arb(1).exp()) ** 2
    return kappa * (total * min(group.p for group in groups))


def _pentagon(problem: ReluProblem) -> arb:
    """With one feature active at most G of n is gained, with more at most everything."""
    group = problem.features.groups[0]
    silent = (1 - group.p) ** (problem.n - 1)
    return group.importance * group.variance() * silent * (problem.n - prove().ball())


def _any_decoder(problem: ReluProblem) -> arb:
    levels: dict[fmpq, int] = {}
    for group in problem.features.groups:
        levels[group.importance] = levels.get(group.importance, 0) + group.count
    ordered = sorted(levels.items(), reverse=True)
    total, count = arb(0), 0
    p, square = problem.features.groups[0].p, _scale(problem)(0)
    for place, (importance, many) in enumerate(ordered):
        count += many
        below = ordered[place + 1][0] if place + 1 < len(ordered) else fmpq(0)
        total += (importance - below) * mean_floor(count, problem.d, p)
    return total * square


def mean_floor(n: int, d: int, p: fmpq) -> arb:
    """The mean over N ~ Bin(n, p) of the larger floor given N; a ball."""
    if n <= d:
        return arb(0)
    if p == 1:
        return given_active(n, d)
    odds = p / (1 - p)
    chance, total = arb(1 - p) ** n, arb(0)
    for count in range(n + 1):
        if count > d:
            total += chance * given_active(count, d)
            if count > n * p and chance.abs_upper() < _SMALLEST:
                break  # what is left out is not negative
        chance = chance * (odds * fmpq(n - count, count + 1))
    return total


def given_active(count: int, d: int) -> arb:
    """The larger of both floors for ``count`` > d active features on [0, 1] with equal importance."""
    rest = count - d
    e = 2 * arb.pi() * arb(1).exp()
    entropy = rest / e * (12 / e) ** (arb(d) / rest)
    kernel = fmpq(count, 12) - (fmpq(d, 2) - fmpq(d * (d + 1) * (d + 2), 6 * (count + 1) * (count + 2))) / 4
    return entropy.max(arb(kernel))
