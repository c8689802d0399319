"""Places in a claim file: its errors, and what remembers where the text of each step stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from boundcalc.language.grammar import StatementError
from boundcalc.language.statement import Statement
from boundcalc.numbers.errors import ParameterError


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class ClaimError(ParameterError):
    """Something wrong in a claim file: one line ``file:line:column: what``."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__("claim", path, message)
        self.path, self.line, self.column = path, line, column

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {' '.join(str(self.allowed).split())}"


SourceText = tuple[object, int | None, str]
"""A relation, free variable or definition, the offset of its text in the file (``None`` if it has escapes), and the text."""


@dataclass(frozen=True)
class ClaimFile:
    """A proof to be checked."""

    path: str
    title: str
    statements: tuple[Statement, ...]
    text: str = field(repr=False)
    starts: tuple[int, ...] = ()
    """Offset of each step."""
    sources: tuple[tuple[SourceText, ...], ...] = ()
    """For each step, the texts it was read from."""

    def error(self, step: int, error: StatementError) -> ClaimError:
        """An error that a step shows only when it is checked, such as a division by zero, with its place in the file."""
        offset = offset_of(self.sources[step], error, self.starts[step])
        return ClaimError(self.path, *place(self.text, offset), str(error))


def offset_of(sources: Iterable[SourceText], error: StatementError, otherwise: int) -> int:
    for part, start, text in sources:
        if start is not None and error.part is not None and part == error.part:
            return start + min(error.offset, len(text))
    return otherwise
