"""Runs ``boundcalc loss --activation relu``: the certified loss of x̂ = ReLU(WᵀW x + b)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    from boundcalc.loss.lanes import ShowShare
    from boundcalc.loss.relu.value import ReluLoss
    from boundcalc.model.features import Features
    from boundcalc.render.network import JudgedNetwork


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
    from boundcalc.loss.weights import count_instances
    from boundcalc.model.relu_problem import read_activation
    from boundcalc.numbers.enclosure import decimal_ceiling
    from boundcalc.numbers.files import check_target
    from boundcalc.render.network import JudgedNetwork, network_json, network_lines

    read_activation(activation)
    if m is not None:
        raise ParameterError("m", m, "is the exponent of x^m; leave it out with --activation relu")
    if certify:
        raise ParameterError("certify", True, "is for x^m; with relu every loss is certified, within --width")
    if features is not None and options.index == "all":
        raise ParameterError("features", features, "is for one network, not for --index all")
    if features is not None:
        reads = [path for path in (options.file, options.decoder, options.groups, options.bias) if path is not None]
        check_target(features, "features", marks=(",".join(FEATURE_HEADER).encode(),), force=force, reads=reads)

    said: set[str] = set()

    def note(message: str) -> None:
        if message not in said:  # once for all instances of a stack
            said.add(message)
            click.echo(f"note: {message}", err=True)

    def evaluate(chosen: ReluOptions) -> tuple[JudgedNetwork, Any]:
        with shown_progress() as progress:
            found, weights, bias, decoder = evaluate_relu(chosen, progress, note)
        if not found.reached:
            reached = decimal_ceiling(found.width, 2)
            note(f"width {chosen.width} was not reached: {reached} was, with {found.effort} nodes or points in float64")
        return JudgedNetwork.of(found, weights, digits, decoder), bias

    if options.index == "all":
        many = count_instances(options.file, name=options.name)
        if many is None:
            raise ParameterError("index", "all", "is for a stack of matrices; W is a single one")
        _print_stack([evaluate(replace(options, index=str(k)))[0] for k in range(many)], digits, as_json)
        return
    one, bias = evaluate(options)
    if features is not None:
        write_relu_features(one, bias, features)
    if as_json:
        import json

        click.echo(json.dumps(network_json(one, digits), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(network_lines(one, digits)))


def _print_stack(networks: list[JudgedNetwork], digits: int, as_json: bool) -> None:
    """A line, or a JSON object, for each instance."""
    from boundcalc.loss.arrays import way_round
    from boundcalc.render.network import network_json

    if as_json:
        import json

        click.echo(json.dumps({"instances": [network_json(one, digits) for one in networks]}, indent=1, ensure_ascii=False))
        return
    for note in way_round(networks[0].found.problem) if networks else ():
        click.echo(f"note: {note}")
    click.echo(f"{'instance':>8}  {'loss at least':>24}  {'at most':>24}")
    for k, one in enumerate(networks):
        lower, upper = one.found.loss.decimals(digits)
        click.echo(f"{k:>8}  {lower:>24}  {upper:>24}")


def evaluate_relu(options: ReluOptions, progress: ShowShare | None, note: Callable[[str], Any]) -> tuple[ReluLoss, Any, Any, Any]:
    """The loss, the weights, shape (d, n), and the bias and the decoder or ``None``."""
    from boundcalc.loss.relu.loss import relu_loss
    from boundcalc.loss.relu.stored import biases, load_bias
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
    if bias is None and (unused := biases(options.file, n)):
        note(f"no bias is used; {Path(options.file).name} holds {', '.join(unused)}, used with --bias {unused[0]}")
    found = relu_loss(
        loaded.array, bias=bias, decoder=other, features=features, width=options.width, progress=progress, transpose=False
    )
    return found, loaded.array, bias, other


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


FEATURE_HEADER = ("feature", "norm", "bias", "own_loss_lower", "own_loss_upper", "response", "state")


def write_relu_features(one: JudgedNetwork, bias: Any, path: str) -> None:
    """A row for each feature, counted from 0, whole or not at all; losses rounded outward to 17 digits."""
    import csv
    import io

    import numpy as np

    from boundcalc.loss.summary import states
    from boundcalc.numbers.files import write_whole

    norms = np.linalg.norm(one.weights.astype(np.float64), axis=0).tolist()
    responses = zip(map(repr, one.response.tolist()), states(one.response), strict=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FEATURE_HEADER)
    for k, (norm, row, response) in enumerate(zip(norms, one.found.rows, responses, strict=True)):
        writer.writerow([k, repr(norm), "" if bias is None else repr(float(bias[k])), *row.decimals(17), *response])
    write_whole(path, text.getvalue(), "features")
