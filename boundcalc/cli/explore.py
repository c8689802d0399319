"""Runs ``boundcalc explore``: the page in the browser, served on this machine alone."""

from __future__ import annotations

from urllib.parse import urlencode

import click

from boundcalc.cli.options import asked_problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import whole_number

HOST = "127.0.0.1"
BEGINS = {"n": "20", "d": "3", "m": "3", "p": "0.01", "law": "rademacher"}
"""What the options that are not given are checked with."""


@click.command("explore")
@click.option("--port", help="Port to serve on; any that is free unless given.")
@click.option("--open/--no-open", "open_", default=True, help="Open the page in the browser.")
@click.option("--workers", help="Processes that compute, besides one for closed forms.  [default: 2]")
@click.option("--n", help="To begin with: number of features, or inf.")
@click.option("--d", help="Hidden dimensions.")
@click.option("--m", help="Odd exponent of the activation.")
@click.option("--p", help="Probability that a feature is active.")
@click.option("--law", help="Law of the active values.")
def command(port: str | None, open_: bool, workers: str | None, **fields: str | None) -> None:
    """A page in the browser: bounds while you move sliders, their proofs, the phase diagram, your weights.

    Served on this machine alone (127.0.0.1), without the network; the address that is printed holds a token. Ctrl-C ends it.
    """
    chosen = whole_number(port, parameter="port", least=1, most=65535) if port is not None else 0
    count = whole_number(workers, parameter="workers", least=1, most=64) if workers is not None else 2
    try:
        from boundcalc.explore.serve import serve
    except ModuleNotFoundError as error:
        raise ParameterError(
            error.name or "starlette", "not installed", "explore needs it: pip install 'boundcalc[explore]'"
        ) from None

    def ready(address: str) -> None:
        click.echo(address)
        click.echo("Ctrl-C ends it", err=True)
        if open_:
            click.launch(address)

    given = {name: text for name, text in fields.items() if text is not None}
    if given:
        asked_problem(**{**BEGINS, **given}, importance=None, groups=None)
    serve(chosen, count, ready, f"#{urlencode(given)}" if given else "")
