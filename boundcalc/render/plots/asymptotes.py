r"""Draws the three regimes of I*/p for m >= 3 (theory, section 5), as straight lines in log–log axes.

* p d^m << 1: I*/p -> g tau_m(d), slope 0, for n at least the size of a half-design.
* d^{-m} << p << 1: I*/p ~ sigma_m d p^{1/m - 1}, slope 1/m - 1, for n large.
* p near 1: the orthonormal basis, I/p = g min(n, d), slope 0, which is I* where superposition does not help.

They are asymptotes: nothing here is a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from flint import fmpq

from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from boundcalc.render.plots.data import number


@dataclass(frozen=True)
class Asymptote:
    """One asymptote I/p = coefficient · p^slope.

    Attributes
    ----------
    name : str
    latex : str
        The asymptote's formula.
    coefficient : float
    slope : fmpq
    start, end : float
        Where it is drawn; at the ends it meets its neighbours.
    """

    name: str
    latex: str
    coefficient: float
    slope: fmpq
    start: float
    end: float

    def at(self, p: float) -> float:
        """The asymptote's value."""
        return float(self.coefficient * p ** number(self.slope))


def asymptotes(problem: Problem, least: float, greatest: float) -> list[Asymptote]:
    """The asymptotes that a range of p crosses; none for m = 1, where I*/p is constant.

    Parameters
    ----------
    problem : Problem
        Its n, d, m and law; p is not used.
    least, greatest : float
        The range of p that is drawn.
    """
    m, d = problem.m, problem.d
    if m == 1:
        return []
    g = number(problem.law.moment(m + 1) ** 2 / problem.law.moment(2 * m))
    many = problem.n >= int(tensor_dimension(fmpq(d), m).p)
    lines = [("dense", r"g\,\min(n,d)", g * problem.rank, fmpq(0))]
    if many and d > 1:
        power = ("power", rf"\sigma_{m}\,d\,p^{{-{m - 1}/{m}}}", sigma(problem) * d, fmpq(1 - m, m))
        sparse = ("sparse", rf"g\,\tau_{m}(d)", g * number(welch_constant(fmpq(d), m)), fmpq(0))
        lines = [sparse, power, lines[0]]
    return _pieces(lines, least, greatest)


def _pieces(lines: Sequence[tuple[str, str, float, fmpq]], least: float, greatest: float) -> list[Asymptote]:
    """Each line between its crossings with its neighbours, cut to the range."""
    cuts = [least]
    for one, other in pairwise(lines):
        cuts.append(max((other[2] / one[2]) ** (1 / number(one[3] - other[3])), cuts[-1]))
    cuts.append(greatest)
    found = [Asymptote(*line, start, min(end, greatest)) for line, (start, end) in zip(lines, pairwise(cuts), strict=True)]
    return [regime for regime in found if regime.start < regime.end]


def sigma(problem: Problem) -> float:
    """σ_m(μ) of the problem's law: (m−1)^{1−1/m} / (m ((2m−1)!!)^{1/m}) · α²/(μ_2 β^{1−1/m})."""
    m = problem.m
    alpha, beta, energy = (number(problem.law.moment(k)) for k in (m + 1, 2 * m, 2))
    odd = exp(sum(log(k) for k in range(1, 2 * m, 2)) / m)
    return float((m - 1) ** (1 - 1 / m) / (m * odd) * alpha**2 / (energy * beta ** (1 - 1 / m)))
