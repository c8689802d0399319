"""Parses the language of proof steps: text to a tree.

    statement := expression (("=" | "<=" | ">=" | "<" | ">") expression)+
    expression: numbers, names, ``+ - * / ^``, parentheses; names of features in square brackets: a[i], Q[2*m, i], mu[4]
    sqrt(e)  abs(e)  min(e, ...)  max(e, ...)  binom(e, e)  plus(e), which is max(e, 0)
    sum(i: e)   sum(i, j: e)   sum(j if j != i: e)   sum(k in 1..m step 2: e)
    E[e]        the expectation over the features; x[i], y[i], Z[i], xhat[i], s[i] inside it are random
    one(e = e)  1 where the relation holds, else 0

A chain ``a <= b <= c`` is the relations of its neighbours. Nothing of the text is evaluated here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flint import fmpq

from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Name, Negation, Node, Operation, Range, Relation, Sum
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

MAX_TEXT = 20_000
"""Longest statement, in characters."""
MAX_DEPTH = 60
"""Deepest nesting of an expression."""
MAX_OPERANDS = 100
"""Most terms of one sum and factors of one product: the trees lean to the left."""

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
"""What the signs do, with numbers of any kind."""
RELATIONS = tuple(COMPARE)
FUNCTIONS = {"sqrt": (1, 1), "abs": (1, 1), "min": (1, 99), "max": (1, 99), "binom": (2, 2), "plus": (1, 1)}
"""Least and most arguments of each function."""
RESERVED = {*FUNCTIONS, "sum", "E", "one", "if", "in", "step"}


class StatementError(ValueError):
    """A text that is not a statement: what is wrong, and the offset in the text where it was seen.

    ``part`` is the relation, free variable or definition of the statement whose text it is, once they are known.
    """

    def __init__(self, message: str, offset: int, part: object = None) -> None:
        super().__init__(message)
        self.offset, self.part = offset, part

    def __reduce__(self) -> tuple[type[StatementError], tuple[object, ...]]:
        return StatementError, (str(self), self.offset, self.part)  # it crosses the border between processes


@contextmanager
def within(part: object) -> Iterator[None]:
    """Tells the errors of a block which part of the statement they are about."""
    try:
        yield
    except StatementError as error:
        if error.part is None:
            error.part = part
        raise


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.(?!\.)\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\.\.|<=|>=|!=|==|\*\*|[-+*/^()\[\],:=<>]))"
)
_END = "end of the statement"


class _Parser:
    """Recursive descent over the tokens; one method a rule."""

    def __init__(self, text: str, functions: Mapping[str, tuple[int, int]] = FUNCTIONS) -> None:
        self.functions = functions
        if len(text) > MAX_TEXT:
            raise StatementError(f"a statement has at most {MAX_TEXT} characters, this one has {len(text)}", 0)
        self.tokens: list[tuple[str, str, int]] = []
        offset = 0
        while text[offset:].strip():
            match = _TOKEN.match(text, offset)
            if match is None:
                start = offset + len(text[offset:]) - len(text[offset:].lstrip())
                raise StatementError(f"{text[start]!r} is not part of the language", start)
            kind = str(match.lastgroup)
            word = {"==": "=", "**": "^"}.get(match[kind], match[kind])
            self.tokens.append((kind, word, match.start(kind)))
            offset = match.end()
        self.tokens.append(("end", _END, len(text)))
        self.place, self.depth = 0, 0

    @property
    def word(self) -> str:
        return self.tokens[self.place][1]

    @property
    def at(self) -> int:
        return self.tokens[self.place][2]

    def take(self) -> tuple[str, str, int]:
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, word: str) -> None:
        if self.word != word:
            raise StatementError(f"expected {word!r}, found {self.word!r}", self.at)
        self.take()

    def variable(self) -> str:
        kind, word, at = self.take()
        if kind != "name" or word in RESERVED:
            raise StatementError(f"expected the name of an index, found {word!r}", at)
        return word

    def relation(self) -> Relation:
        left = self.expression()
        at, sign = self.at, self.word
        if sign not in RELATIONS:
            raise StatementError(f"expected one of {' '.join(RELATIONS)}, found {sign!r}", at)
        self.take()
        return Relation(sign, left, self.expression(), at=at)

    def statement(self) -> tuple[Relation, ...]:
        relations: list[Relation] = []
        left = self.expression()
        while self.word in RELATIONS:
            _, sign, at = self.take()
            if sign == "!=":
                raise StatementError("a statement is an equality or an inequality; != is for conditions", at)
            right = self.expression()
            relations.append(Relation(sign, left, right, at=at))
            left = right
        if self.word != _END:
            raise StatementError(f"expected an operator or a relation, found {self.word!r}", self.at)
        if not relations:
            raise StatementError("neither an equality nor an inequality: expected = <= >= < or >", self.at)
        return tuple(relations)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise StatementError(f"nested more than {MAX_DEPTH} deep", self.at)
        node, count = self.term(), 1
        while self.word in ("+", "-"):
            _, sign, at = self.take()
            node, count = Operation(sign, node, self.term(), at=at), count + 1
            self.limit(count, at)
        self.depth -= 1
        return node

    def term(self) -> Node:
        node, count = self.signed(), 1
        while self.word in ("*", "/"):
            _, sign, at = self.take()
            node, count = Operation(sign, node, self.signed(), at=at), count + 1
            self.limit(count, at)
        return node

    def limit(self, count: int, at: int) -> None:
        if count > MAX_OPERANDS:
            raise StatementError(f"more than {MAX_OPERANDS} operands in a row", at)

    def signed(self) -> Node:
        negative, at = False, self.at
        while self.word in ("-", "+"):
            negative ^= self.take()[1] == "-"
        node = self.power()
        return Negation(node, at=at) if negative else node

    def power(self) -> Node:
        base = self.atom()
        if self.word != "^":
            return base
        at = self.take()[2]
        self.depth += 1  # 2^2^2^... nests without parentheses
        if self.depth > MAX_DEPTH:
            raise StatementError(f"nested more than {MAX_DEPTH} deep", at)
        exponent = self.signed()
        self.depth -= 1
        return Operation("^", base, exponent, at=at)

    def atom(self) -> Node:
        kind, word, at = self.take()
        if kind == "number":
            try:
                return Literal(parse_rational(word, parameter="number"), at=at)
            except ParameterError as error:
                raise StatementError(f"number {word[:40]}: {error.allowed}", at) from None
        if word == "(":
            node = self.expression()
            self.expect(")")
            return node
        if kind != "name":
            raise StatementError(f"expected a number, a name or a parenthesis, found {word!r}", at)
        match word:
            case "sum":
                return self.sum(at)
            case "E":
                self.expect("[")
                body = self.expression()
                self.expect("]")
                return Expectation(body, at=at)
            case "one":
                self.expect("(")
                relation = self.relation()
                self.expect(")")
                return Indicator(relation, at=at)
        if word in self.functions:
            return self.call(word, at)
        if word in RESERVED:
            raise StatementError(f"{word!r} is a word of the language, not a quantity", at)
        if self.word != "[":
            return Name(word, at=at)
        self.take()
        return Name(word, self.arguments("]"), at=at)

    def arguments(self, close: str) -> tuple[Node, ...]:
        found = [self.expression()]
        while self.word == ",":
            self.take()
            found.append(self.expression())
        self.expect(close)
        return tuple(found)

    def call(self, function: str, at: int) -> Node:
        self.expect("(")
        arguments = self.arguments(")")
        least, most = self.functions[function]
        if not least <= len(arguments) <= most:
            raise StatementError(f"{function} takes {least} argument{'s' if least > 1 else ''}, not {len(arguments)}", at)
        return Call(function, arguments, at=at)

    def sum(self, at: int) -> Node:
        self.expect("(")
        variables = [self.variable()]
        domain: Range | None = None
        if self.word == "in":
            start = self.take()[2]
            first = self.expression()
            self.expect("..")
            last = self.expression()
            step: Node = Literal(fmpq(1))
            if self.word == "step":
                self.take()
                step = self.expression()
            domain = Range(first, last, step, at=start)
        else:
            while self.word == ",":
                self.take()
                variables.append(self.variable())
        condition: Relation | None = None
        if self.word == "if":
            self.take()
            condition = self.relation()
        self.expect(":")
        body = self.expression()
        self.expect(")")
        return Sum(tuple(variables), domain, condition, body, at=at)


def parse_statement(text: str) -> tuple[Relation, ...]:
    """The relations that a statement claims: ``a <= b <= c`` gives two.

    Raises
    ------
    StatementError
        With the offset of what is not understood.
    """
    return _Parser(text).statement()


def parse_expression(text: str, functions: Mapping[str, tuple[int, int]] = FUNCTIONS) -> Node:
    """The tree of an expression; ``functions`` are what it may call, with their least and most arguments.

    Raises
    ------
    StatementError
        With the offset of what is not understood.
    """
    parser = _Parser(text, functions)
    node = parser.expression()
    if parser.word != _END:
        raise StatementError(f"expected an operator, found {parser.word!r}", parser.at)
    return node


def parse_condition(text: str) -> Relation:
    """The relation of a hypothesis; unlike a statement it may use ``!=``."""
    parser = _Parser(text)
    relation = parser.relation()
    if parser.word != _END:
        raise StatementError(f"expected an operator, found {parser.word!r}", parser.at)
    return relation
