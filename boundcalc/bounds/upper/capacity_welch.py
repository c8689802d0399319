r"""Declares U8: I^* <= lambda^2 G/(theta kappa_{2m}) + r sup_{w >= 0} (1 + w) (C~ - lambda)^2 / (D~ - theta kappa_{2m} (1 + g_m)).

A share theta of the pure term kappa_{2m} T is bounded below by S^2/G, which the multiplier lambda linearises; the rest
goes by rows as in capacity, with its form for a finite n. Any 0 <= theta <= 1 and 0 <= lambda <= p alpha are valid:
they are chosen in floating point, and the value is certified for the rationals chosen. theta = 0 is capacity.

Hypothesis: nonnegative cumulants. (In the theory's notation lambda stands for A lambda, A = theta kappa_{2m}/G.)
"""

from __future__ import annotations

from math import inf
from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, GeneralForm, Limits, Parameters, UpperBound
from boundcalc.bounds.hypotheses import NONLINEAR
from boundcalc.bounds.recursions import RANK, ROW
from boundcalc.bounds.rows.certificate import row_parameters
from boundcalc.bounds.rows.envelope import Piece, best_slope, row_sum, simple_rational
from boundcalc.bounds.rows.forms import (
    CERTIFIABLE,
    NONNEGATIVE_CUMULANTS,
    NOT_ELIMINATED,
    eliminated,
    forms,
    is_normal,
    quantities,
    row_parts,
    shifted_piece,
)
from boundcalc.bounds.rows.welch_search import propose
from boundcalc.bounds.upper import capacity
from boundcalc.bounds.upper.capacity import LINE, ROWS, row_symbols, supremum
from boundcalc.certify.interpolant import coefficients, levenshtein_interpolant
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import equiangular, few_features, leverage, row, universal, welch
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure, to_float
from boundcalc.numbers.moments import Number, row_polynomials

THETA_ACCURACY, SHIFT_ACCURACY = 1e-6, 1e-8
"""Relative accuracy to which the parameters are rounded to simple rationals."""


def formula(q: Quantities, theta: Number, multiplier: Number, sums: list[Number], kappa: list[Number]) -> Number:
    gain, energy = row_polynomials(q.m, kappa, 1, sums)
    gain, energy = row.written_out(gain - multiplier), row.written_out(energy - theta * kappa[q.m] * sums[q.m])
    return multiplier**2 * few_features.best_constant(q) / (theta * kappa[q.m]) + q.r * sums[1] * gain**2 / energy


def symbols(m: int) -> dict[str, Any]:
    """Symbols of the parameters beside those of a row."""
    return {"theta": symbol("theta"), "multiplier": symbol("lambda"), **row_symbols(m)}


def split_off(problem: Problem, theta: fmpq, multiplier: fmpq) -> tuple[fmpq, tuple[Piece, ...]] | None:
    """λ²G/(θκ_{2m}) and the rest by rows; ``None`` where the free power sums are not eliminated."""
    if theta == 0:
        pieces = forms(problem)
        return (fmpq(0), next(iter(pieces.values()))) if pieces else None
    q = quantities(problem)
    pure = theta * q.kappa[problem.m]
    piece = shifted_piece(problem, multiplier, pure)
    return None if piece is None else (multiplier**2 * few_features.best_constant(q) / pure, (piece,))


def proposals(problem: Problem) -> list[tuple[fmpq, fmpq]]:
    """Rational (θ, λ) to be certified; (0, 0), which is capacity, among them."""
    found = [(fmpq(0), fmpq(0))]
    if is_normal(problem) or quantities(problem).kappa[problem.m] == 0:
        return found
    q = quantities(problem)
    count = None if problem.is_infinite else fmpq(int(problem.n))

    def excess(theta: float, shift: float) -> float:
        multiplier, removed = (simple_rational(x, SHIFT_ACCURACY) for x in (shift, theta))
        found = eliminated(problem, multiplier * q.p * q.alpha, removed * q.kappa[problem.m])
        return inf if found is None else to_float(found.excess)

    for theta, shift in propose(*row_parts(problem), few_features.best_constant(q), fmpq(problem.rank), count, excess):
        share = fmpq(1) if theta == 1 else min(simple_rational(theta, THETA_ACCURACY), fmpq(1))
        portion = min(simple_rational(shift, SHIFT_ACCURACY), fmpq(1))
        if share > 0 and portion > 0:
            found.append((share, portion * q.p * q.alpha))
    return found


def choose(problem: Problem) -> Choice | None:
    """The parameters with the least certified value."""
    best: tuple[fmpq, dict[str, Any]] | None = None
    for theta, multiplier in proposals(problem):
        parts = split_off(problem, theta, multiplier)
        if parts is None:
            continue
        if theta == 0:
            known = capacity.BOUND.choose(problem)
            assert known is not None  # there is a form
            slope, rows = known.values["slope"], row_sum(problem, parts[1], known.values["slope"], 12)
        else:
            slope, rows = best_slope(problem, parts[1])
        value = parts[0] + rows.upper
        if best is None or value < best[0]:
            best = value, {"theta": theta, "multiplier": multiplier, "slope": slope}
    if best is None:
        return None
    shown = {"theta": best[1]["theta"], "lambda": best[1]["multiplier"], "slope": best[1]["slope"]}
    return Choice(best[1], {name: str(value) for name, value in shown.items() if value is not None})


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The exact value at the parameters chosen, to the digits asked; a point where it is rational."""
    parts = split_off(problem, choice.values["theta"], choice.values["multiplier"])
    assert parts is not None  # the chooser certified these parameters
    rows = row_sum(problem, parts[1], choice.values["slope"], digits)
    return Enclosure(parts[0] + rows.lower, parts[0] + rows.upper)


def certificate(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """The parameters, the best point of the row function, and the polynomial that proves G."""
    theta, multiplier = choice.values["theta"], choice.values["multiplier"]
    parts = split_off(problem, theta, multiplier)
    assert parts is not None  # the chooser certified these parameters
    fields, value = row_parameters(problem, parts[1], parts[0], choice.values["slope"], digits)
    found: dict[str, Any] = {"theta": str(theta), "lambda": str(multiplier), **fields}
    return found | ({"h": coefficients(levenshtein_interpolant(problem))} if theta > 0 else {}), value


def whole_pure_term(q: Quantities) -> tuple[dict[str, Any], str]:
    """theta = 1 and lambda = kappa_{m+1}: the whole pure term by Welch's inequality."""
    values = {**symbols(q.m), "kappa": q.kappa, "theta": 1, "multiplier": q.kappa[(q.m + 1) // 2]}
    return values, rf"\theta = 1,\ \lambda = \kappa_{{{q.m + 1}}}; {capacity.FIXED_ROW}"


BOUND = UpperBound(
    key="capacity_welch",
    section="U8",
    title="capacity, with Welch's inequality for the pure term",
    formula=formula,
    hypotheses=(NONLINEAR, CERTIFIABLE, NONNEGATIVE_CUMULANTS),
    proof=(
        Step(
            "split",
            "$D_i$ contains $kappa_{2m} Q_{2m}(i)$, these sum to $kappa_{2m} T$, and $S^2 <= G T$ by the lemmas welch, "
            "equiangular and universal",
            Status.PROVEN,
            claim=("D >= theta*kappa[2*m]*S^2/G_best + sum(i: D[i] - theta*kappa[2*m]*Q[2*m, i])",),
            given=(
                "kappa[2*m] >= 0",
                "S^2 <= G_best*T",
            ),
            free=(("theta", "0..1 real"),),
        ),
        Step(
            "linear",
            "complete the square",
            Status.PROVEN,
            claim=("2*lambda*S <= theta*kappa[2*m]*S^2/G_best + lambda^2*G_best/(theta*kappa[2*m])",),
            given=(
                "kappa[2*m] > 0",
                "theta > 0",
            ),
            free=(
                ("theta", "0..1 real"),
                ("lambda", "0..2 real"),
            ),
        ),
        Step(
            "shifted_rows",
            "the row at the best scale; its energy still has nonnegative coefficients in the power sums, as in lemma row",
            Status.ARGUED,
            statement=r"2(C_i - \lambda a_i^m) - \bigl(D_i - \theta\kappa_{2m}Q_{2m}(i)\bigr) \le "
            r"\frac{(\tilde C - \lambda)_+^2}{\tilde D - \theta\kappa_{2m}(1 + g_m)}",
            checked="the row's own energy; its power sums at their least value are computed as in capacity",
            claim=(
                "e[i] >= 0",
                "(2*f[i] - e[i])*e[i] <= plus(f[i])^2",
            ),
            given=(*row.NONNEGATIVE_CUMULANTS,),
            free=(
                ("theta", "0..1 real"),
                ("sigma", "0..1 real"),
            ),
            define=(
                ("f[i]", "C[i] - sigma*p*alpha*a[i]^m"),
                ("e[i]", "D[i] - theta*kappa[2*m]*Q[2*m, i]"),
            ),
        ),
        ROWS,
        LINE,
    ),
    lemmas=(row.LEMMA, leverage.LEMMA, welch.LEMMA, equiangular.LEMMA, universal.LEMMA),
    sources=(DERIVED,),
    tight="$d -> infinity$ with $p d^m -> 0$ and $n >> d^m$; never above capacity",
    chooser=choose,
    no_choice=NOT_ELIMINATED,
    certifier=certify,
    symbols=symbols,
    operator=supremum,
    states=lambda m: (NONLINEAR, NONNEGATIVE_CUMULANTS),
    assumes=lambda m: f"$kappa_{{2m}} > 0$; $0 < theta <= 1$; $0 <= lambda <= kappa_{{m+1}}$; {few_features.CONSTANT}",
    certificate=certificate,
    slow=True,
    dominates=("capacity",),
    limits=Limits(
        at=whole_pure_term,
        none={"infinite": capacity.NO_FIXED_ROW, "dimension": capacity.NO_FIXED_ROW},
        up_to=31,
    ),
    general=GeneralForm(
        r"I^{\ast} \le \frac{\lambda^2 G}{\theta\, \kappa_{2m}} + r \sup_{Q_2, \ldots, Q_{2m}} "
        r"\frac{Q_2\, (\tilde C - \lambda)_+^2}{\tilde D - \theta\, \kappa_{2m} Q_{2m}}",
        (*ROW, RANK),
        ("n", "d", "p", "G", "lambda", "mu", "Q", "theta"),
        up_to=9,
    ),
)
