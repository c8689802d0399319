"""Estimates the width of a formula in Computer Modern at 10 pt from above: what line breaking decides by."""

from __future__ import annotations

from boundcalc.render.tokens import CLOSING, OPENING, RELATIONS, SYMBOLS, Braces, LatexNode, Opaque, read

TEXT_WIDTH = 345.0
"""The text width of LaTeX's article class at 10 pt, in pt."""
SCRIPT = 0.74
_SPACES = {r"\,": 1.7, r"\;": 2.8, r"\:": 2.3, r"\ ": 3.4, r"\!": -1.7, r"\quad": 10.0, r"\qquad": 20.0, "~": 3.4, "&": 0.0}
_WIDE = {r"\sum": 16.5, r"\sup": 17.0, r"\min": 19.0, r"\max": 20.0, r"\infty": 10.0, r"\ldots": 15.0, r"\cdots": 16.0, r"\Pi": 7.6}
_SIZED = frozenset({r"\left", r"\right", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr"})
_SILENT = _SIZED | {r"\textstyle", r"\displaystyle", r"\limits"}
_BIG = _SIZED | {r"\bigm", r"\Bigm", r"\Big", r"\big"}
_BINARY = frozenset({"+", "-", r"\cdot", r"\oplus", r"\times", r"\otimes", r"\odot", r"\mid"})


def width(latex: str | tuple[LatexNode, ...]) -> float:
    """Width in pt of a formula in display style; an array counts as its widest row."""
    return _width(read(latex) if isinstance(latex, str) else latex, display=True)


def _width(nodes: tuple[LatexNode, ...], *, display: bool) -> float:
    if any(isinstance(node, Opaque) and node.command == r"\begin" for node in nodes):
        return _array(nodes)
    total, at, big = 0.0, 0, False
    while at < len(nodes):
        node = nodes[at]
        at += 1
        if node in (r"\frac", r"\tfrac", r"\binom", r"\tbinom"):
            parts = [_width(_items(part), display=False) for part in nodes[at : at + 2]]
            small = 1.0 if display and node in (r"\frac", r"\binom") else SCRIPT
            total += max(parts, default=0.0) * small + (14.0 if "binom" in str(node) else 2.4)
            at += 2
        elif node == r"\sqrt":
            if at < len(nodes) and nodes[at] == "[":
                at = nodes.index("]", at) + 1
            total += 10.0 + _width(_items(nodes[at]), display=display)
            at += 1
        elif node in ("_", "^"):
            part = SCRIPT * _width(_items(nodes[at]), display=False)
            at += 1
            if at + 1 < len(nodes) and nodes[at] in ("_", "^") and nodes[at] != node:
                part = max(part, SCRIPT * _width(_items(nodes[at + 1]), display=False))
                at += 2
            total += part + 0.5
        elif isinstance(node, Braces):
            total += _width(node.items, display=display)
        elif isinstance(node, Opaque):
            total += (4.7 if node.command == r"\text" else 6.0) * len(node.argument.replace("\\", ""))
        else:
            total += _single(node, big=big)
        big = node in _BIG
    return total


def _items(node: LatexNode) -> tuple[LatexNode, ...]:
    return node.items if isinstance(node, Braces) else (node,)


def _single(node: str, *, big: bool) -> float:
    if node in _SPACES:
        return _SPACES[node]
    if node in _SILENT:
        return 0.0
    if node in RELATIONS:
        return 13.4
    if node in _BINARY:
        return 12.3
    if node in OPENING or node in CLOSING or node in ("|", r"\|"):
        return 7.5 if big else 4.0
    if node in _WIDE:
        return _WIDE[node]
    if node in SYMBOLS:
        return 6.4
    if node.isalpha() and len(node) == 1:
        return 8.6 if node.isupper() or node in "mw" else 5.8
    if node in (",", ";"):
        return 4.6
    return 0.0 if node in (r"\hat", r"\tilde", r"\bar", "'") else 5.2 * max(1, len(node) - 1) if node.startswith("\\") else 5.1


def _array(nodes: tuple[LatexNode, ...]) -> float:
    """What stands before and after an environment, and the widest of its rows."""
    first = next(at for at, node in enumerate(nodes) if isinstance(node, Opaque) and node.command == r"\begin")
    last = max(at for at, node in enumerate(nodes) if isinstance(node, Opaque) and node.command == r"\end")
    rows: list[list[LatexNode]] = [[]]
    for node in nodes[first + 1 : last]:
        if isinstance(node, str) and node.startswith(r"\\"):
            rows.append([])
        else:
            rows[-1].append(node)
    aligned = isinstance(opening := nodes[first], Opaque) and opening.argument == "aligned"
    widest = max(_width(tuple(row), display=aligned) for row in rows) + 24.0
    return widest + _width(nodes[:first], display=True) + _width(nodes[last + 1 :], display=True)
