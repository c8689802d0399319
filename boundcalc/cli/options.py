"""Defines options that several commands share. Values arrive as text and are validated by :class:`Problem`, exactly."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer, positive_seconds, whole_number

if TYPE_CHECKING:
    from boundcalc.bounds.evaluate import Report
    from boundcalc.model.features import AnyProblem
    from boundcalc.model.relu_problem import ReluProblem

F = TypeVar("F", bound=Callable[..., Any])

LAW_HELP = "rademacher, gaussian, uniform, laplace, support:-1:1/4,0:1/2,1:1/4 or moments:2=1,4=3,6=15."
RELU_LAW_HELP = "With relu uniform01, uniform:0:3/2 or support:1/2:1/4,1:3/4; for bounds also exponential and half-normal."


def feature_options(function: F) -> F:
    """--m, and the features: --p and --law for equal ones, --importance and formulas in i, or --groups with a table."""
    for option in (
        click.option(
            "--groups", help="A table (.csv, .toml, .parquet) of count, importance, p and law, in place of --p and --law."
        ),
        click.option(
            "--importance", help="Weight of each feature's squared error: a number, or a formula in i = 1, ..., n such as 0.9^i."
        ),
        click.option("--law", help=f"{LAW_HELP} {RELU_LAW_HELP}"),
        click.option(
            "--p", help="Probability that a feature is active: a number such as 1e-6, or a formula in i such as 0.05*i^-1.5."
        ),
        click.option("--m", help="Odd exponent of the activation x^m."),
    ):
        function = option(function)
    return function


def read_problem(
    n: int,
    d: int,
    m: str,
    p: str | None,
    law: str | None,
    importance: str | None,
    groups: str | None,
    note: Callable[[str], Any],
) -> AnyProblem:
    """The problem that the options of :func:`feature_options` describe, for n columns and d rows."""
    from boundcalc.language.formulas import DIGITS, features_from_formulas, is_formula
    from boundcalc.model.feature_table import read_features
    from boundcalc.model.features import FeatureProblem

    if groups is not None:
        for name, value in (("p", p), ("law", law), ("importance", importance)):
            if value is not None:
                raise ParameterError(name, value, "must be left out where --groups gives the features")
        features = read_features(groups)
        if features.n != n:
            raise ParameterError("groups", f"{features.n} features", f"must be as many as the columns of W, {n}")
        return FeatureProblem(features, d, m)
    for name, value in (("p", p), ("law", law)):
        if value is None:
            raise ParameterError(name, "nothing", f"must be given: --{name}, or a table of features with --groups")
    assert p is not None
    assert law is not None
    if importance is None and not is_formula(p):
        return Problem(n=n, d=d, m=m, p=p, law=law)
    features, rounded = features_from_formulas(n, importance or "1", p, law)
    if rounded:
        note(f"values of the formulas that are not rational are rounded to {DIGITS} digits; the result is exact for these")
    return FeatureProblem(features, d, m)


def any_problem_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--n and --d with :func:`feature_options`, which arrive as one parameter ``problem``: equal features or others."""

    @wraps(function)
    def of_problem(
        *,
        n: str | None,
        d: str,
        m: str | None,
        p: str | None,
        law: str | None,
        importance: str | None,
        groups: str | None,
        **others: Any,
    ) -> Any:
        return function(problem=asked_problem(n, d, m, p, law, importance, groups), **others)

    return size_options(feature_options(of_problem))


def asked_problem(
    n: str | None, d: str, m: str | None, p: str | None, law: str | None, importance: str | None, groups: str | None
) -> AnyProblem:
    """The problem of these options; notes go to standard error."""
    if m is None:
        raise ParameterError("m", "nothing", "must be given: --m 3 for x^3")
    return read_any_problem(n, d, m, p, law, importance, groups, _note)


def size_options(function: F) -> F:
    """--n and --d."""
    function = click.option("--d", required=True, help="Hidden dimensions.")(function)
    return click.option("--n", help="Number of features, or inf; not needed with --groups.")(function)


def read_any_problem(
    n: str | None,
    d: str,
    m: str,
    p: str | None,
    law: str | None,
    importance: str | None,
    groups: str | None,
    note: Callable[[str], Any],
) -> AnyProblem:
    """The problem that the options of :func:`any_problem_options` describe."""
    from boundcalc.language.formulas import is_formula

    rows = as_integer(d, parameter="d", allowed="must be a whole number, at least 1")
    if groups is not None:
        from boundcalc.model.feature_table import read_features

        columns = read_features(groups).n
        if n is not None and as_integer(n, parameter="n", allowed="must be a whole number, at least 1") != columns:
            raise ParameterError("n", n, f"must be what the groups add up to, {columns}, or left out")
        return read_problem(columns, rows, m, p, law, importance, groups, note)
    if n is None:
        raise ParameterError("n", "nothing", "must be given: --n, or a table of features with --groups")
    if p is None or law is None or (importance is None and not is_formula(p)):
        for name, value in (("p", p), ("law", law)):
            if value is None:
                raise ParameterError(name, "nothing", f"must be given: --{name}, or a table of features with --groups")
        return Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
    columns = as_integer(n, parameter="n", allowed="must be a whole number where features differ")
    return read_problem(columns, rows, m, p, law, importance, groups, note)


def either_problem_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Those of :func:`any_problem_options`, and --activation relu, with --m for ReLU^m: ``problem`` is then a ``ReluProblem``."""

    @wraps(function)
    def of_problem(
        *,
        n: str | None,
        d: str,
        m: str | None,
        p: str | None,
        law: str | None,
        activation: str,
        importance: str | None,
        groups: str | None,
        no_bias: bool,
        **others: Any,
    ) -> Any:
        from boundcalc.model.relu_problem import read_activation

        if read_activation(activation) == "relu":
            if groups is not None:
                raise ParameterError("groups", groups, "is for x^m; with relu give --importance, --p and --law")
            for name, value in (("n", n), ("p", p), ("law", law)):
                if value is None:
                    raise ParameterError(name, "nothing", f"must be given: --{name}")
            return function(problem=_relu_problem(n, d, m, p, law, importance, bias=not no_bias), **others)  # type: ignore[arg-type]
        if no_bias:
            raise ParameterError("no-bias", True, "needs --activation relu: x^m has none")
        if m is None:
            raise ParameterError("m", "nothing", "must be given: --m 3 for x^3, or --activation relu")
        return function(problem=read_any_problem(n, d, m, p, law, importance, groups, _note), **others)

    decorated = feature_options(of_problem)
    for option in (
        click.option("--activation", default="power", help="power, x^m with --m, or relu, x^ = ReLU(W'W x + b)."),
        click.option("--no-bias", is_flag=True, help="With relu: networks without a bias."),
    ):
        decorated = option(decorated)
    return size_options(decorated)


def _note(message: str) -> None:
    click.echo(f"note: {message}", err=True)


def _relu_problem(n: str, d: str, m: str | None, p: str, law: str, importance: str | None, *, bias: bool) -> ReluProblem:
    from boundcalc.language.formulas import features_from_formulas
    from boundcalc.model.nonnegative_laws import parse_nonnegative_law
    from boundcalc.model.relu_problem import ReluProblem

    power = 1 if m is None else m
    count = as_integer(n, parameter="n", allowed="must be a whole number, at least 1, with --activation relu")
    if not 1 <= count <= 10**6:
        raise ParameterError("n", n, "must be a whole number, 1 to 1000000, with --activation relu")
    known = parse_nonnegative_law(law).name
    if importance is None:
        from boundcalc.model.features import Group

        return ReluProblem((Group(count, 1, p, known),), d, bias=bias, m=power)
    return ReluProblem(features_from_formulas(count, importance, p, known)[0], d, bias=bias, m=power)


def output_options(function: F) -> F:
    """--digits and --json."""
    return click.option("--digits", help="Significant digits, 1 to 10000 (10 in tables, 30 in JSON unless given).")(
        json_option(function)
    )


def json_option(function: F) -> F:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")(function)


def report_within(problem: AnyProblem, digits: int, seconds: str = "20", **options: Any) -> Report:
    """The bounds within a time limit; a note on standard error says which were left out."""
    from boundcalc.bounds.evaluate import report

    answer = report(problem, digits=digits, seconds=to_float(positive_seconds(seconds, parameter="seconds")), **options)
    if left_out := [outcome.bound.key for outcome in (*answer.upper, *answer.lower) if outcome.is_left_out]:
        click.echo(f"note: left out after a share of {seconds} s: {', '.join(left_out)}", err=True)
    return answer


def echo_json(fields: Any) -> None:
    """Prints an object as JSON on stdout."""
    import json

    click.echo(json.dumps(fields, indent=1, ensure_ascii=False))


def force_option(function: F) -> F:
    """--force."""
    help_ = "Write over an existing file, whatever it is."
    return click.option("--force", is_flag=True, help=help_)(function)


def read_digits(text: str | None, as_json: bool) -> int:
    """The number of digits asked for."""
    from boundcalc.numbers.enclosure import MAX_DIGITS

    if text is None:
        return 30 if as_json else 10
    return whole_number(text, parameter="digits", least=1, most=MAX_DIGITS)
