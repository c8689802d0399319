"""A small reader of printed statements, written apart from the printer: LaTeX back to the text of the language of claims.

A printed statement is relations, then what it holds for, under which conditions, and what its names stand for. What the
letters mean is fixed here, by their LaTeX; every other letter with a subscript is a name of the author: digits belong to the
name (``M_{12}`` is ``M_12``), letters are indices (``F_{ij}`` is ``F[i, j]``).
"""

from __future__ import annotations

import re

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|\S")
SKIPPED = {r"\,", r"\ ", r"\Bigl", r"\Bigr"}
RELATIONS = {r"\le": "<=", r"\ge": ">=", "=": "=", "<": "<", ">": ">", r"\ne": "!="}
LETTERS = {r"\pi": "isolation", r"\rho": "rho"}
ROWS = {"a": "a", "q": "q", "t": "t", r"\ell": "l", "C": "C", "D": "D", "x": "x", "y": "y", "s": "s", "Z": "Z"}
ENTRIES = {"A": "A", "P": "P", r"\Pi": "L"}
OF_ORDER = {r"\mu": "mu", r"\kappa": "kappa"}
OF_DIMENSION = {"N": "N", r"\tau": "tau", "c": "c"}
OF_ROW = {"Q": "Q", "M": "M"}
WORDS = {
    r"\operatorname{rank}W_{\operatorname{supp}x}": "visible",
    r"|\operatorname{supp}x|": "active",
    r"\operatorname{rank}A": "rank",
}


class Printed:
    """The parts of a printed statement, as text of the language."""

    def __init__(self, latex: str, constant: str) -> None:
        parts = re.split(r"\\quad \\text\{(for|if|where) \}", latex)
        self.relations = [Reader(part, constant).relation() for part in parts[0].split(r",\quad ")]
        self.free: list[tuple[str, str]] = []
        self.given: list[str] = []
        self.define: list[tuple[str, str]] = []
        for word, text in zip(parts[1::2], parts[2::2], strict=True):
            for item in text.strip().split(r",\ "):
                reader = Reader(item, constant)
                match word.strip():
                    case "for":
                        self.free.append(reader.range())
                    case "if":
                        self.given.append(reader.condition())
                    case _:
                        head, value = reader.relation().split(" = ", 1)
                        self.define.append((head, value))


class Reader:
    """Reads one formula; ``constant`` is what the letter G stands for."""

    def __init__(self, text: str, constant: str) -> None:
        self.tokens = [token for token in TOKEN.findall(text) if token not in SKIPPED]
        self.at, self.constant = 0, constant

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        assert token, "the formula ends too early"
        assert not expected or token == expected, (expected, self.tokens[self.at : self.at + 8])
        self.at += 1
        return token

    def relation(self) -> str:
        text = self.sum()
        while self.peek() in RELATIONS:
            text += f" {RELATIONS[self.take()]} {self.sum()}"
        return text

    def condition(self) -> str:
        """``X >= 0 (m > 3)`` is one(m > 3)*X >= 0."""
        left, sign, right = self.sum(), RELATIONS[self.take()], self.product_of(1)
        if self.peek() != "(":
            return f"{left} {sign} {right}" + self.rest()
        self.take("(")
        return f"one({self.relation()})*{left} {sign} {right}"

    def rest(self) -> str:
        return "" if not self.peek() else "*" + self.product()

    def range(self) -> tuple[str, str]:
        name = self.atom()
        if self.take() == r"\in":
            self.take("[")
            first = self.sum()
            self.take(",")
            return name, f"{first}..{self.sum()} real"
        return name, self.integers()

    def integers(self) -> str:
        """``1, 3, ..., m`` or ``0, 1``."""
        values = [self.sum()]
        while self.peek() == ",":
            self.take()
            values.append(self.take() if self.peek() == r"\ldots" else self.sum())
        step = f" step {int(values[1]) - int(values[0])}" if len(values) == 4 else ""
        return f"{values[0]}..{values[-1]}{step}"

    def sum(self) -> str:
        text = "-" + self.next_product() if self.peek() == "-" and self.take() else self.product()
        while self.peek() in ("+", "-"):
            text += f" {self.take()} {self.product()}"
        return text

    def next_product(self) -> str:
        return self.product()

    def product(self) -> str:
        return self.product_of(99)

    def product_of(self, most: int) -> str:
        factors = [self.power()]
        ends = {"", "+", "-", ")", "}", "]", ",", "/", r"\ldots", ":", r"\in", *RELATIONS}
        while len(factors) < most and self.peek() not in ends and not (self.peek() == "|" and factors):
            if self.peek() == r"\cdot":
                self.take()
            factors.append(self.power())
        text = "*".join(factors)
        if self.peek() == "/":
            self.take()
            text += f"/{self.power()}"
        return text

    def power(self) -> str:
        if self.peek() == r"\langle":
            return self.cosine()
        base = self.atom()
        if self.peek() == "_":  # the positive part
            self.take()
            self.take("+")
            base = f"plus({base})"
        while self.peek() == "^":
            self.take()
            base = f"({base})^({self.group()})"
        return base

    def cosine(self) -> str:
        """The cosine of w_i and w_j to an even power."""
        for token in (r"\langle", "v", "_"):
            self.take(token)
        i = self.take()
        for token in (",", "v", "_"):
            self.take(token)
        j = self.take()
        self.take(r"\rangle")
        self.take("^")
        return f"cos2[{i}, {j}]^(({self.group()})/2)"

    def group(self) -> str:
        """A braced group, or one token."""
        if self.peek() != "{":
            return self.atom_of(self.take())
        self.take()
        text = self.sum()
        self.take("}")
        return text

    def atom_of(self, token: str) -> str:
        return LETTERS.get(token, token.removeprefix("\\"))

    def bracketed(self, opening: str, closing: str) -> str:
        self.take(opening)
        text = self.sum()
        self.take(closing)
        return text

    def atom(self) -> str:
        ahead = "".join(self.tokens[self.at :])
        for latex, name in WORDS.items():
            if ahead.startswith(latex):
                self.at += len(TOKEN.findall(latex))
                return name
        if self.peek() == "(":
            return f"({self.bracketed('(', ')')})"
        token = self.take()
        match token:
            case r"\frac":
                return f"(({self.group()})/({self.group()}))"
            case r"\binom":
                return f"binom({self.group()}, {self.group()})"
            case r"\sqrt":
                return f"sqrt({self.group()})"
            case r"\min" | r"\max":
                self.take("(")
                parts = [self.sum()]
                while self.peek() == ",":
                    self.take()
                    parts.append(self.sum())
                self.take(")")
                return f"{token[1:]}({', '.join(parts)})"
            case r"\mathbb":
                for expected in "{E}":
                    self.take(expected)
                return f"E[{self.bracketed('[', ']')}]"
            case r"\mathbf":
                for expected in "{1}[":
                    self.take(expected)
                relation = self.relation()
                self.take("]")
                return f"one({relation})"
            case r"\sum":
                return self.sum_over()
            case r"\hat":
                self.take("x")
                self.take("_")
                return f"xhat[{self.group()}]"
        return token if token.isdigit() else self.letter(token)

    def sum_over(self) -> str:
        self.take("_")
        if self.peek() != "{":
            return f"sum({self.take()}: {self.product()})"
        self.take()
        names = [self.take()]
        while self.peek() == ",":
            self.take()
            names.append(self.take())
        head = ", ".join(names)
        if self.peek() == "=":
            self.take()
            head += f" in {self.integers()}"
            self.take("}")
            if self.peek() == "^":
                self.take()
                head += f"..{self.group()}"
                head = re.sub(r"in (\S+?)\.\.\1\.\.", r"in \1..", head)
        elif self.peek() == r"\ne":
            self.take()
            other = self.take()
            head = f"{head}, {other} if {head} != {other}"
            self.take("}")
        elif self.peek() == ":":
            self.take()
            head += f" if {self.relation()}"
            self.take("}")
        else:
            self.take("}")
        return f"sum({head}: {self.product()})"

    def letter(self, token: str) -> str:
        if self.peek() != "_":
            return self.constant if token == "G" else self.atom_of(token)
        self.take()
        start = self.at
        if token in (*OF_ORDER, *OF_DIMENSION, *OF_ROW):
            order = self.group()
            if token in OF_ORDER:
                return f"{OF_ORDER[token]}[{order}]"
            if self.peek() == "(" and token in OF_DIMENSION:
                assert "".join(self.tokens[self.at : self.at + 3]) == "(d)"
                self.at += 3
                return f"{OF_DIMENSION[token]}[{order}]"
            if self.peek() == "(" and token in OF_ROW and self.tokens[self.at + 2] == ")":
                self.at += 3
                return f"{OF_ROW[token]}[{order}, {self.tokens[self.at - 2]}]"
            self.at = start
        indices = [self.take()] if self.peek() != "{" else self.indices()
        if all(index.isdigit() for index in indices):
            return f"{self.atom_of(token)}_{''.join(indices)}"
        name = {**ROWS, **ENTRIES}.get(token, self.atom_of(token))
        return f"{name}[{', '.join(indices)}]"

    def indices(self) -> list[str]:
        self.take("{")
        found = []
        while self.peek() != "}":
            found.append(self.take())
        self.take("}")
        return found
