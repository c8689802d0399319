r"""Finds where one feature of another importance comes in: n features of importances 1, ..., 1, omega, d dimensions.

I* is the supremum of functions that are affine in omega, so it is convex in omega; the best weights without superposition are
worth the same for every omega <= 1. Where an upper bound leaves superposition a share epsilon at most for two values of omega,
it leaves no more between them. For two features in one dimension both are decided exactly: C and D are polynomials in the ratio
of the two squared weights, and whether superposition helps at all is the sign of one polynomial (m = 3). Above an omega at
which weights exceed the basis, by a term of the last feature that is not negative, they exceed it too. So few values of omega
certify whole ranges; between these nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import UpperBound
from boundcalc.bounds.lower import search
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds, top
from boundcalc.bounds.upper import capacity, dense, frontier, rank, very_sparse
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.model.laws import Law
from boundcalc.numbers.errors import ParameterError

UPPER: tuple[UpperBound, ...] = (rank.BOUND, dense.BOUND, capacity.BOUND, very_sparse.BOUND, frontier.BOUND)
SOME, NONE = fmpq(1, 10**6), fmpq(1, 10**4)
"""Shares of gain: above the first superposition helps, up to the second it is said to gain hardly anything."""
STEPS = 60
"""Importances that are tried, evenly in the logarithm, from the least one to 1."""
LEAST = 1e-3
FINE = fmpq(1, 10**4)
"""How near the two ends come for two features in one dimension."""
ALMOST = fmpq(10**9 - 1, 10**9)
"""The largest importance: at 1 the features are equal, and their bounds others."""


@dataclass(frozen=True)
class EntryOfFeature:
    """What is certain of the last feature, by its importance ω < 1.

    Attributes
    ----------
    helps_from : fmpq or None
        From this ω on weights in superposition exceed all without it, by more than a share 10⁻⁶; ``None`` for none.
    none_up_to : fmpq or None
        From ω = 1/1000 up to this one superposition gains at most a share 10⁻⁴; ``None`` where that is not known for 1/1000.
    """

    p: fmpq
    helps_from: fmpq | None
    none_up_to: fmpq | None


def features_of_transition(n: int, p: fmpq, law: Law | str, omega: fmpq) -> Features:
    """n − 1 features of importance 1 and one of importance ω."""
    return Features((Group(n - 1, 1, p, law), Group(1, omega, p, law)))


def gains_on_a_line(problem: FeatureProblem) -> bool:
    """For two features in one dimension, m = 3: whether weights exceed the better one alone, exactly.

    With z_i = w_i² and V_i = κ_2^(j) z_j, E x_i h³ = w_i (μ_4 z_i + 3 κ_2 V_i) of the moments of x_i, and x̂_i = (w_i h)³.
    """
    one, other = (FeatureKind(group, ((1, 1),), 3) for group in problem.features.spread(problem.features.groups))
    z = fmpq_poly([0, 1])  # of the second; 1 of the first
    first, second = ([kind.p * kind.moment(2 * k) for k in range(1, 4)] for kind in (one, other))
    correlation = one.importance * (first[1] + 3 * first[0] * second[0] * z)
    correlation += other.importance * z**2 * (second[1] * z + 3 * second[0] * first[0])
    sixth = first[2] + 15 * first[1] * second[0] * z + 15 * first[0] * second[1] * z**2 + second[2] * z**3
    energy = sixth * (one.importance + other.importance * z**3)
    return not polynomial_nonnegative(energy * _alone(problem) - correlation**2, fmpq(0))


def helps(problem: FeatureProblem) -> bool:
    """Whether weights that a short search finds exceed the basis for this ω and every larger one up to 1, exactly."""
    outcome = evaluate_lower(search.BOUND, problem, 10)
    if outcome.value is None or outcome.value.certified <= _alone(problem) * (1 + SOME):
        return False
    shown = outcome.choice.shown
    if problem.n not in shown["columns"]:
        return False
    each = problem.features.spread(problem.features.groups)
    groups = tuple(Group(1, g.importance, g.p, g.law, g.scale) for g in (each[column - 1] for column in shown["columns"]))
    found = exact_loss(shown["matrix"], m=problem.m, features=Features(groups), rows=True, transpose=False)
    assert found.rows is not None
    # at the best scale C_i and D_i become C_i C/D and D_i (C/D)²: the last feature's own term must not be negative
    last, scale = shown["columns"].index(problem.n), found.C / found.D
    return bool(2 * found.rows.C[last] * scale - found.rows.D[last] * scale**2 >= 0)


def is_left_out(problem: FeatureProblem) -> bool:
    """Whether an upper bound leaves superposition a share of 10⁻⁴ at most."""
    most = _alone(problem) * (1 + NONE)
    return any(found is not None and found.certified <= most for found in (evaluate_upper(b, problem, 10).value for b in UPPER))


def _alone(problem: FeatureProblem) -> fmpq:
    return top([(kind.count, kind.alone) for kind in kinds(problem)], problem.rank)


def transition(n: int, d: int, m: int, p: fmpq, law: Law | str) -> EntryOfFeature:
    """The least ω of a grid from which superposition certainly helps, and the largest up to which it certainly does not.

    Raises
    ------
    ParameterError
        Unless 1 ≤ d < n: with a dimension for each feature nothing is left out.
    """
    if not 1 <= d < n:
        raise ParameterError("n", n, f"must be above d = {d}: with a dimension for each feature none is left out")
    if (n, d, m) == (2, 1, 3):
        return _on_a_line(p, law)
    grid = [min(fmpq(round(10**6 * LEAST ** (1 - k / (STEPS - 1))), 10**6), ALMOST) for k in range(STEPS)]

    def at(k: int) -> FeatureProblem:
        return FeatureProblem(features_of_transition(n, p, law, grid[k]), d, m)

    first = _first(lambda k: helps(at(k)))
    helped = None if first is None else grid[first]
    if not is_left_out(at(0)):
        return EntryOfFeature(p, helped, None)
    last = _first(lambda k: not is_left_out(at(k)))
    return EntryOfFeature(p, helped, grid[STEPS - 1 if last is None else max(last - 1, 0)])


def _on_a_line(p: fmpq, law: Law | str) -> EntryOfFeature:
    """Two features in one dimension: by bisection between ω that are decided exactly."""

    def helped(omega: fmpq) -> bool:
        return gains_on_a_line(FeatureProblem(features_of_transition(2, p, law, omega), 1, 3))

    low, high = fmpq(1, 1000), ALMOST
    if helped(low):
        return EntryOfFeature(p, low, None)
    if not helped(high):
        return EntryOfFeature(p, None, high)
    while high - low >= 2 * FINE:
        middle = fmpq(((low + high) / 2 / FINE).floor()) * FINE
        low, high = (low, middle) if helped(middle) else (middle, high)
    return EntryOfFeature(p, high, low)


def _first(holds: Callable[[int], bool]) -> int | None:
    """The first place of the grid from which a condition holds, by bisection; ``None`` where it does not at the end."""
    if not holds(STEPS - 1):
        return None
    low, high = -1, STEPS - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
