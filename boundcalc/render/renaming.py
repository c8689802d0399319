r"""Puts a reader's symbols for ours: ``n=N,d=D,p=\epsilon,W=V``, applied to every letter of every formula at once.

The renaming is injective, so no meaning changes. Where a new symbol is a capital that we use for something else (D, say),
that other symbol steps aside to its calligraphic form, and the caller learns of it; any other collision is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from string import ascii_letters

from boundcalc.language.claims import plain
from boundcalc.model.notation import NOTATION
from boundcalc.numbers.errors import ParameterError, nearest, needs_text, offered
from boundcalc.render.tokens import SYMBOLS, Braces, LatexNode, Opaque, letters, read, write

ALLOWED = r"must be a letter or a symbol such as \epsilon, or a word as \mathrm{sae}, with a script if need be, such as n_{sae}"


@dataclass(frozen=True)
class Renaming:
    """The symbols that replace ours.

    Attributes
    ----------
    targets : dict
        Our letter or symbol command to the nodes that replace it.
    displaced : dict
        Those of them that had to step aside, to their new LaTeX.
    """

    targets: dict[str, tuple[LatexNode, ...]] = field(default_factory=dict)
    displaced: dict[str, str] = field(default_factory=dict)

    def __call__(self, latex: str) -> str:
        """A formula in the reader's symbols."""
        return write(self.nodes(read(latex)))

    def in_text(self, text: str) -> str:
        """A sentence with its formulas, between dollars, in the reader's symbols."""
        return re.sub(r"\$([^$]*)\$", lambda match: f"${self(match[1])}$", text)

    def nodes(self, nodes: tuple[LatexNode, ...]) -> tuple[LatexNode, ...]:
        """The same for a tree."""
        found: list[LatexNode] = []
        for at, node in enumerate(nodes):
            if isinstance(node, Braces):
                found.append(Braces(self.nodes(node.items)))
            elif isinstance(node, str) and node in self.targets:
                target = self.targets[node]
                plain = len(target) == 1 and isinstance(target[0], str)
                scripted = at + 1 < len(nodes) and nodes[at + 1] in ("_", "^", "'")
                accented = at > 0 and (nodes[at - 1] in ACCENTS or nodes[at - 1] in ("_", "^"))
                simple = plain or (len(target) == 2 and not scripted and not accented)
                found.extend(target if simple or not (scripted or accented) else (Braces(target),))
            else:
                found.append(node)
        return tuple(found)


ACCENTS = (r"\hat", r"\tilde", r"\bar")
NONE = Renaming()


def parse_renaming(text: str | None) -> Renaming:
    r"""The renaming that ``n=N,d=D,p=\epsilon`` denotes.

    Sources are the names of :mod:`boundcalc.model.notation` (``n``, ``mu``, ``kappa``, …) or their LaTeX; commas inside braces
    do not separate.

    Raises
    ------
    ParameterError
        Naming the entry, for an unknown source, a target that is no symbol, or two symbols that would look the same.
    """
    if text is not None:
        needs_text(text, "notation", "your symbols for ours, such as n=N,p=\\epsilon")
    if text is None or not text.strip():
        return NONE
    targets: dict[str, tuple[LatexNode, ...]] = {}
    for entry in _entries(text):
        name, equals, target = (part.strip() for part in entry.partition("="))
        if not equals or not name:
            raise ParameterError("notation", entry, r"must be of the form ours=yours, such as n=N or p=\epsilon")
        source = _source(name, entry)
        if source in targets:
            raise ParameterError("notation", entry, f"must rename {name} once")
        targets[source] = _target(target, entry)
    return _checked(targets, text)


def _entries(text: str) -> list[str]:
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return [entry.strip() for entry in (*found, text[start:])]


@cache
def used() -> frozenset[str]:
    """Every letter and symbol that some formula of the catalog contains."""
    from boundcalc.bounds.catalog import BOUNDS
    from boundcalc.language.printed import narrower, stated

    strings = [entry.latex.replace("%d", "k") for entry in NOTATION.values()]
    for bound in BOUNDS.values():
        steps = [step for proof in (bound.proof, *(lemma.proof for lemma in bound.lemmas)) for step in proof]
        strings += [text for step in steps for text in (stated(step), narrower(step))]
        strings += [lemma.statement for lemma in bound.lemmas]
    found = {letter for string in strings for letter in letters(read(string))}
    return frozenset(found | {r"\tau", r"\pi", "N", "M", "E", "c", "k", "i", "j", "x", r"\alpha", r"\beta"})


@cache
def sources() -> dict[str, str]:
    """What may be renamed: a name or LaTeX to its letter or symbol command."""
    found = {letter: letter for letter in used()} | {letter[1:]: letter for letter in used() if letter in SYMBOLS}
    for name, entry in NOTATION.items():
        if "_" not in name:
            found[name] = next(letters(read(entry.latex.replace("%d", "2"))))
    return found


def _source(name: str, entry: str) -> str:
    known = sources()
    if name not in known:
        hint = offered(nearest(name, known)) or f"must be one of {', '.join(sorted(NOTATION))}"
        raise ParameterError("notation", entry, f"{name} is no symbol of ours; {hint}")
    return known[name]


_LETTER = (
    r"(?:[A-Za-z]|\\(?:mathrm|text)\{[A-Za-z]+\}|"
    + "|".join(rf"{re.escape(command)}(?![A-Za-z])" for command in sorted(SYMBOLS))
    + ")"
)
_MARK = rf"(?:{_LETTER}|[0-9*'+]|\\(?:ast|star|prime)(?![A-Za-z]))"
_SCRIPT = rf"(?:{_MARK}|\{{{_MARK}+\}})"
_SYMBOL = re.compile(rf"(?:{_LETTER}|\\math(?:cal|sf)\{{{_LETTER}\}})(?:_{_SCRIPT}(?:\^{_SCRIPT})?|\^{_SCRIPT}(?:_{_SCRIPT})?)?")
"""A letter or a word, plain, calligraphic or sans serif, with a subscript and a superscript in either order."""


def _target(text: str, entry: str) -> tuple[LatexNode, ...]:
    if not _SYMBOL.fullmatch(re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", text)):  # a blank may end a command's name
        raise ParameterError("notation", entry, ALLOWED)
    return tuple(map(_upright, read(text)))


def _upright(node: LatexNode) -> LatexNode:
    """A script of three letters or more is a word, set upright."""
    items = node.items if isinstance(node, Braces) else ()
    word = "".join(item for item in items if isinstance(item, str) and len(item) == 1 and item.isalpha())
    return Braces((Opaque(r"\mathrm", word),)) if len(word) >= 3 and len(word) == len(items) else node


def _checked(targets: dict[str, tuple[LatexNode, ...]], text: str) -> Renaming:
    seen: dict[str, str] = {}
    for source, target in targets.items():
        shown = write(target)
        if shown in seen:
            pair = f"{_plain(seen[shown])}={shown} and {_plain(source)}={shown}"
            raise ParameterError("notation", pair, "must not give two symbols the same form")
        seen[shown] = source
    displaced: dict[str, str] = {}
    for source, target in targets.items():
        base = target[0]
        if len(target) > 1 or base == source or base in targets or base not in used():
            continue
        assert isinstance(base, str)
        if len(base) == 1 and base.isupper() and rf"\mathcal{{{base}}}" not in seen:
            displaced[base] = rf"\mathcal{{{base}}}"
        else:
            entry = f"{_plain(source)}={write(target)}"
            raise ParameterError(
                "notation", entry, f"must not be a symbol that stands for something else: {_meaning(base)}; {_free()}"
            )
    moved = {base: read(latex) for base, latex in displaced.items()}
    return Renaming({**targets, **moved}, displaced)


def _free() -> str:
    """Which letters no formula holds."""
    free = [letter for letter in ascii_letters if letter not in used()]
    return f"rename that too, or take {', '.join(free)} or a letter with a script, such as k_0"


def _plain(symbol: str) -> str:
    return symbol.removeprefix("\\")


def _meaning(symbol: str) -> str:
    for entry in NOTATION.values():
        if next(letters(read(entry.latex.replace("%d", "2")))) == symbol:
            return f"{_plain(symbol)} denotes {plain(entry.meaning)}"
    return f"{_plain(symbol)} occurs in the proofs"
