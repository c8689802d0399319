"""Decides whether a step asks for the signs of inner products: only those of lines with a chosen direction have any."""

from __future__ import annotations

from boundcalc.language.nodes import Call, Literal, Negation, Node, Operation
from boundcalc.language.resolved import Defined, Known, Resolved, children


def only_even(resolved: Resolved) -> bool:
    """Whether every A[i, j] and P[i, j] of two features stands in an even power or an absolute value."""
    pending = [side for relation in (*resolved.relations, *resolved.conditions) for side in (relation.left, relation.right)]
    pending += [definition.value for definition in resolved.definitions]
    while pending:
        node = pending.pop()
        if isinstance(node, Operation) and node.sign == "^" and _even(node.right):
            pending.append(node.right)
            pending += _under(node.left)
        elif isinstance(node, Call) and node.function == "abs":
            pending += _under(node.arguments[0])
        elif _signed(node):
            return False
        else:
            pending += children(node)
            if isinstance(node, Defined):
                pending.append(node.definition.value)
    return True


def _signed(node: Node) -> bool:
    return isinstance(node, Known) and node.quantity.name in ("A", "P", "L") and node.indices[0] != node.indices[1]


def _under(node: Node) -> list[Node]:
    """What is left to look at under an even power: products and quotients of entries are without a sign there."""
    if _signed(node):
        return []
    if isinstance(node, Negation):
        return _under(node.operand)
    if isinstance(node, Operation) and node.sign in "*/":
        return [*_under(node.left), *_under(node.right)]
    return [node]


def _even(node: Node) -> bool:
    """Whether an exponent is even: m is odd."""
    match node:
        case Literal(value=value):
            return bool(value.q == 1 and int(value.p) % 2 == 0)
        case Operation(sign="*", left=left, right=right):
            return (_even(left) and _whole(right)) or (_even(right) and _whole(left))
        case Operation(sign="+" | "-", left=left, right=right):
            return (_even(left) and _even(right)) or (_odd(left) and _odd(right))
    return False


def _odd(node: Node) -> bool:
    match node:
        case Literal(value=value):
            return bool(value.q == 1 and int(value.p) % 2)
        case Known(quantity=quantity):
            return quantity.name == "m"
        case Operation(sign="*", left=left, right=right):
            return _odd(left) and _odd(right)
    return False


def _whole(node: Node) -> bool:
    """Whether it is plainly a whole number."""
    match node:
        case Literal(value=value):
            return bool(value.q == 1)
        case Known(quantity=quantity):
            return quantity.name in ("m", "n", "d", "r", "rank")
        case Operation(sign="+" | "-" | "*", left=left, right=right):
            return _whole(left) and _whole(right)
    return False
