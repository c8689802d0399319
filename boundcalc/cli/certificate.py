"""Runs ``boundcalc certificate verify``: re-proves a certificate file through the independent verifier."""

from __future__ import annotations

import click

from boundcalc.cli.options import echo_json, json_option

EXCEPT_CITED = 3
"""Exit status for a certificate that is accepted, except for what is cited."""


@click.group("certificate")
def command() -> None:
    """Certificate files."""


@command.command("verify")
@click.argument("file")
@json_option
def verify_command(file: str, as_json: bool) -> None:
    """Re-prove the certificate in FILE.

    Exit status 0 if all of it is re-proved, 3 if all but the existence of a frame, which is cited, 1 if an item fails, 2 if the
    file is not a certificate or too large to verify.
    """
    from boundcalc.certificate.verify import CertificateError, read, refusal, verdict_lines, verify

    try:
        done = verify(read(file))
    except CertificateError as error:
        raise click.UsageError(refusal(error)) from None
    if as_json:
        echo_json({"accepted": done.accepted, "steps": done.steps, "cited": done.cited, "failure": done.failure})
    else:
        click.echo("\n".join(verdict_lines(done)))
    if not done.accepted:
        raise click.exceptions.Exit(1)
    if done.cited:
        raise click.exceptions.Exit(EXCEPT_CITED)
