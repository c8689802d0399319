"""Runs ``boundcalc frames``: lists the known frames, or writes one as float64 weights."""

from __future__ import annotations

import click

from boundcalc.cli.options import echo_json, force_option, json_option
from boundcalc.numbers.errors import ParameterError

FIELDS = ("key", "d", "n", "strength", "weighted")


@click.command("frames")
@click.argument("name", required=False)
@click.option("--out", help="Write W (d rows, n columns, float64) to this .npz file.")
@force_option
@json_option
def command(name: str | None, out: str | None, force: bool, as_json: bool) -> None:
    """List the known frames, or write the frame NAME.

    NAME may be a member of a family, such as simplex_5, or a witness of the table that a report names, such as m3_d15_n540.
    """
    if name is None:
        if out is not None:
            raise ParameterError("out", out, "needs the NAME of a frame to write")
        _list(as_json)
        return
    if out is not None:
        from boundcalc.numbers.files import check_target

        check_target(out, marks=(b"frame.npy",), force=force, ending=".npz")
    from boundcalc.bounds.lower.weights import LARGEST, construct_or_find

    columns = construct_or_find(name)
    fields = {"key": name, "d": columns.d, "n": columns.n, "out": out}
    if out is not None:
        from boundcalc.numbers.files import npz, write_whole

        if columns.d * columns.n > LARGEST:
            raise ParameterError("frame", name, f"must have at most {LARGEST} coordinates to be written")
        write_whole(out, npz(columns.to_float(), frame=name))
    if as_json:
        echo_json(fields)
    else:
        click.echo(f"{name}: {columns.n} lines in {columns.d} dimensions" + (f"; written: {out}" if out else ""))


def _list(as_json: bool) -> None:
    from boundcalc.frames.library import FAMILIES, entries

    found = entries()
    if as_json:
        listed = [{**{name: getattr(e, name) for name in FIELDS}, "source": e.source.text} for e in found]
        echo_json({"frames": listed, "families": list(FAMILIES)})
        return
    wide = max(len(entry.key) for entry in found)
    click.echo(f"{'frame':{wide}}  {'d':>3} {'lines':>6} {'strength':>8}  weights   source")
    for entry in found:
        weights = "weighted" if entry.weighted else "equal"
        click.echo(f"{entry.key:{wide}}  {entry.d:>3} {entry.n:>6} {entry.strength:>8}  {weights:8}  {entry.source.key}")
    click.echo("families: " + ", ".join(f"{family}_N" for family in FAMILIES))
