r"""Writes the literature from the package's one ``refs.bib``: as BibTeX, and as a thebibliography that needs no further run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from boundcalc.bounds.catalog import find
from boundcalc.bounds.declaration import Bound
from boundcalc.language.claims import Citation, Source


@dataclass(frozen=True)
class Entry:
    """One entry of refs.bib."""

    key: str
    kind: str
    fields: dict[str, str]
    text: str


@cache
def entries() -> dict[str, Entry]:
    """Every entry by its key, in the order of the file."""
    text = files("boundcalc").joinpath("language", "refs.bib").read_text(encoding="utf-8")
    found = [_read(block.strip()) for block in re.split(r"\n(?=@)", text) if block.strip()]
    return {entry.key: entry for entry in found}


def _read(block: str) -> Entry:
    head = re.match(r"@(\w+)\{([^,\s]+),", block)
    if head is None:
        raise ValueError(f"not an entry: {block[:40]}")
    fields, at = {}, head.end()
    while match := re.compile(r"\s*(\w+)\s*=\s*\{").match(block, at):
        end, depth = match.end(), 1
        while depth:
            depth += {"{": 1, "}": -1}.get(block[end], 0)
            end += 1
        fields[match[1].lower()] = block[match.end() : end - 1]
        at = re.compile(r"\s*,?").match(block, end).end()  # type: ignore[union-attr]
    return Entry(head[2], head[1].lower(), fields, block)


def keys(sources: Iterable[Source]) -> list[str]:
    """The keys of what is literature among the sources, each once."""
    return list(dict.fromkeys(source.key for source in sources if isinstance(source, Citation)))


def keys_of(bound: Bound) -> list[str]:
    """The literature of a bound and of the lemmas that it uses."""
    return keys([*bound.sources, *(source for lemma in bound.lemmas for source in lemma.sources)])


def cite(key: str | None = None) -> str:
    """BibTeX of the literature of a bound and of its lemmas; of everything cited without ``key``.

    Raises
    ------
    ParameterError
        For an unknown key.

    >>> "@" in cite("rank")
    True
    """
    return bibtex(None if key is None else keys_of(find(key)))


def bibtex(wanted: Iterable[str] | None = None) -> str:
    """Entries as they stand in the file; all of them by default."""
    known = entries()
    return "\n\n".join(known[key].text for key in (known if wanted is None else wanted))


def thebibliography(wanted: Iterable[str]) -> str:
    """The references as LaTeX alone; empty where there are none."""
    items = [f"\\bibitem{{{key}}} {_written(entries()[key])}" for key in wanted]
    if not items:
        return ""
    return "\n".join([r"\begin{thebibliography}{99}", *items, r"\end{thebibliography}"])


def _written(entry: Entry) -> str:
    f = entry.fields
    authors = f["author"].split(" and ")
    names = authors[0] if len(authors) == 1 else ", ".join(authors[:-1]) + " and " + authors[-1]
    parts = [names, rf"\emph{{{f['title']}}}"]
    if "journal" in f:
        number = f"({f['number']})" if "number" in f else ""
        parts.append(rf"{f['journal']} \textbf{{{f['volume']}}}{number}")
    if "booktitle" in f:
        parts.append(f"in: {f['booktitle']}" + (f", ed.~{f['editor']}" if "editor" in f else ""))
    parts += [f"{f['edition'].lower()} edition"] if "edition" in f else []
    parts += [f[name] for name in ("publisher", "address", "note") if name in f]
    parts += [f["pages"]] if "pages" in f else []
    return ", ".join([*parts, f["year"]]) + "."
