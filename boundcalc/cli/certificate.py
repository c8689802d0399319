"""``boundcalc certificate verify``: re-proves a certificate file through the independent verifier."""

from __future__ import annotations

import click


@click.group("certificate")
def command() -> None:
    """Certificate files."""


@command.command("verify")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def verify_command(file: str, as_json: bool) -> None:
    """Re-prove the certificate in FILE. Exit status 1 if an item fails, 2 if the file is not a certificate."""
    from boundcalc.certificate.verify import CertificateError, read, verify

    try:
        done = verify(read(file))
    except CertificateError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        import json

        click.echo(json.dumps({"accepted": done.accepted, "steps": done.steps, "failure": done.failure}, indent=1))
    else:
        for step in done.steps:
            click.echo(f"proven  {step}")
        click.echo("accepted" if done.accepted else f"FAILED  {done.failure}")
    if not done.accepted:
        raise click.exceptions.Exit(1)
