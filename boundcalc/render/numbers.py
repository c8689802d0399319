r"""Numbers in LaTeX: decimals rounded outward, and exact parameters."""

from __future__ import annotations

from flint import fmpq

from boundcalc.model.features import AnyProblem, same_kind
from boundcalc.model.laws import Law
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor
from boundcalc.render.prose import escaped
from boundcalc.render.renaming import NONE, Renaming

LONGEST = 24
"""Longest exact number that is written out, in characters."""
_LAWS = {"rademacher": "Rademacher features", "gaussian": "Gaussian features", "uniform": "features uniform on $[-1, 1]$"}
_LAWS |= {"laplace": "Laplace features"}


def decimal(text: str) -> str:
    r"""A decimal such as 6.4e-5 as 6.4 \cdot 10^{-5}."""
    mantissa, exponent, power = text.partition("e")
    return text if not exponent else rf"10^{{{power}}}" if mantissa == "1" else rf"{mantissa} \cdot 10^{{{power}}}"


def rounded_up(value: fmpq, digits: int) -> str:
    """The least decimal of so many significant digits that is not below the value."""
    return decimal(decimal_ceiling(value, digits))


def rounded_down(value: fmpq, digits: int) -> str:
    """The greatest decimal of so many significant digits that is not above the value."""
    return decimal(decimal_floor(value, digits))


def exact(value: fmpq, digits: int = 12) -> str:
    """A rational as a decimal where it is a short one, as a fraction where that is short, else its leading digits."""
    short = decimal_floor(value, 15)
    if short == decimal_ceiling(value, 15):
        return decimal(short)
    text = str(value)
    if len(text) <= LONGEST:
        return rf"\frac{{{value.p}}}{{{value.q}}}"
    mantissa, exponent, power = decimal_floor(value, digits).partition("e")
    return rf"{mantissa}\ldots" + (rf" \cdot 10^{{{power}}}" if exponent else "")


def law(value: Law) -> str:
    """The features of a law, in words."""
    name = escaped(value.name).replace(",", r",\allowbreak ").replace(":", r":\allowbreak ")
    return _LAWS.get(value.name, rf"features of the law \texttt{{{name}}}")


def parameters(problem: AnyProblem, renaming: Renaming = NONE, *, p: bool = True) -> str:
    """n, d, m and, unless it varies, p of a problem as one formula for each, and the law; features that differ are counted."""
    n = r"\infty" if problem.is_infinite else exact(fmpq(int(problem.n)))
    pairs = [("n", n), ("d", exact(fmpq(problem.d))), ("m", str(problem.m))]
    if isinstance(problem, Problem):
        pairs += [("p", exact(problem.p))] if p else []
        last = law(problem.law)
    else:
        kinds = len({same_kind(group) for group in problem.features.groups})
        last = f"features of {kinds} kind{'s' if kinds > 1 else ''}"
    return ", ".join(f"${renaming(name)} = {value}$" for name, value in pairs) + f" and {last}"


def among(interval: str) -> str:
    """= and the number, or ∈ and the interval, of LaTeX."""
    return rf"\in {interval}" if interval.startswith(r"\left[") else f"= {interval}"
