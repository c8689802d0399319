r"""Declares L2b: d random rows of the n' x n' Walsh-Hadamard matrix, n' a power of two, columns scaled to unit length; m = 3.

A tight frame with a = 1 and q = n'/d exactly, so that C = n' (kappa_4 + 3 kappa_2^2 q) does not depend on the rows, and
D is linear in Q_4 and Q_6, whose averages count the 4- and 6-tuples of a random subset of Z_2^k that sum to zero.
As d -> infinity at fixed p and n'/d it reaches U7's row value at w = n'/d - 1.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, LowerBound
from boundcalc.bounds.hypotheses import CUBIC
from boundcalc.bounds.lower.integer_search import maximise_integer, most_features, search_quantities
from boundcalc.bounds.lower.invariants import equal_rows
from boundcalc.bounds.lower.random_directions import average
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def falling(x: Number, k: int) -> Number:
    """The falling factorial x (x - 1) ... (x - k + 1)."""
    value = 1
    for j in range(k):
        value = value * (x - j)
    return value


def power_sums(n_used: Number, d: Number) -> list[Number]:
    """Q_0 (unused), Q_2, E Q_4 and E Q_6 of every row, at unit norms.

    A d-subset of Z_2^k, n' = 2^k, has 3d^2 - 2d zero-sum 4-tuples that pair off; four distinct elements sum to zero in
    a share 1/(n'-3) of the cases, six in a share (n'-8)/((n'-3)(n'-5)).
    """
    distinct = falling(d, 4) / (n_used - 3)
    fourth = 3 * d**2 - 2 * d + distinct
    sixth = 15 * falling(d, 3) + 15 * falling(d, 2) + d
    sixth = sixth + distinct * (20 + 15 * (d - 4)) + falling(d, 6) * (n_used - 8) / ((n_used - 3) * (n_used - 5))
    return [n_used, n_used / d, n_used * fourth / d**4, n_used * sixth / d**6]


def formula(q: Quantities, n_used: Number, d_used: Number) -> Number:
    return equal_rows(q, n_used, power_sums(n_used, d_used))


def choose(problem: Problem) -> Choice | None:
    low = (problem.d - 1).bit_length()
    high = most_features(problem).bit_length() - 1
    if high < low:
        return None
    q, d = search_quantities(problem), fmpq(problem.d)

    def value(k: int) -> Any:
        return formula(q, fmpq(1 << k), d)

    n_used = 1 << maximise_integer(value, low, high)
    return Choice({"n_used": fmpq(n_used), "d_used": d}, {"construction": "random_walsh", "n": n_used, "d": problem.d})


BOUND = LowerBound(
    key="random_walsh",
    section="L2b",
    title="random rows of a Walsh-Hadamard matrix",
    formula=formula,
    hypotheses=(CUBIC,),
    proof=(
        Step(
            "frame",
            "rows of a Hadamard matrix are orthogonal and have entries of modulus $1$",
            Status.COMPUTED,
            statement=r"a_i = 1, \qquad q_i = n'/d",
            checked="Walsh-Hadamard matrices of orders $4$, $8$ and $16$",
        ),
        Step(
            "tuples",
            "entries are characters of $Z_2^k$; sort the tuples by which elements coincide",
            Status.ARGUED,
            statement=r"\mathbb{E}\, Q_{2k}(i) = \frac{n'}{d^{2k}}\; \mathbb{E}\, \#\{(r_1, \ldots, r_{2k}) \in R^{2k} : "
            r"r_1 + \cdots + r_{2k} = 0\}, \quad R \subset \mathbb{Z}_2^{\log_2 n'},\ |R| = d",
            checked="$k = 2$ and $3$, orders $8$ and $16$, by averaging over every choice of rows",
        ),
        average(
            "$C$ does not depend on the rows, so some choice of rows does at least as well as the average at a fixed scale",
            r"\sup_W I(W) \ge C^2 / \mathbb{E} D",
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="$d -> infinity$ at fixed $p$ and $n'/d$, where it reaches the row value of capacity",
    chooser=choose,
    no_choice="needs a power of two between $d$ and $n$; there is none",
    symbols=lambda m: {"n_used": symbol("n_used"), "d_used": symbol("d")},
    assumes=lambda m: "a power of two $n'$ with $d <= n' <= n$",
)
