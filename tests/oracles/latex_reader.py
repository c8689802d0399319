"""A small reader of the LaTeX that the package prints, written apart from it: evaluates a formula with mpmath.

Knows + - juxtaposition \\frac ^ _ \\sqrt[k] \\ln \\min \\binom parentheses and cases. A symbol is looked up by its text without
blanks: "n", "n'", "\\mu_{4}", "\\kappa'_{6}", "N_{3}(d)".
"""

from __future__ import annotations

import re

from mpmath import mp, mpf

TOKEN = re.compile(r"\\begin\{cases\}|\\end\{cases\}|\\\\(?:\[\dpt\])?|\\[A-Za-z]+|\\.|\d+|\S")
SPACES = {r"\cdot", r"\,", r"\;", r"\ ", r"\left", r"\right", r"\quad", r"\textstyle"}


class Reader:
    """Evaluates one formula; ``values`` maps a symbol's text to a number."""

    def __init__(self, text: str, values: dict[str, object]) -> None:
        self.tokens = [token for token in TOKEN.findall(text) if token not in SPACES]
        self.at, self.values = 0, values

    def evaluate(self):
        value = self.sum()
        assert self.peek() in ("", "."), self.tokens[self.at :]
        return value

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        assert expected is None or token == expected, (expected, self.tokens[self.at : self.at + 8])
        self.at += 1
        return token

    def sum(self):
        sign = -1 if self.peek() == "-" else 1
        if self.peek() in "+-" and self.peek():
            self.take()
        total = sign * self.product()
        while self.peek() in ("+", "-"):
            total = total + self.product() if self.take() == "+" else total - self.product()
        return total

    def product(self):
        value = self.power()
        while self.peek() not in ("", "+", "-", ")", "}", "]", ",", "&", "<", r"\geq", r"\\", r"\end{cases}", "=", "/", "."):
            if self.peek().startswith(r"\\"):
                break
            value = value * self.power()
        if self.peek() == "/":
            self.take()
            value = value / self.product()
        return value

    def power(self):
        value = self.atom()
        while self.peek() == "^":
            self.take()
            value = value ** self.group()
        return value

    def group(self):
        if self.peek() == "{":
            self.take()
            value = self.sum()
            self.take("}")
            return value
        return mpf(self.take()[0])

    def raw(self) -> str:
        """The text of a braced group or of one token."""
        if self.peek() != "{":
            return self.take()
        text, depth = "", 0
        while True:
            token = self.take()
            depth += {"{": 1, "}": -1}.get(token, 0)
            text += token
            if depth == 0:
                return text

    def atom(self):
        token = self.take()
        if token.isdigit():
            return mpf(token)
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token == r"\frac":
            above, below = self.group(), self.group()
            return above / below if below else mp.nan  # in a case that is not the one that holds
        if token == r"\sqrt":
            order = 2
            if self.peek() == "[":
                self.take()
                order = int(self.take())
                self.take("]")
            return mp.root(self.group(), order)
        if token == r"\binom":
            n, k = self.group(), self.group()
            return mp.binomial(n, k)
        if token == r"\min":
            self.take("(")
            found = [self.sum()]
            while self.peek() == ",":
                self.take()
                found.append(self.sum())
            self.take(")")
            return min(found)
        if token == r"\ln":
            self.take("(")
            value = self.sum()
            self.take(")")
            return mp.log(value)
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\mathsf":  # E min(d, Bin(n, p)) is one value
            text = ""
            while not text.endswith("(n,p))"):
                text += self.take()
            assert text == r"{E}\min(d,\operatorname{Bin}(n,p))", text
            return self.values["expected_minimum"]
        return self.lookup(token)

    def lookup(self, name: str):
        if self.peek() == "'":
            name += self.take()
        if self.peek() == "_":
            self.take()
            index = self.raw()
            name += "_" + (index if index.startswith("{") else "{" + index + "}")
        if name == "E" or name.startswith(("N_", r"\tau_")):
            self.take("(")
            name += "(" + self.take() + ")"
            self.take(")")
        value = self.values[name]
        return value() if callable(value) else value

    def cases(self):
        chosen = None
        while True:
            value = self.sum()
            self.take(",")
            self.take("&")
            left = self.sum()
            relation = self.take()
            right = self.sum()
            if chosen is None and (left < right if relation == "<" else left >= right):
                chosen = value
            if self.take() == r"\end{cases}":
                assert chosen is not None
                return chosen


def value_of(inequality: str, definitions: list[tuple[str, str]], values: dict[str, object]):
    """The right side of an inequality whose definitions are read as well, each when it is needed."""
    known = dict(values)
    for name, text in definitions:
        plain = name.replace(" ", "")
        if plain == r"\frac{1}{G}":
            known["G"] = lambda text=text: 1 / Reader(text, known).evaluate()
        else:
            known[plain] = lambda text=text: Reader(text, known).evaluate()
    right = re.split(r"\\le |\\ge ", inequality, maxsplit=1)[1]
    return Reader(right, known).evaluate()
