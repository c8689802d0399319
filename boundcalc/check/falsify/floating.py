"""Evaluates a proof step in floating point: both sides for all features and states at once, with exact gradients.

Index variables and states are axes of arrays, the latest one leftmost, so that one operation of the tree is one operation
of NumPy and a sum is a reduction over the first axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import comb
from typing import Any

import numpy as np

from boundcalc.check.falsify import dual
from boundcalc.check.falsify.dual import Array, Dual
from boundcalc.check.falsify.float_case import FloatCase, NotEvaluable
from boundcalc.language.grammar import COMBINE, COMPARE
from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Negation, Node, Operation, Range, Relation, Sum
from boundcalc.language.resolved import Defined, Known, ResolvedRelation, Variable
from boundcalc.numbers.enclosure import to_float

MAX_TERMS = 10_000
"""Most terms of a sum over an integer."""
MAX_ELEMENTS = 3_000_000
"""Most numbers in one array: features to the number of indices, times states."""


@dataclass(frozen=True)
class Sides:
    """Both sides of a relation; ``mask`` tells for which indices and states it is claimed. All of one shape."""

    sign: str
    left: Dual
    right: Dual
    mask: Array


class Evaluator:
    """Values of resolved trees in one case.

    Parameters
    ----------
    case : FloatCase
    free : mapping
        Values of the step's free variables: an int, or a Dual of shape () for a real one.
    """

    def __init__(self, case: FloatCase, free: Mapping[str, Dual | int]) -> None:
        self.case = case
        self.names: dict[str, Dual | int | Array] = dict(free)
        self.used = 0
        self.state: int | None = None

    def sides(
        self,
        relation: ResolvedRelation,
        restrictions: tuple[ResolvedRelation, ...] = (),
        states: Array | None = None,
    ) -> Sides:
        """Both sides of a relation, for all its features and, if it is random, states.

        ``restrictions`` choose indices, ``states`` tells which states are admissible.

        Raises
        ------
        NotEvaluable
        """
        outer, self.used = dict(self.names), 0
        if relation.random:
            self.state, self.used = 0, 1
        for index in relation.indices:
            self.names[index] = self.axis()
        left, right = self.value(relation.left), self.value(relation.right)
        mask = np.array(True)
        for restriction in restrictions:
            if set(restriction.indices) <= set(relation.indices):
                mask = mask & self.holds(restriction)
        shape: tuple[int, ...] = (self.case.n,) * len(relation.indices)
        if relation.random:
            shape += (len(self.case.states),)
            mask = mask & (self.case.states.chances.value > 0)
            if states is not None:
                mask = mask & states
        self.names, self.used, self.state = outer, 0, None
        return Sides(relation.sign, _broadcast(left, shape), _broadcast(right, shape), np.broadcast_to(mask, shape))

    def admissible_states(self, conditions: tuple[ResolvedRelation, ...]) -> Array | None:
        """The states in which random conditions hold for all their features; ``None`` without conditions."""
        mask: Array | None = None
        for condition in conditions:
            sides = self.sides(condition)
            holds = COMPARE[sides.sign](sides.left.value, sides.right.value).reshape(-1, sides.mask.shape[-1]).all(0)
            mask = np.asarray(holds if mask is None else mask & holds)
        return mask

    def axis(self) -> Array:
        """All features, along a new axis at the left."""
        n = self.case.n
        if n ** (self.used + 1) > MAX_ELEMENTS:
            raise NotEvaluable("too many indices at once")
        index = np.arange(n).reshape(n, *(1,) * self.used)
        self.used += 1
        return index

    def value(self, node: Node) -> Dual:
        """The value of a tree; its shape broadcasts to the axes in use."""
        match node:
            case Literal(value=number):
                return Dual(to_float(number))
            case Variable():
                held = self.names[node.name]
                return Dual(held + 1.0) if isinstance(held, np.ndarray) else held if isinstance(held, Dual) else Dual(float(held))
            case Known():
                return self.known(node)
            case Defined():
                return self.defined(node)
            case Negation(operand=part):
                return -self.value(part)
            case Operation():
                return self.operation(node)
            case Call():
                return self.call(node)
            case Indicator(relation=relation):
                return Dual(np.where(self.holds(relation), 1.0, 0.0))
            case Expectation(body=body):
                return self.expectation(body)
            case Sum():
                return self.sum(node)
        raise NotEvaluable(type(node).__name__)

    def holds(self, relation: Relation | ResolvedRelation) -> Array:
        """Where a condition holds."""
        return np.asarray(COMPARE[relation.sign](self.value(relation.left).value, self.value(relation.right).value))

    def operation(self, node: Operation) -> Dual:
        left, right = self.value(node.left), self.value(node.right)
        with np.errstate(all="ignore"):
            result: Dual = COMBINE[node.sign](left, right)
            return result

    def call(self, node: Call) -> Dual:
        parts = [self.value(part) for part in node.arguments]
        with np.errstate(all="ignore"):
            match node.function:
                case "sqrt":
                    return parts[0] ** 0.5
                case "abs":
                    return dual.absolute(parts[0])
                case "min":
                    return reduce(dual.minimum, parts)
                case "max":
                    return reduce(dual.maximum, parts)
                case "plus":
                    return dual.maximum(parts[0], Dual(0.0))
        above, below = (np.rint(part.value).astype(int) for part in parts)
        if (above < 0).any() or (below < 0).any() or above.max() > MAX_TERMS:
            raise NotEvaluable("binom of a negative or large number")
        return Dual(np.vectorize(comb, otypes=[float])(above, below))

    def integer(self, node: Node) -> int:
        """An integer that is the same for all features."""
        values = np.unique(self.value(node).value)
        if len(values) != 1 or values[0] != np.rint(values[0]) or abs(values[0]) > MAX_TERMS:
            raise NotEvaluable("an index that is no small integer")
        return int(values[0])

    def feature(self, node: Node) -> Array | int:
        assert isinstance(node, Variable)
        held = self.names[node.name]
        if isinstance(held, np.ndarray):
            return held
        place = int(held) if isinstance(held, int) else 0
        if not 1 <= place <= self.case.n:
            raise NotEvaluable("no such feature")
        return place - 1

    def known(self, node: Known) -> Dual:
        quantity, orders = node.quantity, list[int]()
        places: list[Any] = []
        if quantity.random:
            assert self.state is not None
            places.append(np.arange(len(self.case.states)).reshape(-1, *(1,) * self.state))
        for letter, index in zip(quantity.indices, node.indices, strict=True):
            if letter == "i":
                places.append(self.feature(index))
                continue
            orders.append(self.integer(index))
            if orders[-1] < 0:
                raise NotEvaluable("a negative order")
        table = self.case.table(quantity.name, len(quantity.indices), *orders)
        return table[tuple(places)] if places else table

    def defined(self, node: Defined) -> Dual:
        outer = self.names
        inner = dict(outer)
        for name, kind, index in zip(node.definition.indices, node.definition.kinds, node.indices, strict=True):
            inner[name] = self.feature(index) if kind.name == "FEATURE" else self.integer(index)
            if isinstance(inner[name], int) and kind.name == "FEATURE":
                inner[name] = np.array(inner[name])
        self.names = inner
        result = self.value(node.definition.value)
        self.names = outer
        return result

    def expectation(self, body: Node) -> Dual:
        outer, used = self.state, self.used
        self.state, self.used = used, used + 1
        value = self.value(body)
        self.state, self.used = outer, used
        if value.value.ndim <= used:
            return value
        if len(value.value) == 1:
            return value[0]
        chance = self.case.states.chances[np.arange(len(self.case.states)).reshape(-1, *(1,) * used)]
        return (value * chance).sum(0)

    def sum(self, node: Sum) -> Dual:
        if node.domain is not None:
            return self.integer_sum(node, node.domain)
        outer, used = self.names, self.used
        self.names = dict(outer)
        for variable in node.variables:
            self.names[variable] = self.axis()
        with np.errstate(all="ignore"):
            value = self.value(node.body)
            if node.condition is not None:
                value = dual.where(self.holds(node.condition), value, Dual(0.0))
        self.names, self.used = outer, used
        for level in reversed(range(used, used + len(node.variables))):
            value = _reduced(value, level, self.case.n)
        return value

    def integer_sum(self, node: Sum, domain: Range) -> Dual:
        first, last, step = (self.integer(part) for part in (domain.first, domain.last, domain.step))
        if step < 1 or (last - first) // step > MAX_TERMS:
            raise NotEvaluable("a sum without end")
        outer, total = self.names, Dual(0.0)
        self.names = dict(outer)
        for k in range(first, last + 1, step):
            self.names[node.variables[0]] = k
            body = self.value(node.body)
            total = total + (body if node.condition is None else dual.where(self.holds(node.condition), body, Dual(0.0)))
        self.names = outer
        return total


def _reduced(value: Dual, level: int, size: int) -> Dual:
    """The sum over the axis that is ``level`` from the right, of ``size`` values, even if the value does not depend on it."""
    if value.value.ndim <= level:
        return value * float(size)
    return value.sum(0) if len(value.value) == size else value[0] * float(size)


def _broadcast(value: Dual, shape: tuple[int, ...]) -> Dual:
    tangent = value.tangent
    if tangent is not None:
        tangent = np.broadcast_to(
            tangent.reshape((1,) * (len(shape) - value.value.ndim) + tangent.shape), (*shape, tangent.shape[-1])
        )
    return Dual(np.broadcast_to(value.value, shape), tangent)
