"""Builds a step ready to be checked: its relations, the conditions under which they are claimed, and what its own names mean."""

from __future__ import annotations

from dataclasses import dataclass, field

from boundcalc.language.grammar import StatementError, parse_condition, parse_expression, parse_statement
from boundcalc.language.nodes import Name, Node, Range, Relation


@dataclass(frozen=True)
class Free:
    """A variable that a step ranges over beside W, p and the law: a real of ``[first, last]`` or the integers of a range."""

    name: str
    domain: Range
    real: bool


@dataclass(frozen=True)
class Definition:
    """A quantity that the author names: ``v[i] = p*mu[2]*(q[i] - a[i]^2)``; ``indices`` are its index variables."""

    name: str
    indices: tuple[str, ...]
    value: Node


@dataclass(frozen=True)
class Statement:
    """What the engines check.

    Parameters
    ----------
    owner, key : str
        The proof and the step.
    latex : str
        For people.
    relations : tuple of Relation
        Each must hold in every admissible case, for every value of its free indices and variables, and in every state
        of the features where it names random quantities outside an expectation.
    conditions : tuple of Relation
        What a case must meet to be admissible; a condition with free indices must hold for all of them.
    free : tuple of Free
    definitions : tuple of Definition
        In order; each may use those before it.
    exponents : tuple of int
        The m for which the step is claimed, at least those to be tried.
    symmetric : bool
        Whether the law is symmetric; without it the cases have laws that are not.
    """

    owner: str
    key: str
    latex: str
    relations: tuple[Relation, ...]
    conditions: tuple[Relation, ...] = ()
    free: tuple[Free, ...] = ()
    definitions: tuple[Definition, ...] = ()
    exponents: tuple[int, ...] = (3, 5)
    symmetric: bool = True
    reason: str = field(default="", compare=False)


def parse_free(name: str, text: str) -> Free:
    """A free variable from ``0..1 real`` or ``1..m step 2``.

    Raises
    ------
    StatementError
    """
    stripped = text.strip()
    real = stripped.endswith(" real")
    body = stripped.removesuffix(" real")
    first, dots, rest = body.partition("..")
    if not dots:
        raise StatementError("expected a range such as 0..1 real or 1..m step 2", 0)
    last, _, step = rest.partition(" step ")
    if real and step:
        raise StatementError("a real range has no step", len(first) + 2)
    return Free(name, Range(parse_expression(first), parse_expression(last), parse_expression(step or "1")), real)


def parse_definition(left: str, right: str) -> Definition:
    """``X[i, j]`` and its value.

    Raises
    ------
    StatementError
    """
    head = parse_expression(left)
    if not isinstance(head, Name) or not all(isinstance(index, Name) and not index.indices for index in head.indices):
        raise StatementError("expected a name, such as v or v[i]", 0)
    return Definition(head.name, tuple(index.name for index in head.indices if isinstance(index, Name)), parse_expression(right))


def build(
    owner: str,
    key: str,
    claim: tuple[str, ...],
    *,
    latex: str = "",
    given: tuple[str, ...] = (),
    free: tuple[tuple[str, str], ...] = (),
    define: tuple[tuple[str, str], ...] = (),
    exponents: tuple[int, ...] = (3, 5),
    symmetric: bool = True,
    reason: str = "",
) -> Statement:
    """A statement from texts; names are not resolved here.

    Raises
    ------
    StatementError
    """
    return Statement(
        owner,
        key,
        latex,
        tuple(relation for text in claim for relation in parse_statement(text)),
        tuple(parse_condition(text) for text in given),
        tuple(parse_free(name, text) for name, text in free),
        tuple(parse_definition(left, right) for left, right in define),
        exponents=exponents,
        symmetric=symmetric,
        reason=reason,
    )
