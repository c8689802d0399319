"""Resolves what the names of a statement mean: its trees with every name replaced by the quantity, variable or definition it is.

A name stands for, in this order, a variable of an enclosing sum, a free variable of the step, a definition of the author,
or a quantity of the vocabulary. A name that is none of these and stands in the place of a feature (``a[i]``, ``A[i, l]``)
is a free feature index: the relation is claimed for all its values. Each relation and condition is quantified on its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from boundcalc.language import grammar as language
from boundcalc.language.grammar import StatementError
from boundcalc.language.nodes import Call, Expectation, Indicator, Name, Negation, Node, Operation, Range, Relation, Sum
from boundcalc.language.resolved import (
    Defined,
    Kind,
    Known,
    Resolved,
    ResolvedDefinition,
    ResolvedFree,
    ResolvedRelation,
    Variable,
    children,
    has_expectation,
    is_random,
    variables,
    walk,
)
from boundcalc.language.statement import Definition, Statement
from boundcalc.model.named.index import BY_NAME

MAX_TREE = 250
"""Deepest tree: a recursion over it stays within Python's own limit."""


def resolve(statement: Statement) -> Resolved:
    """The statement with its names resolved.

    Raises
    ------
    StatementError
        For an unknown name (the nearest known one is named), a wrong number of indices, something else than a variable in the
        place of a feature, an expectation inside another, a definition that uses itself or a later one, or a name that is
        taken. Its ``part`` is the relation, free variable or definition of the statement in which it was seen.
    """
    definitions: dict[str, dict[int, ResolvedDefinition]] = {}
    free: dict[str, Kind] = {}
    ranges = []
    for variable in statement.free:
        with language.within(variable):
            _refuse_taken(variable.name, {**definitions, **free}, 0)
            scope = _Scope(free, definitions, later=(), indices=frozenset())
            first, last, step = (
                scope.resolve(part) for part in (variable.domain.first, variable.domain.last, variable.domain.step)
            )
            for end in (first, last, step):
                _refuse_random(end, "the range of a free variable")
            ranges.append(ResolvedFree(variable.name, first, last, step, variable.real, variable))
            free[variable.name] = Kind.REAL if variable.real else Kind.INTEGER
    for place, definition in enumerate(statement.definitions):
        with language.within(definition):
            later = tuple(other.name for other in statement.definitions[place:])
            resolved = _definition(definition, free, definitions, later)
            definitions.setdefault(definition.name, {})[len(definition.indices)] = resolved
    indices: set[str] = set()
    for relation in (*statement.relations, *statement.conditions):
        with language.within(relation):
            indices |= _feature_names(relation, free, definitions)
    scope = _Scope(free, definitions, later=(), indices=frozenset(indices))
    return Resolved(
        statement,
        tuple(_relation(relation, scope, free) for relation in statement.relations),
        tuple(_relation(relation, scope, free) for relation in statement.conditions),
        tuple(ranges),
        tuple(definition for each in definitions.values() for definition in each.values()),
    )


def _relation(relation: Relation, scope: _Scope, free: Mapping[str, Kind]) -> ResolvedRelation:
    with language.within(relation):
        resolved = scope.resolve(relation)
        assert isinstance(resolved, Relation)
        named = variables(resolved)
        quantities = any(isinstance(part, (Known, Defined)) for part in walk(resolved))
        indices = tuple(sorted(named - set(free)))
        return ResolvedRelation(
            resolved.sign,
            resolved.left,
            resolved.right,
            indices,
            named & frozenset(free),
            is_random(resolved),
            bool(indices) and not quantities and not named & set(free),
            relation,
        )


def _definition(
    definition: Definition, free: Mapping[str, Kind], known: dict[str, dict[int, ResolvedDefinition]], later: tuple[str, ...]
) -> ResolvedDefinition:
    _refuse_taken(definition.name, free, definition.value.at)
    count = len(definition.indices)
    if count in known.get(definition.name, {}):
        raise StatementError(f"{definition.name} is defined twice", definition.value.at)
    if count in BY_NAME.get(definition.name, {}):
        raise StatementError(f"{definition.name} is a quantity of the language and cannot be defined", definition.value.at)
    for index in definition.indices:
        _refuse_taken(index, {name: 0 for name, forms in known.items() if 0 in forms}, definition.value.at)
    if len(set(definition.indices)) < count:
        raise StatementError("an index stands twice", definition.value.at)
    features = _feature_names(definition.value, free, known, parameters=frozenset(definition.indices))
    stray = features - set(definition.indices)
    if stray:
        raise StatementError(f"{min(stray)!r} is not an index of {definition.name}", definition.value.at)
    alone = {part.name for part in walk(definition.value) if isinstance(part, Name) and not part.indices}
    integers = set(definition.indices) & alone - features
    kinds = {index: Kind.INTEGER if index in integers else Kind.FEATURE for index in definition.indices}
    scope = _Scope(free, known, later=later, indices=frozenset(), bound=kinds)
    value = scope.resolve(definition.value)
    named = variables(value) - set(definition.indices)
    return ResolvedDefinition(
        definition.name,
        definition.indices,
        tuple(kinds.values()),
        value,
        is_random(value),
        has_expectation(value),
        named,
        definition,
    )


def _feature_names(
    node: Node,
    free: Mapping[str, Kind],
    definitions: Mapping[str, Mapping[int, ResolvedDefinition]],
    bound: frozenset[str] = frozenset(),
    parameters: frozenset[str] = frozenset(),
    depth: int = 0,
) -> set[str]:
    """The names in the place of a feature that nothing else explains."""
    if depth > MAX_TREE:
        raise StatementError(f"a tree more than {MAX_TREE} deep", node.at)
    if isinstance(node, Sum):
        bound = bound | set(node.variables)
    found: set[str] = set()
    if isinstance(node, Name) and node.indices:
        for place, index in zip(_places(node, definitions), node.indices, strict=False):
            if place is Kind.FEATURE and isinstance(index, Name) and not index.indices:
                name = index.name
                known = name in free or 0 in definitions.get(name, {}) or 0 in BY_NAME.get(name, {})
                if name not in bound and (name in parameters or not known):
                    found.add(name)
    for part in children(node):
        found |= _feature_names(part, free, definitions, bound, parameters, depth + 1)
    return found


def _places(node: Name, definitions: Mapping[str, Mapping[int, ResolvedDefinition]]) -> tuple[Kind, ...]:
    """What stands at each index of the quantity of this name; empty if there is none."""
    count = len(node.indices)
    if count in definitions.get(node.name, {}):
        return definitions[node.name][count].kinds
    if count in BY_NAME.get(node.name, {}):
        letters = BY_NAME[node.name][count].indices
        return tuple(Kind.FEATURE if letter == "i" else Kind.INTEGER for letter in letters)
    return ()


def _refuse_taken(name: str, taken: Mapping[str, object], at: int) -> None:
    if name in taken:
        raise StatementError(f"{name!r} is in use already", at)
    if 0 in BY_NAME.get(name, {}) or name in language.RESERVED:
        raise StatementError(f"{name!r} is a word of the language", at)


def _refuse_random(node: Node, where: str) -> None:
    if is_random(node):
        raise StatementError(f"{where} cannot depend on the state of the features", node.at)


class _Scope:
    """What names mean at one place of a statement."""

    def __init__(
        self,
        free: Mapping[str, Kind],
        definitions: Mapping[str, Mapping[int, ResolvedDefinition]],
        *,
        later: tuple[str, ...],
        indices: frozenset[str],
        bound: Mapping[str, Kind] | None = None,
    ) -> None:
        self.free, self.definitions, self.later, self.indices = free, definitions, later, indices
        self.bound: dict[str, Kind] = dict(bound or {})
        self.averaging, self.depth = False, 0

    def resolve(self, node: Node) -> Node:
        self.depth += 1
        if self.depth > MAX_TREE:
            raise StatementError(f"a tree more than {MAX_TREE} deep", node.at)
        resolved = self._resolve(node)
        self.depth -= 1
        return resolved

    def _resolve(self, node: Node) -> Node:
        match node:
            case Name():
                return self.name(node)
            case Negation(operand=part):
                return Negation(self.resolve(part), at=node.at)
            case Operation(sign=sign, left=left, right=right):
                return Operation(sign, self.resolve(left), self.resolve(right), at=node.at)
            case Relation(sign=sign, left=left, right=right):
                return Relation(sign, self.resolve(left), self.resolve(right), at=node.at)
            case Call(function=function, arguments=parts):
                return Call(function, tuple(self.resolve(part) for part in parts), at=node.at)
            case Indicator(relation=relation):
                return Indicator(_as_relation(self.resolve(relation)), at=node.at)
            case Expectation(body=body):
                return self.expectation(body, node.at)
            case Sum():
                return self.sum(node)
        return node

    def expectation(self, body: Node, at: int) -> Node:
        if self.averaging:
            raise StatementError("an expectation inside an expectation", at)
        self.averaging = True
        resolved = Expectation(self.resolve(body), at=at)
        self.averaging = False
        return resolved

    def sum(self, node: Sum) -> Node:
        domain: Range | None = None
        if node.domain is not None:
            ends = [self.resolve(part) for part in (node.domain.first, node.domain.last, node.domain.step)]
            for end in ends:
                _refuse_random(end, "the range of a sum")
            domain = Range(*ends, at=node.domain.at)
        taken = {**self.bound, **self.free, **{name: 0 for name, forms in self.definitions.items() if 0 in forms}}
        for variable in node.variables:
            _refuse_taken(variable, taken, node.at)
        if len(set(node.variables)) < len(node.variables):
            raise StatementError("a sum names an index twice", node.at)
        kind = Kind.FEATURE if domain is None else Kind.INTEGER
        outer = self.bound
        self.bound = {**outer, **dict.fromkeys(node.variables, kind)}
        condition = None if node.condition is None else _as_relation(self.resolve(node.condition))
        body = self.resolve(node.body)
        self.bound = outer
        return Sum(node.variables, domain, condition, body, at=node.at)

    def name(self, node: Name) -> Node:
        name, count = node.name, len(node.indices)
        if count == 0:
            if name in self.bound:
                return Variable(name, self.bound[name], at=node.at)
            if name in self.free:
                return Variable(name, self.free[name], at=node.at)
        if count in self.definitions.get(name, {}):
            definition = self.definitions[name][count]
            if self.averaging and definition.averages:
                raise StatementError(f"an expectation inside an expectation: {name} contains one", node.at)
            return Defined(definition, self.places(node), at=node.at)
        if count in BY_NAME.get(name, {}):
            return Known(BY_NAME[name][count], self.places(node), at=node.at)
        if count == 0 and name in self.indices:
            return Variable(name, Kind.FEATURE, at=node.at)
        raise StatementError(self.unknown(name, count), node.at)

    def places(self, node: Name) -> tuple[Node, ...]:
        found = []
        for place, index in zip(_places(node, self.definitions), node.indices, strict=True):
            resolved = self.resolve(index)
            if place is Kind.FEATURE:
                if not isinstance(resolved, Variable) or resolved.kind is Kind.REAL:
                    raise StatementError(f"{node.name} has a feature here: expected the name of an index, such as i", index.at)
            else:
                _refuse_random(resolved, f"an index of {node.name}")
                if isinstance(resolved, Variable) and resolved.kind is not Kind.INTEGER:
                    raise StatementError(f"{node.name} has an integer here, {resolved.name} is {resolved.kind.value}", index.at)
            found.append(resolved)
        return tuple(found)

    def unknown(self, name: str, count: int) -> str:
        if name in self.later:
            return f"{name} is not defined yet: a definition may use only those before it"
        forms = sorted({*BY_NAME.get(name, {}), *self.definitions.get(name, {})})
        if forms:
            wanted = " or ".join("no index" if form == 0 else f"{form} ind{'ices' if form > 1 else 'ex'}" for form in forms)
            return f"{name} has {wanted}, not {count}"
        names = {*BY_NAME, *self.definitions, *self.free, *self.bound, *language.FUNCTIONS}
        near = difflib.get_close_matches(name, sorted(names), 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        return f"unknown name {name!r}{hint}"


def _as_relation(node: Node) -> Relation:
    assert isinstance(node, Relation)
    return node
