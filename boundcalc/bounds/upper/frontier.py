r"""U9: a diagonal and a global part of every mixed term, their weights from a convex program.

m = 3, kappa_4, kappa_6 >= 0. For members (x_3, y_3) and (x_2, y_2) of the frontier (lemma frontier) and multipliers
0 <= lambda <= kappa_4, nu >= 0:

    I^* <= lambda^2/(kappa_6 y_3) + nu^2/(15 kappa_4 kappa_2 y_2)
           + r sup_{0 < t <= 1} (kappa_4 - lambda + 3 kappa_2^2/t - nu/sqrt t)_+^2 / (t phi(t)),
    phi(t) = kappa_6 x_3 + 15 kappa_4 kappa_2 x_2/t + 15 kappa_2^3/t^3.

Any feasible parameters give a valid bound; the best ones are the optimum of a cone program. The solver only proposes:
the frontier polynomials are rounded and proven feasible exactly, and the supremum is an exact algebraic number.
For kappa_6 < 0 <= b = 15 kappa_4 kappa_2 + kappa_6 the same holds with b for 15 kappa_4 kappa_2 and without kappa_6.
For finite n, parts of x may count as y, parts of the sums keep their least value, and the capacities may have a price.
Attained by sharp frames: by the icosahedron for Rademacher features, d = 3, p = 0.03 to 0.06, any n >= 6.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, UpperBound
from boundcalc.bounds.upper import frontier_cubic as cubic
from boundcalc.bounds.upper.capacity import supremum
from boundcalc.bounds.upper.frontier_terms import terms
from boundcalc.claims import Hypothesis, Status, Step
from boundcalc.enclosure import Enclosure, decimal_floor
from boundcalc.lemmas import frontier, leverage
from boundcalc.moments import Number, correlation, moments_from_cumulants
from boundcalc.notation import symbol
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities
from boundcalc.sources import DERIVED


def formula(
    q: Quantities,
    kappa: list[Number],
    sums: list[Number],
    multipliers: list[Number],
    members: list[tuple[Number, Number, Number]],
) -> Number:
    """The right-hand side at one row; the bound is its supremum over the rows.

    Parameters
    ----------
    kappa, sums : lists
        κ_{2j} and the row's Q_{2j} with a = 1, entry 0 unused; t = 1/Q_2.
    multipliers, members : lists
        For each term but the last, ν (λ for the first) and (x, y, 1 − s).
    """
    *symmetrised, last = terms(q.m)
    gain = correlation(q.m, kappa, 1, moments_from_cumulants([0] + [k * s for k, s in zip(kappa[1:], sums[1:], strict=True)]))
    energy = last.coefficient(kappa) * sums[1] ** q.m
    value = 0
    for term, nu, (x, y, kept) in zip(symmetrised, multipliers, members, strict=True):
        weight, factor = term.coefficient(kappa), term.factor(sums)
        gain = gain - nu * q.ring.power(factor, fmpq(1, 2))
        energy = energy + weight * factor * (x + kept * sums[term.order])
        value = value + nu**2 / (weight * y)
    return value + q.r * sums[1] * gain**2 / energy


def choose(problem: Problem) -> Choice | None:
    """The best of the program's proposal and of simple parameters."""
    found = cubic.best_choice(problem)
    return Choice({"parameters": found}, found.shown(problem))


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value for the chosen parameters."""
    return cubic.certified_value(problem, choice.values["parameters"], digits)


def symbols(m: int) -> dict[str, Any]:
    """Symbols of a row and of the parameters; for m = 3 the members of the frontier are (x_3, y_3) and (x_2, y_2)."""
    row = [symbol("Q", 2 * j) for j in range(1, m + 1)]
    names = [term.order if m == 3 else k for k, term in enumerate(terms(m)[:-1], 1)]
    multipliers = [symbol("lambda")] + [symbol("nu", k) for k in names[1:]]
    members = [(symbol("x", k), symbol("y", k), 0 if m == 3 else 1 - symbol("s", k)) for k in names]
    return {
        "kappa": [0, *(symbol("kappa", 2 * j) for j in range(1, m + 1))],
        "sums": [0, row[0], 1, 1] if m == 3 else [0, *row],
        "multipliers": multipliers,
        "members": members,
    }


def _found(problem: Problem) -> str:
    weights = cubic.CubicWeights.of(problem)
    if weights.fourth < 0:
        return f"kappa_4 = {_short(weights.fourth)}"
    return f"15 kappa_4 kappa_2 + kappa_6 = {_short(weights.mixed)}"


def _short(value: fmpq) -> str:
    text = str(value)
    return text if len(text) <= 24 else decimal_floor(value, 12)


CUBIC = Hypothesis("m = 3", lambda problem: problem.m == 3, lambda problem: f"m = {problem.m}")
CUMULANTS = Hypothesis(
    "kappa_4 >= 0 and kappa_6 >= min(0, -15 kappa_4 kappa_2)", lambda problem: cubic.CubicWeights.of(problem).apply, _found
)

BOUND = UpperBound(
    key="frontier",
    section="U9",
    title="frontier of diagonal and global terms, by a convex program",
    formula=formula,
    hypotheses=(CUBIC, CUMULANTS),
    proof=(
        Step(
            "energy",
            r"D = \kappa_6 T + 15\kappa_4\kappa_2 \sum_i Q_4(i)\, q_i + 15\kappa_2^3 \sum_i q_i^3",
            "the exact loss for m = 3; for kappa_6 < 0, Q_6(i) <= Q_4(i) q_i moves kappa_6 to the second term",
            Status.IDENTITY,
        ),
        Step(
            "symmetrise",
            r"\sum_{ij} q_i A_{ij}^4 \ge \sum_{ij} \sqrt{q_i}\sqrt{q_j}\, A_{ij}^4",
            "the arithmetic and the geometric mean of q_i and q_j",
            Status.SAMPLED,
        ),
        Step(
            "split",
            r"T \ge x_3 \sum_i a_i^6 + y_3 S^2, \quad "
            r"\sum_i Q_4(i)\, q_i \ge x_2 \sum_i a_i^4 q_i + y_2 \Bigl(\sum_i a_i^2 \sqrt{q_i}\Bigr)^2",
            "lemma frontier with omega_i = a_i^3 and omega_i = a_i^2 sqrt(q_i)",
            Status.SAMPLED,
        ),
        Step(
            "linearise",
            r"-c\, y\, s^2 \le -2\nu s + \nu^2/(c\, y)",
            "complete the square, for s = S with lambda and for s = sum a_i^2 sqrt(q_i) with nu",
            Status.IDENTITY,
        ),
        Step(
            "rows",
            r"I \le \frac{\lambda^2}{\kappa_6 y_3} + \frac{\nu^2}{15\kappa_4\kappa_2 y_2} + \sum_i g(t_i), \quad "
            r"g(t) = \frac{(\kappa_4 - \lambda + 3\kappa_2^2/t - \nu/\sqrt t)_+^2}{\varphi(t)}",
            "each row at its best scale, with a_i = 1 and q_i = 1/t_i",
            Status.SAMPLED,
        ),
        Step(
            "capacity",
            r"\sum_i g(t_i) \le r \sup_t g(t)/t",
            "lemma leverage: the capacities sum to r at most; for n rows also r sigma + n sup (g(t) - sigma t)_+",
            Status.SAMPLED,
        ),
    ),
    lemmas=(frontier.LEMMA, leverage.LEMMA),
    sources=(DERIVED,),
    tight="sharp frames at moderate p (icosahedron: Rademacher, 0.03 <= p <= 0.06); half-designs as n p -> 0",
    chooser=choose,
    certifier=certify,
    symbols=symbols,
    operator=supremum,
)
