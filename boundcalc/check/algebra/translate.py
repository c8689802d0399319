"""Resolved trees as quotients of polynomials in atoms, for a given exponent m."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.loss_polynomials import NAMES, LossPolynomials
from boundcalc.check.algebra.one_active import mean_with_one_active, split_indicator
from boundcalc.check.algebra.sums import Monomial, Poly, Unsupported, add, constant, multiply, raised, sum_over, variable
from boundcalc.language.grammar import Call, Expectation, Indicator, Literal, Negation, Node, Operation, Sum
from boundcalc.language.resolved import Defined, Kind, Known, Variable
from boundcalc.numbers.constants import tensor_dimension, welch_constant

COMPARE = {"=": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}

POSITIVE = frozenset({"n", "d", "r", "G_best", "G_universal"})
NONNEGATIVE = frozenset({"p", "rank", "isolation", "rho", "a", "l", "t", "cos2", "D", "s", "active", "visible", "R", "excess"})


@dataclass(frozen=True)
class Quotient:
    """numerator / denominator."""

    numerator: Poly
    denominator: Poly

    def number(self) -> fmpq | None:
        """Its value if it is a rational number."""
        if set(self.numerator) <= {()} and set(self.denominator) == {()}:
            return self.numerator.get((), fmpq(0)) / self.denominator[()]
        return None


def whole(poly: Poly) -> Quotient:
    """A polynomial as a quotient."""
    return Quotient(poly, constant(1))


def plus(left: Quotient, right: Quotient, factor: int = 1) -> Quotient:
    """left + factor·right."""
    if left.denominator == right.denominator:
        return Quotient(add(left.numerator, right.numerator, factor), left.denominator)
    top = add(multiply(left.numerator, right.denominator), multiply(right.numerator, left.denominator), factor)
    return Quotient(top, multiply(left.denominator, right.denominator))


def times(left: Quotient, right: Quotient) -> Quotient:
    """The product."""
    return Quotient(multiply(left.numerator, right.numerator), multiply(left.denominator, right.denominator))


def over(left: Quotient, right: Quotient) -> Quotient:
    """The quotient."""
    if not right.numerator:
        raise Unsupported("division by zero")
    return times(left, Quotient(right.denominator, right.numerator))


class Translator(LossPolynomials):
    """Translates trees of one statement for one m and one way to write the exact loss."""

    def __init__(self, m: int, basis: str, symmetric: bool, signs: Mapping[str, str]) -> None:
        super().__init__(m, basis, symmetric)
        self.signs = signs
        """Of the free real variables."""
        self.divisors: list[Poly] = []
        """What the trees translated so far divide by."""

    # ---- trees

    def translate(self, node: Node, at: Mapping[str, Any]) -> Quotient:
        """The value; ``at`` gives index symbols for feature variables and numbers for integer ones."""
        match node:
            case Literal(value=value):
                return whole(constant(value))
            case Variable(name=name, kind=kind):
                if kind is Kind.FEATURE:
                    raise Unsupported("the number of a feature")
                return whole(variable("free", name) if kind is Kind.REAL else constant(at[name]))
            case Negation(operand=operand):
                return plus(whole({}), self.translate(operand, at), -1)
            case Operation(sign="^", left=left, right=right):
                return self.power(self.translate(left, at), self.rational(right, at))
            case Operation(sign=sign, left=left, right=right):
                one, other = self.translate(left, at), self.translate(right, at)
                if sign == "*":
                    return times(one, other)
                if sign == "/":
                    self.divisors.append(other.numerator)
                    return over(one, other)
                return plus(one, other, 1 if sign == "+" else -1)
            case Call(function="sqrt", arguments=(part,)):
                return self.power(self.translate(part, at), fmpq(1, 2))
            case Call(function="binom", arguments=(top, below)):
                return whole(constant(comb(self.integer(top, at), self.integer(below, at))))
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
                return Quotient(self.mean(inside.numerator), inside.denominator)
            case Indicator(relation=relation):
                left_value, right_value = self.rational(relation.left, at), self.rational(relation.right, at)
                return whole(constant(int(COMPARE[relation.sign](left_value, right_value))))
            case Sum():
                return self.sum(node, at)
            case Known():
                return self.known(node, at)
        raise Unsupported(type(node).__name__)

    def alone(self, node: Node, at: Mapping[str, Any]) -> Quotient:
        """E[node; one feature active]."""
        value = self.translate(node, at)
        if set(value.denominator) != {()}:
            raise Unsupported("a quotient in a mean")
        chance = multiply(variable("p"), variable("isolation"))
        return Quotient(multiply(chance, mean_with_one_active(value.numerator, self.mu)), value.denominator)

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

    def power(self, base: Quotient, exponent: fmpq) -> Quotient:
        """A rational power: whole ones of anything, others of monomials that cannot be negative."""
        if exponent.q == 1:
            e = int(exponent.p)
            if abs(e) > 40:
                raise Unsupported("a high power")
            if e < 0:
                self.divisors.append(base.numerator)
                base, e = Quotient(base.denominator, base.numerator), -e
            if not base.denominator:
                raise Unsupported("division by zero")
            return Quotient(raised(base.numerator, e), raised(base.denominator, e))
        return Quotient(self._root(base.numerator, exponent), self._root(base.denominator, exponent))

    def _root(self, poly: Poly, exponent: fmpq) -> Poly:
        if len(poly) != 1:
            raise Unsupported("a root of a sum")
        ((monomial, value),) = poly.items()
        if value != 1 or any(self.sign(place) == "?" for place, _ in monomial) or exponent < 0:
            raise Unsupported("a root of what may be negative")
        return {tuple((place, each * exponent) for place, each in monomial): fmpq(1)}

    def sum(self, node: Sum, at: Mapping[str, Any]) -> Quotient:
        """Sums over features with no condition or i != j, and over integers that m decides."""
        if node.domain is not None:
            ends = [self.integer(part, at) for part in (node.domain.first, node.domain.last, node.domain.step)]
            if node.condition is not None or ends[2] < 1:
                raise Unsupported("a condition")
            total = whole({})
            for value in range(ends[0], ends[1] + 1, ends[2]):
                total = plus(total, self.translate(node.body, {**at, node.variables[0]: value}))
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
        return plus(everything, self._over_features(node.body, merged, kept), -1)

    def _over_features(self, body: Node, at: Mapping[str, Any], bound: list[str]) -> Quotient:
        value = self.translate(body, at)
        if any(set(bound) & algebra.symbols(place) for monomial in value.denominator for place, _ in monomial):
            value = _without_denominator(value)
        total = value.numerator
        for symbol in bound:
            total = sum_over(total, symbol)
        return Quotient(total, value.denominator)

    # ---- quantities

    def known(self, node: Known, at: Mapping[str, Any]) -> Quotient:
        """A quantity of the vocabulary."""
        name, letters = node.quantity.name, node.quantity.indices
        parts: list[Any] = []
        for letter, index in zip(letters, node.indices, strict=True):
            if letter == "i":
                if not isinstance(index, Variable) or index.kind is not Kind.FEATURE:
                    raise Unsupported("a feature by its number")
                parts.append(at[index.name])
            else:
                parts.append(self.integer(index, at))
        m = self.m
        match name, *parts:
            case ["m"]:
                return whole(constant(m))
            case ["alpha"]:
                return whole(self.mu(m + 1))
            case ["beta"]:
                return whole(self.mu(2 * m))
            case ["g"]:
                return Quotient(raised(self.mu(m + 1), 2), self.mu(2 * m))
            case ["mu", k]:
                return whole(self.mu(k))
            case ["kappa", k]:
                return whole(self.kappa(k))
            case ["q", i]:
                return whole(variable("Q", 2, i))
            case ["Q", k, i]:
                return whole(variable("Q", k, i) if k else variable("n"))
            case ["N", k]:
                return whole(tensor_dimension(_Ring(variable("d")), k).poly if k else constant(1))
            case ["tau", k]:
                return whole(_welch(k))
            case ["c", k]:
                return Quotient(constant(1), _welch(k))
            case ["S"]:
                return whole(self.row_sum({((algebra.number(("a", "*")), m),): fmpq(1)}))
            case ["T"]:
                return whole(self.row_sum(variable("Q", 2 * m, "*")))
            case ["l", i]:
                return whole(variable("P", i, i))
            case ["C"]:
                return whole(variable("C0")) if self.basis == NAMES else whole(self.row_sum(self.row_c("*")))
            case ["D"]:
                return whole(variable("D")) if self.basis == NAMES else whole(self.row_sum(self.row_d("*")))
            case ["I"]:
                if self.basis == NAMES:
                    return whole(add(multiply(constant(2), variable("C0")), variable("D"), -1))
                return whole(add(multiply(constant(2), self.row_sum(self.row_c("*"))), self.row_sum(self.row_d("*")), -1))
            case ["C", i]:
                return whole(variable("C", i) if self.basis == NAMES else self.row_c(i))
            case ["D", i]:
                return whole(variable("D", i) if self.basis == NAMES else self.row_d(i))
            case ["M", k, i]:
                return whole(variable("M", k, i) if self.basis == NAMES else self.joint(None, 0, i, k))
            case ["Z", i]:
                return whole(add(variable("y", i), multiply(variable("a", i), variable("x", i)), -1))
            case ["xhat", i]:
                return whole(raised(variable("y", i), m))
        return whole(variable(name, *parts))

    # ---- signs

    def sign(self, place: int) -> str:
        """``>``, ``+`` or ``?`` of an atom."""
        atom = algebra.atom_of(place)
        name = atom[0]
        if name == "free":
            return self.signs.get(str(atom[1]), "?")
        label = f"{name}[{atom[1]}]" if name in ("kappa", "mu") else str(name)
        if label in self.signs:
            return self.signs[label]
        if name in POSITIVE or (name == "mu" and int(str(atom[1])) % 2 == 0):
            return ">"
        if name in NONNEGATIVE or (name == "kappa" and atom[1] == 2):
            return "+"
        if name in ("Q", "M") and int(str(atom[1])) % 2 == 0:
            return "+"
        if name in ("P", "L") and atom[1] == atom[2]:
            return "+"
        if name in ("sum", "mean"):
            parts: Monomial = atom[-1]  # type: ignore[assignment]
            known = all(self.sign(part) != "?" or fmpq(exponent) / 2 == (fmpq(exponent) / 2).floor() for part, exponent in parts)
            return "+" if known else "?"
        return "?"


def _without_denominator(value: Quotient) -> Quotient:
    """A quotient by one monomial as a numerator with negative powers."""
    if len(value.denominator) != 1:
        raise Unsupported("a denominator that depends on the index of a sum")
    ((monomial, factor),) = value.denominator.items()
    inverse: Poly = {tuple((place, -exponent) for place, exponent in monomial): 1 / factor}
    return whole(multiply(value.numerator, inverse))


def _welch(k: int) -> Poly:
    """τ_k(d), a polynomial in d."""
    return welch_constant(_Ring(variable("d")), k).poly if k else constant(1)


class _Ring:
    """Enough arithmetic of polynomials for the formulas of :mod:`boundcalc.numbers.constants`."""

    def __init__(self, poly: Poly) -> None:
        self.poly = poly

    def __add__(self, other: int) -> _Ring:
        return _Ring(add(self.poly, constant(other)))

    def __mul__(self, other: _Ring) -> _Ring:
        return _Ring(multiply(self.poly, other.poly))

    def __truediv__(self, other: int) -> _Ring:
        return _Ring(multiply(self.poly, constant(fmpq(1, other))))
