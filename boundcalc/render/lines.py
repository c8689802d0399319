r"""Breaks long formulas at commas, relations and top-level signs, so that no line is wider than the text.

Only what stands outside of every bracket and brace is a place to break; where that does not suffice, inside one pair of
brackets; a pair that was set with \left and \right, which cannot be broken, is then set in a fixed size. Where that does not
suffice either, the wide part of a fraction is set in several lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from boundcalc.render.tokens import CLOSING, OPENING, RELATIONS, Braces, LatexNode, Opaque, read, write
from boundcalc.render.width import TEXT_WIDTH, width

INDENT = 20.0
FRAME = 30.0
"""What an environment inside of a fraction takes at its sides."""
_SKIPS = (r"\quad", r"\qquad")


def display(latex: str, limit: float = TEXT_WIDTH, closing: str = "") -> str:
    """A displayed formula of one or more lines, to be followed by text."""
    lines = broken(latex, limit)
    if len(lines) == 1:
        return f"\\[ {lines[0]}{closing} \\]"
    return f"\\[ {_aligned(lines)}{closing} \\]"


def _aligned(lines: Sequence[str]) -> str:
    body = " \\\\\n  ".join(lines)
    return f"\\begin{{aligned}}\n  {body}\n\\end{{aligned}}"


def definitions(pairs: Sequence[tuple[str, str]], limit: float = TEXT_WIDTH) -> str:
    """Several definitions ``name = value`` aligned at their signs, in an environment that may be split over pages."""
    rows: list[str] = []
    for name, value in pairs:
        left = width(name) + 14.0
        lines = sums(read(value), limit - left, forced=True)
        rows.append(f"{name} &= {lines[0]}" + "".join(f" \\\\\n  &\\quad{{}}{line}" for line in lines[1:]))
    body = ", \\\\\n  ".join(rows)
    return f"\\begin{{align*}}\n  {body}.\n\\end{{align*}}"


def broken(latex: str, limit: float = TEXT_WIDTH) -> list[str]:
    """The lines of a formula, aligned at & where there are several."""
    nodes = read(latex)
    if width(nodes) <= limit:
        return [write(nodes)]
    lines: list[str] = []
    for clause in _clauses(nodes):
        lines += _clause(clause, limit)
    return lines if len(lines) > 1 else [lines[0].removeprefix("&")]


def _clause(nodes: tuple[LatexNode, ...], limit: float) -> list[str]:
    """A clause broken at its relations after the first, then at its signs, and before the first relation if need be."""
    if width(nodes) <= limit:
        return [f"&{write(nodes)}"]
    marks = [at for at in _top(nodes) if nodes[at] in RELATIONS]
    if not marks:
        return _indented([nodes], limit)
    pieces = _pieces(nodes, marks[1:])
    if max(width(read(line)) for line in sums(pieces[0], limit - INDENT)) > limit:
        pieces = _pieces(nodes, marks)
    return _indented(pieces, limit)


def _indented(pieces: Sequence[tuple[LatexNode, ...]], limit: float) -> list[str]:
    """Each piece on lines of its own, those after the first moved to the right."""
    lines: list[str] = []
    for number, piece in enumerate(pieces):
        inner = sums(piece, limit - INDENT * (2 if number else 1), forced=True)
        for k, line in enumerate(inner):
            shift = (number > 0) + (k > 0)
            lines.append("&" + (r"", r"\quad{}", r"\qquad{}")[shift] + line)
    return lines


def sums(nodes: tuple[LatexNode, ...], limit: float, *, forced: bool = False) -> list[str]:
    r"""Lines that begin with a sign, each as long as fits; the first is the start of the formula.

    Where ``forced``, what is still too wide is broken inside of \left and \right and of fractions.
    """
    if width(nodes) <= limit:
        return [write(nodes)]
    lines: list[tuple[LatexNode, ...]] = []
    for piece in (part for term in _pieces(nodes, _signs(nodes, 0)) for part in _parts(term, limit, forced)):
        if lines and width((*lines[-1], *piece)) <= limit:
            lines[-1] = (*lines[-1], *piece)
        else:
            lines.append(piece)
    return [write(_stacked(line, limit) if forced else line) for line in lines]


def _stacked(line: tuple[LatexNode, ...], limit: float) -> tuple[LatexNode, ...]:
    """A line that is still too wide, with the parts of its fractions that make it so in several lines."""
    for at, node in enumerate(line):
        if node != r"\frac":
            continue
        for place in (at + 1, at + 2):
            part, excess = line[place], width(line) - limit
            if excess > 0 and isinstance(part, Braces):
                rows = sums(part.items, width(line[at : at + 3]) - excess - FRAME, forced=True)
                shorter = (*line[:place], Braces(read(_aligned([f"&{row}" for row in rows]))), *line[place + 1 :])
                line = shorter if len(rows) > 1 else line
    return line


def _parts(term: tuple[LatexNode, ...], limit: float, forced: bool) -> list[tuple[LatexNode, ...]]:
    """A term that is too wide, broken inside of its brackets."""
    if width(term) <= limit:
        return [term]
    parts = _pieces(term, _signs(term, 1))
    if not forced or max(map(width, parts)) <= limit:
        return parts
    loose = _loosened(term, limit)
    return _pieces(loose, _signs(loose, 1))


def _loosened(nodes: tuple[LatexNode, ...], limit: float) -> tuple[LatexNode, ...]:
    r"""The same with the outermost wide pairs of \left and \right in a fixed size, so that a line may end between them."""
    found, opened = list(nodes), []
    for at, node in enumerate(nodes):
        if node == r"\left":
            opened.append(at)
        elif node == r"\right" and opened:
            start = opened.pop()
            if not opened and width(nodes[start : at + 2]) > limit / 2:
                found[start], found[at] = r"\biggl", r"\biggr"
    return tuple(found)


def _pieces(nodes: tuple[LatexNode, ...], marks: Sequence[int]) -> list[tuple[LatexNode, ...]]:
    cuts = [0, *marks, len(nodes)]
    return [nodes[a:b] for a, b in pairwise(cuts) if b > a]


def _clauses(nodes: tuple[LatexNode, ...]) -> list[tuple[LatexNode, ...]]:
    """Split after a comma or a wide space at the top."""
    found, start = [], 0
    for at in _top(nodes):
        after = nodes[at + 1] if at + 1 < len(nodes) else ""
        words = nodes[at]
        if isinstance(words, Opaque) and words.command == r"\text" and at > start and nodes[at - 1] not in RELATIONS:
            found.append(nodes[start:at])
            start = at
            continue
        if nodes[at] in _SKIPS or (nodes[at] == "," and after in (r"\ ", r"\;") and width(nodes[at:]) > 30):
            piece = nodes[start : at + (nodes[at] == ",")]
            if piece:
                found.append(piece)
            start = at + 1
    found.append(nodes[start:])
    merged: list[tuple[LatexNode, ...]] = []
    for piece in found:
        trimmed = piece[1:] if piece and piece[0] in (r"\ ", r"\;") else piece
        if not trimmed:
            continue
        first = trimmed[0]  # a condition, or what the formula before it holds for, stays apart
        apart = isinstance(first, Opaque) and first.command == r"\text" and first.argument.strip() in ("for", "if", "where")
        if merged and not apart and width(trimmed) < 60 and width((*merged[-1], *trimmed)) < TEXT_WIDTH - 30:
            merged[-1] = (*merged[-1], r"\quad", *trimmed)
        else:
            merged.append(trimmed)
    return merged


def _depths(nodes: tuple[LatexNode, ...]) -> list[tuple[int, bool]]:
    r"""For each node, how many brackets enclose it, and whether one of them was set with \left or is an environment."""
    found: list[tuple[int, bool]] = []
    rigid: list[bool] = []
    for at, node in enumerate(nodes):
        before = nodes[at - 1] if at else ""
        if node == r"\right" or (isinstance(node, Opaque) and node.command == r"\end"):
            if rigid:
                rigid.pop()
        elif node in CLOSING and before not in (r"\left", r"\right") and rigid and before not in _SCRIPTS:
            rigid.pop()
        found.append((len(rigid), any(rigid)))
        if node == r"\left" or (isinstance(node, Opaque) and node.command == r"\begin"):
            rigid.append(True)
        elif node in OPENING and node not in _SIZES and before not in (r"\left", r"\right"):
            rigid.append(False)
    return found


_SIZES = frozenset({r"\left", r"\bigl", r"\Bigl", r"\biggl", r"\begin"})
_SCRIPTS = frozenset({"_", "^"})


def _top(nodes: tuple[LatexNode, ...]) -> list[int]:
    return [at for at, (depth, _) in enumerate(_depths(nodes)) if depth == 0]


def _signs(nodes: tuple[LatexNode, ...], most: int) -> list[int]:
    r"""Binary signs within at most that many brackets, none of them set with \left."""
    found = []
    for at, (depth, rigid) in enumerate(_depths(nodes)):
        before = nodes[at - 1] if at else None
        opened = before is None or before in OPENING or before in RELATIONS or before in ("_", "^", ",", r"\bigl", r"\Bigl")
        if depth <= most and not rigid and nodes[at] in ("+", "-") and not opened and not isinstance(nodes[at], Braces):
            found.append(at)
    return found
