"""Reads what the page asks: the text of its fields becomes a problem, or an error that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer

if TYPE_CHECKING:
    from boundcalc.model.relu_problem import ReluProblem

    AnyQuestion = Problem | FeatureProblem | ReluProblem

Fields = Mapping[str, str]
"""The text of the page's fields by name; what is empty or blank is not given."""
NAMES = ("n", "d", "m", "p", "law", "importance", "activation", "bias")
LONGEST = 500
"""Most characters of a field."""
MOST_DIFFERENT = 2_000
"""Most features that differ, which are bounded a group each."""


def given(fields: Fields, name: str) -> str | None:
    """The text of a field without spaces around it; ``None`` where it is blank or absent.

    Raises
    ------
    ParameterError
        If it is too long for a page.
    """
    text = fields.get(name, "").strip()
    if len(text) > LONGEST:
        raise ParameterError(name, text, f"must have at most {LONGEST} characters here; the command line takes more")
    return text or None


def needed(fields: Fields, name: str, such_as: str) -> str:
    """The text of a field that must not be blank."""
    text = given(fields, name)
    if text is None:
        raise ParameterError(name, "empty", f"must be given, such as {such_as}")
    return text


def read_power_problem(fields: Fields) -> Problem | FeatureProblem:
    """The problem of the activation x^m; features differ where p is a formula in i or an importance is given.

    Raises
    ------
    ParameterError
        With the field as its parameter.

    >>> read_power_problem({"n": "30", "d": "4", "m": "3", "p": "1e-6", "law": "rademacher"}).p
    1/1000000
    """
    from boundcalc.language.formulas import features_from_formulas, is_formula

    n, d, m = needed(fields, "n", "120 or inf"), needed(fields, "d", "8"), needed(fields, "m", "3")
    p, law = needed(fields, "p", "1e-6 or 1/3"), needed(fields, "law", "rademacher")
    importance = given(fields, "importance")
    if importance is None and not is_formula(p):
        return Problem(n, d, m, p, law)
    return FeatureProblem(features_from_formulas(_count(n), importance or "1", p, law)[0], d, m)


def read_relu_problem(fields: Fields) -> ReluProblem:
    """The problem of ReLU(WᵀW x + b), whose law is nonnegative.

    >>> read_relu_problem({"n": "5", "d": "2", "p": "1/20", "law": "uniform01"}).energy
    1/12
    """
    from boundcalc.language.formulas import features_from_formulas
    from boundcalc.model.features import Features, Group
    from boundcalc.model.nonnegative_laws import parse_nonnegative_law
    from boundcalc.model.relu_problem import ReluProblem

    n, d = needed(fields, "n", "5"), needed(fields, "d", "2")
    p, law = needed(fields, "p", "1/20"), needed(fields, "law", "uniform01")
    bias = given(fields, "bias") != "no"
    importance = given(fields, "importance")
    known = parse_nonnegative_law(law).name
    if importance is None:
        count = as_integer(n, parameter="n", allowed="must be a whole number, 1 to 1000000, with relu")
        if not 1 <= count <= 10**6:
            raise ParameterError("n", n, "must be a whole number, 1 to 1000000, with relu")
        return ReluProblem(Features((Group(count, 1, p, known),)), d, bias=bias)
    return ReluProblem(features_from_formulas(_count(n), importance, p, known)[0], d, bias=bias)


def read_question(fields: Fields) -> AnyQuestion:
    """The problem of either activation."""
    from boundcalc.model.relu_problem import read_activation

    relu = read_activation(given(fields, "activation") or "power") == "relu"
    return read_relu_problem(fields) if relu else read_power_problem(fields)


def _count(n: str) -> int:
    """A number of features that differ."""
    allowed = f"must be a whole number, 1 to {MOST_DIFFERENT}, where features differ"
    count = as_integer(n, parameter="n", allowed=allowed)
    if not 1 <= count <= MOST_DIFFERENT:
        raise ParameterError("n", n, allowed)
    return count
