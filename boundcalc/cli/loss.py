"""``boundcalc loss``: the exact loss of a weight matrix, and where it stands between the certified bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import model_options, output_options, read_digits

if TYPE_CHECKING:
    from boundcalc.bounds.evaluate import Report
    from boundcalc.loss.value import LossValue


@click.command("loss")
@click.argument("file")
@click.option("--name", help="Which array of a .npz file.")
@model_options
@output_options
def command(file: str, name: str | None, m: str, p: str, law: str, digits: str | None, as_json: bool) -> None:
    """Exact loss of the weights in FILE (.npy or .npz, d rows and n columns), taken as the exact binary numbers stored."""
    from boundcalc.bounds.evaluate import report
    from boundcalc.cli.options import read_problem
    from boundcalc.loss.exact import exact_loss
    from boundcalc.loss.weights import load_weights

    count = read_digits(digits, as_json)
    model = read_problem("1", "1", m, p, law)  # refuses bad parameters before a large file is read
    loaded = load_weights(file, name=name)
    value = exact_loss(loaded.array, m=model.m, p=model.p, law=model.law)
    answer = report(value.problem, count)
    if loaded.note:
        click.echo(f"note: {loaded.note}", err=True)
    if as_json:
        import json

        click.echo(json.dumps(loss_json(value, answer), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(value, answer)))


def loss_json(value: LossValue, answer: Report) -> dict[str, Any]:
    """The JSON of ``loss --json`` (docs/json.md)."""
    from boundcalc.cli.bounds import best_json
    from boundcalc.enclosure import Enclosure

    def enclosed(number: Any) -> dict[str, str]:
        return Enclosure.of(number).as_json(answer.digits)

    scale = value.scale_to(answer.digits)
    return {
        "problem": value.problem.as_json(),
        "digits": answer.digits,
        "improvement": enclosed(value.improvement),
        "improvement_best_scale": enclosed(value.improvement_best_scale),
        "scale": scale.decimals(answer.digits)[0] if scale else None,
        "loss": enclosed(value.loss),
        "loss_best_scale": enclosed(value.loss_best_scale),
        "unexplained_fraction": enclosed(value.unexplained_fraction),
        "unexplained_fraction_best_scale": enclosed(value.unexplained_fraction_best_scale),
        "reached_at_least": reached(value, answer).as_json(answer.digits)["lower"],
        "best": best_json(answer),
    }


def reached(value: LossValue, answer: Report) -> Any:
    """Improvement at the best scale over the best upper bound: at least this share of what is possible."""
    from boundcalc.enclosure import Enclosure

    upper = answer.best_upper.value
    assert upper is not None
    return Enclosure.of(value.improvement_best_scale) / upper.enclosure


def _lines(value: LossValue, answer: Report) -> list[str]:
    told, shown = loss_json(value, answer), value.problem.as_json()
    lines = [" ".join(f"{name} = {shown[name]}" for name in ("n", "d", "m", "p", "law")), ""]

    def write(title: str, key: str) -> None:
        ends = told[key]
        text = ends["lower"] if ends["lower"] == ends["upper"] else f"{ends['lower']} to {ends['upper']}"
        lines.append(f"{title:<42}{text}")

    write("loss as given", "loss")
    write("unexplained fraction as given", "unexplained_fraction")
    write("improvement as given", "improvement")
    if value.is_zero:
        lines.append("W = 0: the improvement is 0 and no scale is best")
        return lines
    write("improvement at the best scale", "improvement_best_scale")
    lines.append(f"{'best scale of W':<42}{told['scale']}")
    write("loss at the best scale", "loss_best_scale")
    write("unexplained fraction at the best scale", "unexplained_fraction_best_scale")
    best = told["best"]
    lines += [
        "",
        f"best upper bound on the improvement: {best['upper']['improvement']['upper']} ({best['upper']['key']})",
        f"best lower bound on the improvement: {best['lower']['improvement']['lower']} ({best['lower']['key']})",
        f"at its best scale W reaches at least {_percent(told['reached_at_least'])}% of the best possible improvement, certified",
    ]
    lower = answer.best_lower.value
    assert lower is not None
    if value.improvement_best_scale > lower.enclosure.upper:
        lines.append("W exceeds every lower bound of the catalog, certified")
    return lines


def _percent(share: str) -> str:
    from boundcalc.enclosure import decimal_floor
    from boundcalc.parsing import parse_rational

    return decimal_floor(100 * parse_rational(share, parameter="share"), 4)
