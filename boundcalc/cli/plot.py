"""Runs ``boundcalc plot``: a figure of a sweep, of weights or of a training, as .png, .pdf or .svg."""

from __future__ import annotations

import os
from collections.abc import Callable
from inspect import signature
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import LAW_HELP, echo_json, force_option, json_option
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer, as_rational, whole_number

if TYPE_CHECKING:
    from boundcalc.render.plots.style import CaptionedFigure
    from boundcalc.sweep.rows import Row

OF_SWEEPS = ("bounds", "gap", "phase", "geometry", "regimes")
OF_WEIGHTS = ("witness", "capacities", "unexplained", "training")
SLICE = {"n": "inf", "m": "3", "law": "rademacher"}
"""Of a figure without a sweep, what is not given."""
SUCH = {"d": "2..12", "p": "1e-6..1"}
OF_NOTHING = ("importance",)
FORMULAS = ("importance", "activity")
_SQLITE = b"SQLite format 3\0"


@click.command("plot")
@click.argument("file", required=False)
@click.option("--out", required=True, help="The figure, .png, .pdf or .svg.")
@click.option("--kind", help=f"{', '.join(OF_SWEEPS)} of a sweep; {', '.join(OF_WEIGHTS)} of weights; importance needs no FILE.")
@click.option(
    "--n", help="Of a sweep with several: the number of features, or inf. Without a sweep also a range. training: of the model."
)
@click.option(
    "--d", help="Of a sweep with several: hidden dimensions, or a list such as 2,3,8. Without a sweep also a range, 2..12."
)
@click.option("--m", help="Of a sweep with several: the exponent of the activation.")
@click.option("--p", help="Of a sweep with several: which p. Without a sweep also a range, such as 1e-6..1. Of weights: their p.")
@click.option("--law", help=f"Of a sweep with several: {LAW_HELP}")
@click.option("--importance", help="Of features that differ: a formula in i such as 0.9^i; of a sweep with several the grid's.")
@click.option("--groups", help="unexplained, training: a table of features in place of --p and --law.")
@click.option("--activity", help="The same for the formula of the activities.")
@click.option("--x", help="bounds: p, d or n; what has most values unless given. gap: p, d, n or n/d.  [default: p]")
@click.option("--y", help="bounds: improvement, loss or unexplained (fraction). gap, phase: d, n or n/d.")
@click.option("--keys", help="bounds: which to draw besides the best, such as capacity,frontier,orthonormal.")
@click.option("--margin", help="phase: least share by which a witness must be better.  [default: 1e-6]")
@click.option("--across", help="unexplained: the range of p, such as 1e-4..1.  [default: two decades to either side of --p]")
@click.option("--per-feature", is_flag=True, help="training: the losses are means over the features, as nn.MSELoss gives them.")
@click.option("--name", "array", help="Which array, where the file of weights holds several.")
@click.option("--transpose/--no-transpose", default=None, help="The array has a feature a row, or a feature a column.")
@click.option("--width", help="column (3.4 in) or text (7 in).")
@click.option("--dpi", default="300", show_default=True, help="Dots an inch of a .png.")
@force_option
@json_option
def command(
    file: str | None,
    out: str,
    kind: str | None,
    width: str | None,
    dpi: str,
    force: bool,
    as_json: bool,
    transpose: bool | None,
    per_feature: bool,
    **given: str | None,
) -> None:
    """Draw FILE, the store of a sweep or a file of weights. Prints the caption; the figure's file holds it too.

    The kind may be left out: witness for weights, bounds for a sweep over one of n, d and p with at most four slices.
    --kind importance takes no FILE: n features of importances 1, ..., 1 and omega in d dimensions, a panel for each of the laws
    with commas between. --kind unexplained needs --m, --p and --law for W; --kind training takes a file of losses, with --n and
    --d as well.

    `boundcalc plot bounds --n 30 --d 2..12 --p 0.02 --y loss --out FIGURE` needs no sweep: one of n, d and p is a range, the others
    a value or a list of up to four; --n inf, --m 3 and --law rademacher unless given.
    """
    dots = whole_number(dpi, parameter="dpi", least=30, most=2400)
    options = {name: value for name, value in given.items() if value is not None}
    from boundcalc.numbers.files import check_target
    from boundcalc.render.plot import the_plots

    plots = the_plots()
    from boundcalc.render.plots.style import WIDTHS, read_format

    read_format(out)
    check_target(out, marks=(b"boundcalc",), force=force, reads=() if file is None else (file,))
    if width is not None and width not in WIDTHS:
        raise ParameterError("width", width, f"must be {' or '.join(WIDTHS)}")
    if file == "bounds" and not os.path.exists(file):
        figure = _slice(options, width)
    elif kind in OF_NOTHING:
        if file is not None:
            raise ParameterError("file", file, f"must be left out for --kind {kind}")
        figure = _of_nothing(kind, options, width)
    elif file is None:
        raise ParameterError("file", "nothing", f"must be given: a sweep or weights; only {', '.join(OF_NOTHING)} needs none")
    elif file.endswith(".toml"):
        raise ParameterError("file", file, f"is a grid: run it, boundcalc sweep {file} --out sweep.db, and draw sweep.db")
    elif _is_store(file):
        rows = _rows(file)
        figure = _of_sweep(rows, kind or _guess(rows, options), options, width)
    else:
        try:
            figure = _of_weights(file, kind or "witness", options, width, transpose, per_feature)
        except ParameterError:
            if kind is None and _holds_losses(file, options.get("array")):
                raise ParameterError("kind", "not given", f"{Path(file).name} seems to hold losses: add --kind training") from None
            raise
    plots.save(figure, out, dots)
    click.echo(f"written: {out}", err=True)
    if as_json:
        echo_json({"out": out, "caption": figure.caption})
    else:
        click.echo(figure.caption)


def _slice(options: dict[str, str], width: str | None) -> CaptionedFigure:
    """Bounds against what has several values, evaluated now."""
    from boundcalc.render.plot import plot

    _function("bounds", OF_SWEEPS, options, "a slice")
    for name in "dp":
        if name not in options:
            raise ParameterError(
                name, "nothing", f"must be given for bounds without a sweep: a value, or a range such as {SUCH[name]}"
            )
    if not any(mark in options.get(name, "") for name in "ndp" for mark in ("..", ",")):
        raise ParameterError(
            "p", options["p"], f"must be a range such as {SUCH['p']}, or d one such as {SUCH['d']}: nothing varies"
        )
    chosen = {name: options[name] for name in ("n", "d", "m", "p", "law", "importance", "activity") if name in options}
    others: dict[str, Any] = {name: options[name] for name in ("x", "y") if name in options}
    if "keys" in options:
        others["keys"] = _keys(options["keys"])
    return plot(SLICE | chosen, **others | ({} if width is None else {"width": width}))


def _of_nothing(kind: str, options: dict[str, str], width: str | None) -> CaptionedFigure:
    """A figure that is computed here."""
    draw = _function(kind, OF_NOTHING, options, "no file")
    chosen: dict[str, Any] = {name: value for name, value in options.items() if name != "law"}
    if "law" in options:
        chosen["laws"] = options["law"].split(",")
    return draw(**chosen) if width is None else draw(**chosen, width=width)


def _is_store(file: str) -> bool:
    """Whether a file starts as an SQLite database does; a folder may hold weights."""
    if os.path.isdir(file):
        return False
    try:
        with Path(file).open("rb") as stream:
            return stream.read(len(_SQLITE)) == _SQLITE
    except (OSError, ValueError) as error:  # ValueError: a null byte
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError("file", file, f"must be a sweep or a file of weights that can be read ({reason})") from None


def _rows(file: str) -> list[Row]:
    """The rows of a store; standard error says how many have no bounds."""
    from boundcalc.sweep.store import read

    sweep = read(file)
    finished = [row for row in sweep.rows if row.best_upper and row.best_lower]
    if not finished:
        raise ParameterError("store", file, "must hold at least one finished problem: run boundcalc sweep first")
    missing = sweep.size - len(finished)
    if missing:
        click.echo(f"note: {missing} of {sweep.size} problems have no bounds (yet) and are left out", err=True)
    return finished


def _guess(rows: list[Row], options: dict[str, str]) -> str:
    """Bounds where these have few enough curves.

    Raises
    ------
    ParameterError
        Naming the kinds that fit.
    """
    from boundcalc.render.plots.slices import slices

    varies = {name for name in "ndp" if name not in options and len({getattr(row, name) for row in rows}) > 1}
    fixed, formulas = ({name: options.get(name) for name in names} for names in (("n", "d", "m", "p", "law"), FORMULAS))
    try:
        slices(rows, fixed, formulas, options.get("x"))
    except ParameterError:
        if len(varies) > 1:
            kinds = [kind for kind in OF_SWEEPS if "p" in varies or kind in ("bounds", "gap")]
            fitting = ", ".join(kind for kind in kinds if kind not in ("geometry", "regimes") or "d" in varies)
            raise ParameterError(
                "kind", "nothing", f"must be chosen, {fitting}: the sweep is over {', '.join(sorted(varies))}"
            ) from None
    return "bounds"


def _function(kind: str, kinds: tuple[str, ...], options: dict[str, str], what: str) -> Callable[..., CaptionedFigure]:
    """What draws a kind; refuses one that does not suit the file, and options that do not suit the kind."""
    from boundcalc.render import plots
    from boundcalc.render.plot import FUNCTIONS

    if kind not in kinds:
        raise ParameterError("kind", kind, f"must be one of {', '.join(kinds)} for {what}")
    functions = {name: getattr(plots, FUNCTIONS.get(name, name)) for name in (*OF_SWEEPS, *OF_WEIGHTS, *OF_NOTHING)}
    takes = {name: {each.replace("laws", "law") for each in signature(draw).parameters} for name, draw in functions.items()}
    takes |= {"witness": {"array", "m"}, "capacities": {"array"}}
    model = {"array", "m", "p", "law", "importance", "groups"}
    takes |= {"unexplained": model | {"across"}, "training": model | {"n", "d"}}
    for name in options:
        if name not in takes[kind]:
            fitting = [other for other in takes if name in takes[other]]
            raise ParameterError(name, options[name], f"is an option of {', '.join(fitting)}, not of {kind}")
    found: Callable[..., CaptionedFigure] = functions[kind]
    return found


def _of_sweep(rows: list[Row], kind: str, options: dict[str, str], width: str | None) -> CaptionedFigure:
    draw = _function(kind, OF_SWEEPS, options, "a sweep")
    chosen: dict[str, Any] = {**options} if width is None else {**options, "width": width}
    if "keys" in chosen:
        chosen["keys"] = _keys(chosen["keys"])
    if "margin" in chosen:
        chosen["margin"] = _margin(chosen["margin"])
    if kind == "gap" and "y" not in chosen:
        across = chosen.get("x", "p")
        chosen["y"] = "d" if across != "d" and len({row.d for row in rows}) > 1 and "d" not in options else "n"
    if kind in ("geometry", "regimes") and "d" in chosen:
        allowed = "must be whole numbers with commas between, such as 2,3,8"
        chosen["d"] = [as_integer(part, parameter="d", allowed=allowed) for part in chosen["d"].split(",")]
    return draw(rows, **chosen)


def _keys(text: str) -> list[str]:
    """Keys of bounds."""
    from boundcalc.bounds.catalog import find

    return [find(part.strip()).key for part in text.split(",")]


def _margin(text: str) -> Any:
    """A share, 0 or more."""
    allowed = "must be a number, 0 or more and below 1"
    value = as_rational(text, parameter="margin", allowed=allowed)
    if not 0 <= value < 1:
        raise ParameterError("margin", text, allowed)
    return value


def _of_weights(
    file: str, kind: str, options: dict[str, str], width: str | None, transpose: bool | None, per_feature: bool
) -> CaptionedFigure:
    from boundcalc.loss.weights import load_weights

    draw = _function(kind, OF_WEIGHTS, options, "weights")
    others: dict[str, Any] = {} if width is None else {"width": width}
    if kind == "training":
        from boundcalc.render.plots.training import load_losses

        losses = load_losses(file, options.get("array"))
        if losses.ndim == 3 and transpose:
            columns, rows = losses.shape[1:]
        else:
            rows, columns = losses.shape[1:] if losses.ndim == 3 else (options.get("d"), options.get("n"))
        if columns is None and "groups" not in options:
            raise ParameterError("n", "nothing", "must be given for --kind training")
        sizes = {name: options[name] for name in ("n", "d") if name in options}
        model = _model(kind, options, columns, rows)
        return draw(losses, per_feature=per_feature, transpose=transpose, **model, **sizes, **others)
    if per_feature:
        raise ParameterError("per-feature", True, "is an option of training")
    loaded = load_weights(file, name=options.get("array"), transpose=transpose)
    if loaded.note:
        click.echo(f"note: {loaded.note}", err=True)
    if kind == "unexplained":
        from boundcalc.render.judged import loss_of

        chosen = {"across": options["across"]} if "across" in options else {}
        rows, columns = loaded.array.shape
        return draw(loss_of(loaded, **_model(kind, options, columns, rows)), name=Path(file).stem, **chosen, **others)
    exponent = {"m": options["m"]} if "m" in options else {}
    return draw(loaded.array, name=Path(file).stem, **exponent, **others)


def _holds_losses(file: str, array: str | None) -> bool:
    """Whether a file holds a number a line, or a rising whole number and another one: more likely losses than weights."""
    from boundcalc.render.plots.training import load_losses

    try:
        found = load_losses(file, array)
    except ParameterError:
        return False
    if found.dtype.kind not in "fiu":
        return False
    steps = found[:, 0].tolist() if found.ndim == 2 else []
    rising = all(one < other and one == int(one) for one, other in pairwise(steps))
    return found.ndim == 1 or (found.ndim == 2 and len(steps) > 2 and (found.shape[1] == 1 or (found.shape[1] == 2 and rising)))


def _model(kind: str, options: dict[str, str], n: Any, d: Any) -> dict[str, Any]:
    """m with p and law, or with features that differ."""
    from boundcalc.cli.options import read_any_problem
    from boundcalc.model.features import FeatureProblem

    needed = ("m",) if "groups" in options else ("m", "p", "law")
    for name in needed:
        if name not in options:
            raise ParameterError(name, "nothing", f"must be given for --kind {kind}: --m, --p and --law")
    p, law, importance, groups = (options.get(name) for name in ("p", "law", "importance", "groups"))
    if d is None:
        raise ParameterError("d", "nothing", f"must be given for --kind {kind}")
    size = None if n is None else str(n)

    def note(text: str) -> None:
        click.echo(f"note: {text}", err=True)

    problem = read_any_problem(size, str(d), options["m"], p, law, importance, groups, note)
    if isinstance(problem, FeatureProblem):
        return {"m": problem.m, "features": problem.features}
    return {name: options[name] for name in needed}
