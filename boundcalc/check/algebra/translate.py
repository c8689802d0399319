"""Translates resolved trees to quotients of polynomials in atoms, for a given exponent m."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import comb
from typing import Any

from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.loss_polynomials import LossPolynomials, mean_with_one_active, split_indicator
from boundcalc.check.algebra.sums import Atom, Monomial, Poly, Unsupported, constant, sum_over, variable
from boundcalc.language.grammar import COMBINE, COMPARE
from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Negation, Node, Operation, Sum
from boundcalc.language.resolved import Defined, Kind, Known, Variable
from boundcalc.model.named.index import BY_NAME
from boundcalc.numbers.field_operators import FieldOperators

REMAINDERS = ("R", "excess")
"""What is left of a power sum when some of its terms are split off; of even orders."""


@dataclass(frozen=True)
class Fraction(FieldOperators):
    """numerator / denominator."""

    numerator: Poly
    denominator: Poly = field(default_factory=lambda: constant(1))

    def number(self) -> fmpq | None:
        """Its value if it is a rational number."""
        if set(self.numerator) <= {()} and set(self.denominator) == {()}:
            return self.numerator.get((), fmpq(0)) / self.denominator[()]
        return None

    @staticmethod
    def of(value: Any) -> Fraction:
        """A polynomial or a number as a fraction."""
        return value if isinstance(value, Fraction) else Fraction(value if isinstance(value, Poly) else constant(value))

    def __add__(self, other: Any) -> Fraction:
        right = Fraction.of(other)
        if self.denominator == right.denominator:
            return Fraction(self.numerator + right.numerator, self.denominator)
        top = self.numerator * right.denominator + right.numerator * self.denominator
        return Fraction(top, self.denominator * right.denominator)

    def __neg__(self) -> Fraction:
        return Fraction(-self.numerator, self.denominator)

    def __mul__(self, other: Any) -> Fraction:
        right = Fraction.of(other)
        return Fraction(self.numerator * right.numerator, self.denominator * right.denominator)

    def inverse(self) -> Fraction:
        """1/self."""
        if not self.numerator:
            raise Unsupported("division by zero")
        return Fraction(self.denominator, self.numerator)

    def __pow__(self, exponent: int) -> Fraction:
        return Fraction(self.numerator**exponent, self.denominator**exponent)

    def __bool__(self) -> bool:
        return bool(self.numerator)


class Translator(LossPolynomials):
    """Translates trees of one statement for one m and one way to write the exact loss."""

    def __init__(self, m: int, basis: str, symmetric: bool, signs: Mapping[Atom, str]) -> None:
        super().__init__(m, basis, symmetric)
        self.signs = signs
        """What ranges and conditions say, by :func:`label`."""
        self.memo: dict[Atom, Fraction] = {}
        self.divisors: list[Poly] = []
        """What the trees translated so far divide by."""

    # ---- trees

    def translate(self, node: Node, at: Mapping[str, Any]) -> Fraction:
        """The value; ``at`` gives index symbols for feature variables and numbers for integer ones."""
        match node:
            case Literal(value=value):
                return Fraction.of(value)
            case Variable(name=name, kind=kind):
                if kind is Kind.FEATURE:
                    raise Unsupported("the number of a feature")
                return Fraction.of(variable("free", name) if kind is Kind.REAL else at[name])
            case Negation(operand=operand):
                return -self.translate(operand, at)
            case Operation(sign="^", left=left, right=right):
                return self.power(self.translate(left, at), self.rational(right, at))
            case Operation(sign=sign, left=left, right=right):
                one, other = self.translate(left, at), self.translate(right, at)
                if sign == "/":
                    self.divisors.append(other.numerator)
                result: Fraction = COMBINE[sign](one, other)
                return result
            case Call(function="sqrt", arguments=(part,)):
                return self.power(self.translate(part, at), fmpq(1, 2))
            case Call(function="binom", arguments=(top, below)):
                return Fraction.of(comb(self.integer(top, at), self.integer(below, at)))
            case Defined(definition=definition, indices=indices):
                inner = dict(at)
                for name, index in zip(definition.indices, indices, strict=True):
                    inner[name] = at[index.name] if isinstance(index, Variable) else self.integer(index, at)
                return self.translate(definition.value, inner)
            case Expectation(body=body):
                alone = split_indicator(body)
                if alone is not None:
                    return self.alone(alone, at)
                inside = self.translate(body, at)
                if any(algebra.is_random(place) for monomial in inside.denominator for place, _ in monomial):
                    raise Unsupported("a random denominator")
                return Fraction(self.mean(inside.numerator), inside.denominator)
            case Indicator(relation=relation):
                left_value, right_value = self.rational(relation.left, at), self.rational(relation.right, at)
                return Fraction.of(int(COMPARE[relation.sign](left_value, right_value)))
            case Sum():
                return self.sum(node, at)
            case Known():
                return self(node.quantity.name, *(self.index(part, at) for part in node.indices))
        raise Unsupported(type(node).__name__)

    def alone(self, node: Node, at: Mapping[str, Any]) -> Fraction:
        """E[node; one feature active]."""
        value = self.translate(node, at)
        if set(value.denominator) != {()}:
            raise Unsupported("a quotient in a mean")
        chance = variable("p") * variable("isolation")
        return Fraction(chance * mean_with_one_active(value.numerator, self.mu), value.denominator)

    def rational(self, node: Node, at: Mapping[str, Any]) -> fmpq:
        """The value of an expression that is a number for this m."""
        value = self.translate(node, at).number()
        if value is None:
            raise Unsupported("an exponent or index that is not a number")
        return value

    def integer(self, node: Node, at: Mapping[str, Any]) -> int:
        """The same for a whole number of moderate size."""
        value = self.rational(node, at)
        if value.q != 1 or not -1 <= value <= 60:
            raise Unsupported("an index that is not a small whole number")
        return int(value.p)

    def power(self, base: Fraction, exponent: fmpq) -> Fraction:
        """A rational power: whole ones of anything, others of monomials that cannot be negative."""
        if exponent.q == 1:
            e = int(exponent.p)
            if abs(e) > 40:
                raise Unsupported("a high power")
            if e < 0:
                self.divisors.append(base.numerator)
                base, e = base.inverse(), -e
            return base**e
        return Fraction(self._root(base.numerator, exponent), self._root(base.denominator, exponent))

    def _root(self, poly: Poly, exponent: fmpq) -> Poly:
        if len(poly) != 1:
            raise Unsupported("a root of a sum")
        ((monomial, value),) = poly.items()
        if value != 1 or any(self.sign(place) == "?" for place, _ in monomial) or exponent < 0:
            raise Unsupported("a root of what may be negative")
        return Poly({tuple((place, each * exponent) for place, each in monomial): fmpq(1)})

    def sum(self, node: Sum, at: Mapping[str, Any]) -> Fraction:
        """Sums over features with no condition or i != j, and over integers that m decides."""
        if node.domain is not None:
            ends = [self.integer(part, at) for part in (node.domain.first, node.domain.last, node.domain.step)]
            if node.condition is not None or ends[2] < 1:
                raise Unsupported("a condition")
            total = Fraction.of(0)
            for value in range(ends[0], ends[1] + 1, ends[2]):
                total += self.translate(node.body, {**at, node.variables[0]: value})
            return total
        bound = {name: algebra.fresh() for name in node.variables}
        everything = self._over_features(node.body, {**at, **bound}, list(bound.values()))
        if node.condition is None:
            return everything
        left, right = node.condition.left, node.condition.right
        pair = [part.name for part in (left, right) if isinstance(part, Variable) and part.kind is Kind.FEATURE]
        if node.condition.sign != "!=" or len(pair) != 2 or pair[1] not in bound:
            raise Unsupported("a condition")
        merged = {**at, **bound}
        merged[pair[1]] = merged[pair[0]]
        kept = [symbol for name, symbol in bound.items() if name != pair[1]]
        return everything - self._over_features(node.body, merged, kept)

    def _over_features(self, body: Node, at: Mapping[str, Any], bound: list[str]) -> Fraction:
        return self._summed(self.translate(body, at), bound)

    def _summed(self, value: Fraction, bound: list[str]) -> Fraction:
        if any(set(bound) & algebra.symbols(place) for monomial in value.denominator for place, _ in monomial):
            value = _without_denominator(value)
        total = value.numerator
        for symbol in bound:
            total = sum_over(total, symbol)
        return Fraction(total, value.denominator)

    # ---- quantities

    def index(self, node: Node, at: Mapping[str, Any]) -> Any:
        """The symbol of a feature, or an integer."""
        if isinstance(node, Variable) and node.kind is Kind.FEATURE:
            return at[node.name]
        return self.integer(node, at)

    def __call__(self, name: str, *indices: Any) -> Fraction:
        """A named quantity: a letter, or its value written out."""
        key = (name, *indices)
        if key not in self.memo:
            quantity = BY_NAME[name][len(indices)]
            if any(letter == "i" and not isinstance(index, str) for letter, index in zip(quantity.indices, indices, strict=True)):
                raise Unsupported("a feature by its number")
            if name == "kappa":
                value: Any = self.kappa(*indices)
            else:
                value = variable(*key) if quantity.is_letter(self.basis) else quantity.value(self, *indices)
            self.memo[key] = Fraction.of(value)
        return self.memo[key]

    @property
    def d(self) -> Fraction:
        """The dimension, for the constants that it decides."""
        return self("d")

    def total(self, function: Callable[[str], Fraction]) -> Fraction:
        """The sum of a function of a feature."""
        return self._summed(function("*"), ["*"])

    def ratio(self, above: Fraction, below: Fraction) -> Fraction:
        """A quotient by what is positive."""
        return above / below

    # ---- signs

    def sign(self, place: int) -> str:
        """``>``, ``+`` or ``?`` of an atom."""
        atom = algebra.atom_of(place)
        if label(atom) in self.signs:
            return self.signs[label(atom)]
        if atom[0] in ("sum", "mean"):
            parts: Monomial = atom[-1]  # type: ignore[assignment]
            known = all(self.sign(part) != "?" or fmpq(exponent) / 2 == (fmpq(exponent) / 2).floor() for part, exponent in parts)
            return "+" if known else "?"
        quantity = algebra.quantity_of(atom)
        return quantity.sign_at(*atom[1:]) if quantity is not None else "+" if atom[0] in REMAINDERS else "?"


def label(atom: Atom) -> Atom:
    """What a sign is noted under: an atom, or all atoms of a name that differ in their features."""
    return atom if atom[0] == "free" else (atom[0], *("i" if isinstance(part, str) else part for part in atom[1:]))


def _without_denominator(value: Fraction) -> Fraction:
    """A quotient by one monomial as a numerator with negative powers."""
    if len(value.denominator) != 1:
        raise Unsupported("a denominator that depends on the index of a sum")
    ((monomial, factor),) = value.denominator.items()
    inverse = Poly({tuple((place, -exponent) for place, exponent in monomial): 1 / factor})
    return Fraction(value.numerator * inverse)
