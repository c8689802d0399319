"""Assembles the command line: one file a command, imported when it is called, and one line for every wrong input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NoReturn

import click

COMMANDS = {
    "bounds": "Certified upper and lower bounds for given parameters.",
    "explain": "Statement, hypotheses, proof steps with status, and sources of a bound.",
    "check": "Put the steps of proofs to the test, ours or your own.",
    "certificate": "Verify a certificate file.",
    "optimize": "Search for weights that nearly attain the bounds.",
    "frames": "List the known frames, or write one to a file.",
    "latex": "A bound, a proof, limits, a table or a report as LaTeX.",
    "cite": "BibTeX of the literature.",
    "sweep": "Bounds over a grid of problems, into a store that can be resumed and exported.",
    "loss": "Exact loss of a weight matrix, and where it stands between the bounds.",
    "plot": "A figure of a sweep or of weights.",
    "explore": "A page in the browser: bounds while you move sliders, proofs, your weights.",
}

IN_PYTHON = {"report": "bounds"}
"""Commands that go by another name than the function."""


class _Interrupted(BaseException):
    """A KeyboardInterrupt on its way through click, which would write an empty line for it."""


@contextmanager
def _silent() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise _Interrupted from None


class _LazyGroup(click.Group):
    """Lists the commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"boundcalc.cli.{name}").command
        return command

    def make_context(self, *given: Any, **options: Any) -> click.Context:
        with _silent():
            return super().make_context(*given, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _silent():
            return super().invoke(ctx)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            from boundcalc.numbers.errors import meant, offered

            hint = offered([IN_PYTHON[args[0]]]) if args[0] in IN_PYTHON else meant(args[0], COMMANDS, 1)
            raise click.UsageError(f"command = {args[0]}: is no command; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="boundcalc", prog_name="boundcalc")
def cli() -> None:
    """Certified bounds on the loss of tied-weight power autoencoders with sparse features."""


def main(args: list[str] | None = None) -> NoReturn:
    """Runs a command. Exit status: 0 done; 1 a check that found a failure; 2 one line on stderr: bad input, or nowhere to write."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="surrogateescape")  # names of files that are no text are printed as they are
    try:
        status = cli.main(args, prog_name="boundcalc", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(0)
    except click.ClickException as error:
        way_on = _way_on(error)
        message = " ".join(error.format_message().split())
        _stop(message.removesuffix(".") + way_on if way_on else message, error.exit_code)
    except (KeyboardInterrupt, _Interrupted, click.Abort):
        _stop("interrupted", 130)
    except BrokenPipeError:
        _silence()
        sys.exit(1)
    except OSError as error:
        if not _is_stuck():
            raise
        _silence()
        _stop(f"stdout: cannot be written, {error.strerror}", 2)
    except _wrong_input() as error:
        _stop(str(error), 2)
    sys.exit(status if isinstance(status, int) else 0)


def _is_stuck() -> bool:
    """Whether standard output takes no more."""
    try:
        click.echo()
    except OSError:
        return True
    return False


def _silence() -> None:
    """What is still to be written goes nowhere, so that Python's end says nothing of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wrong_input() -> type[Exception]:
    """Wrong input, imported where there is an error: help comes sooner."""
    from boundcalc.numbers.errors import ParameterError

    return ParameterError


def _way_on(error: click.ClickException) -> str:
    """What to do about a call that click itself refuses; other messages say it."""
    kinds = (click.MissingParameter, click.NoSuchOption, click.BadParameter)
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    if not isinstance(error, kinds) and not error.message.startswith(("No such command", "Got unexpected")):
        return ""
    words = ""
    if isinstance(error.ctx.command, click.Group) and error.message.startswith("No such command") and "mean" not in error.message:
        names, given = error.ctx.command.list_commands(error.ctx), error.message.split("'")[1]
        words = f"; it has {', '.join(names)}, as in {error.ctx.command_path} {names[0]} {given}"
    if isinstance(error, click.NoSuchOption):
        known = {option for parameter in error.ctx.command.params for option in parameter.opts}
        words = f"; it has two dashes, -{error.option_name}" if f"-{error.option_name}" in known else ""
    outer = error.ctx.parent
    shown = outer if outer is not None and getattr(outer.command, "default", None) == error.ctx.info_name else error.ctx
    return f"{words}; {shown.command_path} --help shows how it is called"


def _stop(message: str, status: int) -> NoReturn:
    click.echo(f"boundcalc: {message}", err=True)
    sys.exit(status)
