"""False variants of proof steps, made by surgery on their trees: what a checker must refute to be worth anything.

Kinds: a constant changed by 1%, an exponent moved by one, a factor dropped, a hypothesis dropped, an inequality reversed, a sum
over a part of its range. Of an inequality only those changes are made that tighten it, as far as signs tell: the others are implied
by the step itself. A step with slack is first multiplied by its tightest ratio known, else most of its variants would be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flint import fmpq

from boundcalc.check.steps import single_exponent
from boundcalc.language.nodes import Call, Indicator, Literal, Name, Node, Operation, Range, Relation, Sum
from boundcalc.language.statement import Statement
from boundcalc.language.text import write
from tools.signs import polarities_of, sides_of, sign_of, size_of
from tools.surgery import Path, fields, names, replaced, without_definitions

ONE_PERCENT = fmpq(1, 100)
MOST_OF_A_KIND = 4
"""Most mutants of one kind that one relation gives, spread over its positions."""
REVERSED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
CONSTANT, EXPONENT, FACTOR, HYPOTHESIS, REVERSAL, SUBSET = "constant", "exponent", "factor", "hypothesis", "reversed", "subset"
KINDS = (CONSTANT, EXPONENT, FACTOR, HYPOTHESIS, REVERSAL, SUBSET)


@dataclass(frozen=True)
class Mutant:
    """A variant of a step.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    change : str
        What was changed, in the text of the language.
    statement : Statement
        With one relation.
    plain : bool
        Whether it is a variant of the step as it stands, and not of the step times its tightest ratio known.
    """

    kind: str
    change: str
    statement: Statement
    plain: bool = True
    original: Relation | None = None
    """The relation that was changed; ``None`` for a hypothesis."""


def single_relations(statement: Statement) -> list[Statement]:
    """One statement for each relation, definitions written out, and ``u - v >= 0`` as ``u >= v``."""
    plain = without_definitions(statement)
    return [replace(plain, relations=(_between_terms(relation),)) for relation in plain.relations]


def _between_terms(relation: Relation) -> Relation:
    """A difference against zero as its terms against each other."""
    left, right = relation.left, relation.right
    if right == Literal(fmpq(0)) and isinstance(left, Operation) and left.sign == "-":
        return replace(relation, left=left.left, right=left.right)
    return relation


def mutants(statement: Statement, tightest: float | None) -> list[Mutant]:
    """The mutants of a statement with one relation.

    Parameters
    ----------
    tightest : float, optional
        The largest ratio of the smaller side to the larger one that is known.
    """
    (given,) = statement.relations
    relation = _calibrated(given, tightest)
    found: list[Mutant] = []
    groups = [
        list(_constants(statement, relation)),
        list(_moved_exponents(statement, relation)),
        list(_dropped_factors(statement, relation)),
        list(_partial_sums(statement, relation)),
    ]
    for group in groups:
        found += [replace(mutant, plain=relation == given, original=relation) for mutant in _spread(group)]
    if given.sign in REVERSED:
        turned = replace(given, sign=REVERSED[given.sign])
        found.append(Mutant(REVERSAL, f"reversed: {turned.sign}", _with(statement, turned)))
    return found


def _calibrated(relation: Relation, tightest: float | None) -> Relation:
    """A step with slack times its tightest ratio known: as true as the step, as far as is known, and with no slack to hide in."""
    _, large = sides_of(relation)
    against_zero = Literal(fmpq(0)) in (relation.left, relation.right)
    if relation.sign == "=" or against_zero or not tightest or tightest > 1 - 1e-9:
        return relation
    known = fmpq(int(tightest * 10**9) + 1, 10**9)
    return replace(relation, **{large: _scaled(getattr(relation, large), known)})  # type: ignore[arg-type]


def _spread(group: list[Mutant]) -> list[Mutant]:
    """At most MOST_OF_A_KIND, evenly chosen."""
    if len(group) <= MOST_OF_A_KIND:
        return group
    return [group[k * (len(group) - 1) // (MOST_OF_A_KIND - 1)] for k in range(MOST_OF_A_KIND)]


def _with(statement: Statement, relation: Relation) -> Statement:
    return replace(statement, relations=(relation,))


# ---- constants


def _constants(statement: Statement, relation: Relation) -> Iterator[Mutant]:
    _, large = sides_of(relation)
    if relation.sign == "=":
        if relation.right != Literal(fmpq(0)):
            yield _rescaled(statement, relation, "right", 1 + ONE_PERCENT)
        for path, value in _literals(relation):
            yield _literal(statement, relation, path, value, 1 + ONE_PERCENT)
    elif Literal(fmpq(0)) in (relation.left, relation.right):
        polarities = dict(polarities_of(statement, relation))
        for path, value in _literals(relation):
            if polarities.get(path, 0):
                yield _literal(statement, relation, path, value, 1 - polarities[path] * ONE_PERCENT)
    else:
        yield _rescaled(statement, relation, large, 1 - ONE_PERCENT)


def _rescaled(statement: Statement, relation: Relation, side: str, factor: fmpq) -> Mutant:
    old = getattr(relation, side)
    if relation.sign == "=" or sign_of(statement, old) == "+":
        new, wording = _scaled(old, factor), f"the {side} side times {factor}"
    else:  # 1% of its absolute value less, or more
        part = Operation("*", Literal(abs(factor - 1)), Call("abs", (old,)))
        new, wording = Operation("-" if factor < 1 else "+", old, part), f"the {side} side less 1% of its absolute value"
    changed = replace(relation, **{side: new})  # type: ignore[arg-type]
    return Mutant(CONSTANT, wording, _with(statement, changed))


def _literal(statement: Statement, relation: Relation, path: Path, value: fmpq, factor: fmpq) -> Mutant:
    changed = replaced(relation, path, Literal(value * factor))
    assert isinstance(changed, Relation)
    return Mutant(CONSTANT, f"{value} becomes {value * factor}", _with(statement, changed))


def _scaled(side: Node, factor: fmpq) -> Node:
    return Operation("*", Literal(factor), side)


def _literals(relation: Relation) -> Iterator[tuple[Path, fmpq]]:
    """Coefficients: numbers other than 0 that are neither exponents, indices, ends of ranges nor in conditions."""
    for path, node in _terms(relation, ()):
        if isinstance(node, Literal) and node.value != 0:
            yield path, node.value


def _terms(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    """Every part that is neither an exponent, an index, a range nor a condition."""
    yield path, node
    match node:
        case Operation(sign="^", left=left):
            yield from _terms(left, (*path, "left"))
        case Name() | Range() | Indicator():
            return
        case Sum(body=body):
            yield from _terms(body, (*path, "body"))
        case Call(function="binom"):
            return
        case _:
            for place, part in fields(node):
                yield from _terms(part, (*path, *place))


# ---- exponents and factors


def _moved_exponents(statement: Statement, relation: Relation) -> Iterator[Mutant]:
    polarities = dict(polarities_of(statement, relation))
    for path, node in _terms(relation, ()):
        if not (isinstance(node, Operation) and node.sign == "^") or isinstance(node.left, Literal):
            continue
        size, polarity = size_of(statement, node.left), polarities.get(path, 0)
        if relation.sign != "=" and size != 0 and polarity == 0:
            continue  # it may weaken the step
        # the power is to move the way that tightens, where that is known
        step = 1 if relation.sign == "=" or size == 0 or polarity == 0 else -size * polarity
        by = 2 if sign_of(statement, node.left) == "?" else 1  # an odd power in place of an even one would often vanish
        if isinstance(node.right, Literal):
            exponent: Node = Literal(node.right.value + step * by)
        else:
            exponent = Operation("+" if step > 0 else "-", node.right, Literal(fmpq(by)))
        changed = replaced(relation, path, replace(node, right=exponent))
        assert isinstance(changed, Relation)
        yield Mutant(EXPONENT, f"{write(node)} becomes {write(replace(node, right=exponent))}", _with(statement, changed))


def _dropped_factors(statement: Statement, relation: Relation) -> Iterator[Mutant]:
    polarities = dict(polarities_of(statement, relation))
    for path, node in _terms(relation, ()):
        if not isinstance(node, Operation) or node.sign not in "*/":
            continue
        pairs = [(node.left, node.right)] + ([(node.right, node.left)] if node.sign == "*" else [])
        for kept, dropped in pairs:
            if dropped == Literal(fmpq(1)):
                continue
            size, polarity = size_of(statement, dropped), polarities.get(path, 0)
            positive = sign_of(statement, kept) == "+"
            direction = 0 if not positive else size if node.sign == "/" else -size  # what dropping does to the value
            if relation.sign != "=" and direction * polarity > 0:
                continue  # weaker than the step
            if relation.sign != "=" and polarity == 0 and size != 0:
                continue
            changed = replaced(relation, path, kept)
            assert isinstance(changed, Relation)
            yield Mutant(FACTOR, f"without the factor {write(dropped)} of {write(node)}", _with(statement, changed))


# ---- sums


def _partial_sums(statement: Statement, relation: Relation) -> Iterator[Mutant]:
    polarities = dict(polarities_of(statement, relation))
    for path, node in _terms(relation, ()):
        if not isinstance(node, Sum) or node.condition is not None:
            continue
        sign, polarity = sign_of(statement, node.body), polarities.get(path, 0)
        if relation.sign != "=" and sign == "+" and polarity <= 0:
            continue  # leaving terms out of the smaller side is weaker
        if node.domain is not None:
            last = Operation("-", node.domain.last, Literal(fmpq(1)))
            smaller = replace(node, domain=replace(node.domain, last=last))
            wording = "the last term left out of"
        elif len(node.variables) > 1:
            first, second = node.variables[:2]
            smaller = replace(node, condition=Relation("!=", Name(first), Name(second)))
            wording = "the diagonal left out of"
        else:
            smaller = replace(node, condition=Relation(">", Name(node.variables[0]), Literal(fmpq(1))))
            wording = "the first feature left out of"
        changed = replaced(relation, path, smaller)
        assert isinstance(changed, Relation)
        yield Mutant(SUBSET, f"{wording} {write(node)}", _with(statement, changed))


# ---- hypotheses


def without_hypotheses(statement: Statement) -> Iterator[Mutant]:
    """Mutants of a statement, all its relations kept, without one condition; those on cumulants are dropped together.

    Symmetry is dropped where the proof speaks of it.
    """
    cumulants = [c for c in statement.conditions if "kappa" in names(c)]
    groups = [[c] for c in statement.conditions if c not in cumulants] + ([cumulants] if cumulants else [])
    for group in groups:
        kept = tuple(c for c in statement.conditions if c not in group)
        wording = ", ".join(write(c) for c in group)
        alone = single_exponent(wording)
        exponents = statement.exponents if alone is None else tuple(m for m in (3, 5, 7) if m != alone)
        yield Mutant(HYPOTHESIS, f"without {wording}", replace(statement, conditions=kept, exponents=exponents))
    if "symmetr" in statement.reason and statement.symmetric and _names_the_law(statement):
        yield Mutant(HYPOTHESIS, "for laws that are not symmetric", replace(statement, symmetric=False))


def _names_the_law(statement: Statement) -> bool:
    named = frozenset[str]().union(*map(names, statement.relations))
    return bool(named & {"mu", "kappa", "x", "y", "Z", "xhat", "C", "D", "I", "M"})
