r"""Declares U2 for features that differ: one active feature, or several.

With pi_i = p_i prod_{k != i} (1 - p_k), the probability that feature i is active alone, and N = min(n, N_m(d)),

    I^* <= H + top_N(omega_i mu_2 (p_i - pi_i)),     H >= sup_W [2 sum c_i a_i^m - sum_ij k_ij A_ij^{2m}],
    c_i = pi_i omega_i alpha_i,   k_ij = (omega_i pi_j beta_j + omega_j pi_i beta_i)/2 >= f_i f_j,   f_i^2 = omega_i pi_i beta_i.

For a polynomial h <= t^{2m} with x = 1 - h(1), y = h_0 and any lambda >= 0 (lemma frontier, and the tangent of a square)

    H = lambda^2/y + sum_i (s_i - lambda)_+^2/x,     s_i^2 = omega_i pi_i g_i.

x = 0, y = 1/tau_m(d) and lambda = max s_i y give tau_m(d) max s_i^2: attained as n -> infinity by copies of the best feature.
Where the one-active part is most of the bound and there are few kinds, matrices over these give a smaller H:
:mod:`boundcalc.bounds.unequal.one_active_matrices`.
"""

from __future__ import annotations

from functools import lru_cache

from flint import arb, ctx, fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.frontiers.rounding import rational, repaired
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.frontier import MOST_KINDS, buckets
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds, top_enclosure
from boundcalc.bounds.unequal.one_active_matrices import MOST_KINDS as MOST_MATRIX_KINDS
from boundcalc.bounds.unequal.one_active_matrices import OneActiveMatrices, one_active_by_matrices
from boundcalc.bounds.unequal.rank import lifted_rank
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.language.claims import Status, Step
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure, enclose, precision, to_float
from boundcalc.numbers.remarks import remembered

LARGEST_M = 33
"""Past this exponent only x = 0 and x = 1 are tried: polynomials of degree m in t² take too long to prove."""
PROPOSAL_BITS, PROPOSAL_DIGITS = 200, 10
LEAST_PART = fmpq(1, 2)
"""Matrices are looked for where the one-active part is this much of the bound: elsewhere the bound is far from the best ones."""


def isolations(every: tuple[FeatureKind, ...]) -> list[arb]:
    """π_i of each kind in the current precision: the probability that a feature is active and no other is."""
    return _isolations(every, ctx.prec)


@lru_cache(maxsize=8)
def _isolations(every: tuple[FeatureKind, ...], bits: int) -> list[arb]:
    idle = [arb(1 - kind.p) for kind in every]
    all_idle = [own**kind.count for own, kind in zip(idle, every, strict=True)]
    before, after = [arb(1)], [arb(1)]
    for power in all_idle[:-1]:
        before.append(before[-1] * power)
    for power in all_idle[:0:-1]:
        after.append(after[-1] * power)
    found = []
    for kind, own, left, right in zip(every, idle, before, reversed(after), strict=True):
        found.append(kind.p * own ** (kind.count - 1) * left * right)
    return found


def one_active(every: tuple[FeatureKind, ...], member: FrontierPolynomial, lam: fmpq) -> arb:
    """H in the current precision: for x = 0 the multiplier that removes every s_i."""
    squares = _squares(every)
    if member.x == 0:
        largest = squares[0]
        for square in squares[1:]:
            largest = largest.max(square)
        return largest / member.y
    total = arb(lam**2 / member.y) if lam else arb(0)
    for kind, square in zip(every, squares, strict=True):
        rest = square.max(arb(0)).sqrt() - lam
        if not rest < 0:
            rest = rest.max(arb(0))
            total += kind.count * rest * rest / member.x
    return total


Member = tuple[FrontierPolynomial, fmpq]
"""A member of the frontier and its multiplier."""


def simple_members(d: int, m: int) -> list[Member]:
    """Each feature for itself, and Welch's polynomial."""
    found = [(FrontierPolynomial(d, m, fmpq(1), (fmpq(0),)), fmpq(0))]
    if d == 1:
        return [*found, (FrontierPolynomial(d, m, fmpq(1), (fmpq(1),)), fmpq(0))]
    if m > LARGEST_M:
        return found
    power = gegenbauer_coefficients(fmpq_poly([0] * m + [1]), d)
    found.append((FrontierPolynomial(d, m, fmpq(1), power), fmpq(0)))
    return found


def _proposed(problem: FeatureProblem, unit: fmpq) -> tuple[Member | None, float]:
    """The best member of a convex program, where one is proven, and the program's value in the unit; 0 where it has none."""
    import numpy as np

    from boundcalc.bounds.unequal.cone_program import KindPoints, propose

    every, d, m = kinds(problem), problem.d, problem.m
    with precision(PROPOSAL_BITS):
        sizes = [max(float((square / unit).mid()), 0.0) ** 0.5 for square in _squares(every)]
    one = np.ones(1)
    points = []
    for group in buckets(len(every), MOST_KINDS):
        size = max(sizes[group[0]], 1e-9)
        points.append(KindPoints(sum(every[k].count for k in group), one, size * one, one, np.ones((1, 1)), np.zeros((1, 1))))
    proposal = propose(d, [m], points, None, degree=max(8, m))
    if proposal is None:
        return None, 0.0
    member = repaired(proposal.h[0], 1.0, m, d, proposal.excess[0])
    if member.y <= 0 or member.x <= 0:
        return None, proposal.value
    return (member, rational(float(proposal.nu[0])) * rational(to_float(unit) ** 0.5)), proposal.value


def _squares(every: tuple[FeatureKind, ...]) -> list[arb]:
    """s_i² of each kind in the current precision."""
    return [kind.importance * pi * arb(kind.single) for kind, pi in zip(every, isolations(every), strict=True)]


@remembered(16)
def best_member(problem: FeatureProblem) -> Member:
    """The best member of the frontier and its multiplier."""
    every, d, m = kinds(problem), problem.d, problem.m

    def size(pair: Member) -> fmpq:
        return Enclosure.of(one_active(every, *pair)).upper

    with precision(PROPOSAL_BITS):
        best = min(simple_members(d, m), key=size)
        unit = max((Enclosure.of(square).upper for square in _squares(every)), default=fmpq(0))
        if d == 1 or m > LARGEST_M or unit <= 0:
            return best

        def attempt() -> Attempt[Member]:
            proposed, value = _proposed(problem, unit)
            found = best if proposed is None else min(best, proposed, key=size)
            return Attempt(found, to_float(size(found) / unit), value)

        return tightest(attempt).chosen or best


def choose(problem: FeatureProblem) -> Choice:
    member, lam = best_member(problem)
    with precision(PROPOSAL_BITS):
        alone = Enclosure.of(one_active(kinds(problem), member, lam)).upper
        if alone > LEAST_PART * (alone + several(problem, PROPOSAL_DIGITS).upper):
            found = one_active_by_matrices(problem)
            if found is not None and Enclosure.of(times_all_idle(problem, found)).upper < alone:
                shown = {"matrices": len(found.matrix.matrices), "x": [str(value) for value in found.matrix.x]}
                return Choice({"matrices": found}, shown)
    return Choice({"member": member, "lambda": lam}, {"lambda": str(lam), "h": [str(h) for h in member.coefficients]})


def times_all_idle(problem: FeatureProblem, found: OneActiveMatrices) -> arb:
    """H in the current precision, by matrices."""
    value = arb(found.value)
    for kind in kinds(problem):
        value *= arb(1 - kind.p) ** kind.count
    return value


def several(problem: FeatureProblem, digits: int) -> Enclosure:
    """What two or more active features bring at most."""
    every = kinds(problem)
    isolated: dict[int, list[arb]] = {}  # by precision, to be looked up without all kinds as a key

    def alone(k: int) -> arb:
        if ctx.prec not in isolated:
            isolated[ctx.prec] = isolations(every)
        return isolated[ctx.prec][k]

    def crowded(k: int) -> Enclosure:
        kind = every[k]
        return enclose(lambda: (kind.p - alone(k)) * kind.importance * kind.moment(2), digits)

    return top_enclosure([(kind.count, crowded(k)) for k, kind in enumerate(every)], lifted_rank(problem))


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    if "matrices" in choice.values:
        alone = enclose(lambda: times_all_idle(problem, choice.values["matrices"]), digits)
    else:
        alone = enclose(lambda: one_active(kinds(problem), choice.values["member"], choice.values["lambda"]), digits)
    crowded = several(problem, digits)
    return Enclosure(alone.lower + crowded.lower, alone.upper + crowded.upper)


FORM = Unequal(
    statement=r"I^{\ast} \le \frac{\lambda^2}{y} + \frac1x \sum_i (s_i - \lambda)_+^2 + "
    r"\operatorname{top}_N\bigl(\omega_i\, \mu_2^{(i)} (p_i - \pi_i)\bigr), \qquad s_i^2 = \omega_i \pi_i g_i,\ "
    r"\pi_i = p_i \prod_{k \ne i} (1 - p_k)",
    symbols=(
        (r"\lambda", "any number at least 0"),
        ("x, y", "$1 - h(1)$ and $h_0$ of an even polynomial $h <= t^{2m}$ on $[-1, 1]$ with Gegenbauer coefficients >= 0"),
        (r"\operatorname{top}_N", "the sum of the $N$ largest, $N = min(n, N_m(d))$"),
        ("g_i", "$(mu_{m+1}^{(i)})^2/mu_{2m}^{(i)}$"),
    ),
    hypotheses=(),
    proof=(
        Step(
            "alone",
            "one active feature $j$ gives $x_hat_i = (A_ij u)^m$; the sum is symmetrised, and the arithmetic mean is at least the "
            "geometric mean",
            Status.ARGUED,
            statement=r"2 \sum_i c_i a_i^m - \sum_{ij} k_{ij} A_{ij}^{2m}, \quad k_{ij} \ge f_i f_j,\ c_i = s_i f_i",
            checked="optimised weights of features that differ",
            claim=(
                "sum(i: omega[i]*E[one(active = 1)*(2*x[i]*xhat[i] - xhat[i]^2)])"
                " = 2*sum(i: omega[i]*v[i]*mu[m + 1, i]*a[i]^m) - sum(i, j: omega[i]*v[j]*mu[2*m, j]*A[i, j]^(2*m))",
            ),
            define=(("v[j]", "E[one(active = 1)*s[j]]"),),
        ),
        Step(
            "frontier",
            "lemma frontier for the weights $f_i a_i^m$, the tangent of a square, and the vertex of a parabola in each $a_i^m$",
            Status.ARGUED,
            statement=r"2 s^{\mathsf T} b - x |b|^2 - y \Bigl(\sum_i b_i\Bigr)^2 \le \lambda^2/y + \sum_i (s_i - \lambda)_+^2/x, "
            r"\qquad b_i = f_i a_i^m",
            checked="optimised weights of features that differ",
            claim=(
                "sum(i, j: omega[i]*p[j]*mu[6, j]*A[i, j]^6) >= (1 - u)^2*sum(i: omega[i]*p[i]*mu[6, i]*a[i]^6)"
                " + (6*u/(d*(d + 2)) - u^2/d)*sum(i: sqrt(omega[i]*p[i]*mu[6, i])*a[i]^3)^2",
            ),
            given=("m = 3",),
            free=(("u", "0..1 real"),),
        ),
        Step(
            "matrices",
            "in the place of lemma frontier, matrices for the kinds of features, where that is better and the one-active part "
            f"is most of the bound (at most {MOST_MATRIX_KINDS} kinds, all $p_i < 1$): $H$ is then "
            "$x^T G^0 x + sum (s_i - (G^0 x)_i)_+^2/(k_ii/f_i^2 - e_i)$. "
            "$(P_{2l}(t_ij))$ is positive semidefinite, and so are entrywise products",
            Status.ARGUED,
            statement=r"\sum_{ij} k_{ij} A_{ij}^{2m} \ge \sum_i (k_{ii} - e_i f_i^2)\, a_i^{2m} + b^{\mathsf T} G^0 b, "
            r"\quad b_i = f_i a_i^m,\ G^l \succeq 0,\ e_i = \sum_l G^l_{ii} \le \frac{k_{ii}}{f_i^2},\ "
            r"\sum_l G^l_{ij} P_{2l}(t) \le \frac{k_{ij}}{f_i f_j}\, t^{2m} \text{ for } i \ne j",
            checked="optimised weights of features that differ",
            claim=(
                "sum(i, j: omega[i]*omega[j]*A[i, j]^2*(d*cos2[i, j] - 1)) >= 0",
                "sum(i, j: omega[i]*omega[j]*A[i, j]^2*(cos2[i, j]^2 - 6*cos2[i, j]/(d + 4) + 3/((d + 2)*(d + 4)))) >= 0",
            ),
        ),
        Step(
            "several",
            "the projection argument of rank on the event that two or more are active; cross terms vanish by symmetry, and "
            "$x_i$ and another are active with probability $p_i - pi_i$",
            Status.STANDARD,
            statement=r"\mathsf{E} \|\Pi\, \Omega^{1/2} x\|^2 1_{\ge 2} = \sum_i \Pi_{ii}\, \omega_i \mu_2^{(i)} (p_i - \pi_i)",
            standard="the trace of a projection is its rank",
            checked="optimised weights of features that differ",
            claim=("E[one(active >= 2)*x[i]^2] = mu[2, i]*(p[i] - E[one(active = 1)*s[i]])",),
        ),
    ),
    value=value,
    chooser=choose,
)
