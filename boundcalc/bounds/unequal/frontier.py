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
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.frontiers.rounding import as_float, rational, repaired
from boundcalc.bounds.unequal.capacity import FRACTIONS, quartic_weight, smallest_capacity
from boundcalc.bounds.unequal.dense import CUBIC
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import Kind, kinds
from boundcalc.bounds.unequal.rows import RowFunction, Sampled, proven_tau, total_of
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure

MOST_KINDS = 32
"""Past this many kinds the program sees neighbours as one; the proof sees each."""
POINTS = 48
"""Row points of each kind in the program."""
ROOT_DIGITS = 14


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
    def of(cls, kind: Kind) -> Shares:
        _, k2, _, k6 = kind.kappa
        return cls(root_below(kind.importance * max(k6, fmpq(0))), root_below(15 * kind.importance * quartic_weight(kind) * k2))


def root_below(value: fmpq) -> fmpq:
    """A short rational whose square is at most the value, and hardly less."""
    if value <= 0:
        return fmpq(0)
    shift = 2 * (int(value.q).bit_length() - int(value.p).bit_length())
    power = fmpq(2) ** (shift // 2 * 2)
    scaled = value * power
    near = rational(as_float(scaled) ** 0.5, ROOT_DIGITS)
    step = fmpq(1, 10**ROOT_DIGITS)
    while near * near > scaled:
        near *= 1 - step
        step *= 2
    return near / fmpq(2) ** (shift // 2)


@dataclass(frozen=True)
class Joint:
    """Proven parameters: members of the frontier, multipliers, the price of capacity and what each kind exceeds it by."""

    pure: FrontierPolynomial
    mixed: FrontierPolynomial
    lambda_: fmpq
    nu: fmpq
    theta: fmpq
    taus: tuple[fmpq, ...]

    def value(self, counts: Sequence[int], rank: int) -> fmpq:
        """λ²/y_3 + ν²/y_2 + r θ + Σ τ."""
        total = total_of(self.theta, self.taus, counts, rank)
        for multiplier, member in ((self.lambda_, self.pure), (self.nu, self.mixed)):
            if multiplier:
                total += multiplier**2 / member.y
        return total


def row_function(
    kind: Kind, shares: Shares, pure: FrontierPolynomial, mixed: FrontierPolynomial, lam: fmpq, nu: fmpq
) -> RowFunction:
    """The row's inequality in z = √t; x of a member is 1 − h(1)."""
    weight = kind.importance
    _, k2, k4, k6 = kind.kappa
    zero = fmpq(0)
    gain = fmpq_poly([3 * weight * k2**2, -nu * shares.c, weight * k4 - lam * shares.f])
    sixth = weight * max(k6, zero) - shares.f**2 * (1 - pure.x)
    fourth = 15 * weight * quartic_weight(kind) * k2 - shares.c**2 * (1 - mixed.x)
    return RowFunction(gain, fmpq_poly([0, 0, 1]), fmpq_poly([15 * weight * k2**3, 0, 0, 0, fourth, 0, sixth]))


def applies(problem: FeatureProblem) -> bool:
    """Whether every feature's κ_4 pays for its negative κ_6."""
    return all(kind.kappa[2] >= 0 and quartic_weight(kind) >= 0 for kind in kinds(problem))


PAID = Hypothesis(
    "$kappa_4 >= 0$ and $15 kappa_4 kappa_2 + kappa_6 >= 0$ for every feature",
    applies,
    lambda problem: (
        "it fails for the one with "
        + next(
            f"p = {kind.p}, law = {kind.group.law.name}"
            for kind in kinds(problem)
            if not (kind.kappa[2] >= 0 and quartic_weight(kind) >= 0)
        )
    ),
)


@lru_cache(maxsize=16)
def joint_parameters(problem: FeatureProblem) -> Joint | None:
    """The solver's proposal, rounded and proven; ``None`` where that fails."""
    import numpy as np

    from boundcalc.bounds.unequal.cone_program import KindPoints, propose

    every = kinds(problem)
    unit, counts, d = every[0].alone, [kind.count for kind in every], problem.d
    shares = [Shares.of(kind) for kind in every]
    least = smallest_capacity(every)
    used = [term for term in (0, 1) if any((own.f, own.c)[term] > 0 for own in shares)]
    orders = [(3, 2)[term] for term in used]
    points, root = [], root_below(unit)
    for group in buckets(len(every), MOST_KINDS):
        kind, own = every[group[0]], shares[group[0]]
        gain, energy = unit_row(kind, unit)
        t = np.geomspace(max(20 * least, 1e-9), 1, POINTS)
        common = {0: np.full(POINTS, as_float(own.f / root)), 1: as_float(own.c / root) / np.sqrt(t)}
        factors = np.array([common[term] for term in used]).reshape(len(used), POINTS)
        points.append(KindPoints(sum(counts[k] for k in group), t, gain(t), energy(t), factors))
    proposal = propose(d, orders, points, problem.rank)
    if proposal is None:
        return None
    members = {3: FrontierPolynomial(d, 3, fmpq(1), (fmpq(0),)), 2: FrontierPolynomial(d, 2, fmpq(1), (fmpq(0),))}
    multipliers = {3: fmpq(0), 2: fmpq(0)}
    for k, order in enumerate(orders):
        members[order] = repaired(proposal.h[k], 1.0, order, d, proposal.excess[k])
        if members[order].y > 0:
            multipliers[order] = rational(float(proposal.nu[k])) * root
    rows = [
        row_function(kind, own, members[3], members[2], multipliers[3], multipliers[2])
        for kind, own in zip(every, shares, strict=True)
    ]
    sampled = Sampled(rows, counts, problem.rank, unit, least**0.5)
    theta = rational(sampled.best_theta()) * unit
    taus = [proven_tau(row, theta, sampled.tau(k, as_float(theta / unit)), unit) for k, row in enumerate(rows)]
    if None in taus:
        return None
    return Joint(members[3], members[2], multipliers[3], multipliers[2], theta, tuple(tau for tau in taus if tau is not None))


def proven_rows(problem: FeatureProblem, choice: Choice) -> tuple[fmpq, tuple[fmpq, ...], list[RowFunction]]:
    """θ, the τ, and the row function of each kind."""
    found: Joint = choice.values["parameters"]
    rows = [row_function(kind, Shares.of(kind), found.pure, found.mixed, found.lambda_, found.nu) for kind in kinds(problem)]
    return found.theta, found.taus, rows


def unit_row(kind: Kind, unit: fmpq) -> tuple[Any, Any]:
    """N and E of one kind without the common terms, divided by ``unit``, as functions of an array of t."""
    weight = kind.importance / unit
    _, k2, k4, k6 = kind.kappa
    first, second = as_float(weight * k4), as_float(3 * weight * k2**2)
    sixth, fourth = as_float(weight * max(k6, fmpq(0))), as_float(15 * weight * quartic_weight(kind) * k2)
    rest = as_float(15 * weight * k2**3)
    return lambda t: first + second / t, lambda t: sixth + fourth / t + rest / t**3


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
        Step(
            "symmetrise",
            "the exact energy, each double sum symmetrised in $i$ and $j$; the arithmetic mean is at least the geometric mean. A "
            "negative $kappa_6$ is paid by $kappa_4$, since $kappa_2^{(j)} A_ij^2 <= K_2(i)$",
            Status.ARGUED,
            statement=r"D \ge \sum_{ij} k_{ij} A_{ij}^6 + \sum_{ij} \varphi_i \varphi_j A_{ij}^4 + 15 \sum_i \omega_i K_2(i)^3, "
            r"\quad k_{ij} \ge f_i f_j,\ \varphi_i = c_i \sqrt{K_2(i)/\kappa_2^{(i)}}",
            checked="optimised weights of features that differ",
        ),
        Step(
            "frontier",
            "lemma frontier for the weights $f_i a_i^3$ and $phi_i a_i^2$; the diagonal keeps its own value",
            Status.ARGUED,
            statement=r"\sum_{ij} k_{ij} A_{ij}^6 \ge \sum_i (\omega_i \kappa_6^{(i)} - (1 - x_3) f_i^2)\, a_i^6 + "
            r"y_3 \Bigl(\sum_i f_i a_i^3\Bigr)^2",
            checked="optimised weights of features that differ",
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
