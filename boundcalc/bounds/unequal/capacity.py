r"""Declares U7 for features that differ: water-filling of the signal fractions, m = 3 and m = 5.

The signal fraction t_i = kappa_2^(i) a_i^2 / K_2(i) is the part of the variance of y_i that comes from feature i, and the
fractions sum to r at most. A row contributes omega_i g_i(t_i) at most, where g_i knows of the other features through t_i alone:
for m = 5 that is :mod:`boundcalc.bounds.unequal.quintic_rows`, for m = 3

    g(t) = (kappa_4 + 3 kappa_2^2/t)^2 / (kappa_6 + 15 kappa_4 kappa_2/t + 15 kappa_2^3/t^3 + least)      (cumulants),
    g(t) = (p alpha + 3 p mu_2 v)^2 / (p beta + 15 p mu_4 v + 15 p mu_2 v^2 + v^3), v = p mu_2 (1/t - 1)   (moments).

where "least" is what the other features add at least (:mod:`boundcalc.bounds.unequal.crowd`); the printed form leaves it out.
Hence I^* <= r theta + sum_i sup_t (omega_i g_i(t) - theta t)_+ for every theta >= 0. Where omega_i g_i(t) <= omega_i g_i(1) t
the value is that of the orthonormal basis: keep the features of the r largest omega_i p_i g_i, drop the others. In one
dimension that holds, m = 3, for most laws at every p (:mod:`boundcalc.bounds.unequal.one_dimension`).
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from math import prod

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.unequal.crowd import Crowd, crowds
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.bounds.unequal.one_dimension import ONE_FEATURE, holds_one_feature
from boundcalc.bounds.unequal.quintic_rows import quintic_rows
from boundcalc.bounds.unequal.rows import CrowdedRow, ProvableRow, Sampled, proven_prices, total_of
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure, to_float

Z = fmpq_poly([0, 1])
CUBIC_OR_QUINTIC = Hypothesis("$m = 3$ or $m = 5$", lambda problem: problem.m in (3, 5), lambda problem: f"$m = {problem.m}$")


def cumulant_row(kind: FeatureKind, crowd: Crowd) -> CrowdedRow:
    """ω g(t) by cumulants, z = t."""
    _, k2, k4, k6 = kind.kappa
    rest = 1 - Z
    own = k6 * Z**3 + 15 * k4 * k2 * Z**2 + 15 * k2**3 + k2**3 * (crowd.sixth * rest**3 + 15 * crowd.fourth * rest**2)
    least = [own, *(own + k2**3 * rest**2 * (c * rest + e) for c, e in crowd.deficits)]
    gain = kind.importance * fmpq_poly([3 * k2**2, k4])
    return CrowdedRow(gain, Z, tuple(kind.importance * energy for energy in least))


def moment_row(kind: FeatureKind) -> CrowdedRow:
    """ω g(t) by moments, z = t."""
    p, second, fourth, sixth = kind.p, kind.moment(2), kind.moment(4), kind.moment(6)
    crowd = p * second * (1 - Z)
    gain = kind.importance * (p * fourth * Z + 3 * p * second * crowd)
    energy = p * sixth * Z**3 + 15 * p * fourth * Z**2 * crowd + 15 * p * second * Z * crowd**2 + crowd**3
    return CrowdedRow(gain, Z, (kind.importance * energy,))


def rows_of(kind: FeatureKind, crowd: Crowd) -> tuple[CrowdedRow, CrowdedRow]:
    """The forms of the row function: by cumulants and by moments."""
    return cumulant_row(kind, crowd), moment_row(kind)


def row_forms(problem: FeatureProblem) -> list[tuple[ProvableRow, ...]]:
    """Those of each kind."""
    if problem.m == 5:
        return list(quintic_rows(kinds(problem), crowds(problem)))
    return [rows_of(kind, crowd) for kind, crowd in zip(kinds(problem), crowds(problem), strict=True)]


@lru_cache(maxsize=16)
def water_filling(problem: FeatureProblem) -> tuple[fmpq, tuple[fmpq, ...]] | None:
    """θ and τ of each kind, proven: first those at which no row exceeds its line to t = 1, then the best ones."""
    every = kinds(problem)
    unit, counts = every[0].alone, [kind.count for kind in every]
    forms = row_forms(problem)
    line = _last_kept(every, problem.rank)
    flat = tuple(max(kind.alone - line, fmpq(0)) for kind in every)
    if all(any(row.holds(line, tau) for row in rows) for rows, tau in zip(forms, flat, strict=True)):
        return line, flat
    found = []
    for chosen in zip(*forms, strict=True):
        with suppress(OverflowError):  # beyond the range of float64
            sampled = Sampled(chosen, counts, problem.rank, unit, smallest_capacity(every))
            # a least energy that is not positive says nothing
            proven = proven_prices(chosen, sampled) if sampled.finite else None
            if proven is not None:
                found.append(proven)
    return min(found, key=lambda pair: total_of(pair[0], pair[1], counts, problem.rank), default=None)


def proven_rows(problem: FeatureProblem, choice: Choice) -> tuple[fmpq, tuple[fmpq, ...], list[ProvableRow]]:
    """θ, the τ, and for each kind the row function for which they are proven."""
    theta, taus = choice.values["theta"], choice.values["tau"]
    forms = zip(row_forms(problem), taus, strict=True)
    return theta, taus, [next(row for row in rows if row.holds(theta, tau)) for rows, tau in forms]


def _last_kept(every: tuple[FeatureKind, ...], rank: int) -> fmpq:
    """The rank-th largest ω p g."""
    left = rank
    for kind in every:
        left -= kind.count
        if left <= 0:
            return kind.alone
    return fmpq(0)


def smallest_capacity(every: tuple[FeatureKind, ...]) -> float:
    """A capacity well below those at which a row's value bends, κ_2 ((2m − 1)!!/κ_{2m})^{1/m}."""
    m = every[0].m
    odd = prod(range(1, 2 * m, 2))
    bends = [(to_float(odd * kind.kappa[1] ** m / kind.kappa[m])) ** (1 / m) for kind in every if kind.kappa[m] > 0]
    return max(1e-12, 1e-3 * min([1.0, *bends]))


def choose(problem: FeatureProblem) -> Choice | None:
    if holds_one_feature(problem):
        return Choice({"form": "one_dimension"}, {"form": "one_dimension"})
    found = water_filling(problem)
    if found is None:
        return None
    theta, taus = found
    kept = [kind for kind, tau in zip(kinds(problem), taus, strict=True) if tau > 0]
    shown = {"theta": str(theta), "kinds": len(taus), "kinds_with_excess": len(kept)}
    return Choice({"theta": theta, "tau": taus}, shown)


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    if "form" in choice.values:
        return Enclosure.of(kinds(problem)[0].alone)
    counts = [kind.count for kind in kinds(problem)]
    return Enclosure.of(total_of(choice.values["theta"], choice.values["tau"], counts, problem.rank))


FRACTIONS = Step(
    "fractions",
    "with $B_ij = A_ij sqrt(kappa_2^{(j)})$ and $P$ the projection onto the row space of $B$, $B_ii^2 <= |B_i|^2 P_ii$, which is "
    "$t_i <= P_ii$",
    Status.STANDARD,
    statement=r"t_i = \kappa_2^{(i)} a_i^2 / K_2(i) \le P_{ii}, \qquad \sum_i t_i \le r",
    standard="Cauchy-Schwarz; the trace of a projection is its rank",
    checked="optimised weights of features that differ",
    claim=("sum(i: fraction[i]) <= r",),
)

CROWD = Step(
    "crowd",
    "beside a row of $a_i = 1$, $w = 1/t_i - 1$: the power means; where $kappa_4$ does not pay for a negative $kappa_6$, each of "
    "the others adds at least $V v min(0, c V + e K_2)$ with $v = kappa_2^{(j)} A_ij^2 <= V = kappa_2^{(i)} w$, "
    "$c = kappa_6/kappa_2^3$ and $e = 15 kappa_4/kappa_2^2$",
    Status.STANDARD,
    statement=r"\sum_{j \ne i} \kappa_4^{(j)} A_{ij}^4 \ge \frac{(\kappa_2^{(i)} w)^2}"
    r"{\sum_{j \ne i} (\kappa_2^{(j)})^2/\kappa_4^{(j)}}, \qquad "
    r"\sum_{j \ne i} \kappa_6^{(j)} A_{ij}^6 \ge \frac{(\kappa_2^{(i)} w)^3}"
    r"{\bigl(\sum_{j \ne i} (\kappa_2^{(j)})^{3/2}/(\kappa_6^{(j)})^{1/2}\bigr)^2}",
    standard="Cauchy-Schwarz and Hölder",
    checked="exact rational rows of features that differ",
    claim=(
        "sum(l if l != i: kappa[4, l]*A[i, l]^4)*sum(l if l != i: kappa[2, l]^2/kappa[4, l])"
        " >= sum(l if l != i: kappa[2, l]*A[i, l]^2)^2",
    ),
    given=("kappa[4, j] > 0",),
)

FORM = Unequal(
    statement=r"I^{\ast} \le r\, \theta + \sum_i \sup_{0 < t \le 1} \bigl(\omega_i\, g_i(t) - \theta t\bigr)_+, \qquad "
    r"g_i(t) = \frac{(\kappa_4^{(i)} + 3 (\kappa_2^{(i)})^2/t)^2}"
    r"{\kappa_6^{(i)} + 15 \kappa_4^{(i)} \kappa_2^{(i)}/t + 15 (\kappa_2^{(i)})^3/t^3}",
    symbols=(
        (r"\theta", "any number at least 0"),
        ("r", "$min(n, d)$"),
        ("g_i(t)", "for $m = 3$ as printed, for $m = 5$ the largest value of step quintic at $K_2 = kappa_2^{(i)}/t$"),
    ),
    hypotheses=(CUBIC_OR_QUINTIC,),
    proof=(
        FRACTIONS,
        CROWD,
        Step(
            "row",
            "$C_i$ is exact; $D_i$ is at least its value for the feature's own cumulants and what the others add at least, which "
            "the printed form leaves out; or, for any cumulants, $y_i = a_i x_i + Z$ and Jensen for $E Z^4$ and $E Z^6$",
            Status.ARGUED,
            statement=r"2 C_i - D_i \le C_i^2/D_i \le \omega_i\, g_i(t_i)",
            checked="optimised weights of features that differ",
            claim=(
                "C[i]^2*(kappa[6, i]*fraction[i]^3 + 15*kappa[4, i]*kappa[2, i]*fraction[i]^2 + 15*kappa[2, i]^3)"
                " <= D[i]*fraction[i]*(kappa[4, i]*fraction[i] + 3*kappa[2, i]^2)^2",
            ),
            given=("m = 3", "kappa[2, j] > 0", "kappa[4, j] >= 0", "kappa[6, j] >= 0", "a[i] > 0"),
        ),
        Step(
            "quintic",
            "for $m = 5$, a row of $a_i = 1$, $K_2 = kappa_2/t$: $E Z^4$ of $y_i = x_i + Z$, or $K_4$, is free between what the "
            "others add at least and at most. $C_i$ is linear in it; $D_i$ is at least a polynomial in it, by log-convexity of the "
            "moments of $Z$ or by Hölder for cumulants that are not negative, and a parabola on pieces of its range by tangents",
            Status.ARGUED,
            statement=r"C_i = \omega_i \bigl(\kappa_6 + 10 \kappa_4 K_2 + 5 \kappa_2 (K_4 + 3 K_2^2)\bigr), \qquad "
            r"\mathsf{E} Z^{2l} \ge (\mathsf{E} Z^4)^{l-1}/(\mathsf{E} Z^2)^{l-2}",
            checked="exact rational rows, and optimised weights, of features that differ",
            claim=("C[i] = kappa[6, i]*a[i]^5 + 10*kappa[4, i]*a[i]^3*K[2, i] + 5*kappa[2, i]*a[i]*(K[4, i] + 3*K[2, i]^2)",),
            given=("m = 5",),
        ),
        Step(
            "line",
            "a line of slope $theta$ above each row's value, which is decided exactly for the rational numbers at hand",
            Status.COMPUTED,
            statement=r"\sum_i \omega_i\, g_i(t_i) \le \theta \sum_i t_i + \sum_i \tau_i, \qquad "
            r"\omega_i\, g_i(t) \le \theta t + \tau_i \text{ on } (0, 1]",
            checked="the features at hand",
        ),
        ONE_FEATURE,
    ),
    value=value,
    chooser=choose,
    no_choice="no prices of capacity were proven",
)
