"""Trees back to the text of the language, with the fewest parentheses."""

from __future__ import annotations

from typing import Any

from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Name, Negation, Node, Operation, Relation, Sum
from boundcalc.language.resolved import Defined, Known, ResolvedRelation, Variable
from boundcalc.language.statement import Free, Statement

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_NEGATION, _ATOM = 3, 5


def write(node: Node | ResolvedRelation) -> str:
    """The text of an expression or a relation, resolved or not."""
    match node:
        case Relation(sign=sign, left=left, right=right) | ResolvedRelation(sign=sign, left=left, right=right):
            return f"{write(left)} {sign} {write(right)}"
        case Literal(value=value):
            return str(value)
        case Name(name=name, indices=indices):
            return _indexed(name, indices)
        case Known(quantity=quantity, indices=indices):
            return _indexed(quantity.name, indices)
        case Defined(definition=definition, indices=indices):
            return _indexed(definition.name, indices)
        case Variable(name=name):
            return name
        case Negation(operand=operand):
            return f"-{_inside(operand, _NEGATION)}"
        case Operation(sign=sign, left=left, right=right):
            rank = _RANK[sign]
            first = _inside(left, rank + 1 if sign == "^" else rank)
            second = _inside(right, _NEGATION if sign == "^" else rank + 1)
            return f"{first}{sign}{second}" if rank > 1 else f"{first} {sign} {second}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(write(part) for part in arguments)})"
        case Expectation(body=body):
            return f"E[{write(body)}]"
        case Indicator(relation=relation):
            return f"one({write(relation)})"
        case Sum(variables=variables, domain=domain, condition=condition, body=body):
            head = ", ".join(variables)
            if domain is not None:
                head += f" in {write(domain.first)}..{write(domain.last)}"
                if not (isinstance(domain.step, Literal) and domain.step.value == 1):
                    head += f" step {write(domain.step)}"
            if condition is not None:
                head += f" if {write(condition)}"
            return f"sum({head}: {write(body)})"
    raise TypeError(type(node).__name__)


def claim_texts(statement: Statement) -> dict[str, Any]:
    """What a statement claims, as text: its relations, and where there are any its conditions, ranges and definitions."""
    fields: dict[str, Any] = {"relations": [write(relation) for relation in statement.relations]}
    if statement.conditions:
        fields["given"] = [write(condition) for condition in statement.conditions]
    if statement.free:
        fields["for"] = {free.name: _range(free) for free in statement.free}
    if statement.definitions:
        fields["where"] = {_indexed(each.name, tuple(map(Name, each.indices))): write(each.value) for each in statement.definitions}
    return fields


def _range(free: Free) -> str:
    domain = free.domain
    step = "" if isinstance(domain.step, Literal) and domain.step.value == 1 else f" step {write(domain.step)}"
    return f"{write(domain.first)}..{write(domain.last)}" + (" real" if free.real else step)


def _indexed(name: str, indices: tuple[Node, ...]) -> str:
    return f"{name}[{', '.join(write(index) for index in indices)}]" if indices else name


def _rank(node: Node) -> int:
    match node:
        case Operation(sign=sign):
            return _RANK[sign]
        case Negation():
            return _NEGATION
        case Literal(value=value) if value < 0:
            return _NEGATION
        case Literal(value=value) if value.q != 1:
            return _RANK["/"]
    return _ATOM


def _inside(node: Node, least: int) -> str:
    text = write(node)
    return text if _rank(node) >= least else f"({text})"
