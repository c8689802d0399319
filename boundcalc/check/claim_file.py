"""Reads a proof of the user from a TOML file, with a place in the file for everything that is wrong with it.

title = "..."
[hypotheses]               # m = [3, 5], symmetric = true, where = ["kappa[4] >= 0"]
[quantities]               # "v[i]" = "p*mu[2]*(q[i] - a[i]^2)", in order: each may use those before it
[[steps]]                  # key, claim (a text or a list), because, where, for = { theta = "0..1 real" }
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from boundcalc.check.claim_place import ClaimError, ClaimFile, SourceText, offset_of, place
from boundcalc.language.grammar import StatementError, parse_condition, parse_expression, parse_statement
from boundcalc.language.latex import statement_latex
from boundcalc.language.names import resolve
from boundcalc.language.nodes import Name, Node, Relation
from boundcalc.language.resolved import walk
from boundcalc.language.statement import Definition, Free, Statement, parse_free
from boundcalc.numbers.errors import shortened

T = TypeVar("T")
MAX_BYTES = 2_000_000
"""Largest file."""
MAX_STEPS = 200
"""Most steps of a file."""
MAX_EXPONENT = 15
"""Largest m of a file: the smallest cases have sums of powers 2m."""
TOP = ("title", "hypotheses", "quantities", "steps")
HYPOTHESES = ("m", "symmetric", "where")
STEP = ("key", "claim", "because", "where", "for")


def read_claims(path: str | os.PathLike[str]) -> ClaimFile:
    """The steps of a claim file.

    Raises
    ------
    ClaimError
        With the place in the file, for anything wrong in it or a file that cannot be read.
    """
    shown = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise ClaimError(shown, 1, 1, f"cannot be read: {reason}") from None
    if len(data) > MAX_BYTES:
        raise ClaimError(shown, 1, 1, f"a claim file has at most {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        where = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise ClaimError(shown, *where, "not a text file: a claim file is TOML in UTF-8") from None
    return parse_claims(text, shown)


def parse_claims(text: str, path: str = "claims.toml") -> ClaimFile:
    """The steps of the text of a claim file.

    Raises
    ------
    ClaimError
    """
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, and a number of thousands of digits
        found = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        message = re.sub(r"\s*\(at .*", "", str(error), flags=re.DOTALL)
        long = None if isinstance(error, tomllib.TOMLDecodeError) else re.search(r"\d{1000,}", text)
        line, column = (
            (int(found[1]), int(found[2])) if found and found[1] else place(text, long.start() if long else len(text.rstrip()))
        )
        raise ClaimError(path, line, column, f"not TOML: {shortened(message)}") from None
    except RecursionError:
        raise ClaimError(path, 1, 1, "not TOML: nested too deep") from None
    return _Reader(text, path).read(table)


class _Reader:
    """Reads the table; ``region`` is the part of the text in which a value is looked for."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self.region = (0, len(text))
        self.general: list[SourceText] = []
        self.sources: list[SourceText] = self.general
        """Where what is read now is noted: for all steps, or for one."""

    def fail(self, message: str, offset: int) -> ClaimError:
        return ClaimError(self.path, *place(self.text, offset), message)

    def find_key(self, key: str) -> int:
        """Offset of a key in the region, or the region's start."""
        quoted = rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')"
        match = re.compile(rf"(?:^|[\[{{,.])[ \t]*({quoted})[ \t]*[=\].]", re.MULTILINE).search(self.text, *self.region)
        return match.start(1) if match else self.region[0]

    def find_value(self, key: str, value: str) -> int | None:
        """Offset of a string that is written verbatim after its key; ``None`` if it is written with escapes."""
        found = self.text.find(value, self.find_key(key), self.region[1]) if value else -1
        return found if found >= 0 else None

    def parsed(self, parse: Callable[[str], T], key: str, value: str) -> T:
        """What a text is read as; errors of the language become errors of the file, and the place of the text is noted."""
        start = self.find_value(key, value)
        try:
            found = parse(value)
        except StatementError as error:
            at = self.find_key(key) if start is None else start + min(error.offset, len(value))
            raise self.fail(str(error), at) from None
        self.sources.extend((part, start, value) for part in (found if isinstance(found, tuple) else (found,)))
        return found

    def known(self, table: dict[str, Any], allowed: tuple[str, ...], what: str) -> None:
        for key in table:
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(allowed)}"
                raise self.fail(f"unknown key {shortened(key)!r} {what} ({hint})", self.find_key(key))

    def typed(self, table: dict[str, Any], key: str, default: T, allowed: str = "text in quotation marks") -> T:
        """A value of the type of the default."""
        value = table.get(key, default)
        if not isinstance(value, type(default)):
            raise self.fail(f"{key} must be {allowed}", self.find_key(key))
        return value

    def strings(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.fail(f"{key} must be text, or a list of texts, in quotation marks", self.find_key(key))
        return tuple(value)

    def conditions(self, table: dict[str, Any]) -> tuple[Relation, ...]:
        return tuple(self.parsed(parse_condition, "where", text) for text in self.strings(table, "where"))

    def read(self, table: dict[str, Any]) -> ClaimFile:
        self.known(table, TOP, "at the top of a claim file")
        title = self.typed(table, "title", Path(self.path).stem)
        hypotheses, quantities = (
            self.typed(table, key, dict[str, Any](), f"a table, under [{key}]") for key in ("hypotheses", "quantities")
        )
        steps = table.get("steps", [])
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise self.fail("steps must be tables, each under [[steps]]", self.find_key("steps"))
        if not steps:
            raise self.fail("no steps: a claim file has at least one [[steps]] with key and claim", len(self.text.rstrip()))
        if len(steps) > MAX_STEPS:
            raise self.fail(f"at most {MAX_STEPS} steps, here {len(steps)}", self.find_key("steps"))
        self.region = self.section("hypotheses")
        self.known(hypotheses, HYPOTHESES, "in [hypotheses]")
        symmetric = self.typed(hypotheses, "symmetric", True, "true or false")
        general = (self.exponents(hypotheses), symmetric, self.conditions(hypotheses))
        self.region = self.section("quantities")
        definitions = tuple(self.definition(name, value) for name, value in quantities.items())
        regions = list(self.step_regions(len(steps)))
        found, sources, seen = [], list[tuple[SourceText, ...]](), set[str]()
        for step, self.region in zip(steps, regions, strict=True):
            self.sources = []
            found.append(self.step(step, Path(self.path).stem, general, definitions))
            sources.append((*self.sources, *self.general))
            if found[-1].key in seen:
                raise self.fail(f"two steps have the key {found[-1].key!r}", self.find_key("key"))
            seen.add(found[-1].key)
        self.region = self.section("quantities")
        for definition in definitions:
            if not any(definition in statement.definitions for statement in found):
                self.unused(definition, definitions, found)
        return ClaimFile(self.path, title, tuple(found), self.text, tuple(region[0] for region in regions), tuple(sources))

    def section(self, name: str) -> tuple[int, int]:
        """The text from [name] to the next header."""
        match = re.search(rf"^[ \t]*\[[ \t]*{name}[ \t]*\]", self.text, re.MULTILINE)
        if match is None:
            return 0, len(self.text)
        following = re.compile(r"^[ \t]*\[", re.MULTILINE).search(self.text, match.end())
        return match.start(), following.start() if following else len(self.text)

    def step_regions(self, count: int) -> Iterable[tuple[int, int]]:
        starts = [match.start() for match in re.finditer(r"^[ \t]*\[\[[ \t]*[\"']?steps[\"']?[ \t]*\]\]", self.text, re.MULTILINE)]
        if len(starts) != count:  # written as an inline array, or a header inside a text
            return [(0, len(self.text))] * count
        return zip(starts, [*starts[1:], len(self.text)], strict=True)

    def exponents(self, table: dict[str, Any]) -> tuple[int, ...]:
        value = table.get("m", [3, 5])
        value = value if isinstance(value, list) else [value]
        whole = all(isinstance(m, int) and not isinstance(m, bool) for m in value)
        if not value or not whole or any(m % 2 == 0 or not 1 <= m <= MAX_EXPONENT for m in value):
            raise self.fail(f"m must be odd, 1 to {MAX_EXPONENT}, or a list of such", self.find_key("m"))
        return tuple(dict.fromkeys(value))

    def definition(self, name: str, value: object) -> Definition:
        match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*(?:\[([^\]]*)\])?\s*", name, re.ASCII)
        indices = tuple(part.strip() for part in match[2].split(",")) if match and match[2] is not None else ()
        if match is None or not all(re.fullmatch(r"[A-Za-z_]\w*", index, re.ASCII) for index in indices):
            raise self.fail(f'{shortened(name)!r} is not the name of a quantity, such as "v" or "v[i]"', self.find_key(name))
        if not isinstance(value, str):
            raise self.fail(f"{name} must be text in quotation marks", self.find_key(name))
        head = match[1]
        return self.parsed(lambda text: Definition(head, indices, parse_expression(text)), name, value)

    def free(self, table: dict[str, Any]) -> tuple[Free, ...]:
        found = []
        for name, text in self.typed(table, "for", dict[str, Any](), 'a table such as { theta = "0..1 real" }').items():
            if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or not isinstance(text, str):
                raise self.fail('for must give names their ranges, such as { theta = "0..1 real" }', self.find_key(name))
            found.append(self.parsed(partial(parse_free, name), name, text))
        return tuple(found)

    def step(
        self,
        table: dict[str, Any],
        owner: str,
        general: tuple[tuple[int, ...], bool, tuple[Relation, ...]],
        definitions: tuple[Definition, ...],
    ) -> Statement:
        self.known(table, STEP, "in [[steps]]")
        for key in ("key", "claim"):
            if not table.get(key):
                raise self.fail(f"a step needs its {key}", self.region[0])
        exponents, symmetric, conditions = general
        claims = (self.parsed(parse_statement, "claim", text) for text in self.strings(table, "claim"))
        relations = tuple(relation for claim in claims for relation in claim)
        given, free = (*conditions, *self.conditions(table)), self.free(table)
        ends = [part for each in free for part in (each.domain.first, each.domain.last, each.domain.step)]
        statement = Statement(
            owner,
            self.typed(table, "key", ""),
            "",
            relations,
            given,
            free,
            used(definitions, (*relations, *given, *ends)),
            exponents,
            symmetric,
            self.typed(table, "because", ""),
        )
        self.resolve(statement, definitions)
        return replace(statement, latex=statement_latex(statement))

    def unused(self, definition: Definition, definitions: tuple[Definition, ...], steps: list[Statement]) -> None:
        """Checks the names of a definition that no step uses."""
        needed = used(definitions, (Name(definition.name),))
        names = {node.name for each in needed for node in walk(each.value) if isinstance(node, Name)}
        free = {variable.name: variable for step in steps for variable in step.free if variable.name in names}
        self.resolve(Statement("", "", "", parse_statement("n = n"), free=tuple(free.values()), definitions=needed))

    def resolve(self, statement: Statement, definitions: tuple[Definition, ...] = ()) -> None:
        """Checks the names of a statement; the hints of its errors know all definitions, not only those that it uses."""
        try:
            resolve(statement)
        except StatementError as error:
            stated_error = error
            if definitions and error.part is not None:
                hinted = _error(replace(statement, definitions=definitions))
                stated_error = hinted if hinted is not None and hinted.part == error.part else error
            raise self.fail(str(stated_error), offset_of((*self.sources, *self.general), stated_error, self.region[0])) from None


def _error(statement: Statement) -> StatementError | None:
    try:
        resolve(statement)
    except StatementError as error:
        return error
    return None


def used(definitions: tuple[Definition, ...], parts: Iterable[Node]) -> tuple[Definition, ...]:
    """The definitions whose names stand in the parts, or in definitions that do, in their order."""
    names = {node.name for part in parts for node in walk(part) if isinstance(node, Name)}
    kept: list[Definition] = []
    for definition in reversed(definitions):
        if definition.name in names:
            kept.append(definition)
            names |= {node.name for node in walk(definition.value) if isinstance(node, Name)}
    return tuple(reversed(kept))
