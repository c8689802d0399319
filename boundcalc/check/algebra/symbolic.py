"""Proves a step by exact algebra, as an identity or as manifestly nonnegative, for every case there is.

Named quantities are atoms of known sign. The definitions that are used are those of C, D and I by moments or cumulants
(theory of the exact loss), of S, T, q and t, of means E x_j^a y_i^b, of sums over features, and μ, κ, α, β, g, c and τ. Free real
variables are atoms with the sign that their range gives, conditions give signs. A step that depends on m is proven for each m
that it is claimed for, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.nonnegative import MAX_TERMS, Prover
from boundcalc.check.algebra.sums import Atom, Poly, Unsupported, substitute, variable
from boundcalc.check.algebra.translate import Translator, label
from boundcalc.check.exact.case_grid import depends
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.names import resolve
from boundcalc.language.nodes import Call, Expectation, Literal, Node, Operation, Sum
from boundcalc.language.resolved import Known, Resolved, ResolvedFree, ResolvedRelation, variables
from boundcalc.language.statement import Statement
from boundcalc.model.named.quantity import CUMULANTS, MOMENTS, NAMES, Dependence

POSITIVE_P = label(("p",))
MAX_VALUES = 60
"""Most values of the free integers."""

_REASONS = {
    NAMES: "in the quantities as they are named",
    CUMULANTS: "with the exact loss in cumulants",
    MOMENTS: "with the exact loss in moments",
}


def check_symbolically(statement: Statement | Resolved) -> Verdict | None:
    """The verdict if exact algebra proves the statement for every n, d, W, p and law; ``None`` says nothing about it.

    Raises
    ------
    StatementError
        For names that cannot be resolved.
    """
    resolved = statement if isinstance(statement, Resolved) else resolve(statement)
    if Dependence.FEATURES in depends(resolved):
        return None  # the loss is written out for equal features here
    algebra.begin()
    try:
        reasons = _prove(resolved)
    except (Unsupported, ZeroDivisionError, RecursionError):
        return None
    if reasons is None:
        return None
    source = resolved.statement
    note = "; ".join(dict.fromkeys(reasons))
    return Verdict(source.owner, source.key, Outcome.PROVEN, Engine.SYMBOLIC, source.latex, note=note)


def _prove(resolved: Resolved) -> list[str] | None:
    exponents = _exponents(resolved)
    if not exponents:
        return None
    varies = Dependence.EXPONENT in depends(resolved)
    reasons = []
    for relation in resolved.relations:
        for m in exponents if varies else exponents[:1]:
            for values in _integers(resolved, relation, m):
                reason = _prove_relation(resolved, relation, m, values)
                if reason is None:
                    return None
                reasons.append(reason)
    if varies:
        reasons.append("for m = " + ", ".join(map(str, exponents)))
    return reasons


def _exponents(resolved: Resolved) -> tuple[int, ...]:
    """The exponents of the statement, or the one that a condition m = k fixes."""
    for condition in resolved.conditions:
        for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if condition.sign == "=" and isinstance(one, Known) and one.quantity.name == "m" and isinstance(other, Literal):
                return tuple(m for m in resolved.statement.exponents if m == other.value) or (int(other.value.p),)
    return resolved.statement.exponents


def _integers(resolved: Resolved, relation: ResolvedRelation, m: int) -> Iterator[dict[str, Any]]:
    """The values of the free integers that a relation names; a range may depend on the integers before it."""
    translator = Translator(m, NAMES, resolved.statement.symmetric, {})
    needed = set(relation.variables)
    for free in reversed(resolved.free):
        if free.name in needed:
            needed |= set().union(*(variables(part) for part in (free.first, free.last, free.step)))
    found: list[dict[str, Any]] = [{}]
    for free in resolved.free:
        if free.real or free.name not in needed:
            continue
        found = [{**values, free.name: value} for values in found for value in _range(translator, free, values)]
        if len(found) > MAX_VALUES:
            raise Unsupported("too many values of the free integers")
    yield from found


def _range(translator: Translator, free: ResolvedFree, values: dict[str, Any]) -> range:
    first, last, step = (translator.rational(part, values) for part in (free.first, free.last, free.step))
    if any(value.q != 1 for value in (first, last, step)) or step < 1:
        raise Unsupported("a range that is not of whole numbers")
    return range(int(first.p), int(last.p) + 1, int(step.p))


def _prove_relation(resolved: Resolved, relation: ResolvedRelation, m: int, values: dict[str, Any]) -> str | None:
    if relation.sign in ("<", ">"):
        return None
    small, large = (relation.left, relation.right) if relation.sign != ">=" else (relation.right, relation.left)
    if relation.sign != "=" and small == Literal(fmpq(0)) and mean_of_squares(large):
        return "a mean or sum of squares"
    larges = large.arguments if isinstance(large, Call) and large.function == "min" else (large,)
    smalls = small.arguments if isinstance(small, Call) and small.function == "max" else (small,)
    if relation.sign == "=":
        larges, smalls = (large,), (small,)
    reasons = []
    for one, other in product(smalls, larges):
        for basis in (NAMES, CUMULANTS, MOMENTS):
            try:
                reason = _Attempt(resolved, m, basis, values).prove(one, other, relation)
            except Unsupported:
                continue
            if reason is not None:
                reasons.append(f"{reason}, {_REASONS[basis]}" if basis != NAMES else reason)
                break
        else:
            return None
    return "; ".join(dict.fromkeys(reasons))


def mean_of_squares(node: Node) -> bool:
    """Whether an expression is a square, or a mean, a sum or a product of what is a square."""
    match node:
        case Literal(value=value):
            return bool(value >= 0)
        case Operation(sign="^", right=Literal(value=value)):
            return bool(value.q == 1 and value.p % 2 == 0)
        case Operation(sign="+" | "*", left=left, right=right):
            return mean_of_squares(left) and mean_of_squares(right)
        case Expectation(body=body) | Sum(body=body):
            return mean_of_squares(body)
    return False


class _Attempt:
    """One way to write a relation, with what the conditions and ranges say in it."""

    def __init__(self, resolved: Resolved, m: int, basis: str, values: dict[str, Any]) -> None:
        self.signs: dict[Atom, str] = {}
        self.bounded = {algebra.number(("p",)): fmpq(1)}
        self.values = values
        self.translator = Translator(m, basis, resolved.statement.symmetric, self.signs)
        for free in resolved.free:
            if free.real:
                self._range(free.name, free.first, free.last)
        self.known: list[tuple[Poly, bool]] = []
        understood = set(values) | {each.name for each in resolved.free if each.real}
        for condition in resolved.conditions:
            if condition.sign in ("=", "!=") or condition.restricts or condition.random:
                continue
            if condition.variables <= understood:
                self._condition(condition)

    def _range(self, name: str, first: Node, last: Node) -> None:
        low, high = (self._number(end) for end in (first, last))
        self.signs["free", name] = "?" if low is None or low < 0 else ">" if low > 0 else "+"
        if low is not None and low >= 0 and high is not None and high > 0:
            self.bounded[algebra.number(("free", name))] = high

    def _number(self, end: Node) -> fmpq | None:
        try:
            return self.translator.rational(end, {})
        except Unsupported:
            return None

    def _condition(self, condition: ResolvedRelation) -> None:
        """A condition f ≥ 0 or f > 0: a sign if f is an atom, else a known polynomial."""
        at = {**self.values, **{name: name for name in condition.indices}}
        try:
            left, right = (self.translator.translate(side, at) for side in (condition.left, condition.right))
            difference = left - right if condition.sign in (">", ">=") else right - left
            if not Prover(self.translator.sign, (), {}).positive(difference.denominator):
                return
        except Unsupported:
            return
        finally:
            self.translator.divisors.clear()
        strict = condition.sign in (">", "<")
        self.known.append((difference.numerator, strict))
        single = self._single(difference.numerator)
        if single is not None:
            self.signs[single] = ">" if strict or self.signs.get(single) == ">" else "+"
        if self.signs.get(POSITIVE_P) == ">" and self.translator.symmetric:
            self.signs[label(("kappa", 2))] = ">"  # p mu_2; without symmetry u may be constant, and x too if p = 1

    def _single(self, poly: Poly) -> Atom | None:
        """The label of the atom that a polynomial is a positive multiple of, if its sign is one for all indices."""
        if len(poly) != 1:
            return None
        ((monomial, value),) = poly.items()
        if value < 0 or len(monomial) != 1 or monomial[0][1] != 1:
            return None
        atom = algebra.atom_of(monomial[0][0])
        features = [part for part in atom[1:] if isinstance(part, str)]
        return label(atom) if atom[0] == "free" or not features or atom[0] in ("a", "t") else None

    def prove(self, small: Node, large: Node, relation: ResolvedRelation) -> str | None:
        """In what form small ≤ large, or small = large, is manifest."""
        at: dict[str, Any] = {**self.values, **{name: name for name in relation.indices}}
        difference = self.translator.translate(large, at) - self.translator.translate(small, at)
        divisors = Prover(self.translator.sign, self.known, {})
        if not all(divisors.positive(divisor) for divisor in self.translator.divisors):
            return None
        if relation.sign == "=":
            return None if difference.numerator else "an identity"
        if self.translator.basis == CUMULANTS:
            self.signs[POSITIVE_P] = ">"  # both sides are continuous at p = 0
        prover = Prover(self.translator.sign, self.known, self.bounded)
        if not prover.positive(difference.denominator):
            return None
        for poly in self._rewritten(difference.numerator):
            try:
                reason = prover.nonnegative(poly)
            except Unsupported:
                continue
            if reason is not None:
                return reason
        return None

    def _rewritten(self, poly: Poly) -> Iterator[Poly]:
        """The polynomial, and the same with the power sums of rows split in several ways."""
        yield poly
        if len(poly) > MAX_TERMS:
            return
        yield substitute(poly, _off_diagonal)
        for k in range(4, 2 * self.translator.m + 1, 2):
            yield substitute(poly, lambda atom, k=k: _excess(atom) if atom[:2] == ("Q", k) else None)  # type: ignore[misc]


def _off_diagonal(atom: Atom) -> Poly | None:
    """Q_k(i) = a_i^k + Σ_{j≠i} A_ij^k for even k."""
    if atom[0] != "Q" or int(str(atom[1])) % 2:
        return None
    return variable("a", atom[2]) ** int(str(atom[1])) + variable("R", atom[1], atom[2])


def _excess(atom: Atom) -> Poly:
    """Q_k(i) = Q_{k−2}(i) Q_2(i) − Σ_{j≠l} A_ij^{k−2} A_il² for even k ≥ 4."""
    lower = variable("Q", int(str(atom[1])) - 2, atom[2]) * variable("Q", 2, atom[2])
    return lower - variable("excess", atom[1], atom[2])
