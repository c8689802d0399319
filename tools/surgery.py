"""Trees of the language taken apart and put together again: positions, replacement at one of them, definitions written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from boundcalc.language.nodes import Call, Expectation, Indicator, Name, Negation, Node, Operation, Range, Relation, Sum
from boundcalc.language.statement import Definition, Statement

Path = tuple[str | int, ...]
"""Field names, and places in a tuple, from the root to a node."""


def fields(node: Node) -> Iterator[tuple[Path, Node]]:
    """The parts of a node that are expressions or relations, with their places."""
    match node:
        case Negation(operand=part):
            yield ("operand",), part
        case Operation(left=left, right=right) | Relation(left=left, right=right):
            yield ("left",), left
            yield ("right",), right
        case Call(arguments=parts):
            yield from ((("arguments", k), part) for k, part in enumerate(parts))
        case Name(indices=parts):
            yield from ((("indices", k), part) for k, part in enumerate(parts))
        case Expectation(body=part):
            yield ("body",), part
        case Indicator(relation=part):
            yield ("relation",), part
        case Range(first=first, last=last, step=step):
            yield from ((("first",), first), (("last",), last), (("step",), step))
        case Sum(domain=domain, condition=condition, body=body):
            if domain is not None:
                yield ("domain",), domain
            if condition is not None:
                yield ("condition",), condition
            yield ("body",), body


def replaced(node: Node, path: Path, new: Node) -> Node:
    """The tree with another node at a place."""
    if not path:
        return new
    name, rest = str(path[0]), path[1:]
    inside = getattr(node, name)
    if isinstance(inside, tuple):
        place = int(rest[0])
        parts = (*inside[:place], replaced(inside[place], rest[1:], new), *inside[place + 1 :])
        return replace(node, **{name: parts})  # type: ignore[arg-type]
    return replace(node, **{name: replaced(inside, rest, new)})  # type: ignore[arg-type]


def names(node: Node) -> frozenset[str]:
    """Every name in a tree, indices and variables of sums among them."""
    found = frozenset().union(*(names(part) for _, part in fields(node)))
    if isinstance(node, Name):
        return found | {node.name}
    return found | set(node.variables) if isinstance(node, Sum) else found


def written_out(node: Node, definitions: Mapping[tuple[str, int], Definition]) -> Node:
    """The tree with every defined name replaced by its value."""
    if isinstance(node, Name) and (node.name, len(node.indices)) in definitions:
        definition = definitions[node.name, len(node.indices)]
        indices = dict(zip(definition.indices, (written_out(part, definitions) for part in node.indices), strict=True))
        return written_out(_substituted(definition.value, indices), definitions)
    for path, part in fields(node):
        node = replaced(node, path, written_out(part, definitions))
    return node


def _substituted(node: Node, values: Mapping[str, Node]) -> Node:
    if isinstance(node, Name) and not node.indices and node.name in values:
        return values[node.name]
    if isinstance(node, Sum) and set(node.variables) & frozenset().union(*map(names, values.values())):
        fresh = {variable: Name(f"{variable}_inner") for variable in node.variables}
        node = replace(_substituted(replace(node, variables=()), fresh), variables=tuple(name.name for name in fresh.values()))  # type: ignore[call-arg]
    for path, part in fields(node):
        node = replaced(node, path, _substituted(part, values))
    return node


def without_definitions(statement: Statement) -> Statement:
    """The same statement with its author's names written out."""
    table = {(definition.name, len(definition.indices)): definition for definition in statement.definitions}

    def plain(relation: Relation) -> Relation:
        found = written_out(relation, table)
        assert isinstance(found, Relation)
        return found

    return replace(
        statement,
        relations=tuple(map(plain, statement.relations)),
        conditions=tuple(map(plain, statement.conditions)),
        definitions=(),
    )
