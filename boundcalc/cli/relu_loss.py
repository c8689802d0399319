"""Runs ``boundcalc loss --activation relu``: the certified loss of x̂ = ReLU(WᵀW x + b)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    from flint import fmpq

    from boundcalc.bounds.relu.floors import Floor
    from boundcalc.loss.lanes import ShowShare
    from boundcalc.loss.relu.value import ReluLoss
    from boundcalc.model.features import Features


@dataclass(frozen=True)
class ReluOptions:
    """What the command line says of a network; every number still as text."""

    file: str
    name: str | None
    index: str | None
    transpose: bool | None
    decoder: str | None
    decoder_name: str | None
    decoder_transpose: bool | None
    bias: str | None
    width: str
    p: str | None
    law: str | None
    importance: str | None
    groups: str | None


def run_relu(
    activation: str,
    options: ReluOptions,
    *,
    m: str | None,
    certify: bool,
    features: str | None,
    force: bool,
    digits: int,
    as_json: bool,
) -> None:
    """The command with --activation relu."""
    from boundcalc.cli.loss_progress import shown_progress
    from boundcalc.model.relu_problem import read_activation
    from boundcalc.numbers.enclosure import decimal_ceiling
    from boundcalc.numbers.files import check_target

    read_activation(activation)
    if m is not None:
        raise ParameterError("m", m, "is the exponent of x^m; leave it out with --activation relu")
    if certify:
        raise ParameterError("certify", True, "is for x^m; with relu every loss is certified, within --width")
    if options.index == "all":
        raise ParameterError("index", "all", "is for x^m; with relu choose one instance, such as --index 0")
    if features is not None:
        reads = [path for path in (options.file, options.decoder, options.groups, options.bias) if path is not None]
        check_target(features, "features", marks=(",".join(FEATURE_HEADER).encode(),), force=force, reads=reads)

    def note(message: str) -> None:
        click.echo(f"note: {message}", err=True)

    with shown_progress() as progress:
        found, weights, bias = evaluate_relu(options, progress, note)
    if not found.reached:
        reached = decimal_ceiling(found.width, 2)
        note(f"width {options.width} was not reached: {reached} was, with {found.effort} nodes or points in float64")
    if features is not None:
        write_relu_features(found, weights, bias, features)
    if as_json:
        import json

        click.echo(json.dumps(relu_json(found, digits), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(relu_lines(found, weights, digits)))


def evaluate_relu(options: ReluOptions, progress: ShowShare | None, note: Callable[[str], Any]) -> tuple[ReluLoss, Any, Any]:
    """The loss, the weights, shape (d, n), and the bias or ``None``."""
    from boundcalc.loss.relu.loss import relu_loss
    from boundcalc.loss.relu.stored import load_bias
    from boundcalc.loss.weights import load_weights
    from boundcalc.numbers.parsing import as_integer

    index = (
        None
        if options.index is None
        else as_integer(options.index, parameter="index", allowed="must be a whole number, at least 0")
    )
    loaded = load_weights(options.file, name=options.name, index=index, transpose=options.transpose)
    if loaded.note:
        note(loaded.note)
    d, n = loaded.array.shape
    other = None
    if options.decoder is not None:
        given: dict[str, Any] = {"name": options.decoder_name, "index": index, "transpose": options.decoder_transpose}
        other = load_weights(options.decoder, **given, shape=(d, n), parameter="V").array
    bias = None
    if options.bias is not None:
        bias = load_bias(options.bias, options.file, n=n, shape=(d, n), index=index)
    features = read_relu_features(n, options, note)
    found = relu_loss(loaded.array, bias=bias, decoder=other, features=features, width=options.width, progress=progress)
    return found, loaded.array, bias


def read_relu_features(n: int, options: ReluOptions, note: Callable[[str], Any]) -> Features:
    """The features that --p, --law, --importance or --groups describe, for n columns."""
    from boundcalc.language.formulas import DIGITS, features_from_formulas
    from boundcalc.model.feature_table import read_features
    from boundcalc.model.nonnegative_laws import parse_nonnegative_law

    if options.groups is not None:
        for name in ("p", "law", "importance"):
            if getattr(options, name) is not None:
                raise ParameterError(name, getattr(options, name), "must be left out where --groups gives the features")
        features = read_features(options.groups)
        if features.n != n:
            raise ParameterError("groups", f"{features.n} features", f"must be as many as the columns of W, {n}")
        return features
    p, law = options.p, options.law
    if p is None or law is None:
        missing = "p" if p is None else "law"
        raise ParameterError(missing, "nothing", f"must be given: --{missing}, or a table of features with --groups")
    law = parse_nonnegative_law(law).name  # a line about a signed law rather than about a formula
    features, rounded = features_from_formulas(n, options.importance or "1", p, law)
    if rounded:
        note(f"values of the formulas that are not rational are rounded to {DIGITS} digits; the result is certified for these")
    return features


def relu_json(found: ReluLoss, digits: int) -> dict[str, Any]:
    """The fields of ``loss --activation relu --json``; both ends of each number rounded outward."""
    from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling

    floor, network = standing(found, digits)
    return {
        "problem": found.problem.as_json(),
        "method": found.method,
        "effort": found.effort,
        "loss": found.loss.as_json(digits),
        "energy": Enclosure.of(found.energy).as_json(digits),
        "unexplained_fraction": found.unexplained_fraction.as_json(digits),
        "relative_width": decimal_ceiling(found.width, 3),
        "reached": found.reached,
        "floor": None if floor is None else {"key": floor.key, "loss": floor.value.as_json(digits), "status": "argued"},
        "network": Enclosure.of(network).as_json(digits),
        "own_loss": [row.as_json(digits) for row in found.rows],
    }


def relu_lines(found: ReluLoss, weights: Any, digits: int) -> list[str]:
    """What ``loss --activation relu`` prints."""
    from boundcalc.cli.loss_lines import named_lines
    from boundcalc.loss.summary import named_features
    from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling

    shown = found.problem.as_json()
    names = ("n", "d", "activation", "p", "law")
    first = " ".join(f"{name} = {shown[name]}" for name in names if name in shown)
    first += ", bias" if found.problem.bias else ", no bias"
    if "features" in shown:
        groups = len(found.problem.features.groups)
        first += f", {groups} group{'s' if groups > 1 else ''} of features; each squared error counts with its importance"
    how = {"exact": "a rational number", "trapezoid": f"{found.effort} nodes", "lattice": f"a lattice of {found.effort} points"}

    def line(title: str, value: Enclosure) -> str:
        lower, upper = value.decimals(digits)
        return f"{title:<42}{lower if lower == upper else f'{lower} to {upper}'}"

    lines = [first, f"certified: {how[found.method]}", "", line("loss", found.loss)]
    if not found.loss.is_exact:
        lines.append(f"{'relative width':<42}{decimal_ceiling(found.width, 2)}")
    lines.append(line("loss of answering zero", Enclosure.of(found.energy)))
    lines.append(line("unexplained fraction", found.unexplained_fraction))
    least = min(range(found.problem.n), key=lambda i: found.rows[i].lower)
    most = max(range(found.problem.n), key=lambda i: found.rows[i].upper)
    lines += [
        line(f"least loss of a feature ({least})", found.rows[least]),
        line(f"greatest loss of a feature ({most})", found.rows[most]),
    ]
    lines += ["", *named_lines(named_features(weights))]
    return [*lines, "", *standing_lines(found, digits)]


def standing(found: ReluLoss, digits: int) -> tuple[Floor | None, fmpq]:
    """The largest floor, ``None`` where there is none above 0, and the loss of the best network in closed form."""
    from boundcalc.bounds.relu.floors import floors
    from boundcalc.bounds.relu.witnesses import closed_network

    below = floors(found.problem, digits)
    return (below[0] if below and below[0].value.lower > 0 else None), closed_network(found.problem).loss


def standing_lines(found: ReluLoss, digits: int) -> list[str]:
    """Where the loss stands between the floor and the network in closed form."""
    from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor

    floor, network = standing(found, digits)
    lines = []
    if floor is None:
        lines.append("no lower bound above 0 is known here on the loss of other weights")
    else:
        times = decimal_ceiling(found.loss.upper / floor.value.lower, 4)
        least = decimal_floor(floor.value.lower, digits)
        lines.append(f"no W and b have a loss below {least} ({floor.key}, argued)")
        lines.append(f"this is at most {times} times the least possible")
    if found.loss.lower > network:
        lines.append(f"antipodal pairs, and other features at their mean, do better: {decimal_ceiling(network, digits)}")
    return lines


FEATURE_HEADER = ("feature", "norm", "bias", "own_loss_lower", "own_loss_upper")


def write_relu_features(found: ReluLoss, weights: Any, bias: Any, path: str) -> None:
    """A row for each feature, counted from 0, whole or not at all; losses rounded outward to 17 digits."""
    import csv
    import io

    import numpy as np

    from boundcalc.numbers.files import write_whole

    norms = np.linalg.norm(weights.astype(np.float64), axis=0).tolist()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FEATURE_HEADER)
    for k, (norm, row) in enumerate(zip(norms, found.rows, strict=True)):
        writer.writerow([k, repr(norm), "" if bias is None else repr(float(bias[k])), *row.decimals(17)])
    write_whole(path, text.getvalue(), "features")
