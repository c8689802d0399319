"""Searches parameters of U11 for m = 3: the cone program for fixed e, and the best e of each row, in turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.coupled import CoupledChoice, RowScale
from boundcalc.bounds.frontiers.coupled_proof import RowFunction, prove
from boundcalc.bounds.frontiers.coupled_rows import PRICE, FloatScale
from boundcalc.bounds.frontiers.members import MemberSet, start
from boundcalc.bounds.frontiers.neighbours import shared
from boundcalc.bounds.frontiers.polish import Setting, polished
from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.bounds.frontiers.row_models import CoupledRows
from boundcalc.bounds.frontiers.row_program import Array, RowProgram, Solution, octaves
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

ROUNDS = 10
CLOSE = 5e-6
HOPELESS = 1.2
"""Above this part of the frontier's value the first program's is not brought below it by better rows."""
POLISHED = (0, 1)
"""The rounds after which the solution is polished."""
FAR = 0.1
"""Rows within this part of the greatest are contacts to begin with."""
NEGLIGIBLE = 1e-9
DIGITS = 8
"""Significant digits of the parameters."""
FEWEST = 10
"""The rows that stay from one program to the next."""
ROOM = (1e-5, 1e-4, 1e-3)
"""By what part z exceeds the largest row that floats find, the first for which the proof succeeds."""
LEAST_SCALE = 2.0**-40
"""Below this ts (p near 1e-18) the program leaves what the solver can; the closed form of U12 is within 1e-6 of it there."""
LEAST_INFINITE, LEAST_FINITE = 2.0**-6, 2.0**-16
"""The least u > 0 of the grids."""
MAX_D = 10**12
REACH = 10**10
"""For more than so many times d/ts features what only a finite n has, which falls like n^(-1/2), is worth less than ``CLOSE``."""

FLAT = fmpq(1, 100_000)
"""Parameters for n features must be better than those for n = ∞ by this part, which is more than what programs miss by."""


def search(problem: Problem, frontier: fmpq) -> CoupledChoice | None:
    """The best parameters found, z proven for them; ``None`` where they are not below the value of ``frontier``."""
    if problem.d > MAX_D:
        return None
    exact = RowScale.of(problem)
    scale = FloatScale.of(exact)
    if scale.ts < LEAST_SCALE:
        return None
    # parameters for n = inf serve every n
    found = _proven(problem, exact, scale, np.inf, frontier)
    if not problem.is_infinite and problem.n <= REACH * problem.d / scale.ts:
        near = shared(problem)
        limit = frontier if found is None else found.value(problem) * (1 - FLAT)
        finite = _proven(problem, exact, scale, float(near.n), limit)
        found = found if finite is None else finite
    return found


def _proven(problem: Problem, exact: RowScale, scale: FloatScale, n: float, limit: fmpq) -> CoupledChoice | None:
    """Parameters from the programs for n features, as many as the problem's or more, proven for all rows.

    ``None`` where their value is not below ``limit``.
    """
    wide = scale.grid(LEAST_INFINITE if n == np.inf else LEAST_FINITE, 3, 11)
    size = to_float(limit / exact.unit)

    def attempt() -> Attempt[CoupledChoice]:
        found = _solved(problem, scale, size, n, wide)
        if found is None:
            return Attempt(None, size, np.inf)
        solution, members, promised = found
        drafted = _proven_near(problem, exact, *_rounded(problem, exact, scale, solution, members, wide), limit)
        return Attempt(drafted, size if drafted is None else to_float(drafted.value(problem) / exact.unit), promised)

    return tightest(attempt).chosen


def _proven_near(problem: Problem, exact: RowScale, draft: CoupledChoice, largest: float, limit: fmpq) -> CoupledChoice | None:
    """The draft with the least room that is proven; ``None`` where that is not below ``limit``."""
    for room in ROOM:
        z = rational(largest * (1 + room), DIGITS) * exact.unit / exact.ts
        drafted = replace(draft, z=z, alone=draft.alone * z)
        if drafted.value(problem) >= limit:
            return None
        try:
            prove(RowFunction.of(problem, exact, drafted), exact)
        except CertificationError:
            continue
        return drafted
    return None


def _solved(
    problem: Problem, scale: FloatScale, size: float, n: float, wide: tuple[Array, Array]
) -> tuple[Solution, list[MemberSet], float] | None:
    """The best of the programs' solutions, its members and value, for n alone; ``None`` where none is seen to be below ``size``."""
    centre = scale.rows(np.array([1.0]), np.array([1.0]), np.array([0.0]))
    tau = to_float(welch_constant(fmpq(problem.d), 3))
    rounded = to_float(rational(tau + 0.6 * problem.rank / scale.h, 2))  # near U12; of the same bits on every machine
    program = RowProgram(float(problem.rank), n, [1.0, scale.b], rounded, centre, [np.inf, np.inf], shares=False)
    members: list[MemberSet] = [start(problem.d, order) for order in (3, 2)]
    u, theta, w = _first_rows(scale, float(wide[0][1, 0]) if np.isfinite(n) else 0.0)
    model = CoupledRows(scale.ts, scale.c, scale.b, scale.k, scale.h)
    setting = Setting(problem.d, problem.rank, n, program.coefficients, model, False, 1.0)

    def valued(s: Solution, refined: list[MemberSet], needed: Array) -> float:
        larger = float(needed.max()) / (s.sigma * scale.ts)
        value = s.heads(program.coefficients) + larger * (program.rank * s.sigma + (n * s.tau if s.tau else 0.0))
        return value * (1 + max(own.excess for own in refined))

    best: tuple[Solution, list[MemberSet], float] | None = None
    least, before = np.inf, np.inf
    for attempt in range(ROUNDS):
        s = program.solve(scale.rows(u, theta, w), [own.columns for own in members])
        if s is None or s.sigma <= 0 or s.value > HOPELESS * size:
            return None if s is not None and s.sigma > 0 else best
        z = s.sigma * scale.ts
        more_u, more_theta, needed = scale.contacts(s, wide, 2)
        following = [own.refined(weights) for own, weights in zip(members, s.weights, strict=True)]
        larger = float(needed.max()) / z
        excess = max(own.excess for own in following)
        value = valued(s, following, needed)
        if value < least:
            least, best = value, (s, members, value)
        if n == np.inf and attempt in POLISHED:
            near = needed > (1 - FAR) * needed.max()
            found = polished(setting, s, members, *scale.contact_rows(s, more_u[near], more_theta[near]))
            if found is not None:
                own = [one.refined(weights) for one, weights in zip(found[1], found[0].weights, strict=True)]
                final = scale.contacts(found[0], wide, 2)[2]
                # where no other row is greater, it is the optimum
                if float(final.max()) < (1 + CLOSE) * found[0].sigma * scale.ts:
                    promised = valued(found[0], own, final)
                    return (*found, promised) if promised < size else None
        close = abs(s.value - before) < CLOSE * s.value
        if close and excess < CLOSE and (larger - 1) * program.rank * s.sigma < CLOSE * s.value:
            break
        if before < np.inf and s.value >= size:
            return None
        before = s.value
        old, _ = scale.best(s, u, theta)
        kept = old >= min(z / 2, np.sort(old)[-min(FEWEST, len(old))])
        u, theta = np.concatenate([u[kept], more_u]), np.concatenate([theta[kept], more_theta])
        w = scale.w_of(scale.best(s, u, theta)[1], theta)
        members = following
    return best if least < size else None


def _first_rows(scale: FloatScale, first: float) -> tuple[Array, Array, Array]:
    """Few rows: u by factors of 2 near the balance and of 4 beyond it, θ = 1 and near 1/3, e = 0.6 min(b/ℓ, 3κ_2²/(κ_4 t))."""
    top = 1 / scale.ts
    u = [first, *octaves(min(0.25, top / 4), min(top, 64.0), 1)]
    while u[-1] < top:
        u.append(min(4 * u[-1], top))
    one = np.array(u)
    theta = np.concatenate([np.ones(len(one)), np.maximum(0.3, np.minimum(scale.ts * one, 1))])
    w = 0.6 * np.minimum(np.minimum(2.5 * scale.h * theta, 1.0), np.sqrt(scale.h / 0.6))
    return np.concatenate([one, one]), theta, w


def _rounded(
    problem: Problem, exact: RowScale, scale: FloatScale, s: Solution, members: list[MemberSet], wide: tuple[Array, Array]
) -> tuple[CoupledChoice, float]:
    """Short rational parameters next to a solution's, z' for z = 1, and the largest row for them in floats."""
    lam, v = rational(s.multiplier[0], DIGITS), rational(s.multiplier[1], DIGITS)
    mixed, moved = [], []
    for row, weights, part in zip(members, s.weights, s.moved, strict=True):
        mixed.append(row.polynomial(weights, shares=False, digits=DIGITS))
        moved.append(min(rational(part, DIGITS), mixed[-1].x) if part > NEGLIGIBLE else fmpq(0))
    nothing = fmpq(0)
    multipliers = lam * exact.fourth, v * exact.fourth * exact.root
    draft = CoupledChoice(*multipliers, mixed[0], mixed[1], (moved[0], moved[1]), nothing, nothing)
    pairs = [draft.pair(problem, order) for order in (3, 2)]
    kept = [multiplier if y > 0 else nothing for multiplier, (_, y) in zip((lam, v), pairs, strict=True)]
    price = rational(s.tau / s.sigma, DIGITS) if s.tau > PRICE * s.sigma else nothing
    x = [to_float(x) for x, _ in pairs]
    final = replace(s, multiplier=[to_float(value) for value in kept], x=x, tau=to_float(price) * s.sigma)
    found = replace(draft, lambda_=kept[0] * exact.fourth, nu=kept[1] * exact.fourth * exact.root, alone=price)
    return found, float(scale.contacts(final, wide, 6)[2].max())
