"""Runs ``boundcalc loss``: the loss of a weight matrix, and where it stands between the certified bounds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import feature_options, force_option, output_options, read_digits, read_problem

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.bounds.evaluate import Report
    from boundcalc.loss.ball import LossEnclosure
    from boundcalc.loss.dense import DenseLoss
    from boundcalc.loss.summary import FeatureTable
    from boundcalc.loss.value import LossValue
    from boundcalc.model.features import AnyProblem

FLOAT_DIGITS = 15
"""Digits shown of a float64 value unless asked otherwise, so that its error is not that of the display."""
_PATIENCE_SECONDS = 0.5


@click.command("loss")
@click.argument("file")
@click.option("--name", help="Which array of a .npz or .safetensors file.")
@click.option("--decoder", help="Untied weights: the decoder V in a file of its own, x^ = (V'W x)^m.")
@click.option("--decoder-name", help="Which array of the decoder's file.")
@click.option("--certify", is_flag=True, help="The exact loss of the numbers stored, whatever the time.")
@click.option("--features", help="Write norm, a, q, capacity, leverage and own loss of each feature to this CSV file.")
@force_option
@feature_options
@output_options
def command(
    file: str,
    name: str | None,
    decoder: str | None,
    decoder_name: str | None,
    certify: bool,
    features: str | None,
    force: bool,
    m: str,
    p: str | None,
    law: str | None,
    importance: str | None,
    groups: str | None,
    digits: str | None,
    as_json: bool,
) -> None:
    """Loss of the weights in FILE (.npy, .npz or .safetensors; d rows, n columns), taken as the exact binary numbers stored.

    Exact up to 2000 features and for whole numbers; beyond, float64 with a certified error bound, or exact with --certify.
    """
    from boundcalc.bounds.evaluate import report
    from boundcalc.language.formulas import is_formula
    from boundcalc.loss.summary import feature_table, write_features
    from boundcalc.loss.weights import load_weights
    from boundcalc.model.problem import Problem
    from boundcalc.numbers.errors import ParameterError

    count = read_digits(digits, as_json)
    if groups is None and importance is None and p is not None and law is not None and not is_formula(p):
        Problem(n=1, d=1, m=m, p=p, law=law)  # refuses bad parameters before a large file is read
    if decoder is None and decoder_name is not None:
        raise ParameterError("decoder-name", decoder_name, "needs --decoder")
    if features is not None:
        from boundcalc.loss.summary import HEADER
        from boundcalc.numbers.files import check_target

        reads = [path for path in (file, decoder, groups) if path is not None]
        check_target(features, "features", marks=(",".join(HEADER).encode(),), force=force, reads=reads)
    loaded = load_weights(file, name=name)
    if loaded.note:
        click.echo(f"note: {loaded.note}", err=True)
    other = load_weights(decoder, name=decoder_name, parameter="V").array if decoder is not None else None
    d, n = loaded.array.shape
    model = read_problem(n, d, m, p, law, importance, groups, lambda message: click.echo(f"note: {message}", err=True))
    found = evaluate(loaded.array, other, model, certify=certify)
    table = feature_table(found.rows_of, loaded.array)
    if features is not None:
        write_features(table, features)
    judged = found.value.problem
    answer = report(judged, count) if decoder is None and isinstance(judged, Problem) else None
    if digits is None and found.rounded is not None:
        count = max(count, FLOAT_DIGITS)
    if as_json:
        import json

        click.echo(json.dumps(loss_json(found, answer, table, count), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found, answer, table, count)))


class Found:
    """A loss: the exact one, or an enclosure with the float64 loss it belongs to."""

    def __init__(self, value: LossValue | LossEnclosure, rounded: DenseLoss | None = None) -> None:
        self.value = value
        self.rounded = rounded
        self.rows_of: Any = value if rounded is None else rounded
        self.is_zero = bool(value.D == 0) if rounded is None else not rounded.unit_power
        self.tied = bool(getattr(self.rows_of, "tied", True))

    def enclosure(self, name: str) -> Any:
        """The enclosure of one of its numbers."""
        from boundcalc.numbers.enclosure import Enclosure

        number = getattr(self.value, name)
        return number if isinstance(number, Enclosure) else Enclosure.of(number)

    def scale(self, digits: int) -> Any:
        """An enclosure of the best scale; ``None`` for W = 0."""
        from boundcalc.loss.value import LossValue

        return self.value.scale_to(digits) if isinstance(self.value, LossValue) else self.value.scale


def evaluate(weights: np.ndarray, decoder: np.ndarray | None, model: AnyProblem, *, certify: bool) -> Found:
    """The loss by the method that suits its size; with a progress bar on a terminal."""
    from boundcalc.loss.certified import EXACT_FEATURES, certified_loss
    from boundcalc.loss.dense_pair import bounded_loss_of_pair
    from boundcalc.loss.error_bound import BoundedLoss
    from boundcalc.loss.exact_pair import exact_loss_of_pair
    from boundcalc.model.features import keywords_of
    from boundcalc.numbers.errors import CertificationError

    def note(message: str) -> None:
        click.echo(f"note: {message}", err=True)

    with _progress() as progress:
        if decoder is None:
            found = certified_loss(weights, model, exact=certify, rows=True, progress=progress, tell=note)
            return Found(found.enclosure, found.value) if isinstance(found, BoundedLoss) else Found(found)
        given: dict[str, Any] = {"m": model.m, **keywords_of(model)}
        if weights.shape[1] > EXACT_FEATURES and not certify:
            try:
                bounded = bounded_loss_of_pair(decoder, weights, **given, progress=progress)
                return Found(bounded.enclosure, bounded.value)
            except CertificationError as error:
                note(str(error))
        return Found(exact_loss_of_pair(decoder, weights, **given, rows=True))


@contextmanager
def _progress() -> Iterator[Callable[[float], None] | None]:
    """A progress bar on standard error, where that is a terminal and the work is long; gone when the work ends."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("loss"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task, start = bar.add_task("loss", total=1.0), time.monotonic()

    def tell(share: float) -> None:
        if not bar.live.is_started and time.monotonic() - start > _PATIENCE_SECONDS:
            bar.start()
        bar.update(task, completed=share)

    try:
        yield tell
    finally:
        bar.stop()


def loss_json(found: Found, answer: Report | None, table: FeatureTable, digits: int) -> dict[str, Any]:
    """The JSON of ``loss --json`` (docs/json.md)."""
    from boundcalc.bounds.report_json import best_json

    def enclosed(name: str) -> dict[str, str]:
        fields: dict[str, str] = found.enclosure(name).as_json(digits)
        return fields

    scale = found.scale(digits)
    return {
        "problem": found.value.problem.as_json(),
        "digits": digits,
        "method": "exact" if found.rounded is None else "float64",
        "tied": found.tied,
        **{name: enclosed(name) for name in ("improvement", "improvement_best_scale")},
        "scale": scale.decimals(digits)[0] if scale else None,
        **{name: enclosed(name) for name in ("loss", "loss_best_scale", "unexplained_fraction", "unexplained_fraction_best_scale")},
        "features": {
            "rank": table.rank,
            "capacity": _spread(table.capacity),
            "leverage": _spread(table.leverage),
        },
        "reached_at_least": reached(found, answer).as_json(digits)["lower"] if answer else None,
        "best": best_json(answer) if answer else None,
    }


def _spread(values: np.ndarray) -> dict[str, float]:
    return {"least": float(values.min()), "mean": float(values.mean()), "greatest": float(values.max()), "sum": float(values.sum())}


def reached(found: Found, answer: Report) -> Any:
    """Improvement at the best scale over the best upper bound: at least this share of what is possible."""
    upper = answer.best_upper.value
    assert upper is not None
    return found.enclosure("improvement_best_scale") / upper.enclosure


def _lines(found: Found, answer: Report | None, table: FeatureTable, digits: int) -> list[str]:
    from boundcalc.model.problem import Problem

    fields, problem = loss_json(found, answer, table, digits), found.value.problem
    shown = problem.as_json()
    lines = [" ".join(f"{name} = {shown[name]}" for name in ("n", "d", "m", "p", "law") if name in shown)]
    if not isinstance(problem, Problem):
        groups = len(problem.features.groups)
        lines[0] += f", {groups} group{'s' if groups > 1 else ''} of features; each squared error counts with its importance"
    if found.rounded is not None:
        lines.append("float64 with a certified error bound; --certify gives the exact loss")
    lines.append("")

    def write(title: str, key: str) -> None:
        lines.append(f"{title:<42}{_with_error(found, key, digits)}")

    write("loss as given", "loss")
    write("unexplained fraction as given", "unexplained_fraction")
    write("improvement as given", "improvement")
    if found.is_zero:
        lines.append(f"{'W' if found.tied else 'A'} = 0: the improvement is 0 and no scale is best")
        return lines
    write("improvement at the best scale", "improvement_best_scale")
    lines.append(f"{'best scale of ' + ('W' if found.tied else 'V'):<42}{fields['scale']}")
    write("loss at the best scale", "loss_best_scale")
    write("unexplained fraction at the best scale", "unexplained_fraction_best_scale")
    lines += _feature_lines(table)
    if answer is None:
        kind = "equal features" if found.tied else "tied weights"
        return [*lines, "", f"the certified bounds are for {kind}: nothing is said of how near this is to the best"]
    best = fields["best"]
    lines += [
        "",
        f"best upper bound on the improvement: {best['upper']['improvement']['upper']} ({best['upper']['key']})",
        f"best lower bound on the improvement: {best['lower']['improvement']['lower']} ({best['lower']['key']})",
        f"at its best scale W reaches at least {_percent(fields['reached_at_least'])}% of the best possible improvement, "
        f"by {best['upper']['key']} ({best['upper']['status']})",
    ]
    lower = answer.best_lower.value
    assert lower is not None
    if found.enclosure("improvement_best_scale").lower > lower.enclosure.upper:
        lines.append("W exceeds every lower bound of the catalog, certified")
    return lines


def _with_error(found: Found, name: str, digits: int) -> str:
    """A number: one decimal where both ends agree, value and certified error for float64, otherwise both ends."""
    from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor

    enclosure = found.enclosure(name)
    lower, upper = enclosure.decimals(digits)
    if lower == upper:
        return str(lower)
    if found.rounded is None:
        return f"{lower} to {upper}"
    from boundcalc.numbers.parsing import parse_rational

    text = decimal_floor((enclosure.lower + enclosure.upper) / 2, digits)
    point = parse_rational(text, parameter="value")
    return f"{text} +- {decimal_ceiling(max(point - enclosure.lower, enclosure.upper - point), 2)}"


def _feature_lines(table: FeatureTable) -> list[str]:
    from boundcalc.loss.summary import histogram

    lines = []
    for title, values in (("capacity t_i = a_i^2/q_i", table.capacity), ("leverage", table.leverage)):
        lines += ["", f"{title}: sum {values.sum():.6g}, mean {values.mean():.6g} (float64; rank {table.rank})"]
        lines += [f"  {line}" for line in histogram(values, width=78)]
    return lines


def _percent(share: str) -> str:
    from boundcalc.numbers.enclosure import decimal_floor
    from boundcalc.numbers.parsing import parse_rational

    return decimal_floor(100 * parse_rational(share, parameter="share"), 4)
