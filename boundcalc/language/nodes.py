"""Defines the tree of a statement: numbers, names, operations, sums, expectations."""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import fmpq


@dataclass(frozen=True)
class Node:
    """Part of an expression; ``at`` is its offset in the text."""

    at: int = field(kw_only=True, default=0, compare=False)


@dataclass(frozen=True)
class Literal(Node):
    """An exact literal."""

    value: fmpq


@dataclass(frozen=True)
class Name(Node):
    """A quantity, with the indices in its brackets: ``p``, ``mu[4]``, ``a[i]``, ``Q[2*m, i]``; an index variable has none."""

    name: str
    indices: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Negation(Node):
    """Minus the operand."""

    operand: Node


@dataclass(frozen=True)
class Operation(Node):
    """``left sign right`` with the sign one of ``+ - * / ^``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    """A function of :data:`FUNCTIONS`."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Relation(Node):
    """``left sign right`` with the sign one of :data:`RELATIONS`."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Range(Node):
    """The integers ``first``, ``first + step``, … up to ``last``."""

    first: Node
    last: Node
    step: Node


@dataclass(frozen=True)
class Sum(Node):
    """Sum of ``body`` over features, one index for each of ``variables``, or over one integer variable in ``domain``.

    ``condition`` keeps only the indices for which it holds.
    """

    variables: tuple[str, ...]
    domain: Range | None
    condition: Relation | None
    body: Node


@dataclass(frozen=True)
class Expectation(Node):
    """E[body]."""

    body: Node


@dataclass(frozen=True)
class Indicator(Node):
    """1 where the relation holds, else 0."""

    relation: Relation
