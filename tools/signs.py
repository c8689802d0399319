"""What is known of parts of a relation without evaluating them: their sign, their size against 1, and which way they tighten it."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Name, Negation, Node, Operation, Relation, Sum
from boundcalc.language.statement import Free, Statement
from boundcalc.model.named.index import BY_NAME
from tools.surgery import Path


def polarities_of(statement: Statement, relation: Relation) -> Iterator[tuple[Path, int]]:
    """1 where raising a part weakens an inequality, −1 where it tightens it; parts of unknown effect are left out."""
    small, large = sides_of(relation)
    yield from _polarity(statement, getattr(relation, large), (large,), 1)
    yield from _polarity(statement, getattr(relation, small), (small,), -1)


def _polarity(statement: Statement, node: Node, path: Path, polarity: int) -> Iterator[tuple[Path, int]]:
    yield path, polarity

    def inside(name: str, part: Node, sign: int) -> Iterator[tuple[Path, int]]:
        return _polarity(statement, part, (*path, name), sign * polarity)

    match node:
        case Operation(sign="+" | "-" as sign, left=left, right=right):
            yield from inside("left", left, 1)
            yield from inside("right", right, 1 if sign == "+" else -1)
        case Operation(sign="*", left=left, right=right):
            if sign_of(statement, right) == "+":
                yield from inside("left", left, 1)
            if sign_of(statement, left) == "+":
                yield from inside("right", right, 1)
        case Operation(sign="/", left=left, right=right):
            yield from inside("left", left, 1)
            if sign_of(statement, left) == "+":
                yield from inside("right", right, -1)
        case Operation(sign="^", left=left):
            if sign_of(statement, left) == "+":
                yield from inside("left", left, 1)
        case Negation(operand=part):
            yield from inside("operand", part, -1)
        case Sum(body=body) | Expectation(body=body):
            yield from inside("body", body, 1)
        case Call(function="sqrt" | "plus" | "min" | "max", arguments=parts):
            for k, part in enumerate(parts):
                yield from _polarity(statement, part, (*path, "arguments", k), polarity)


def sign_of(statement: Statement, node: Node) -> str:
    """``+`` for what is never negative, else ``?``."""
    match node:
        case Literal(value=value):
            return "+" if value >= 0 else "?"
        case Name(name=name, indices=indices):
            if name in ("A", "P", "L") and indices[0] == indices[1]:
                return "+"
            if (name == "Q" and parity_of(statement, indices[0]) == 0) or (name == "kappa" and indices[0] == Literal(fmpq(2))):
                return "+"
            return "+" if _is_given(statement, node, Literal(fmpq(0))) else _sign_of_name(statement, name, len(indices))
        case Operation(sign="^", left=left, right=right):
            return "+" if parity_of(statement, right) == 0 else sign_of(statement, left)
        case Operation(sign="+" | "*" | "/", left=left, right=right):
            return "+" if sign_of(statement, left) == sign_of(statement, right) == "+" else "?"
        case Operation(sign="-", left=left, right=right):
            bounded = left == Literal(fmpq(1)) and size_of(statement, right) == -1
            large = right == Literal(fmpq(1)) and size_of(statement, left) == 1
            return "+" if bounded or large or _is_given(statement, left, right) else "?"
        case Sum(body=body) | Expectation(body=body):
            return sign_of(statement, body)
        case Call(function="sqrt" | "abs" | "plus" | "binom") | Indicator():
            return "+"
        case Call(function="min" | "max", arguments=parts):
            return "+" if all(sign_of(statement, part) == "+" for part in parts) else "?"
    return "?"


def _is_given(statement: Statement, left: Node, right: Node) -> bool:
    """Whether a condition says that left >= right."""
    return any(each.sign in (">", ">=") and (each.left, each.right) == (left, right) for each in statement.conditions)


def parity_of(statement: Statement, node: Node) -> int | None:
    """0 for an even whole number, 1 for an odd one, ``None`` if unknown."""
    match node:
        case Literal(value=value):
            return int(value.p) % 2 if value.q == 1 else None
        case Name(name="m"):
            return 1
        case Name(name=name):
            domain = next((each.domain for each in statement.free if each.name == name and not each.real), None)
            steps_of_two = domain is not None and parity_of(statement, domain.step) == 0
            return parity_of(statement, domain.first) if domain is not None and steps_of_two else None
        case Operation(sign="+" | "-" | "*" as sign, left=left, right=right):
            first, second = parity_of(statement, left), parity_of(statement, right)
            if sign == "*":
                return 0 if 0 in (first, second) else 1 if (first, second) == (1, 1) else None
            return None if first is None or second is None else (first + second) % 2
    return None


def _sign_of_name(statement: Statement, name: str, count: int) -> str:
    free: Free | None = next((each for each in statement.free if each.name == name), None)
    if free is not None:
        return "+" if isinstance(free.domain.first, Literal) and free.domain.first.value >= 0 else "?"
    if count in BY_NAME.get(name, {}):
        sign = BY_NAME[name][count].sign
        return "?" if sign == "?" and name not in ("mu",) else "+"
    return "+" if count == 0 else "?"  # the index of a sum


def size_of(statement: Statement, node: Node) -> int:
    """1 for what is at least 1, −1 for what is at most 1, 0 if unknown."""
    match node:
        case Literal(value=value):
            return 1 if value >= 1 else -1
        case Negation(operand=part):
            return -1 if sign_of(statement, part) == "+" else 0
        case Name(name=name):
            return _size_of_name(statement, name)
        case Operation(sign="^", left=left):
            return size_of(statement, left)
        case Operation(sign="*", left=left, right=right):
            sizes = size_of(statement, left), size_of(statement, right)
            return sizes[0] if sizes[0] == sizes[1] and sign_of(statement, node) == "+" else 0
        case Operation(sign="+", left=left, right=right):
            first, second = (left, right) if size_of(statement, left) == 1 else (right, left)
            return 1 if size_of(statement, first) == 1 and sign_of(statement, second) == "+" else 0
        case Operation(sign="-", left=Literal(value=value), right=right) if value == 1:
            return -1 if sign_of(statement, right) == "+" else 0
        case Operation(sign="-", left=Name(name="n" | "m")):
            return 1  # n − 1 stands beside rho, which is 0 for n = 1
        case Call(function="min" | "max", arguments=parts):
            found = {size_of(statement, part) for part in parts}
            return found.pop() if len(found) == 1 else 0
        case Call(function="binom"):
            return 1
    return 0


def _size_of_name(statement: Statement, name: str) -> int:
    domain = next((each.domain for each in statement.free if each.name == name), None)
    if domain is not None:
        if isinstance(domain.first, Literal) and domain.first.value >= 1:
            return 1
        return -1 if isinstance(domain.last, Literal) and domain.last.value <= 1 else 0
    return next((each.size for each in BY_NAME.get(name, {}).values()), int(name == "k"))


def sides_of(relation: Relation) -> tuple[str, str]:
    """Field names of the smaller and of the larger side."""
    return ("left", "right") if relation.sign in ("<=", "<", "=") else ("right", "left")
