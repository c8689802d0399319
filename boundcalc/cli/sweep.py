"""Runs ``boundcalc sweep``: bounds over a grid of problems, into a store; ``boundcalc sweep export``: the store as a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

import click

from boundcalc.cli.interrupts import INTERRUPTED, Interrupts
from boundcalc.cli.options import echo_json, force_option
from boundcalc.cli.sweep_progress import show_progress
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import whole_number

if TYPE_CHECKING:
    from boundcalc.sweep.executors import Executor
    from boundcalc.sweep.grid import Grid
    from boundcalc.sweep.run import SweepProgress
    from boundcalc.sweep.store import Store


_COUNTS = ("size", "present", "evaluated", "invalid", "failed")
"""What of a sweep's progress its JSON holds."""


class _SweepGroup(click.Group):
    """A group whose first word may be a grid file: that is a sweep."""

    default = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "GRID.toml --out SWEEP.db [OPTIONS]")
        formatter.write_usage(ctx.command_path, "export SWEEP.db [--csv | --json | --parquet] FILE", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        run.format_options(ctx, formatter)


@click.group("sweep", cls=_SweepGroup)
def command() -> None:
    """Evaluate the bounds at every problem of a grid, into a store.

    A sweep that was stopped, or killed, continues with --resume. `boundcalc sweep export --help` is about its results.
    """


@command.command("run")
@click.argument("grid", metavar="GRID.toml")
@click.option("--out", required=True, metavar="SWEEP.db", help="The store: one SQLite file.")
@click.option("--workers", help="Processes on this machine, 2 unless given; the results do not depend on it.")
@click.option("--dask", "address", help="Address of a Dask scheduler, such as tcp://HOST:8786, or local.")
@click.option("--resume", is_flag=True, help="Continue the sweep that SWEEP.db holds; evaluate failed units again.")
@click.option("--yes", is_flag=True, help="Begin also with more than 10^8 units.")
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on stdout.")
def run(grid: str, out: str, workers: str | None, address: str | None, resume: bool, yes: bool, quiet: bool, as_json: bool) -> int:
    """Evaluate the bounds at every problem of a grid, into a store."""
    from boundcalc.sweep.grid import MANY, load_grid
    from boundcalc.sweep.store import Store

    asked = load_grid(grid)
    if asked.size > MANY and not yes:
        raise ParameterError("grid", grid, f"has {asked.size} units, more than 10^8; give --yes if that is meant")
    Store.check(out, resume)
    opened = Store.resume if resume else Store.create
    try:
        with Interrupts(out) as interrupts, _executor(workers, address) as executor, opened(out, asked) as store:
            return _run(asked, store, executor, interrupts, quiet, as_json)
    except KeyboardInterrupt:  # the second, or nothing was begun: nothing is waited for
        return _interrupted(out)


def _run(grid: Grid, store: Store, executor: Executor, interrupts: Interrupts, quiet: bool, as_json: bool) -> int:
    from boundcalc.sweep.run import run as run_sweep

    if store.note:
        _tell(store.note)
    interrupts.begin()
    with show_progress(quiet) as show:
        reached = run_sweep(grid, store, executor, progress=show, stopping=interrupts.requested)
    interrupted = interrupts.requested() and not reached.complete
    if as_json:
        fields = {"store": str(store.path), **{name: getattr(reached, name) for name in _COUNTS}}
        echo_json(fields)
    else:
        click.echo(f"{store.path}: {summary(reached)}", err=interrupted)
    if interrupted:
        return _interrupted(str(store.path))
    return 1 if reached.failed else 0


def _interrupted(out: str) -> int:
    click.echo("boundcalc: interrupted" + "; continue with the same command and --resume" * os.path.exists(out), err=True)
    return INTERRUPTED


def summary(reached: SweepProgress) -> str:
    """What the store holds, in a line."""
    parts = [f"{reached.present} of {reached.size} units"]
    if reached.invalid:
        parts.append(f"{reached.invalid} of them no valid problem")
    if reached.failed:
        parts.append(f"{reached.failed} of them failed, --resume evaluates those again")
    if reached.evaluated:
        parts.append(f"{reached.evaluated} evaluated now at {reached.rate:.1f} a second")
    return ", ".join(parts)


def _executor(workers: str | None, address: str | None) -> Executor:
    from boundcalc.sweep.cluster import DaskCluster
    from boundcalc.sweep.local import MOST_WORKERS, LocalProcesses

    count = None if workers is None else whole_number(workers, parameter="workers", least=1, most=MOST_WORKERS)
    if address is None:
        return LocalProcesses(2 if count is None else count, _tell)
    if count is not None and address != "local":
        raise ParameterError("workers", count, "is for this machine; a cluster's scheduler knows its own workers")
    return DaskCluster(address, count, _tell)


def _tell(line: str) -> None:
    """What an executor has to say; also with --quiet, which leaves out progress alone."""
    click.echo(f"boundcalc: {line}", err=True)


@command.command("export")
@click.argument("store", metavar="SWEEP.db")
@click.option("--csv", "csv", is_flag=False, flag_value="-", metavar="FILE", help="A line a unit; without FILE to stdout.")
@click.option("--json", "json", is_flag=False, flag_value="-", metavar="FILE", help="Grid and rows; without FILE to stdout.")
@click.option("--parquet", metavar="FILE", help="The columns of the CSV; needs the extra parquet.")
@force_option
def export(store: str, csv: str | None, json: str | None, parquet: str | None, force: bool) -> None:
    """Write a store's rows as CSV, JSON or Parquet. Numbers are exact text, enclosures are rounded outward."""
    from boundcalc.numbers.files import check_target, whole_file
    from boundcalc.sweep.export import MARK, write_csv, write_json, write_parquet
    from boundcalc.sweep.store import completeness

    if (csv, json, parquet).count(None) != 2:
        raise ParameterError("format", "none" if csv == json == parquet else "several", "must be one of --csv, --json, --parquet")
    out = str(csv or json or parquet)
    if out != "-":
        check_target(out, marks=(MARK,), force=force, reads=(store,))
    lacks = completeness(store)
    if lacks:
        _tell(f"{store} is not complete: the export holds {lacks}")
    if parquet is not None:
        with whole_file(parquet) as part:
            write_parquet(store, part)
        return
    write: Callable[[str, IO[str]], None] = write_csv if csv is not None else write_json
    if out == "-":
        write(store, sys.stdout)
        return
    with whole_file(out) as part, open(part, "w", encoding="utf-8", newline="") as file:
        write(store, file)
