"""Runs ``boundcalc loss``: the loss of a weight matrix, and where it stands between the certified bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.loss_progress import shown_progress
from boundcalc.cli.options import echo_json, feature_options, force_option, output_options, read_digits, read_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from boundcalc.loss.found import Found
    from boundcalc.model.features import AnyProblem
    from boundcalc.render.judged import Judged

FLOAT_DIGITS = 15
"""Digits shown of a float64 value unless asked otherwise, so that its error is not that of the display."""


@click.command("loss")
@click.argument("file")
@click.option("--name", help="Which array, where the file holds several.")
@click.option("--index", help="Which matrix of a stack (instances, d, n), from 0; all for a table of every one.")
@click.option("--transpose/--no-transpose", default=None, help="The array has a feature a row, or a feature a column.")
@click.option("--decoder", help="Untied weights: the decoder V in a file of its own, x^ = (V'W x)^m.")
@click.option("--decoder-name", help="Which array of the decoder's file.")
@click.option(
    "--decoder-transpose/--no-decoder-transpose", default=None, help="The same of the decoder; it is turned to fit if neither."
)
@click.option("--activation", default="power", help="power, x^m with --m, or relu, x^ = ReLU(W'W x + b).")
@click.option("--bias", help="The bias of relu: an array of FILE by its name, or a file of its own.")
@click.option("--width", help="Relative width of the enclosure for relu (1e-6).")
@click.option("--certify", is_flag=True, help="The exact loss of the numbers stored, whatever the time.")
@click.option(
    "--features",
    help="Write norm, a, q, capacity, leverage, own loss, improvement, response and state of each feature to this CSV file; "
    "norm, bias, own loss, response and state with relu.",
)
@force_option
@feature_options
@output_options
def command(
    file: str,
    name: str | None,
    index: str | None,
    transpose: bool | None,
    decoder: str | None,
    decoder_name: str | None,
    decoder_transpose: bool | None,
    activation: str,
    bias: str | None,
    width: str | None,
    certify: bool,
    features: str | None,
    force: bool,
    m: str | None,
    p: str | None,
    law: str | None,
    importance: str | None,
    groups: str | None,
    digits: str | None,
    as_json: bool,
) -> None:
    """Loss of the weights in FILE, d rows and n columns, taken as the exact binary numbers stored.

    FILE is .npy, .npz, .safetensors, .csv, .txt, a PyTorch checkpoint, or a folder of a library of sparse autoencoders.

    Exact up to 2000 features and for whole numbers; beyond, float64 with a certified error bound, or exact with --certify.

    With --activation relu features are nonnegative, and the loss is enclosed within --width; it is exact up to 12 features.
    """
    from boundcalc.language.formulas import is_formula
    from boundcalc.loss.weights import count_instances, load_weights
    from boundcalc.model.problem import Problem
    from boundcalc.numbers.errors import ParameterError
    from boundcalc.numbers.parsing import as_integer
    from boundcalc.render.judged import Judged, loss_json, loss_lines

    count = read_digits(digits, as_json)
    if activation != "power":
        from boundcalc.cli.relu_loss import ReluOptions, run_relu

        options = ReluOptions(
            file,
            name,
            index,
            transpose,
            decoder,
            decoder_name,
            decoder_transpose,
            bias,
            width or "1e-6",
            p,
            law,
            importance,
            groups,
        )
        run_relu(activation, options, m=m, certify=certify, features=features, force=force, digits=count, as_json=as_json)
        return
    for option, given in (("bias", bias), ("width", width)):
        if given is not None:
            raise ParameterError(option, given, "needs --activation relu")
    if m is None:
        raise ParameterError("m", "nothing", "must be given: --m 3 for x^3, or --activation relu")
    if groups is None and importance is None and p is not None and law is not None and not is_formula(p):
        Problem(n=1, d=1, m=m, p=p, law=law)  # refuses bad parameters before a large file is read
    for option, value in (("decoder-name", decoder_name), ("decoder-transpose", decoder_transpose)):
        if decoder is None and value is not None:
            raise ParameterError(option, value, "needs --decoder")
    if features is not None:
        from boundcalc.loss.summary import HEADER
        from boundcalc.numbers.files import check_target

        if index == "all":
            raise ParameterError("features", features, "is for one matrix, not for --index all")
        reads = [path for path in (file, decoder, groups) if path is not None]
        check_target(features, "features", marks=(",".join(HEADER).encode(),), force=force, reads=reads)

    def note(message: str) -> None:
        click.echo(f"note: {message}", err=True)

    def judge(chosen: int | None) -> Judged:
        loaded = load_weights(file, name=name, index=chosen, transpose=transpose)
        if loaded.note:
            note(loaded.note)
        d, n = loaded.array.shape
        other = None
        if decoder is not None:
            given: Any = {"name": decoder_name, "index": chosen, "transpose": decoder_transpose, "shape": (d, n), "parameter": "V"}
            other = load_weights(decoder, **given).array
        model = read_problem(n, d, m, p, law, importance, groups, note)
        return Judged.of(
            evaluate(loaded.array, other, model, certify=certify, note=note), loaded.array, count, tied=decoder is None
        )

    if index == "all":
        many = count_instances(file, name=name)
        if many is None:
            raise ParameterError("index", index, "is for a stack of matrices; W is a single one")
        instances = [judge(k) for k in range(many)]
        _print_instances(instances, count, as_json)
        return
    allowed = "must be a whole number, at least 0, or all"
    one = judge(None if index is None else as_integer(index, parameter="index", allowed=allowed))
    if features is not None:
        from boundcalc.loss.summary import write_features

        write_features(one.table, features)
    if digits is None and one.found.rounded is not None:
        count = max(count, FLOAT_DIGITS)
    if as_json:
        echo_json(loss_json(one, count))
    else:
        click.echo("\n".join(loss_lines(one, count)))


def _print_instances(instances: list[Judged], digits: int, as_json: bool) -> None:
    """A line, or a JSON object, for each matrix of a stack."""
    from boundcalc.loss.arrays import way_round
    from boundcalc.render.judged import loss_json, share

    if as_json:
        echo_json({"instances": [loss_json(one, digits) for one in instances]})
        return
    for note in way_round(instances[0].found.value.problem) if instances else ():
        click.echo(f"note: {note}")
    click.echo(f"{'instance':>8}  {'loss as given':>24}  {'improvement, best scale':>24}  share of the best possible")
    for k, one in enumerate(instances):
        loss, gain = (one.found.enclosure(name).decimals(digits)[1] for name in ("loss", "improvement_best_scale"))
        reached = "" if one.standing is None else share(one.standing)
        click.echo(f"{k:>8}  {loss:>24}  {gain:>24}  {reached}".rstrip())


def evaluate(
    weights: np.ndarray, decoder: np.ndarray | None, model: AnyProblem, *, certify: bool, note: Callable[[str], Any]
) -> Found:
    """The loss by the method that suits its size; with a progress bar on a terminal."""
    from boundcalc.loss.found import found_loss

    with shown_progress() as progress:
        return found_loss(weights, decoder, model, certify=certify, progress=progress, tell=note)
