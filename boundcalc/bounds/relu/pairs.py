"""Computes the floor of pairs for features uniform on [0, c] that may differ in activity, importance and scale.

The proven table is for n′ features of one activity p (:mod:`boundcalc.bounds.relu.pair_floor`), and gives F(k) ≥ (k/n′) F(n′) for
k ≥ n′ of them. Features that differ are brought to it so:

* **Activity.** Take those with p_i ≥ p. s_i = 1 where either of two independent choices is, with probabilities p and 1 − (1 −
  p_i)/(1 − p). Reveal the second, and the values of the features it makes active: to the others, B, these are a bias, and each of B
  is active with probability p. So the loss is at least the mean of F(|B|), at least E|B| 1{|B| ≥ n′} F(n′)/n′.
* **Importance.** With w_(1) ≥ w_(2) ≥ … the loss is at least Σ_k (w_(k) − w_(k+1)) times that of the first k features.
* **Scale.** x_i = c_i u_i has w_i = ω_i c_i² and A_ij c_j/(a_i c_i) for the ratio x; its product with that of row j is still the
  square of a cosine, and Σ t_i ≤ d. Only the proof that a_i is near 1, which leaves x and x′ near each other, needs one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, fmpq

from boundcalc.bounds.relu.decoders import counts_active, prefixes, squared_scale, weight
from boundcalc.bounds.relu.pair_floor import PairFloor, pair_floor
from boundcalc.model.features import Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import Enclosure, enclose, to_float

DIGITS = 12
MOST_TRIED = 3
"""Activities for which a table is proven, one after the other, until there is a floor."""
MOST_BITS = 256
"""Larger activities are rounded down, which the argument allows, before a table is proven for them."""


def floor_of_pairs(problem: ReluProblem) -> tuple[PairFloor, Enclosure] | None:
    """The proven table and the floor that it gives; ``None`` where there is none."""
    return next((found for p, groups in _promising(problem) if (found := _floor(problem, p, groups)) is not None), None)


def _floor(problem: ReluProblem, p: fmpq, groups: Sequence[Group]) -> tuple[PairFloor, Enclosure] | None:
    """From the features of activity p at least."""
    one_scale = len({squared_scale(group) for group in groups}) == 1
    found = pair_floor(_usual(groups, p, problem.d), problem.d, p, one_scale=one_scale)
    if found is None:
        return None
    each = found.value / found.n
    if all(group.p == p for group in groups):
        value = Enclosure.of(each * _levels(groups, p, found.part))
    else:
        value = enclose(lambda: each * _levels(groups, p, found.part), DIGITS)
    return (found, value) if value.lower > 0 else None


def _promising(problem: ReluProblem) -> list[tuple[fmpq, list[Group]]]:
    """The least activity p that is counted and the groups of at least that, the best choices first.

    The floor is about n (n′/d − 1) p²/6, n′ ≤ 1/p.
    """
    found: list[tuple[float, fmpq, list[Group]]] = []
    for level in sorted({group.p for group in problem.features.groups if group.p < 1}):
        p = level if level.height_bits() <= MOST_BITS else fmpq((level * 10**30).floor(), 10**30)
        groups = [group for group in problem.features.groups if group.p >= p]
        count = to_float(_expected(groups, p)) if p > 0 else 0.0
        if count <= problem.d:
            continue
        part = min(count, max(1.5 / to_float(p), problem.d + 1.0))
        heights = sum(to_float(weight(group) * group.count * (1 - group.p) / (1 - p)) for group in groups)
        found.append((to_float(p) ** 2 * heights * (part / problem.d - 1 + 0.01), p, groups))
    return [(p, groups) for _, p, groups in sorted(found, key=lambda each: each[0], reverse=True)[:MOST_TRIED]]


def _expected(groups: Sequence[Group], p: fmpq) -> fmpq:
    """E|B|."""
    return sum((group.count * (1 - group.p) / (1 - p) for group in groups), fmpq(0))


def _usual(groups: Sequence[Group], p: fmpq, d: int) -> int:
    """A little less than |B| is; all features where they have the activity p."""
    shares = [(group.count, (1 - group.p) / (1 - p)) for group in groups]
    spread = to_float(sum((count * share * (1 - share) for count, share in shares), fmpq(0))) ** 0.5
    return max(d + 1, round(to_float(_expected(groups, p)) - spread / 2))


def _levels(groups: Sequence[Group], p: fmpq, part: int) -> Any:
    """Σ_k (w_(k) − w_(k+1)) E|B_k| 1{|B_k| ≥ n′}, B_k among the first k; n w where all features are equal, rational for one p."""
    total: Any = fmpq(0)
    for height, prefix in prefixes(groups):
        mean: Any = _expected(prefix, p)
        few: Any
        if all(group.p == p for group in prefix):
            few = mean if sum(group.count for group in prefix) < part else fmpq(0)
        else:
            chances = counts_active(((1 - group.p) / (1 - p), group.count) for group in prefix)
            few = sum((k * chances[k] for k in range(part)), arb(0))
        total += height * (mean - few)
    return total
