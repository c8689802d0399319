"""Proves claims that hold by their shape alone, such as ``abs(...) >= 0``: a template of an engine.

An engine that proves takes a statement with its names resolved, and gives a verdict or ``None``, which says nothing about it.
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.nodes import Call, Literal
from boundcalc.language.resolved import Resolved, ResolvedRelation

ZERO = Literal(fmpq(0))


def check_by_shape(resolved: Resolved) -> Verdict | None:
    """The verdict if every relation says that an absolute value, a positive part or a root is at least 0."""
    if not all(map(_is_obvious, resolved.relations)):
        return None
    source = resolved.statement
    note = "no absolute value, positive part or root is negative"
    return Verdict(source.owner, source.key, Outcome.PROVEN, Engine.SHAPE, source.latex, note=note)


def _is_obvious(relation: ResolvedRelation) -> bool:
    small, large = (relation.right, relation.left) if relation.sign == ">=" else (relation.left, relation.right)
    return relation.sign in ("<=", ">=") and small == ZERO and isinstance(large, Call) and large.function in ("abs", "plus", "sqrt")
