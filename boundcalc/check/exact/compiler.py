"""Expressions compiled to functions of a case: exact numbers, or lists of them over the states for what is random.

A compiled function takes the case and the values of the variables, features counting from 0, and evaluates over exact numbers:
Python integers, ``fmpq`` and the roots of :mod:`boundcalc.check.exact.roots`. What does not change in an inner loop is kept: sums
and expectations in the case's memory, so that other steps find them too, the rest in a scratch that lasts for one step and one
case.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_states import simplest
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.pointwise import Code, Environment, Run, call, each, guarded, operation, pairwise
from boundcalc.check.exact.roots import Exact
from boundcalc.language.grammar import COMPARE, StatementError
from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Negation, Node, Operation, Relation, Sum
from boundcalc.language.resolved import Defined, Kind, Known, ResolvedRelation, Variable, children, is_random, variables, walk
from boundcalc.numbers.errors import shortened

MAX_ORDER = 400
"""Highest order of a moment, a power sum or a tensor."""
MAX_SUM = 100_000
"""Most terms of one sum."""
MAX_WORK = 1_000_000
"""Most terms of all sums of a step in one case; over the states, five numbers of a list count as one term."""


_ids = count()
_shared: dict[str, int] = {}
"""Numbers of the expressions whose values cases keep, by their text with variables renamed in order."""


@dataclass(frozen=True)
class RelationCode:
    """Both sides of a relation."""

    relation: ResolvedRelation
    left: Code
    right: Code


def compile_relation(relation: ResolvedRelation) -> RelationCode:
    """A relation of a statement, compiled."""
    loops = frozenset(relation.indices) | relation.variables
    return RelationCode(relation, compile_node(relation.left, loops), compile_node(relation.right, loops))


def compile_node(node: Node, loops: frozenset[str]) -> Code:
    """The expression as a function; ``loops`` are the variables of the loops it is evaluated in."""
    random, needs = is_random(node), variables(node)
    run = _compile(node, random)
    if isinstance(node, (Sum, Expectation)) and not random and not any(isinstance(part, Defined) for part in walk(node)):
        order = sorted(needs)
        key = _shared.setdefault(_text(node, {name: f"${place}" for place, name in enumerate(order)}), len(_shared))
        return Code(_kept(run, key, order, lasting=True), random)
    leaf = isinstance(node, (Literal, Known, Variable))
    if not leaf and (needs < loops or isinstance(node, (Defined, Sum, Expectation))):
        return Code(_kept(run, next(_ids), sorted(needs), lasting=False), random)
    return Code(run, random)


def _kept(run: Run, key: int, names: list[str], *, lasting: bool) -> Run:
    """The function with its values kept in the case, by those of its variables."""

    def kept(case: Case, at: Environment) -> Any:
        memory = case.memo if lasting else case.scratch
        place = (key, *[at[name] for name in names])
        value = memory.get(place)
        if value is None:
            value = memory[place] = run(case, at)
        return value

    return kept


def _text(node: Node, names: dict[str, str]) -> str:
    """The structure of an expression as text."""
    match node:
        case Variable(name=name, kind=kind):
            return f"{names.get(name, name)} {kind.name}"  # a feature counts from 0, an integer does not
        case Literal(value=value):
            return str(value)
        case Known(quantity=quantity):
            label = quantity.name
        case Operation(sign=sign) | Relation(sign=sign):
            label = sign
        case Call(function=function):
            label = function
        case Sum(variables=variables_, domain=domain, condition=condition):
            label = f"sum{variables_}{domain is not None}{condition is not None}"
        case _:
            label = type(node).__name__
    return f"{label}({','.join(_text(part, names) for part in children(node))})"


def _compile(node: Node, random: bool) -> Run:
    match node:
        case Literal(value=value):
            literal = simplest(value)
            return lambda case, at: literal
        case Variable(name=name, kind=kind):
            return (lambda case, at: at[name] + 1) if kind is Kind.FEATURE else (lambda case, at: at[name])
        case Known():
            return _known(node)
        case Defined():
            return _defined(node)
        case Negation(operand=operand):
            return each(_sub(operand, node), operator.neg)
        case Operation(sign=sign, left=left, right=right):
            return operation(sign, _sub(left, node), _sub(right, node), node.at)
        case Call(function=function, arguments=arguments):
            return call(function, [_sub(part, node) for part in arguments], node.at)
        case Indicator(relation=relation):
            truth = _truth(relation, variables(node))
            return each(truth, int)
        case Expectation(body=body):
            return _expectation(_sub(body, node))
        case Sum():
            return _sum(node, random)
    raise TypeError(f"{type(node).__name__} has no value")


def _sub(part: Node, whole: Node) -> Code:
    return compile_node(part, variables(whole))


def _index(node: Node) -> Run:
    """An index that is an integer."""
    return compile_node(node, variables(node)).run


def _place(node: Node, at: int) -> Run:
    """The 0-based place of a feature that a variable names, be it a feature or a number."""
    assert isinstance(node, Variable)
    name = node.name
    if node.kind is Kind.FEATURE:
        return lambda case, env: env[name]
    return lambda case, env: case.feature(env[name] - 1, at)


def _order(node: Node, name: str, at: int) -> Run:
    """The order of a moment, a power sum or a tensor."""
    run = _index(node)

    def order(case: Case, env: Environment) -> int:
        value = run(case, env)
        if isinstance(value, fmpq) and value.q == 1:
            value = int(value.p)
        if not isinstance(value, int) or not 0 <= value <= MAX_ORDER:
            raise StatementError(f"{name}[{shortened(value)}]: expected a whole number from 0 to {MAX_ORDER}", at)
        return value

    return order


def _known(node: Known) -> Run:
    """The value of a quantity: a list over the states if it is random."""
    name, at = node.quantity.name, node.at
    parts = list(zip(node.quantity.indices, node.indices, strict=True))
    places = [_place(part, at) if letter == "i" else _order(part, name, at) for letter, part in parts]
    features = [part.name for _, part in parts if isinstance(part, Variable) and part.kind is Kind.FEATURE]

    def look_up(case: Case, key: tuple[Any, ...]) -> Any:
        found = case.memo.get(key)
        return case(*key) if found is None else found

    match places, features:
        case [], _:
            return lambda case, env: look_up(case, (name,))
        case [_], [i]:
            return lambda case, env: look_up(case, (name, env[i]))
        case [_, _], [i, j]:
            return lambda case, env: look_up(case, (name, env[i], env[j]))
    return lambda case, env: look_up(case, (name, *[place(case, env) for place in places]))


def _defined(node: Defined) -> Run:
    definition = node.definition
    body = compile_node(definition.value, frozenset(definition.indices) | definition.free).run
    names, inherited = definition.indices, tuple(definition.free)
    places = [
        _place(part, node.at) if kind is Kind.FEATURE else _index(part)
        for kind, part in zip(definition.kinds, node.indices, strict=True)
    ]

    def run(case: Case, at: Environment) -> Any:
        inner = {name: at[name] for name in inherited}
        for name, place in zip(names, places, strict=True):
            inner[name] = place(case, at)
        try:
            return body(case, inner)
        except StatementError as error:
            if error.part is None:
                error.part = definition.source  # its offset is in the text of the definition
            raise

    return run


def _truth(relation: Relation, loops: frozenset[str]) -> Code:
    return _compared(relation.sign, compile_node(relation.left, loops), compile_node(relation.right, loops))


def truth(code: RelationCode) -> Code:
    """The relation as a function to truth values, a list over the states if it is random."""
    return _compared(code.relation.sign, code.left, code.right)


def _compared(sign: str, left: Code, right: Code) -> Code:
    return Code(pairwise(left, right, COMPARE[sign]), left.random or right.random)


def _expectation(body: Code) -> Run:
    run = body.run
    if not body.random:
        return run

    def expectation(case: Case, at: Environment) -> Any:
        unit, probabilities = case.probabilities
        total = sum(map(operator.mul, probabilities, run(case, at)))
        return simplest(fmpq(total) / unit) if isinstance(total, (int, fmpq)) else total * fmpq(1, unit)

    return expectation


def _values(node: Sum, random: bool) -> Callable[[Case, Environment], Iterator[tuple[int, ...]]]:
    """The values of a sum's variables."""
    domain, names = node.domain, node.variables
    if domain is None:

        def features(case: Case, at: Environment) -> Iterator[tuple[int, ...]]:
            _work(case, case.n ** len(names), random, node.at)
            return product(range(case.n), repeat=len(names))

        return features
    first, last, step = (compile_node(part, variables(domain)).run for part in (domain.first, domain.last, domain.step))

    def integers(case: Case, at: Environment) -> Iterator[tuple[int, ...]]:
        found = integer_range(first(case, at), last(case, at), step(case, at), domain.at)
        _work(case, len(found), random, node.at)
        return ((value,) for value in found)

    return integers


def integer_range(first: Exact, last: Exact, step: Exact, at: int) -> range:
    """The integers of a range of the language.

    Raises
    ------
    StatementError
        For ends or a step that are not whole, and for more than MAX_SUM terms.
    """
    ends = []
    for value, what in ((first, "a range begins"), (last, "a range ends"), (step, "a range steps")):
        if not isinstance(value, (int, fmpq)) or value != int(fmpq(value).floor()):
            raise StatementError(
                f"{what} with {shortened(value if isinstance(value, int) else str(value))}, not with a whole number", at
            )
        ends.append(int(fmpq(value).floor()))
    if ends[2] < 1:
        raise StatementError(f"a range steps by {shortened(ends[2])}, not by 1 or more", at)
    if (ends[1] - ends[0]) // ends[2] + 1 > MAX_SUM:
        raise StatementError(f"a range of more than {MAX_SUM} terms", at)
    return range(ends[0], ends[1] + 1, ends[2])


def links(names: Sequence[str], *nodes: Node) -> tuple[frozenset[str], ...]:
    """For each feature index, the indices before it, or around it, that it stands in a pair with in one of the nodes."""
    pairs: dict[str, set[str]] = {name: set() for name in names}
    for part in (part for node in nodes for part in walk(node)):
        if not isinstance(part, (Known, Defined, Relation)):
            continue
        sides = (part.left, part.right) if isinstance(part, Relation) else part.indices
        found = {each.name for each in sides if isinstance(each, Variable) and each.kind is Kind.FEATURE}
        for name in found & pairs.keys():
            pairs[name] |= found - {name}
    inner = {name for node in nodes for part in walk(node) if isinstance(part, Sum) for name in part.variables} - set(names)
    return tuple(frozenset(pairs[name] - inner - set(names[place:])) for place, name in enumerate(names))


def _work(case: Case, terms: int, random: bool, at: int) -> None:
    cost = terms * (1 + len(case.states) // 5) if random else terms
    done = case.scratch["work"] = case.scratch.get("work", 0) + cost
    if terms > MAX_SUM or done > MAX_WORK:
        raise StatementError(f"sums of more than {MAX_WORK} terms", at)


def _sum(node: Sum, random: bool) -> Run:
    names = node.variables
    loops = variables(node) | frozenset(names)
    body = compile_node(node.body, loops)
    condition = None if node.condition is None else _truth(node.condition, loops)
    values, linked = _values(node, random), links(names, node) if node.domain is None else ()

    def places(case: Case, at: Environment) -> Iterator[tuple[tuple[Any, ...], int]]:
        if case.grouped and node.domain is None:
            return case.tuples(names, linked, at)
        return ((place, 1) for place in values(case, at))

    def scalar(case: Case, at: Environment) -> Any:
        total: Any = 0
        inner = dict(at)
        for place, times in places(case, at):
            inner.update(zip(names, place, strict=True))
            if condition is None or condition.run(case, inner):
                value = body.run(case, inner)
                total = total + (value if times == 1 else times * value)
        return simplest(total) if isinstance(total, fmpq) else total

    def over_states(case: Case, at: Environment) -> Any:
        total: list[Any] = [0] * len(case.states)
        inner = dict(at)
        for place in values(case, at):
            inner.update(zip(names, place, strict=True))
            keep = True if condition is None else condition.run(case, inner)
            if keep is False:
                continue
            value = body.run(case, inner)
            if not body.random:
                value = [value] * len(total)
            if isinstance(keep, list):
                value = [each if kept else 0 for each, kept in zip(value, keep, strict=True)]
            total = list(map(operator.add, total, value))
        return total

    return guarded(over_states if random else scalar, node.at)
