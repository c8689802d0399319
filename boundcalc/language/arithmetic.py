"""Evaluates arithmetic in named numbers, such as ``d^m``, ``floor(d^2/2)`` or ``0.9^i``: exactly, or else in balls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flint import arb, fmpq

from boundcalc.language.grammar import COMBINE, StatementError
from boundcalc.language.nodes import Call, Literal, Name, Negation, Node, Operation

Value = fmpq | arb


def names_of(node: Node, allowed: Collection[str]) -> frozenset[str]:
    """The names in a tree.

    Raises
    ------
    StatementError
        For a name that is not ``allowed``, and for anything but arithmetic.
    """
    match node:
        case Literal():
            return frozenset()
        case Name(name=name, indices=()) if name in allowed:
            return frozenset({name})
        case Negation(operand=operand):
            return names_of(operand, allowed)
        case Operation(left=left, right=right):
            return names_of(left, allowed) | names_of(right, allowed)
        case Call(arguments=arguments):
            return frozenset().union(*(names_of(part, allowed) for part in arguments))
    word = getattr(node, "name", type(node).__name__.lower())
    raise StatementError(f"{word} is not part of a formula in {', '.join(allowed)}", node.at)


@dataclass(frozen=True)
class Evaluation:
    """What the names stand for, and how long a rational may be.

    Attributes
    ----------
    known : mapping
        Numbers; the text ``inf`` for one that is infinite.
    bits : int
        Largest rational that is written out.
    inexact : bool
        Whether a longer one, or an irrational number, is a ball at the current precision; otherwise there is no value.
    """

    known: Mapping[str, fmpq | str]
    bits: int
    inexact: bool = False

    def value(self, node: Node) -> Value:
        """The value of a tree.

        Raises
        ------
        ArithmeticError
            Where there is none; the message says why.
        """
        match node:
            case Literal(value=value):
                return value
            case Name(name=name):
                given = self.known[name]
                if isinstance(given, str):
                    raise ArithmeticError(f"needs a finite {name}")
                return given
            case Negation(operand=operand):
                return -self.value(operand)
            case Operation(sign=sign, left=left, right=right):
                one, other = self.value(left), self.value(right)
                if sign == "^":
                    return self._power(one, other)
                if sign == "/" and not other != 0:
                    raise ArithmeticError("must not divide by zero")
                return self._kept(COMBINE[sign](one, other))
            case Call(function=function, arguments=arguments):
                return self._call(function, [self.value(part) for part in arguments])
        raise TypeError(f"{type(node).__name__} has no value")

    def _call(self, function: str, values: list[Value]) -> Value:
        x = values[0]
        match function:
            case "min":
                return min(values)
            case "max":
                return max(values)
            case "abs":
                return max(x, -x)
            case "sqrt":
                return self._power(x, fmpq(1, 2))
        assert isinstance(x, fmpq)  # what may be a ball is never rounded to an integer
        return fmpq(x.ceil() if function == "ceil" else (x if function == "floor" else x + fmpq(1, 2)).floor())

    def _kept(self, value: Value) -> Value:
        """The number, or a ball in the place of a rational that is too long."""
        if isinstance(value, arb) or value.height_bits() <= self.bits:
            return value
        return self._ball(value, f"must stay below {self.bits} bits")

    def _ball(self, value: Value, why: str) -> arb:
        if not self.inexact:
            raise ArithmeticError(why)
        return arb(value)

    def _power(self, base: Value, exponent: Value) -> Value:
        why = "must have whole exponents"
        if isinstance(base, fmpq) and isinstance(exponent, fmpq):
            if base == 0 and exponent < 0:
                raise ArithmeticError("must not divide by zero")
            if exponent.q == 1:
                if abs(exponent) * max(base.height_bits(), 1) <= self.bits:
                    return self._kept(base ** int(exponent.p))
                why = f"must stay below {self.bits} bits"
            elif self.inexact and base >= 0:
                order = int(exponent.q)
                root = fmpq(base.p.root(order), base.q.root(order))
                if root**order == base:
                    return self._power(root, fmpq(exponent.p))
        ball = self._ball(base, why)
        if ball < 0 and isinstance(exponent, fmpq) and exponent.q == 1:
            return (-1 if int(exponent.p) % 2 else 1) * (-ball) ** arb(exponent)
        if not ball > 0:
            raise ArithmeticError("must not take a root of a negative number")
        return ball ** arb(exponent)
