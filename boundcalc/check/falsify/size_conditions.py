"""Reads off the conditions what a search needs before it begins: sizes that they exclude, and a value of p that they fix."""

from __future__ import annotations

from flint import fmpq

from boundcalc.language.grammar import Literal, Node, Operation
from boundcalc.language.resolved import Defined, Known, ResolvedRelation, Variable, walk
from boundcalc.model.named.quantity import Dependence


def is_discrete(relation: ResolvedRelation) -> bool:
    """Whether the sizes n, d, m alone decide a condition."""
    parts = [part for side in (relation.left, relation.right) for part in walk(side)]
    if any(isinstance(part, (Variable, Defined)) for part in parts):
        return False
    return all(part.quantity.of.within(Dependence.SIZES | Dependence.EXPONENT) for part in parts if isinstance(part, Known))


def fixed_p(relation: ResolvedRelation) -> fmpq | None:
    """The value of p that a condition such as p = 1/3 demands."""
    for one, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if relation.sign == "=" and isinstance(one, Known) and one.quantity.name == "p":
            return _constant(other)
    return None


def _constant(node: Node) -> fmpq | None:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Operation) and node.sign == "/":
        above, below = _constant(node.left), _constant(node.right)
        return above / below if above is not None and below else None
    return None
