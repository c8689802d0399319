"""Runs ``boundcalc check``: puts steps of proofs to the test, ours or those of a claim file."""

from __future__ import annotations

import sys
from typing import Any

import click

from boundcalc.cli.options import echo_json, force_option, json_option
from boundcalc.numbers.errors import ParameterError

MAX_WORKERS = 64


def _keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Completion of the bounds', lemmas' and steps' names."""
    from boundcalc.check.steps import every_step, owners

    known = dict.fromkeys([*(owner.key for owner in owners()), *every_step()])
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
        from boundcalc.render.verdict_document import MARK

        check_target(report_path, "report", marks=(MARK.encode(),), force=force, reads=(claim_path,) if claim_path else ())
    if claim_path is not None and keys:
        raise ParameterError("key", keys[0], "cannot stand beside --claim")

    from boundcalc.check.suite import catalog_tasks, run, verdict_json
    from boundcalc.render.verdicts import verdict_lines

    title = "Steps of the catalog"
    if claim_path is not None:
        from boundcalc.check.claim_file import read_claims
        from boundcalc.check.own_claims import check_claims

        claims = read_claims(claim_path)
        title = claims.title
        verdicts = check_claims(claims, deep=seconds, seed=number, workers=processes, progress=_progress())
    else:
        tasks = catalog_tasks(keys or None)
        verdicts = run(tasks, seed=number, deep=seconds, workers=processes, progress=_progress())
    if report_path is not None:
        from boundcalc.render.verdict_document import write_report

        write_report(verdicts, title, report_path)
    failures = sum(verdict.outcome.failed for verdict in verdicts)
    if as_json:
        fields = {"title": title, "steps": [verdict_json(verdict) for verdict in verdicts], "failed": failures}
        echo_json(fields)
    else:
        click.echo("\n".join(verdict_lines(verdicts, claims=claim_path is not None)))
    return 1 if failures else 0


def _progress() -> Any:
    """A line on a terminal that is overwritten; nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int, name: str) -> None:
        end = "\r" if done < total else "\r" + " " * 70 + "\r"
        click.echo(f"{done}/{total} {name:<60.60}" + end, nl=False, err=True)

    return tell
