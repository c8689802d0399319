"""Writes verdicts on steps as plain text: a table, what failed, and of claims what was tried."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any

from boundcalc.check.own_claims import CheckedClaims
from boundcalc.check.verdict import Counterexample, Verdict
from boundcalc.numbers.display import shows


@shows(CheckedClaims, "text")
def claims_text(checked: CheckedClaims) -> str:
    """What ``boundcalc check --claim`` prints."""
    return "\n".join(verdict_lines(checked.verdicts, claims=True))


@shows(CheckedClaims, "html")
def claims_html(checked: CheckedClaims) -> str:
    """The same."""
    return f"<pre>{escape(str(checked))}</pre>"


def verdict_lines(verdicts: Sequence[Verdict], *, claims: bool) -> list[str]:
    """A table of at most 80 columns, then what failed, and of claims what was tried."""
    alone = len({verdict.owner for verdict in verdicts}) == 1
    names = [verdict.key if alone else f"{verdict.owner}.{verdict.key}" for verdict in verdicts]
    width = min(max(map(len, names), default=4), 34)
    lines = [f"{'step':<{width}}  {'outcome':<9} {'engine':<11} {'cases':>6}  tightest"]
    for name, verdict in zip(names, verdicts, strict=True):
        outcome = "no case" if verdict.outcome.name == "NO_CASE" else verdict.outcome.value
        ratio = "" if verdict.tightest is None or verdict.counterexample else f"{verdict.tightest:.4g} {verdict.attained}"
        shown = name if len(name) <= width else name[: width - 1] + "…"
        lines.append(f"{shown:<{width}}  {outcome:<9} {verdict.engine.value:<11} {verdict.cases:>6}  {ratio}".rstrip())
    for name, verdict in zip(names, verdicts, strict=True):
        if verdict.counterexample is not None:
            lines += ["", f"{name} is false. A minimal counterexample:", *_counterexample(verdict.counterexample)]
        elif verdict.outcome.failed or (verdict.outcome.name == "UNDECIDED" and verdict.note):
            lines += ["", f"{name}: {verdict.outcome.value}" + (f"; {verdict.note}" if verdict.note else "")]
        elif verdict.outcome.name == "HOLDS" and claims:
            lines += ["", *_tried(name, verdict)]
    failures = sum(verdict.outcome.failed for verdict in verdicts)
    lines += [
        "",
        f"{len(verdicts)} step{'s' if len(verdicts) > 1 else ''}, " + (f"{failures} failed" if failures else "none failed"),
    ]
    return lines


def _tried(name: str, verdict: Verdict) -> list[str]:
    """What was tried in exact arithmetic, and what was not."""
    tried = verdict.tried
    features, dimensions = ([size[k] for size in tried["sizes"]] for k in (0, 1))
    many = f"{len(tried['sizes'])} size{'s' if len(tried['sizes']) > 1 else ''}"
    text = f"{name}: tried {many}, n from {min(features)} to {max(features)}, "
    text += f"d from {min(dimensions)} to {max(dimensions)}"
    if tried["m"]:
        text += f"; m = {', '.join(map(str, tried['m']))}"
    if tried["p"]:
        low = next((p for p in tried["p"] if p != "0"), "0")
        text += f"; {len(tried['p'])} value{'s' if len(tried['p']) > 1 else ''} of p from {low} to {tried['p'][-1]}"
        text += ", and 0" if "0" in tried["p"] else ""
    if tried["laws"]:
        named = [law for law in tried["laws"] if ":" not in law]
        others = len(tried["laws"]) - len(named)
        text += f"; laws {', '.join(named)}" + (f" and {others} of finite support" if others else "")
    lines = textwrap.wrap(text, 80, subsequent_indent="  ")
    if verdict.unreached:
        lines += textwrap.wrap(f"Not reached: {verdict.unreached}.", 80, initial_indent="  ", subsequent_indent="  ")
    return lines


def _counterexample(found: Counterexample) -> list[str]:
    lines = []
    for name, value in found.values.items():
        if name == "W":
            rows = ["[" + ", ".join(row) + "]" for row in value]
            lines.append("  W = " + ("\n      ".join(rows)))
        elif isinstance(value, dict):
            lines.append("  " + ", ".join(f"{key} = {_plain(entry)}" for key, entry in value.items()))
        else:
            lines.append(f"  {name} = {_plain(value)}")
    lines += [f"  {found.relation}", f"  left  = {found.left}", f"  right = {found.right}", "In NumPy:"]
    return lines + [f"  {line}" for line in found.snippet.rstrip().split("\n")]


def _plain(value: Any) -> str:
    return "(" + ", ".join(map(str, value)) + ")" if isinstance(value, list) else str(value)
