"""False variants of proof steps, made by surgery on their trees: what a checker must refute to be worth anything.

Kinds: a constant changed by 1%, an exponent moved by one, a factor dropped, a hypothesis dropped, an inequality reversed, a sum
over a part of its range. Of an inequality only those changes are made that tighten it, as far as signs tell: the others are implied
by the step itself. A change of 1% is made relative to the tightest ratio known of the step: with slack it would stay true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flint import fmpq

from boundcalc.check.language import Call, Expectation, Indicator, Name, Negation, Node, Number, Operation, Range, Relation, Sum
from boundcalc.check.statement import Free, Statement
from boundcalc.check.surgery import Path, fields, names, replaced, without_definitions
from boundcalc.check.text import write
from boundcalc.check.vocabulary import BY_NAME

ONE_PERCENT = fmpq(1, 100)
MOST_OF_A_KIND = 4
"""Most mutants of one kind that one relation gives, spread over its positions."""
AT_LEAST_ONE = frozenset({"n", "d", "m", "r", "tau", "N"})
AT_MOST_ONE = frozenset({"p", "isolation", "c", "rho", "l", "t", "cos2", "theta", "share", "s"})
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
        Of a constant: whether 1% of the step as it stands is meant, which is attained, or 1% of the tightest ratio known.
    """

    kind: str
    change: str
    statement: Statement
    plain: bool = True


def single_relations(statement: Statement) -> list[Statement]:
    """One statement for each relation, definitions written out, and ``u - v >= 0`` as ``u >= v``."""
    plain = without_definitions(statement)
    return [replace(plain, relations=(_between_terms(relation),)) for relation in plain.relations]


def _between_terms(relation: Relation) -> Relation:
    """A difference against zero as its terms against each other."""
    left, right = relation.left, relation.right
    if right == Number(fmpq(0)) and isinstance(left, Operation) and left.sign == "-":
        return replace(relation, left=left.left, right=left.right)
    return relation


def mutants(statement: Statement, tightest: float | None) -> list[Mutant]:
    """The mutants of a statement with one relation.

    Parameters
    ----------
    tightest : float, optional
        The largest ratio of the smaller side to the larger one that is known.
    """
    (relation,) = statement.relations
    found: list[Mutant] = []
    groups = [
        list(_constants(statement, relation, tightest)),
        list(_moved_exponents(statement, relation)),
        list(_dropped_factors(statement, relation)),
        list(_partial_sums(statement, relation)),
    ]
    for group in groups:
        found += _spread(group)
    if relation.sign in REVERSED:
        found.append(
            Mutant(
                REVERSAL, f"reversed: {REVERSED[relation.sign]}", _with(statement, replace(relation, sign=REVERSED[relation.sign]))
            )
        )
    return found


def _spread(group: list[Mutant]) -> list[Mutant]:
    """At most MOST_OF_A_KIND, evenly chosen."""
    if len(group) <= MOST_OF_A_KIND:
        return group
    return [group[k * (len(group) - 1) // (MOST_OF_A_KIND - 1)] for k in range(MOST_OF_A_KIND)]


def _with(statement: Statement, relation: Relation) -> Statement:
    return replace(statement, relations=(relation,))


def _sides(relation: Relation) -> tuple[str, str]:
    """Field names of the smaller and of the larger side."""
    return ("left", "right") if relation.sign in ("<=", "<", "=") else ("right", "left")


# ---- constants


def _constants(statement: Statement, relation: Relation, tightest: float | None) -> Iterator[Mutant]:
    small, large = _sides(relation)
    if relation.sign == "=":
        factor = 1 + ONE_PERCENT
        changed = replace(relation, right=_scaled(relation.right, factor))
        if relation.right != Number(fmpq(0)):
            yield Mutant(CONSTANT, f"the right side times {factor}", _with(statement, changed))
        for path, value in _literals(relation):
            yield _literal(statement, relation, path, value, factor)
        return
    if getattr(relation, large) == Number(fmpq(0)) or getattr(relation, small) == Number(fmpq(0)) or not tightest:
        for path, value, polarity in _signed_literals(statement, relation):
            if polarity:
                yield _literal(statement, relation, path, value, 1 - polarity * ONE_PERCENT)
        return
    attained = tightest > 1 - 1e-9
    known = fmpq(1) if attained else fmpq(int(tightest * 10**6), 10**6)
    factor = (1 - ONE_PERCENT) * known
    changed = replace(relation, **{large: _scaled(getattr(relation, large), factor)})  # type: ignore[arg-type]
    yield Mutant(CONSTANT, f"the larger side times {factor}", _with(statement, changed), attained)


def _literal(statement: Statement, relation: Relation, path: Path, value: fmpq, factor: fmpq) -> Mutant:
    changed = replaced(relation, path, Number(value * factor))
    assert isinstance(changed, Relation)
    return Mutant(CONSTANT, f"{value} becomes {value * factor}", _with(statement, changed))


def _scaled(side: Node, factor: fmpq) -> Node:
    return Operation("*", Number(factor), side)


def _literals(relation: Relation) -> Iterator[tuple[Path, fmpq]]:
    """Coefficients: numbers other than 0 that are neither exponents, indices, ends of ranges nor in conditions."""
    for path, node in _terms(relation, ()):
        if isinstance(node, Number) and node.value != 0:
            yield path, node.value


def _signed_literals(statement: Statement, relation: Relation) -> Iterator[tuple[Path, fmpq, int]]:
    polarities = dict(_polarities(statement, relation))
    for path, value in _literals(relation):
        yield path, value, polarities.get(path, 0)


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
    polarities = dict(_polarities(statement, relation))
    for path, node in _terms(relation, ()):
        if not (isinstance(node, Operation) and node.sign == "^") or isinstance(node.left, Number):
            continue
        size, polarity = _size(node.left), polarities.get(path, 0)
        # the power is to move the way that tightens, where that is known
        step = 1 if relation.sign == "=" or size == 0 or polarity == 0 else -size * polarity
        by = 2 if _sign(statement, node.left) == "?" else 1  # an odd power in place of an even one would often vanish
        exponent = Operation("+" if step > 0 else "-", node.right, Number(fmpq(by)))
        changed = replaced(relation, path, replace(node, right=exponent))
        assert isinstance(changed, Relation)
        yield Mutant(EXPONENT, f"{write(node)} becomes {write(replace(node, right=exponent))}", _with(statement, changed))


def _dropped_factors(statement: Statement, relation: Relation) -> Iterator[Mutant]:
    polarities = dict(_polarities(statement, relation))
    for path, node in _terms(relation, ()):
        if not isinstance(node, Operation) or node.sign not in "*/":
            continue
        sides = (
            (("right", node.left, node.right), ("left", node.right, node.left))
            if node.sign == "*"
            else (("right", node.left, node.right),)
        )
        for _, kept, dropped in sides:
            if dropped == Number(fmpq(1)):
                continue
            size, polarity = _size(dropped), polarities.get(path, 0)
            direction = size if node.sign == "/" else -size  # what dropping does to the value
            if relation.sign != "=" and direction * polarity > 0:
                continue  # weaker than the step
            if relation.sign != "=" and polarity == 0 and size != 0:
                continue
            changed = replaced(relation, path, kept)
            assert isinstance(changed, Relation)
            yield Mutant(FACTOR, f"without the factor {write(dropped)} of {write(node)}", _with(statement, changed))


def _size(node: Node) -> int:
    """1 for what is at least 1, −1 for what is at most 1, 0 if unknown."""
    match node:
        case Number(value=value):
            return 1 if value > 1 else -1
        case Name(name=name):
            return 1 if name in AT_LEAST_ONE else -1 if name in AT_MOST_ONE else 0
        case Operation(sign="^", left=left):
            return _size(left)
        case Operation(sign="-", left=Number(value=value)) if value == 1:
            return -1
        case Call(function="min" | "max", arguments=parts):
            sizes = {_size(part) for part in parts}
            return sizes.pop() if len(sizes) == 1 else 0
        case Call(function="binom"):
            return 1
    return 0


# ---- sums


def _partial_sums(statement: Statement, relation: Relation) -> Iterator[Mutant]:
    polarities = dict(_polarities(statement, relation))
    for path, node in _terms(relation, ()):
        if not isinstance(node, Sum) or node.condition is not None:
            continue
        sign, polarity = _sign(statement, node.body), polarities.get(path, 0)
        if relation.sign != "=" and sign == "+" and polarity < 0:
            continue  # leaving terms out of the smaller side is weaker
        if node.domain is not None:
            last = Operation("-", node.domain.last, Number(fmpq(1)))
            smaller = replace(node, domain=replace(node.domain, last=last))
            told = "the last term left out of"
        elif len(node.variables) > 1:
            first, second = node.variables[:2]
            smaller = replace(node, condition=Relation("!=", Name(first), Name(second)))
            told = "the diagonal left out of"
        else:
            smaller = replace(node, condition=Relation(">", Name(node.variables[0]), Number(fmpq(1))))
            told = "the first feature left out of"
        changed = replaced(relation, path, smaller)
        assert isinstance(changed, Relation)
        yield Mutant(SUBSET, f"{told} {write(node)}", _with(statement, changed))


# ---- hypotheses


def without_hypotheses(statement: Statement) -> Iterator[Mutant]:
    """Mutants of a statement, all its relations kept, without one condition; those on cumulants are dropped together.

    Symmetry is dropped where the proof speaks of it.
    """
    cumulants = [c for c in statement.conditions if "kappa" in names(c)]
    groups = [[c] for c in statement.conditions if c not in cumulants] + ([cumulants] if cumulants else [])
    for group in groups:
        kept = tuple(c for c in statement.conditions if c not in group)
        told = ", ".join(write(c) for c in group)
        exponents = (5, 7) if told == "m = 3" else statement.exponents
        yield Mutant(HYPOTHESIS, f"without {told}", replace(statement, conditions=kept, exponents=exponents))
    if "symmetr" in statement.reason and statement.symmetric and _names_the_law(statement):
        yield Mutant(HYPOTHESIS, "for laws that are not symmetric", replace(statement, symmetric=False))


def _names_the_law(statement: Statement) -> bool:
    named = frozenset[str]().union(*map(names, statement.relations))
    return bool(named & {"mu", "kappa", "x", "y", "Z", "xhat", "C", "D", "I", "M"})


# ---- signs


def _polarities(statement: Statement, relation: Relation) -> Iterator[tuple[Path, int]]:
    """1 where raising a part weakens an inequality, −1 where it tightens it; parts of unknown effect are left out."""
    small, large = _sides(relation)
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
            if _sign(statement, right) == "+":
                yield from inside("left", left, 1)
            if _sign(statement, left) == "+":
                yield from inside("right", right, 1)
        case Operation(sign="/", left=left, right=right):
            yield from inside("left", left, 1)
            if _sign(statement, left) == "+":
                yield from inside("right", right, -1)
        case Operation(sign="^", left=left):
            if _sign(statement, left) == "+":
                yield from inside("left", left, 1)
        case Negation(operand=part):
            yield from inside("operand", part, -1)
        case Sum(body=body) | Expectation(body=body):
            yield from inside("body", body, 1)
        case Call(function="sqrt" | "plus" | "min" | "max", arguments=parts):
            for k, part in enumerate(parts):
                yield from _polarity(statement, part, (*path, "arguments", k), polarity)


def _sign(statement: Statement, node: Node) -> str:
    """``+`` for what is never negative, else ``?``."""
    match node:
        case Number(value=value):
            return "+" if value >= 0 else "?"
        case Name(name=name, indices=indices):
            return _sign_of_name(statement, name, len(indices))
        case Operation(sign="^", left=left, right=right):
            return "+" if _parity(statement, right) == 0 else _sign(statement, left)
        case Operation(sign="+" | "*" | "/", left=left, right=right):
            return "+" if _sign(statement, left) == _sign(statement, right) == "+" else "?"
        case Operation(sign="-", left=Number(value=value), right=right):
            return "+" if value == 1 and _size(right) == -1 else "?"
        case Operation(sign="-", left=left, right=Number(value=value)):
            return "+" if value == 1 and _size(left) == 1 else "?"
        case Sum(body=body) | Expectation(body=body):
            return _sign(statement, body)
        case Call(function="sqrt" | "abs" | "plus" | "binom") | Indicator():
            return "+"
        case Call(function="min" | "max", arguments=parts):
            return "+" if all(_sign(statement, part) == "+" for part in parts) else "?"
    return "?"


def _parity(statement: Statement, node: Node) -> int | None:
    """0 for an even whole number, 1 for an odd one, ``None`` if unknown."""
    match node:
        case Number(value=value):
            return int(value.p) % 2 if value.q == 1 else None
        case Name(name="m"):
            return 1
        case Name(name=name):
            domain = next((each.domain for each in statement.free if each.name == name and not each.real), None)
            steps_of_two = domain is not None and _parity(statement, domain.step) == 0
            return _parity(statement, domain.first) if domain is not None and steps_of_two else None
        case Operation(sign="+" | "-" | "*" as sign, left=left, right=right):
            first, second = _parity(statement, left), _parity(statement, right)
            if sign == "*":
                return 0 if 0 in (first, second) else 1 if (first, second) == (1, 1) else None
            return None if first is None or second is None else (first + second) % 2
    return None


def _sign_of_name(statement: Statement, name: str, count: int) -> str:
    free: Free | None = next((each for each in statement.free if each.name == name), None)
    if free is not None:
        return "+" if isinstance(free.domain.first, Number) and free.domain.first.value >= 0 else "?"
    if count in BY_NAME.get(name, {}):
        sign = BY_NAME[name][count].sign
        return "?" if sign == "?" and name not in ("mu",) else "+"
    return "+" if count == 0 else "?"  # the index of a sum
