r"""Says in numbers where the supremum of a printed bound over the rows lies, and what each term of the bound is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from flint import fmpq

from boundcalc.bounds.outcome import UpperOutcome
from boundcalc.model.notation import latex_names, symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.parsing import parse_rational
from boundcalc.numbers.rings import EXACT
from boundcalc.render.closed_forms.closed_form import named_expression
from boundcalc.render.lines import definitions
from boundcalc.render.numbers import exact
from boundcalc.render.printer import print_latex
from boundcalc.render.renaming import NONE, Renaming

GUARD = 5
"""Digits more than the value has."""


def row_numbers(
    outcome: UpperOutcome, held: Mapping[str, Any], constants: Mapping[str, fmpq], digits: int, renaming: Renaming = NONE
) -> str:
    """Sentences and the terms, aligned; empty where the certificate holds no single row.

    Parameters
    ----------
    held : mapping
        What the bound's certificate holds.
    constants : mapping
        The numbers that the formula leaves free, by their names in the notation.
    """
    if "at" not in held or not isinstance(outcome.problem, Problem) or outcome.value is None:
        return ""
    problem, digits = outcome.problem, digits + GUARD
    outside = _outside(outcome, constants)
    rows = outcome.value.certified - sum((value for _, value in outside), fmpq(0))
    name, r, n, z = (renaming(text) for text in ("Q_{2}", "r", "n", "z"))
    capacity = _capacity(held)
    place = rf"as ${name} \to \infty$" if capacity == 0 else f"at ${name} = {exact(1 / capacity, digits)}$"
    price = held.get("price", held.get("slope"))
    if price is None:
        opening = f"The supremum is ${exact(rows / problem.rank, digits)}$, {place}."
        terms = [(rf"{r}\,\sup", rows)]
    else:
        sigma = parse_rational(price, parameter="price")
        paid = problem.rank * sigma
        if capacity == 0:
            opening, terms = f"The supremum is at most ${exact(sigma, digits)}$.", [(rf"{r}\,\sup", paid)]
        else:
            sharper = rf"{r} {z} + {n}\,\sup_{{{name} \ge 1}} (F - {z})/{name}"
            opening = (
                f"A row adds $F/{name}$, $F$ the fraction, and the $1/{name}$ add up to ${r}$ at most: for every ${z} \\ge 0$, "
                f"${sharper}$ may stand for ${r}\\,\\sup F$. Here ${z} = {exact(sigma, digits)}$, and its supremum is {place}."
            )
            terms = [(f"{r} {z}", paid), (f"{n} (F - {z})/{name}", rows - paid)]
    every = [(renaming(text), value) for text, value in outside] + terms
    if len(every) == 1:
        return opening
    return f"{opening} Term by term\n{definitions([(text, exact(value, digits)) for text, value in every])}"


def _outside(outcome: UpperOutcome, constants: Mapping[str, fmpq]) -> list[tuple[str, fmpq]]:
    """The terms of the bound beside its supremum that are not 0: LaTeX and value."""
    problem = outcome.problem
    assert isinstance(problem, Problem)
    expression, named = named_expression(outcome.bound, problem.m)
    rows = {symbol("Q", 2 * j) for j in range(1, problem.m + 1)}
    outside, _ = expression.as_independent(*rows, as_Add=True)
    known = Quantities(EXACT, problem)
    values = {symbol("kappa", 2 * j): known.kappa[j] for j in range(1, problem.m + 1)}
    values |= {sign: constants[sign.name] for sign in outside.free_symbols if sign.name in constants}
    exactly = {sign: sympy.Rational(int(value.p), int(value.q)) for sign, value in values.items()}
    found = []
    for term in sympy.Add.make_args(outside):
        above, _ = term.as_numer_denom()
        if above.subs(exactly) != 0:  # a multiplier of 0 leaves its term out, whatever stands below it
            value = term.subs(exactly)
            found.append((print_latex(term, latex_names(problem.m) | named.names), fmpq(int(value.p), int(value.q))))
    return found


def _capacity(held: Mapping[str, Any]) -> fmpq:
    """The capacity t = 1/Q_2 at the point that a certificate holds: of frontiers sqrt t, of the others 1/t - 1."""
    if held["at"] == "inf":
        return fmpq(0)
    at = parse_rational(held["at"], parameter="at")
    return at**2 if "h_2" in held else 1 / (1 + at)
