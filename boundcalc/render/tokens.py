r"""Reads LaTeX as a tree of tokens: what renaming and line breaking work on, so that neither ever cuts into a command's name.

Only what the catalog's formulas use is read: letters, digits, commands, braces and scripts. A command's name is one token;
the argument of \text, \operatorname, \mathbb and of environments is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\\\(?:\[\d+pt\])?|\\.|\s+|.", re.DOTALL)
OPAQUE = frozenset({r"\text", r"\operatorname", r"\mathbb", r"\mathrm", r"\mathsf", r"\mathbf", r"\begin", r"\end", r"\textstyle"})
"""Commands whose argument is not mathematics that could be renamed."""


@dataclass(frozen=True)
class Braces:
    """A braced group."""

    items: tuple[LatexNode, ...]


@dataclass(frozen=True)
class Opaque:
    """A command with an argument that is left as it is."""

    command: str
    argument: str


LatexNode = str | Braces | Opaque
"""A single character, a command's name, or one of the above; blanks are not kept."""


class LatexError(ValueError):
    """Braces that do not match."""


def read(text: str) -> tuple[LatexNode, ...]:
    """The tree of a LaTeX formula.

    Raises
    ------
    LatexError
        If its braces do not match.
    """
    tokens = _TOKEN.findall(text)
    nodes, end = _nodes(tokens, 0, "")
    if end != len(tokens):
        raise LatexError(f"unmatched brace in {text!r}")
    return tuple(nodes)


def _nodes(tokens: list[str], at: int, closing: str) -> tuple[list[LatexNode], int]:
    found: list[LatexNode] = []
    while at < len(tokens):
        token = tokens[at]
        if token == "}":
            if closing != "}":
                raise LatexError("unmatched }")
            return found, at
        if token == "{":
            inner, at = _nodes(tokens, at + 1, "}")
            if at >= len(tokens):
                raise LatexError("unmatched {")
            found.append(Braces(tuple(inner)))
        elif token in OPAQUE and at + 1 < len(tokens) and tokens[at + 1] == "{":
            end, depth = at + 2, 1
            while end < len(tokens) and depth:
                depth += {"{": 1, "}": -1}.get(tokens[end], 0)
                end += 1
            if depth:
                raise LatexError("unmatched {")
            found.append(Opaque(token, "".join(tokens[at + 2 : end - 1])))
            at = end - 1
        elif not token.isspace():
            found.append(token)
        at += 1
    if closing:
        raise LatexError("unmatched {")
    return found, at


def write(nodes: tuple[LatexNode, ...] | list[LatexNode]) -> str:
    """LaTeX of a tree, with blanks where they help a reader and where a command's name must end."""
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, Braces):
            piece = "{" + write(node.items) + "}"
        elif isinstance(node, Opaque):
            command = node.command
            if command == r"\mathbb":  # blackboard letters need a package
                command = r"\mathsf" if node.argument == "E" else r"\mathbf"
            piece = f"{command}{{{node.argument}}}"
        else:
            piece = f" {node} " if node in {"+", "-", "=", "<", ">"} or node in RELATIONS else node
        if parts and re.search(r"\\[A-Za-z]+\*?\Z", parts[-1]) and piece[:1].isalpha():
            piece = " " + piece
        if parts and parts[-1].endswith("}") and (piece[:1].isalpha() or piece.startswith("\\")):
            piece = " " + piece
        parts.append(", " if piece == "," else piece)
    text = re.sub(r"  +", " ", "".join(parts))
    text = re.sub(r"([\^_(\[{]|\\(?:left|right|[bB]igg?[lrm]?))\s*([(\[.|]?) ([-+]) ", r"\1\2\3", text)
    text = re.sub(r"(=|<|>|\\[lg]e) ([-+]) ", r"\1 \2", text)
    return re.sub(r"\A([-+]) ", r"\1", text.replace(r", \ ", r",\ ").strip())


RELATIONS = frozenset({r"\le", r"\ge", r"\to", r"\subset", r"\ne", r"\ll", r"\gg", "=", "<", ">"})
OPENING = frozenset({"(", "[", r"\{", r"\langle", r"\lfloor", r"\left", r"\bigl", r"\Bigl", r"\biggl", r"\begin"})
CLOSING = frozenset({")", "]", r"\}", r"\rangle", r"\rfloor"})


def letters(nodes: tuple[LatexNode, ...]) -> Iterator[str]:
    """Every letter and symbol command of a formula, with repetitions."""
    for node in nodes:
        if isinstance(node, Braces):
            yield from letters(node.items)
        elif isinstance(node, str) and ((len(node) == 1 and node.isalpha()) or node in SYMBOLS):
            yield node


_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho sigma "
    "varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
SYMBOLS = frozenset(f"\\{name}" for name in (*_GREEK.split(), "ell", "hbar", "imath", "jmath"))
"""Commands that stand for a letter."""
