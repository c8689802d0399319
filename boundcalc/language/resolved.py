"""Defines the trees of a statement whose names are resolved, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from boundcalc.language.nodes import Call, Expectation, Indicator, Name, Negation, Node, Operation, Range, Relation, Sum
from boundcalc.language.statement import Definition, Free, Statement
from boundcalc.model.named.quantity import Quantity


class Kind(Enum):
    """What a variable ranges over."""

    FEATURE = "a feature"
    INTEGER = "an integer"
    REAL = "a real number"


@dataclass(frozen=True)
class Known(Node):
    """A quantity of the vocabulary; its indices are integer expressions and :class:`Variable` nodes, as its declaration says."""

    quantity: Quantity
    indices: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Variable(Node):
    """A variable of a sum, a free variable, a free feature index or an index of a definition."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Defined(Node):
    """A quantity that the author defined, at these indices."""

    definition: ResolvedDefinition
    indices: tuple[Node, ...] = ()


@dataclass(frozen=True)
class ResolvedDefinition:
    """A definition whose value is a resolved tree; ``kinds`` are those of its indices."""

    name: str
    indices: tuple[str, ...]
    kinds: tuple[Kind, ...]
    value: Node
    random: bool
    """Whether it names random quantities outside of an expectation."""
    averages: bool
    """Whether an expectation stands in it, so that it cannot stand in another."""
    free: frozenset[str] = frozenset()
    """Free variables of the step that it depends on."""
    source: Definition | None = field(default=None, compare=False)
    """The definition of the statement, for places in its text."""


@dataclass(frozen=True)
class ResolvedRelation:
    """``left sign right`` with resolved sides, claimed for all values of what it names.

    Attributes
    ----------
    indices : tuple of str
        Its free feature indices.
    variables : frozenset of str
        The free variables of the step that it names.
    random : bool
        Whether it names random quantities outside an expectation: it is claimed for every state then.
    restricts : bool
        Of a condition: whether it names nothing but feature indices and numbers, such as ``i != j``. It restricts the values of
        the relations' free indices then; any other condition must hold for all of its own.
    source : Relation
        The relation of the statement, for places in its text.
    """

    sign: str
    left: Node
    right: Node
    indices: tuple[str, ...]
    variables: frozenset[str]
    random: bool
    restricts: bool
    source: Relation = field(compare=False)


@dataclass(frozen=True)
class ResolvedFree:
    """A free variable with the resolved ends of its range, which depend on scalars and earlier free variables only."""

    name: str
    first: Node
    last: Node
    step: Node
    real: bool
    source: Free = field(compare=False)


@dataclass(frozen=True)
class Resolved:
    """A statement that the engines can evaluate."""

    statement: Statement
    relations: tuple[ResolvedRelation, ...]
    conditions: tuple[ResolvedRelation, ...]
    free: tuple[ResolvedFree, ...]
    definitions: tuple[ResolvedDefinition, ...]

    def conditions_by_kind(self) -> tuple[tuple[ResolvedRelation, ...], tuple[ResolvedRelation, ...], tuple[ResolvedRelation, ...]]:
        """The conditions that choose indices, those that choose states, and those that a case must meet."""
        indices = tuple(each for each in self.conditions if each.restricts)
        states = tuple(each for each in self.conditions if each.random and not each.restricts)
        return indices, states, tuple(each for each in self.conditions if not each.random and not each.restricts)


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, resolved or not. The body of a definition is no part of a :class:`Defined`."""
    match node:
        case Known(indices=parts) | Name(indices=parts) | Defined(indices=parts) | Call(arguments=parts):
            return parts
        case Negation(operand=part) | Expectation(body=part) | Indicator(relation=part):
            return (part,)
        case Operation(left=left, right=right) | Relation(left=left, right=right):
            return (left, right)
        case Range(first=first, last=last, step=step):
            return (first, last, step)
        case Sum(domain=domain, condition=condition, body=body):
            return tuple(part for part in (domain, condition, body) if part is not None)
    return ()


def variables(node: Node) -> frozenset[str]:
    """The variables that a resolved tree depends on: those of its own sums are not among them."""
    if isinstance(node, Variable):
        return frozenset({node.name})
    found: frozenset[str] = frozenset().union(*(variables(part) for part in children(node)))
    if isinstance(node, Sum):
        outside = variables(node.domain) if node.domain is not None else frozenset()
        return (found - set(node.variables)) | outside
    return found | node.definition.free if isinstance(node, Defined) else found


def is_random(node: Node) -> bool:
    """Whether a resolved tree depends on the state of the features."""
    match node:
        case Known(quantity=quantity):
            return quantity.random
        case Defined(definition=definition):
            return definition.random
        case Expectation():
            return False
    return any(is_random(part) for part in children(node))


def has_expectation(node: Node) -> bool:
    """Whether an expectation stands in a resolved tree or in the definitions it uses."""
    match node:
        case Expectation():
            return True
        case Defined(definition=definition) if definition.averages:
            return True
    return any(has_expectation(part) for part in children(node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all its parts, itself first."""
    yield node
    for part in children(node):
        yield from walk(part)


def walk_through(*nodes: Node) -> Iterator[Node]:
    """All parts of trees, and of the values of the definitions that stand in them, each once."""
    pending, seen = list(nodes), set[int]()
    while pending:
        for part in walk(pending.pop()):
            yield part
            if isinstance(part, Defined) and id(part.definition) not in seen:
                seen.add(id(part.definition))
                pending.append(part.definition.value)
