"""Defines a problem (n, d, m, p, law): exact numbers, validated at construction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpz

from boundcalc.model.laws import CLASSES, Law
from boundcalc.model.nonnegative_laws import NONNEGATIVE, parse_any_law, refuse_nonnegative
from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.numbers.parsing import as_integer, as_rational, whole_number
from boundcalc.numbers.plugins import plugged

Whole = int | fmpz | str
"""What a whole number is read from."""
Exact = int | fmpz | fmpq | Fraction | Decimal | str
"""What an exact number is read from."""
INFINITY = math.inf
"""The value of n for infinitely many features; Python compares it exactly with ints."""
MAX_M = 999
"""Largest exponent of the activation that is accepted."""
MISSING = "a problem is n, d, m, p and law, such as 30, 4, 3, '0.01', 'rademacher'"


@dataclass(frozen=True, init=False)
class Problem:
    """n sparse features, d hidden dimensions, activation t ↦ t^m, activity p and law of the active values.

    Parameters
    ----------
    n : int, text, or ``INFINITY``
        Number of features, at least 1; ``"inf"`` for the supremum over all n.
    d : int or text
        Hidden dimensions, at least 1.
    m : int or text
        Odd exponent of the activation, 1 ≤ m ≤ 999.
    p : int, ``Fraction``, ``fmpq`` or text
        Probability that a feature is active, 0 < p ≤ 1. A float is refused, since 0.1 the float is not one tenth.
    law : Law or text
        See :mod:`boundcalc.model.laws`.

    Raises
    ------
    ParameterError
        One line with the parameter, its value and what is allowed.

    >>> Problem(n=30, d=4, m=3, p="1e-6", law="rademacher").p
    1/1000000
    """

    n: int | float
    d: int
    m: int
    p: fmpq
    law: Law

    def __init__(self, n: Whole | float, d: Whole, m: Whole, p: Exact, law: Law | str) -> None:
        def assign(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        for name, value in (("n", n), ("d", d), ("m", m), ("p", p), ("law", law)):
            if value is None:
                raise missing(name, MISSING)
        assign("n", _count(n))
        assign("d", whole_number(d, parameter="d", least=1))
        assign("m", read_exponent(m))
        assign("p", as_rational(p, parameter="p", allowed=f"must be a number with 0 < p <= 1, such as {_example(p)}"))
        if not 0 < self.p <= 1:
            percent = f"; {self.p} percent is {self.p}/100" if 1 < self.p <= 100 and self.p.q == 1 else ""
            raise ParameterError("p", str(self.p), f"must be a number with 0 < p <= 1{percent}")
        assign("law", parse_any_law(law) if isinstance(law, str) else law)
        read_law(self.law, self.m)

    @property
    def is_infinite(self) -> bool:
        """Whether n = ∞."""
        return self.n == INFINITY

    @property
    def rank(self) -> int:
        """r = min(n, d)."""
        return self.d if self.n > self.d else int(self.n)

    @property
    def energy(self) -> fmpq | None:
        """E‖x‖² = p n μ_2, the loss of answering zero; ``None`` for n = ∞."""
        return None if self.is_infinite else self.p * int(self.n) * self.law.moment(2)

    def as_json(self) -> dict[str, object]:
        """The ``problem`` object of the JSON outputs."""
        return {
            "n": "inf" if self.is_infinite else str(fmpq(int(self.n))),
            "d": self.d,
            "m": self.m,
            "p": str(self.p),
            "law": self.law.name,
        }


def given_problem(
    n: Problem | Whole | float | None, d: Whole | None, m: Whole | None, p: Exact | None, law: Law | str | None
) -> Problem:
    """The problem, given as one or by its parameters.

    Raises
    ------
    ParameterError
        For a parameter that is missing or outside its domain, or stands beside a problem.
    """
    if isinstance(n, Problem):
        if any(value is not None for value in (d, m, p, law)):
            raise ParameterError("d", d, "must be left out where a Problem is given; other options go by name, such as digits=30")
        return n
    return Problem(n, d, m, p, law)  # type: ignore[arg-type]


def read_law(law: Any, m: int = 1) -> None:
    """Refuses what is no law, or a list of moments that is too short for the exponent m."""
    check_law(law)
    refuse_nonnegative(law)
    if law.max_order is not None and law.max_order < 2 * m:
        raise ParameterError("law", law.name, f"must list moments up to μ_{2 * m} for m = {m}")


def check_law(law: Any) -> None:
    """Refuses what is no law, symmetric or nonnegative."""
    if not isinstance(law, (*CLASSES, *NONNEGATIVE)) and getattr(law, "name", "") not in plugged("laws"):
        raise ParameterError("law", law, "must be a law, such as 'gaussian' or Gaussian()")


def read_exponent(value: object) -> int:
    """The odd exponent m that a number or a text denotes."""
    allowed = f"must be an odd whole number, 1 to {MAX_M}, such as 3 or 5 (an even power loses the sign of a feature)"
    m = as_integer(value, parameter="m", allowed=allowed)
    if m < 1 or m % 2 == 0 or m > MAX_M:
        raise ParameterError("m", m, allowed)
    return m


def all_fit(n: int | float, d: int) -> str:
    """What is said where there are fewer features than dimensions: legal, but hardly ever meant."""
    return f"{n} features fit into {d} dimensions; for n = {d} features in d = {n} dimensions"


def _example(p: object) -> str:
    """What to write instead of a p that is no number."""
    if isinstance(p, str) and ".." in p:
        return "1e-6; a range is for boundcalc plot bounds and for a sweep"
    if isinstance(p, str) and "," in p:
        return f"{p.replace(',', '.', 1)} with a decimal point; several p are for boundcalc latex table and for a sweep"
    return "1e-6 or 1/3 (one percent is 0.01)"


def _count(value: object) -> int | float:
    allowed = "must be a whole number, at least 1, or inf"
    if isinstance(value, str) and ("," in value or ".." in value):
        allowed += "; several are for a sweep: boundcalc sweep"
    if (isinstance(value, float) and value == INFINITY) or (
        isinstance(value, str) and value.strip().lower() in {"inf", "infinity", "oo", "∞"}
    ):
        return INFINITY
    n = as_integer(value, parameter="n", allowed=allowed)
    if n < 1:
        raise ParameterError("n", n, allowed)
    return n
