"""Computes floors of the loss for decoders of any form: functions of y_i = (WᵀWx)_i for feature i, or functions of Wx.

Proofs of our own, not reviewed. Both reveal the set S of active features to the decoder, which only helps. A law enters by three
numbers of its active value u: the variance V, the entropy power N = e^{2h(u)}/(2πe) ≤ V, and the means of sums of its Stein
kernel τ.

**scalar_decoder** (theory R4). Whatever function of y_i answers for feature i, L ≥ (N/V) p_min Σ ω_i c_i² N p_i (1 − t_i), t_i =
c_i² A_ii²/Σ_j c_j² A_ij², and Σ t_i ≤ d. Proof: given S ∋ i, y_i is proportional to u_i + Z with Z = Σ_{j ∈ S∖i} α_j u_j. The
entropy power inequality gives e^{2h(Z)}/(2πe) ≥ N w, w = Σ α_j², and that of u_i + Z is at most V(1 + w), so E Var(u_i | y_i) ≥
e^{2h(u_i | y_i)}/(2πe) ≥ (N²/V) w/(1 + w), concave in each α_j²; its mean over S is least where one α_j carries all of Σ α_j².
With 0 ≤ t_i ≤ 1 the sum is least where the d dearest features have t_i = 1. Uniform on [0, 1]: N²/V = 12/(2πe)² = 0.0411.

**any_decoder** (theory R5, U15). Whatever function of Wx answers, given K = |S| > d active: rotate x_S into the row space of
W_S, y, and the rest, v: h(v | y) ≥ K h(u) − (d/2) log(2πe V), and E|v − E[v | y]|² ≥ ((K − d)/2πe) e^{2h(v|y)/(K − d)} = (K − d) N
(N/V)^{d/(K − d)}. Also, for log-concave laws, the loss is at least K V less the mean of the sum of the d largest of K values of
τ. The larger of the two, averaged over K. With w_(1) ≥ w_(2) ≥ …, w = ω c², the loss is at least Σ_k (w_(k) − w_(k+1)) F(k), F
the floor of the first k features: the others are random biases to them, and scales are part of W and of the importance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flint import arb, arb_poly, fmpq

from boundcalc.model.features import Group
from boundcalc.model.laws import Law
from boundcalc.model.nonnegative_laws import Exponential, HalfNormal, UniformFromZero
from boundcalc.model.relu_problem import ReluProblem

MOST_TERMS = 100_000
"""Most terms of the binomial sums of ``any_decoder``, one sum for each importance."""
_SMALLEST = fmpq(1, 10**60)


@dataclass(frozen=True)
class Decoded:
    """What the floors know of a law of the active value, at scale 1.

    Attributes
    ----------
    variance, entropy_power : callable
        Balls.
    kernels : callable
        The mean of the sum of the k largest of K values of the Stein kernel, or an upper bound of it; a ball.
    """

    variance: Callable[[], arb]
    entropy_power: Callable[[], arb]
    kernels: Callable[[int, int], arb]


def _uniform_kernels(k: int, count: int) -> arb:
    """Of u(1 − u)/2."""
    return arb((fmpq(k, 2) - fmpq(k * (k + 1) * (k + 2), 6 * (count + 1) * (count + 2))) / 4)


def _exponential_kernels(k: int, count: int) -> arb:
    """Of u: k (1 + H_K − H_k), by ψ(K + 1) = H_K − γ."""
    return k * (1 + arb(count + 1).digamma() - arb(k + 1).digamma())


DECODED: dict[type, Decoded] = {
    UniformFromZero: Decoded(lambda: arb(fmpq(1, 12)), lambda: 1 / (2 * arb.pi() * arb(1).exp()), _uniform_kernels),
    Exponential: Decoded(lambda: arb(1), lambda: arb(1).exp() / (2 * arb.pi()), _exponential_kernels),
    # the kernel of |g| is 1 − √(2/π) (1 − Φ(u))/φ(u), at most 1
    HalfNormal: Decoded(lambda: 1 - 2 / arb.pi(), lambda: arb(fmpq(1, 4)), lambda k, count: arb(k)),
}
"""Of the law on [0, 1] for uniform ones."""


def of_one_kind(problem: ReluProblem) -> Decoded | None:
    """What is known of the law, where all features have laws that differ by a scale alone and the floors cover them."""
    kinds = {type(group.law) for group in problem.features.groups}
    return DECODED.get(kinds.pop()) if len(kinds) == 1 else None


def squared_scale(group: Group) -> fmpq:
    """c² of the active value c u."""
    law: Law = group.law
    return (group.scale * (law.top if isinstance(law, UniformFromZero) else fmpq(1))) ** 2


def scalar_decoder(problem: ReluProblem, law: Decoded) -> arb:
    """The floor of every scalar decoder, as a ball."""
    groups = problem.features.groups
    costs = sorted((weight(group) * group.p, group.count) for group in groups)
    left, total = problem.n - problem.d, fmpq(0)
    for cost, count in costs:
        total += cost * min(count, left)
        left -= min(count, left)
    return law.entropy_power() ** 2 / law.variance() * (total * min(group.p for group in groups))


def any_decoder(problem: ReluProblem, law: Decoded) -> arb:
    """The floor of every decoder, as a ball; scales of the active values enter as importances, ω_i c_i²."""
    total = arb(0)
    for height, prefix in prefixes(problem.features.groups):
        total += height * _mean_of_prefix(prefix, problem.d, law)
    return total


def prefixes(groups: Sequence[Group]) -> Iterator[tuple[fmpq, list[Group]]]:
    """For L ≥ Σ_k (w_(k) − w_(k+1)) F(first k features) with w = ω c²: each height and the groups of weight at least that."""
    ordered = sorted(groups, key=weight, reverse=True)
    for place, group in enumerate(ordered):
        below = weight(ordered[place + 1]) if place + 1 < len(ordered) else fmpq(0)
        if weight(group) > below:
            yield weight(group) - below, ordered[: place + 1]


def weight(group: Group) -> fmpq:
    """ω c²."""
    return group.importance * squared_scale(group)


def _mean_of_prefix(groups: Sequence[Group], d: int, law: Decoded) -> arb:
    n = sum(group.count for group in groups)
    if len({group.p for group in groups}) == 1:
        return mean_floor(n, d, groups[0].p, law)
    chances = counts_active((group.p, group.count) for group in groups)
    return sum((chances[count] * given_active(count, d, law) for count in range(d + 1, n + 1)), arb(0))


def counts_active(features: Iterable[tuple[fmpq, int]]) -> arb_poly:
    """The generating function Π (1 − p + p z)^count of the number of active features."""
    total = arb_poly([1])
    for p, count in features:
        total = total * arb_poly([arb(1 - p), arb(p)]) ** count
    return total


def mean_floor(n: int, d: int, p: fmpq, law: Decoded) -> arb:
    """The mean over K ~ Bin(n, p) of the larger floor given K; a ball."""
    if n <= d:
        return arb(0)
    if p == 1:
        return given_active(n, d, law)
    odds = p / (1 - p)
    chance, total = arb(1 - p) ** n, arb(0)
    for count in range(n + 1):
        if count > d:
            total += chance * given_active(count, d, law)
            if count > n * p and chance.abs_upper() < _SMALLEST:
                break  # what is left out is not negative
        chance = chance * (odds * fmpq(n - count, count + 1))
    return total


def given_active(count: int, d: int, law: Decoded) -> arb:
    """The larger of both floors for ``count`` > d active features at scale 1 with equal importance."""
    rest, power, variance = count - d, law.entropy_power(), law.variance()
    entropy = rest * power * (power / variance) ** (arb(d) / rest)
    return entropy.max(count * variance - law.kernels(d, count))
