r"""Declares U9 for features that differ, m = 3: what the features share is bounded through the geometric means of their weights.

D = sum_ij k_ij A_ij^6 + 15 sum_ij omega_i K_2(i) kappa_4^(j) A_ij^4 + 15 sum_i omega_i K_2(i)^3. Any f_i with
f_i f_j <= k_ij = (omega_i kappa_6^(j) + omega_j kappa_6^(i))/2 and c_i c_j <= the same of the second sum, such as numbers just
below the square roots of the diagonals, leave for members h_3, h_2 of the frontier and any lambda, nu, theta >= 0

    I^* <= lambda^2/h_30 + nu^2/h_20 + r theta + sum_i sup_t [N_i(t)_+^2/E_i(t) - theta t]_+,
    N_i = omega_i (kappa_4 + 3 kappa_2^2/t) - lambda f_i - nu c_i/sqrt t,
    E_i = omega_i kappa_6 - f_i^2 h_3(1) + (15 omega_i kappa_4 kappa_2 - c_i^2 h_2(1))/t + 15 omega_i kappa_2^3/t^3.

A convex program proposes the parameters; they are rounded to rationals, and every inequality is decided exactly. A negative
kappa_6 is paid by kappa_4 (quartic_weight). lambda = nu = 0 is U7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.bounds.unequal.capacity import CROWD, FRACTIONS, smallest_capacity
from boundcalc.bounds.unequal.crowd import Crowd, crowds, quartic, root_below
from boundcalc.bounds.unequal.dense import CUBIC
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.bounds.unequal.matrix_form import matrix_form, member_near
from boundcalc.bounds.unequal.matrix_member import MatrixMember
from boundcalc.bounds.unequal.rows import CrowdedRow, Sampled, peaks, proven_prices, total_of
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure, to_float
from boundcalc.numbers.remarks import remembered

if TYPE_CHECKING:
    from boundcalc.bounds.unequal.cone_program import ConeProposal, KindPoints

ROW_ROOM = 0.1
"""Row points with more room, in parts, are left out of the matrix form, but for every sixth."""
MOST_MATRIX_KINDS = 12
"""Past this many kinds the matrix form takes too long."""
MOST_KINDS = 32
"""Past this many kinds the program sees neighbours as one; the proof sees each."""
NEGLIGIBLE = fmpq(1, 10**9)
"""Parts that the program does not see; the proof does."""
POINTS, FINE_POINTS, ROUNDS = 32, 1500, 3
"""Row points of each kind in the program; among how many its maxima are looked for; and how often these are added."""


@dataclass(frozen=True)
class Shares:
    """What one kind takes part in the common terms with.

    Attributes
    ----------
    f, c : fmpq
        Just below √(ω κ_6) and √(15 ω κ_4 κ_2), 0 where these are not positive.
    """

    f: fmpq
    c: fmpq

    @classmethod
    def of(cls, kind: FeatureKind) -> Shares:
        _, k2, _, k6 = kind.kappa
        return cls(root_below(kind.importance * max(k6, fmpq(0))), root_below(15 * kind.importance * quartic(kind) * k2))


@dataclass(frozen=True)
class Joint:
    """Proven parameters: members of the frontier, multipliers, the price of capacity and what each kind exceeds it by."""

    pure: FrontierPolynomial
    mixed: FrontierPolynomial
    lambda_: fmpq
    nu: fmpq
    theta: fmpq
    taus: tuple[fmpq, ...]
    matrix: MatrixMember | None = None
    """In the place of ``pure`` and λ, where the matrix form is better."""

    def rows(self, problem: FeatureProblem) -> list[CrowdedRow]:
        """The row function of each kind."""
        return _functions(problem, self.pure, self.mixed, self.lambda_, self.nu, self.matrix)

    def value(self, counts: Sequence[int], rank: int) -> fmpq:
        """λ²/y_3 + ν²/y_2 + r θ + Σ τ."""
        total = total_of(self.theta, self.taus, counts, rank) + (self.matrix.offset if self.matrix else 0)
        for multiplier, member in ((self.lambda_, self.pure), (self.nu, self.mixed)):
            if multiplier:
                total += multiplier**2 / member.y
        return total


def row_function(kind: FeatureKind, crowd: Crowd, pure: Common, mixed: Common) -> CrowdedRow:
    """The row's inequality in z = √t: of each sum the part that is not symmetrised keeps its least value."""
    weight, shares = kind.importance, Shares.of(kind)
    _, k2, k4, k6 = kind.kappa
    gain = fmpq_poly([3 * weight * k2**2, -mixed.multiplier * shares.c, weight * k4 - pure.multiplier * shares.f])
    sixth = weight * max(k6, fmpq(0)) - shares.f**2 * pure.end
    fourth = 15 * weight * quartic(kind) * k2 - shares.c**2 * mixed.end
    rest = fmpq_poly([1, 0, -1])  # 1 − t
    energy = fmpq_poly([15 * weight * k2**3, 0, 0, 0, fourth, 0, sixth])
    energy += weight * k2**3 * (1 - pure.share) * crowd.sixth * rest**3
    energy += 15 * weight * k2**3 * (1 - mixed.share) * crowd.fourth * rest**2
    return CrowdedRow(gain, fmpq_poly([0, 0, 1]), (energy,))


@dataclass(frozen=True)
class Common:
    """What a row knows of a sum that is bounded in common: the share that is, the diagonal that it takes, and the multiplier."""

    share: fmpq
    end: fmpq
    multiplier: fmpq

    @classmethod
    def of(cls, member: FrontierPolynomial, multiplier: fmpq) -> Common:
        """h(1), alike for all kinds."""
        return cls(member.share, member.share - member.x, multiplier)


def _functions(
    problem: FeatureProblem,
    pure: FrontierPolynomial,
    mixed: FrontierPolynomial,
    lam: fmpq,
    nu: fmpq,
    matrix: MatrixMember | None,
) -> list[CrowdedRow]:
    found = []
    for k, (kind, crowd) in enumerate(zip(kinds(problem), crowds(problem), strict=True)):
        own = Common.of(pure, lam) if matrix is None else Common(matrix.share, matrix.end(k), matrix.multipliers[k])
        found.append(row_function(kind, crowd, own, Common.of(mixed, nu)))
    return found


def applies(problem: FeatureProblem) -> bool:
    """Whether every feature's κ_4 pays for its negative κ_6."""
    return all(kind.kappa[2] >= 0 and quartic(kind) >= 0 for kind in kinds(problem))


PAID = Hypothesis(
    "$kappa_4 >= 0$ and $15 kappa_4 kappa_2 + kappa_6 >= 0$ for every feature",
    applies,
    lambda problem: (
        "it fails for the one with "
        + next(
            f"p = {kind.p}, law = {kind.group.law.name}"
            for kind in kinds(problem)
            if not (kind.kappa[2] >= 0 and quartic(kind) >= 0)
        )
    ),
)


@remembered(16)
def joint_parameters(problem: FeatureProblem) -> Joint | None:
    """The solver's proposal, rounded and proven; ``None`` where that fails."""
    return tightest(lambda: _attempt(problem)).chosen


def _attempt(problem: FeatureProblem) -> Attempt[Joint]:
    """The better of the forms, with members of the frontier alone and with matrices, in units of the first kind's ω p μ_2."""
    import numpy as np

    from boundcalc.bounds.unequal.cone_program import KindPoints, propose

    every, crowd = kinds(problem), crowds(problem)
    unit, counts, d = every[0].alone, [kind.count for kind in every], problem.d
    shares = [Shares.of(kind) for kind in every]
    least = smallest_capacity(every)
    used = [term for term in (0, 1) if any(_matters(problem, kind, own, term) for kind, own in zip(every, shares, strict=True))]
    orders = [(3, 2)[term] for term in used]
    root = root_below(unit)
    proposal = None
    groups = [
        group for group in buckets(len(every), MOST_KINDS) if sum(counts[k] * every[k].alone for k in group) > NEGLIGIBLE * unit
    ]
    # towards t = 0 a row's value is (3/5) ω κ_2 t: few points say so
    grids = [np.concatenate([least * np.array([1e-4, 1e-2, 1]), np.geomspace(20 * least, 1, POINTS)])] * len(groups)
    fine = np.geomspace(least, 1, FINE_POINTS)

    def at(group: list[int], t: Any) -> KindPoints:
        first = group[0]
        own, rows = shares[first], unit_row(every[first], crowd[first], unit, t)
        common = np.array([np.full(len(t), to_float(own.f / root)), to_float(own.c / root) / np.sqrt(t)])
        return KindPoints(sum(counts[k] for k in group), t, rows[0], rows[1], common[used], rows[2][used])

    for _ in range(ROUNDS):
        kind_points = [at(group, t) for group, t in zip(groups, grids, strict=True)]
        proposal = propose(d, orders, kind_points, problem.rank, nodes=None if proposal is None else proposal.nodes)
        if proposal is None:
            return Attempt(None, np.inf, 0.0)
        for g, group in enumerate(groups):
            tops = fine[peaks(proposal.excess_of(at(group, fine)))]
            grids[g] = np.unique(np.concatenate([grids[g], *(np.minimum(tops * step, 1) for step in (0.99, 1, 1.01))]))
    assert proposal is not None
    members = {order: FrontierPolynomial(d, order, fmpq(1), (fmpq(0),)) for order in (3, 2)}
    multipliers = {3: fmpq(0), 2: fmpq(0)}
    for k, order in enumerate(orders):
        members[order] = member_next_to(proposal, k, order, d)
        if members[order].y > 0:
            multipliers[order] = rational(float(proposal.nu[k])) * root

    def attempted(joint: Joint | None, promised: float) -> Attempt[Joint]:
        return Attempt(joint, np.inf if joint is None else to_float(joint.value(counts, problem.rank) / unit), promised)

    alike = attempted(proven(problem, members[3], members[2], multipliers[3], multipliers[2]), proposal.value)
    if len(every) > MOST_MATRIX_KINDS or len(groups) < max(len(every), 2) or 0 not in used or min(own.f for own in shares) <= 0:
        return alike
    points = [at(group, _near(proposal, at(group, t))) for group, t in zip(groups, grids, strict=True)]
    found = matrix_form(problem, [own.f for own in shares], points, second=proposal.nodes[-1] if 1 in used else None, root=root)
    none = FrontierPolynomial(d, 3, fmpq(0), (fmpq(0),))
    other = None if found is None else proven(problem, none, found.mixed, fmpq(0), found.nu, found.matrix)
    matrices = attempted(other, np.inf if found is None else found.value)
    best = min(alike, matrices, key=lambda one: one.certified)
    return replace(best, proposed=min(alike.proposed, matrices.proposed))


def _near(proposal: ConeProposal, kind: KindPoints) -> Any:
    """The points of a kind at which its row's value comes near its line, some others, and the ends."""
    excess = proposal.excess_of(kind)
    near = excess > excess.max() - ROW_ROOM * (abs(excess.max()) + proposal.theta * kind.t)
    near[::6] = near[-1] = True
    return kind.t[near]


def proven(
    problem: FeatureProblem,
    pure: FrontierPolynomial,
    mixed: FrontierPolynomial,
    lam: fmpq,
    nu: fmpq,
    matrix: MatrixMember | None = None,
) -> Joint | None:
    """The best proven prices beside these members; ``None`` where no price is proven."""
    every = kinds(problem)
    functions = _functions(problem, pure, mixed, lam, nu, matrix)
    least = smallest_capacity(every) ** 0.5
    sampled = Sampled(functions, [kind.count for kind in every], problem.rank, every[0].alone, least)
    if not sampled.finite:
        return None
    found = proven_prices(functions, sampled)
    return None if found is None else Joint(pure, mixed, lam, nu, *found, matrix)


def _matters(problem: FeatureProblem, kind: FeatureKind, shares: Shares, term: int) -> bool:
    """Whether a common term is no vanishing part of a row's energy at the mean capacity r/n, where solvers lose it."""
    if term == 0:
        return shares.f > 0
    return shares.c**2 * problem.n > NEGLIGIBLE * problem.rank * kind.importance * max(kind.kappa[3], fmpq(0))


def member_next_to(proposal: ConeProposal, k: int, order: int, d: int) -> FrontierPolynomial:
    """A member of the frontier next to the solver's h and its share s; h = 0 with no share where there is hardly one."""
    return member_near(proposal.h[k], float(proposal.share[k]), proposal.excess[k], order, d)


def proven_rows(problem: FeatureProblem, choice: Choice) -> tuple[fmpq, tuple[fmpq, ...], list[CrowdedRow]]:
    """θ, the τ, and the row function of each kind."""
    found: Joint = choice.values["parameters"]
    return found.theta, found.taus, found.rows(problem)


def unit_row(kind: FeatureKind, crowd: Crowd, unit: fmpq, t: Any) -> tuple[Any, Any, Any]:
    """N, E with all symmetrised, and the least values of the two sums' crowds, at points t, divided by ``unit``."""
    import numpy as np

    weight = kind.importance / unit
    _, k2, k4, k6 = kind.kappa
    first, second = to_float(weight * k4), to_float(3 * weight * k2**2)
    sixth, fourth = to_float(weight * max(k6, fmpq(0))), to_float(15 * weight * quartic(kind) * k2)
    rest, crowding = to_float(15 * weight * k2**3), 1 / t - 1
    least = np.array(
        [
            to_float(weight * k2**3 * crowd.sixth) * crowding**3,
            to_float(15 * weight * k2**3 * crowd.fourth) * crowding**2 / t,
        ]
    )
    return first + second / t, sixth + fourth / t + rest / t**3, least


def buckets(kinds_in_order: int, most: int) -> list[list[int]]:
    """The places of the kinds in at most ``most`` groups: the first half of them alone, the others in even groups."""
    if kinds_in_order <= most:
        return [[k] for k in range(kinds_in_order)]
    alone = most // 2
    rest = kinds_in_order - alone
    cuts = [alone + rest * j // (most - alone) for j in range(most - alone + 1)]
    return [[k] for k in range(alone)] + [list(range(low, high)) for low, high in pairwise(cuts)]


def choose(problem: FeatureProblem) -> Choice | None:
    found = joint_parameters(problem)
    if found is None:
        return None
    shown = {
        "theta": str(found.theta),
        "lambda": str(found.lambda_),
        "nu": str(found.nu),
        "h_3": [str(h) for h in found.pure.coefficients],
        "h_2": [str(h) for h in found.mixed.coefficients],
        "kinds": len(found.taus),
    }
    if found.matrix is not None:
        del shown["lambda"], shown["h_3"]
        shown |= {"matrices": len(found.matrix.matrices), "x": [str(value) for value in found.matrix.x]}
    return Choice({"parameters": found}, shown)


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    counts = [kind.count for kind in kinds(problem)]
    return Enclosure.of(choice.values["parameters"].value(counts, problem.rank))


FORM = Unequal(
    statement=r"I^{\ast} \le \frac{\lambda^2}{y_3} + \frac{\nu^2}{y_2} + r\, \theta + \sum_i \sup_{0 < t \le 1} \Bigl("
    r"\frac{\bigl(\omega_i (\kappa_4^{(i)} + 3 (\kappa_2^{(i)})^2/t) - \lambda f_i - \nu c_i/\sqrt{t}\bigr)_+^2}"
    r"{\omega_i \kappa_6^{(i)} - (1 - x_3) f_i^2 + (15 \omega_i \kappa_4^{(i)} \kappa_2^{(i)} - (1 - x_2) c_i^2)/t "
    r"+ 15 \omega_i (\kappa_2^{(i)})^3/t^3} - \theta t\Bigr)_+",
    symbols=(
        (r"\theta, \lambda, \nu", "any numbers at least 0"),
        (r"f_i, c_i", "at least 0, $f_i^2 <= omega_i kappa_6^{(i)}$ and $c_i^2 <= 15 omega_i kappa_4^{(i)} kappa_2^{(i)}$"),
        ("x_k, y_k", "$1 - h(1)$ and $h_0$ of an even polynomial $h <= t^{2k}$ on $[-1, 1]$ with Gegenbauer coefficients >= 0"),
        ("r", "$min(n, d)$"),
    ),
    hypotheses=(CUBIC, PAID),
    proof=(
        FRACTIONS,
        CROWD,
        Step(
            "symmetrise",
            "the exact energy, a share of each double sum symmetrised; the arithmetic mean is at least the geometric "
            "mean. What is not symmetrised keeps its least value in each row (the printed form symmetrises all). A negative "
            "$kappa_6$ is paid by $kappa_4$, since $kappa_2^{(j)} A_ij^2 <= K_2(i)$",
            Status.ARGUED,
            statement=r"D \ge \sum_{ij} k_{ij} A_{ij}^6 + \sum_{ij} \varphi_i \varphi_j A_{ij}^4 + 15 \sum_i \omega_i K_2(i)^3, "
            r"\quad k_{ij} \ge f_i f_j,\ \varphi_i = c_i \sqrt{K_2(i)/\kappa_2^{(i)}}",
            checked="optimised weights of features that differ",
            claim=(
                "D = sum(i, j: omega[i]*kappa[6, j]*A[i, j]^6) + 15*sum(i, j: omega[i]*K[2, i]*kappa[4, j]*A[i, j]^4)"
                " + 15*sum(i: omega[i]*K[2, i]^3)",
            ),
            given=("m = 3",),
        ),
        Step(
            "frontier",
            "lemma frontier for the weights $f_i a_i^3$ and, in the same way, $phi_i a_i^2$; the diagonal keeps its own value",
            Status.ARGUED,
            statement=r"\sum_{ij} k_{ij} A_{ij}^6 \ge \sum_i (\omega_i \kappa_6^{(i)} - (1 - x_3) f_i^2)\, a_i^6 + "
            r"y_3 \Bigl(\sum_i f_i a_i^3\Bigr)^2",
            checked="optimised weights of features that differ",
            claim=(
                "sum(i, j: omega[i]*kappa[6, j]*A[i, j]^6) >= (1 - u)^2*sum(i: omega[i]*kappa[6, i]*a[i]^6)"
                " + (6*u/(d*(d + 2)) - u^2/d)*sum(i: sqrt(omega[i]*kappa[6, i])*a[i]^3)^2",
            ),
            given=("m = 3", "kappa[6, j] >= 0"),
            free=(("u", "0..1 real"),),
        ),
        Step(
            "matrices",
            "in the place of lemma frontier for the first sum, matrices for the kinds of features, where that is better (at most "
            f"{MOST_MATRIX_KINDS} kinds): $lambda^2/y_3$ is then $x^T G^0 x$, $lambda f_i$ is $(G^0 x)_i f_i$ and $(1 - x_3)$ is "
            "$e_i$. $(P_{2l}(t_ij))$ is positive semidefinite, and so are entrywise products",
            Status.ARGUED,
            statement=r"\sum_{ij} k_{ij} A_{ij}^6 \ge \sum_i (\omega_i \kappa_6^{(i)} - e_i f_i^2)\, a_i^6 + b^{\mathsf T} G^0 b, "
            r"\quad b_i = f_i a_i^3,\ G^l \succeq 0,\ e_i = \sum_l G^l_{ii} \le \frac{k_{ii}}{f_i^2},\ "
            r"\sum_l G^l_{ij} P_{2l}(t) \le \frac{k_{ij}}{f_i f_j}\, t^6 \text{ for } i \ne j",
            checked="optimised weights of features that differ",
            claim=(
                "sum(i, j: omega[i]*omega[j]*A[i, j]^2*(d*cos2[i, j] - 1)) >= 0",
                "sum(i, j: omega[i]*omega[j]*A[i, j]^2*(cos2[i, j]^2 - 6*cos2[i, j]/(d + 4) + 3/((d + 2)*(d + 4)))) >= 0",
            ),
        ),
        Step(
            "linearise",
            "a square lies above its tangents; what is left is a sum over rows, each homogeneous in the scale of its row, whose "
            "best scale is taken; then a line of slope $theta$ above each row's value, decided exactly",
            Status.ARGUED,
            statement=r"-y s^2 \le -2 \lambda s + \lambda^2/y, \qquad 2 b N - b^2 E \le N_+^2/E",
            checked="optimised weights of features that differ",
        ),
    ),
    value=value,
    chooser=choose,
    no_choice="no parameters were proven",
)
