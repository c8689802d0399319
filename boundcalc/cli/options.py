"""Defines options that several commands share. Values arrive as text and are validated by :class:`Problem`, exactly."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import whole_number

if TYPE_CHECKING:
    from boundcalc.model.features import AnyProblem

F = TypeVar("F", bound=Callable[..., Any])

LAW_HELP = "rademacher, gaussian, uniform, laplace, support:-1:1/4,0:1/2,1:1/4 or moments:2=1,4=3,6=15."


def model_options(function: F) -> F:
    """--m, --p and --law."""
    for option in (
        click.option("--law", required=True, help=LAW_HELP),
        click.option("--p", required=True, help="Probability that a feature is active, such as 1e-6, 0.03 or 1/3."),
        click.option("--m", required=True, help="Odd exponent of the activation."),
    ):
        function = option(function)
    return function


def feature_options(function: F) -> F:
    """--m, and the features: --p and --law for equal ones, --importance and formulas in i, or --groups with a table."""
    for option in (
        click.option(
            "--groups", help="A table (.csv, .toml, .parquet) of count, importance, p and law, in place of --p and --law."
        ),
        click.option(
            "--importance", help="Weight of each feature's squared error: a number, or a formula in i = 1, ..., n such as 0.9^i."
        ),
        click.option("--law", help=LAW_HELP),
        click.option(
            "--p", help="Probability that a feature is active: a number such as 1e-6, or a formula in i such as 0.05*i^-1.5."
        ),
        click.option("--m", required=True, help="Odd exponent of the activation."),
    ):
        function = option(function)
    return function


def read_problem(
    n: int, d: int, m: str, p: str | None, law: str | None, importance: str | None, groups: str | None, note: Callable[[str], Any]
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


def problem_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--n, --d, --m, --p and --law, which arrive as one parameter ``problem``."""

    @wraps(function)
    def of_problem(*, n: str, d: str, m: str, p: str, law: str, **others: Any) -> Any:
        return function(problem=Problem(n=n, d=d, m=m, p=p, law=law), **others)

    decorated = model_options(of_problem)
    for option in (
        click.option("--d", required=True, help="Hidden dimensions."),
        click.option("--n", required=True, help="Number of features, or inf."),
    ):
        decorated = option(decorated)
    return decorated


def output_options(function: F) -> F:
    """--digits and --json."""
    return click.option("--digits", help="Significant digits, 1 to 10000 (10 in tables, 30 in JSON unless given).")(
        json_option(function)
    )


def json_option(function: F) -> F:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")(function)


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
