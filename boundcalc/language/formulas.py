"""Evaluates formulas in the number i of a feature, such as ``0.9^i`` or ``0.05*i^-1.5``, for i = 1, …, n.

The text is read by the grammar of claims: numbers, i, n, ``+ - * / ^``, parentheses, sqrt, abs, min and max.
A value that is not rational is rounded to a stated number of significant digits, so that the problem stays exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flint import arb, ctx, fmpq

from boundcalc.language.arithmetic import Evaluation, names_of
from boundcalc.language.grammar import StatementError, parse_expression
from boundcalc.language.nodes import Node
from boundcalc.model.features import Features
from boundcalc.numbers.enclosure import decimal_floor, precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

NAMES = ("i", "n")
FUNCTIONS = {"sqrt": (1, 1), "abs": (1, 1), "min": (1, 99), "max": (1, 99)}
ALLOWED = "must be a number, or a formula in the feature's number i (from 1) such as 0.9^i or 0.05*i^-1.5"
DIGITS = 15
"""Significant digits that an irrational value is rounded to."""
BITS = 256
EXACT_BITS = 4096
"""A rational value longer than this is rounded as well."""
MAX_FORMULA_FEATURES = 100_000
"""Most features that a formula is evaluated for; groups in a table have no such limit."""


def is_formula(text: str) -> bool:
    """Whether a text names the number of a feature."""
    return re.search(r"(?<![A-Za-z_])[in](?![A-Za-z_0-9])", text) is not None


def features_from_formulas(
    n: int, importance: str, p: str, law: str, known: Mapping[str, fmpq] | None = None
) -> tuple[Features, bool]:
    """The features i = 1, …, n, and whether a value was rounded to 15 digits.

    Parameters
    ----------
    known : mapping, optional
        Values of further names that the formulas may have.

    Raises
    ------
    ParameterError
        For a formula that is not understood, or has no value that is allowed for some i.
    """
    if not 1 <= n <= MAX_FORMULA_FEATURES:
        raise ParameterError("n", n, f"must be 1 to {MAX_FORMULA_FEATURES} features for a formula; give larger groups as a table")
    weights, rounded_weights = values(importance, n, "importance", known)
    activities, rounded_activities = values(p, n, "p", known)
    for name, text, found, top in (("importance", importance, weights, None), ("p", p, activities, 1)):
        for i, value in enumerate(found, 1):
            if value <= 0 or (top is not None and value > top):
                limit = "0 < p <= 1" if top else "importances > 0"
                raise ParameterError(
                    name, f"{text} at i = {i}, which is {decimal_floor(value, 6)}", f"must give {limit} for every i"
                )
    return Features.each(weights, activities, law), rounded_weights or rounded_activities


def values(text: str, n: int, parameter: str, known: Mapping[str, fmpq] | None = None) -> tuple[list[fmpq], bool]:
    """The values at i = 1, …, n, and whether one was rounded."""
    others = dict(known or {})
    tree = parsed(text, parameter, tuple(others))
    found, rounded = [], False
    with precision(BITS):
        for i in range(1, n + 1):
            try:
                value = Evaluation({"n": fmpq(n), **others, "i": fmpq(i)}, EXACT_BITS, inexact=True).value(tree)
                if isinstance(value, arb):
                    value, rounded = _rounded(value), True
            except ArithmeticError as refused:
                raise ParameterError(parameter, f"{text} at i = {i}", f"must be finite for every i ({refused})") from None
            found.append(value)
    return found, rounded


def parsed(text: str, parameter: str, others: tuple[str, ...] = ()) -> Node:
    """The tree of a formula in i, n and ``others``.

    Raises
    ------
    ParameterError
    """
    try:
        tree = parse_expression(text, FUNCTIONS)
        names_of(tree, tuple(dict.fromkeys((*NAMES, *others))))
    except StatementError as error:
        raise ParameterError(parameter, text, f"{ALLOWED} ({error})") from None
    return tree


def _rounded(value: arb) -> fmpq:
    """To the nearest number of 15 significant digits; 0 and infinities are refused."""
    if not value.is_finite() or value.contains(0):
        raise ArithmeticError("no finite value other than 0")
    assert ctx.prec == BITS  # far more than the digits kept
    text = arb(value.mid()).str(DIGITS, radius=False)
    try:
        return parse_rational(text, parameter="value")
    except ParameterError:
        raise ArithmeticError("a number too large or too small") from None
