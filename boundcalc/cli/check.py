"""Runs ``boundcalc check``: puts steps of proofs to the test, ours or those of a claim file."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import echo_json, force_option, json_option
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    from boundcalc.check.claim_place import ClaimFile
    from boundcalc.check.verdict import Counterexample, Verdict

MAX_WORKERS = 64
MOST_EVALUATIONS, ALL_EVALUATIONS = 2000, 12_000
"""Of the search in a claim file: for one step, and for all together."""


def _keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Completion of the bounds', lemmas' and steps' names."""
    from boundcalc.check.steps import distinct_steps, owners

    known = dict.fromkeys([*(owner.key for owner in owners()), *distinct_steps()])
    return [key for key in known if key.startswith(incomplete)]


@click.command("check")
@click.argument("keys", nargs=-1, metavar="[KEY]...", shell_complete=_keys)
@click.option("--claim", "claim_path", metavar="FILE", help="Check the steps of this claim file (TOML) instead of the catalog's.")
@click.option("--deep", metavar="SECONDS", help="Search this long, all steps together; else each step gets a small search.")
@click.option("--seed", default="0", help="Seed of the search, 0 unless given.")
@click.option("--workers", default="2", help="Processes, 2 unless given; without --deep the results do not depend on it.")
@click.option("--report", "report_path", metavar="FILE", help="Write a report, FILE.html or FILE.tex.")
@force_option
@json_option
def command(
    keys: tuple[str, ...],
    claim_path: str | None,
    deep: str | None,
    seed: str,
    workers: str,
    report_path: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Put the steps of proofs to the test: of the bounds, lemmas or steps KEY, of the whole catalog, or of a claim file.

    Each step goes to exact algebra, then to exact enumeration of small cases, then to a search for a counterexample. Exit
    status 1 if a step is refuted or if no case meets its hypotheses.
    """
    from boundcalc.numbers.enclosure import to_float
    from boundcalc.numbers.parsing import positive_seconds, whole_number

    seconds = None
    if deep is not None:
        seconds = to_float(positive_seconds(deep, parameter="deep"))
    processes = whole_number(workers, parameter="workers", least=1, most=MAX_WORKERS)
    number = whole_number(seed, parameter="seed", least=0, most=1 << 63)
    if report_path is not None and not report_path.endswith((".html", ".tex")):
        raise ParameterError("report", report_path, "must end with .html or .tex")
    if report_path is not None:
        from boundcalc.numbers.files import check_target
        from boundcalc.render.verdicts import MARK

        check_target(report_path, "report", marks=(MARK.encode(),), force=force, reads=(claim_path,) if claim_path else ())
    if claim_path is not None and keys:
        raise ParameterError("key", keys[0], "cannot stand beside --claim")

    from boundcalc.check.suite import QUICK, catalog_tasks, claim_tasks, run, verdict_json

    failed, evaluations = None, QUICK
    title = "Steps of the catalog"
    if claim_path is not None:
        from boundcalc.check.claim_file import read_claims

        claims = read_claims(claim_path)
        title, failed = claims.title, claims.error
        tasks = claim_tasks(claims)
        evaluations = max(QUICK, min(MOST_EVALUATIONS, ALL_EVALUATIONS // len(tasks)))
    else:
        tasks = catalog_tasks(keys or None)
    verdicts = run(
        tasks, seed=number, deep=seconds, evaluations=evaluations, workers=processes, progress=_progress(), failed=failed
    )
    if claim_path is not None and not any(verdict.counterexample for verdict in verdicts):
        _refuse_empty(claims, verdicts)
    if report_path is not None:
        from boundcalc.render.verdicts import write_report

        write_report(verdicts, title, report_path)
    failures = sum(verdict.outcome.failed for verdict in verdicts)
    if as_json:
        fields = {"title": title, "steps": [verdict_json(verdict) for verdict in verdicts], "failed": failures}
        echo_json(fields)
    else:
        click.echo("\n".join(_lines(verdicts, claims=claim_path is not None)))
    return 1 if failures else 0


def _refuse_empty(claims: ClaimFile, verdicts: list[Verdict]) -> None:
    """Refuses a file with a step whose conditions nothing meets."""
    from boundcalc.language.grammar import StatementError

    for place, (statement, verdict) in enumerate(zip(claims.statements, verdicts, strict=True)):
        if verdict.outcome.name == "NO_CASE":
            allowed = "whole n, d >= 1, 0 <= p <= 1, a real d x n matrix W and a law that meet all of them must exist"
            part = (*statement.conditions, *statement.relations)[0]
            raise claims.error(place, StatementError(f"no admissible case was found for step {verdict.key}: {allowed}", 0, part))


def _progress() -> Any:
    """A line on a terminal that is overwritten; nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int, name: str) -> None:
        end = "\r" if done < total else "\r" + " " * 70 + "\r"
        click.echo(f"{done}/{total} {name:<60.60}" + end, nl=False, err=True)

    return tell


def _lines(verdicts: list[Verdict], *, claims: bool) -> list[str]:
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
