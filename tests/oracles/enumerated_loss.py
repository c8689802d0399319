"""Enumerates the exact C and D over every state of the features, for a law with finite support.

Uses nothing of cumulants or moments: it sums 2⟨x, x̂⟩ − ‖x̂‖² over the states. Exponential in n.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import lcm

from flint import fmpq

from boundcalc.loss.integers import read_matrix
from boundcalc.model.laws import FiniteSupport, Law
from boundcalc.model.problem import Problem


@dataclass(frozen=True)
class EnumeratedLoss:
    """C = E⟨x, x̂⟩ and D = E‖x̂‖² over ``states`` states."""

    C: fmpq
    D: fmpq
    states: int

    @property
    def improvement(self) -> fmpq:
        """E[2⟨x, x̂⟩ − ‖x̂‖²]."""
        return 2 * self.C - self.D


def enumerate_loss(weights: object, *, m: int, p: object, law: Law | str) -> EnumeratedLoss:
    """C and D of tied weights, as exact rationals.

    Parameters
    ----------
    weights, m, p, law : as in :func:`boundcalc.loss.exact.exact_loss`

    """
    matrix = read_matrix(weights)
    d, n = matrix.shape
    problem = Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
    assert isinstance(problem.law, FiniteSupport)
    feature = {fmpq(0): 1 - problem.p}
    for value, weight in problem.law.points:
        feature[value] = feature.get(value, fmpq(0)) + problem.p * weight
    states = [(value, weight) for value, weight in feature.items() if weight != 0]
    # integers throughout: values over unit_x, probabilities over total, A over unit²
    unit_x = lcm(*(int(value.q) for value, _ in states))
    total = lcm(*(int(weight.q) for _, weight in states))
    integer_states = [(int((value * unit_x).p), int((weight * total).p)) for value, weight in states]
    columns = [[int(value) for value in column] for column in matrix.entries.T.tolist()]
    gram = [[sum(u * v for u, v in zip(left, right, strict=True)) for right in columns] for left in columns]
    sum_c = sum_d = 0
    for probability, x, y in _states(integer_states, gram):
        powers = [value**problem.m for value in y]
        sum_c += probability * sum(value * power for value, power in zip(x, powers, strict=True))
        sum_d += probability * sum(power * power for power in powers)
    scale = matrix.unit ** (2 * problem.m) / fmpq(unit_x) ** problem.m
    everything = fmpq(total) ** n
    return EnumeratedLoss(scale * sum_c / unit_x / everything, scale**2 * sum_d / everything, len(states) ** n)


def _states(states: list[tuple[int, int]], gram: list[list[int]]) -> Iterator[tuple[int, list[int], list[int]]]:
    """Every (probability, x, A x), one feature at a time."""
    n = len(gram)

    def extend(i: int, probability: int, x: list[int], y: list[int]) -> Iterator[tuple[int, list[int], list[int]]]:
        if i == n:
            yield probability, x, y
            return
        for value, weight in states:
            moved = [old + value * step for old, step in zip(y, gram[i], strict=True)] if value else y
            yield from extend(i + 1, probability * weight, [*x, value], moved)

    return extend(0, 1, [], [0] * n)
