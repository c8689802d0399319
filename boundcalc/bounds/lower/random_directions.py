r"""Declares L2: I^* >= (E C)^2 / (E D) for n' independent uniform unit vectors, any 1 <= n' <= n; maximised over n'.

With y = x + Z and Z a sum of n'-1 independent copies of g x, where g is an inner product of uniform unit vectors:
E (g x)^{2k} = c_k(d) E x^{2k}. It makes the order min(p d^m, d p^{1/m}) of Chowdhury and Weiner, Theorem 4.2,
explicit, and meets U8 and U7 as d -> infinity.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, GeneralForm, Limits, LowerBound
from boundcalc.bounds.lower.integer_search import maximise_integer, most_features, search_quantities
from boundcalc.bounds.recursions import CUMULANTS, ENERGY, GAIN, SPHERE, recursion
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CHOWDHURY_WEINER, DERIVED
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import sphere_moment
from boundcalc.numbers.moments import Number, correlation, cumulants_from_moments, moments_from_cumulants


def formula(q: Quantities, n_used: Number) -> Number:
    m = q.m
    other = cumulants_from_moments([q.x_moments[k] * sphere_moment(q.d, k) for k in range(m + 1)])
    moments = moments_from_cumulants([0] + [q.kappa[k] + (n_used - 1) * other[k] for k in range(1, m + 1)])
    return n_used * correlation(m, q.kappa, 1, moments) ** 2 / moments[m]


def choose(problem: Problem) -> Choice:
    q = search_quantities(problem)

    def value(n_used: int) -> Any:
        return formula(q, fmpq(n_used))

    best = maximise_integer(value, 1, most_features(problem))
    return Choice({"n_used": fmpq(best)}, {"construction": "random_directions", "n": best, "d": problem.d})


def average(text: str, statement: str) -> Step:
    """The step from an average over weights to some weights."""
    return Step(
        "average",
        text,
        Status.STANDARD,
        statement=statement,
        checked="the best scale: $2 z g <= z^2 e + g^2/e$",
        standard="a supremum is at least the average",
        claim=("2*z*b <= z^2*e + b^2/e",),
        given=("e > 0",),
        free=(
            ("z", "0..5 real"),
            ("b", "0..5 real"),
            ("e", "0..5 real"),
        ),
    )


BOUND = LowerBound(
    key="random_directions",
    section="L2",
    title="independent random directions",
    formula=formula,
    hypotheses=(),
    proof=(
        average(
            "some $W$ does at least as well as the average at a fixed scale",
            r"\sup_W I(W) \ge \mathbb{E}_W[2 s^{2m} C - s^{4m} D], \quad \max_s = (\mathbb{E} C)^2/(\mathbb{E} D)",
        ),
        Step(
            "moments",
            "inner products of one vector with the others are independent and rotation invariant",
            Status.STANDARD,
            statement=r"\mathbb{E}\langle v, v'\rangle^{2k} = c_k(d)",
            checked="$d = 2$, $3$, $5$, $7$ and $9$, $k <= 7$, by exact integration",
            standard="moments of the uniform law on the sphere",
        ),
    ),
    lemmas=(),
    sources=(CHOWDHURY_WEINER, DERIVED),
    tight="$d -> infinity$: $p d^m -> 0$ with $n >> d^m$, and $d^{-m} << p << 1$",
    chooser=choose,
    symbols=lambda m: {"n_used": symbol("n_used")},
    assumes=lambda m: "a whole number $n'$ with $1 <= n' <= n$",
    limits=Limits(up_to=9),
    general=GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        (
            GAIN,
            ENERGY,
            *recursion(r"\bigl(\kappa_{2j} + (n' - 1)\, \kappa'_{2j}\bigr)"),
            CUMULANTS,
            (
                r"\kappa'_{2k}",
                r"c_k(d)\, p\,\mu_{2k} - \sum_{j=1}^{k-1} \binom{2k-1}{2j-1} \kappa'_{2j}\, c_{k-j}(d)\, p\,\mu_{2k-2j}",
            ),
            SPHERE,
        ),
        ("d", "p", "n_used", "mu"),
        up_to=5,
    ),
)
