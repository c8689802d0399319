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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from boundcalc.check.claim_place import ClaimError, ClaimFile, SourceText, offset_of, place
from boundcalc.language.grammar import (
    Name,
    Node,
    Relation,
    StatementError,
    parse_condition,
    parse_expression,
    parse_statement,
)
from boundcalc.language.latex import statement_latex
from boundcalc.language.names import resolve
from boundcalc.language.resolved import walk
from boundcalc.language.statement import Definition, Free, Statement, parse_free
from boundcalc.numbers.errors import shortened

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
        text = data.decode("utf-8")
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
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        message = re.sub(r"\s*\(at .*", "", str(error), flags=re.DOTALL)
        line, column = (int(found[1]), int(found[2])) if found and found[1] else place(text, len(text.rstrip()))
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

    @contextmanager
    def inside(self, key: str, value: str) -> Iterator[None]:
        """Turns the errors of the language into errors of the file."""
        try:
            yield
        except StatementError as error:
            start = self.find_value(key, value)
            at = self.find_key(key) if start is None else start + min(error.offset, len(value))
            raise self.fail(str(error), at) from None

    def known(self, table: dict[str, Any], allowed: tuple[str, ...], what: str) -> None:
        for key in table:
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(allowed)}"
                raise self.fail(f"unknown key {shortened(key)!r} {what} ({hint})", self.find_key(key))

    def string(self, table: dict[str, Any], key: str, default: str = "") -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            raise self.fail(f"{key} must be text in quotation marks", self.find_key(key))
        return value

    def strings(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.fail(f"{key} must be text, or a list of texts, in quotation marks", self.find_key(key))
        return tuple(value)

    def note(self, part: object, key: str, value: str) -> None:
        self.sources.append((part, self.find_value(key, value), value))

    def conditions(self, table: dict[str, Any]) -> tuple[Relation, ...]:
        found = []
        for text in self.strings(table, "where"):
            with self.inside("where", text):
                found.append(parse_condition(text))
            self.note(found[-1], "where", text)
        return tuple(found)

    def read(self, table: dict[str, Any]) -> ClaimFile:
        self.known(table, TOP, "at the top of a claim file")
        title = self.string(table, "title", Path(self.path).stem)
        hypotheses = self.table(table, "hypotheses")
        quantities = self.table(table, "quantities")
        steps = table.get("steps", [])
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise self.fail("steps must be tables, each under [[steps]]", self.find_key("steps"))
        if not steps:
            raise self.fail("no steps: a claim file has at least one [[steps]] with key and claim", len(self.text.rstrip()))
        if len(steps) > MAX_STEPS:
            raise self.fail(f"at most {MAX_STEPS} steps, here {len(steps)}", self.find_key("steps"))
        self.region = self.section("hypotheses")
        self.known(hypotheses, HYPOTHESES, "in [hypotheses]")
        general = (self.exponents(hypotheses), self.symmetric(hypotheses), self.conditions(hypotheses))
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

    def table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(f"{key} must be a table, under [{key}]", self.find_key(key))
        return value

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

    def symmetric(self, table: dict[str, Any]) -> bool:
        value = table.get("symmetric", True)
        if not isinstance(value, bool):
            raise self.fail("symmetric must be true or false", self.find_key("symmetric"))
        return value

    def definition(self, name: str, value: object) -> Definition:
        match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*(?:\[([^\]]*)\])?\s*", name, re.ASCII)
        indices = tuple(part.strip() for part in match[2].split(",")) if match and match[2] is not None else ()
        if match is None or not all(re.fullmatch(r"[A-Za-z_]\w*", index, re.ASCII) for index in indices):
            raise self.fail(f'{shortened(name)!r} is not the name of a quantity, such as "v" or "v[i]"', self.find_key(name))
        if not isinstance(value, str):
            raise self.fail(f"{name} must be text in quotation marks", self.find_key(name))
        with self.inside(name, value):
            definition = Definition(match[1], indices, parse_expression(value))
        self.note(definition, name, value)
        return definition

    def free(self, table: dict[str, Any]) -> tuple[Free, ...]:
        found = []
        ranges = table.get("for", {})
        if not isinstance(ranges, dict):
            raise self.fail('for must be a table such as { theta = "0..1 real" }', self.find_key("for"))
        for name, text in ranges.items():
            if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or not isinstance(text, str):
                raise self.fail('for must give names their ranges, such as { theta = "0..1 real" }', self.find_key(name))
            with self.inside(name, text):
                found.append(parse_free(name, text))
            self.note(found[-1], name, text)
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
        claims = self.strings(table, "claim")
        relations: list[Relation] = []
        for text in claims:
            with self.inside("claim", text):
                parsed = parse_statement(text)
            for relation in parsed:
                self.note(relation, "claim", text)
            relations.extend(parsed)
        given, free = (*conditions, *self.conditions(table)), self.free(table)
        ends = [part for each in free for part in (each.domain.first, each.domain.last, each.domain.step)]
        statement = Statement(
            owner,
            self.string(table, "key"),
            "",
            tuple(relations),
            given,
            free,
            used(definitions, (*relations, *given, *ends)),
            exponents,
            symmetric,
            self.string(table, "because"),
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
