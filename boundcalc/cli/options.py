"""Options that several commands share. Values arrive as text and are validated by :class:`Problem`, exactly."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer

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
    for option in (
        click.option("--json", "as_json", is_flag=True, help="JSON on stdout."),
        click.option("--digits", help="Significant digits, 1 to 10000 (10 in tables, 30 in JSON unless given)."),
    ):
        function = option(function)
    return function


def read_digits(text: str | None, as_json: bool) -> int:
    """The number of digits asked for."""
    from boundcalc.numbers.enclosure import MAX_DIGITS

    if text is None:
        return 30 if as_json else 10
    allowed = f"must be a whole number, 1 to {MAX_DIGITS}"
    digits = as_integer(text, parameter="digits", allowed=allowed)
    if not 1 <= digits <= MAX_DIGITS:
        raise ParameterError("digits", text, allowed)
    return digits
