"""Searches parameters of U11 for m = 5: the cone program for fixed e, and the best e of each row, in turn."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.coupled_quintic import CoupledQuintic, QuinticRow, coefficients
from boundcalc.bounds.frontiers.coupled_quintic_proof import NotProven, prove
from boundcalc.bounds.frontiers.coupled_quintic_rows import CoupledProgram, Points, best, thinnest
from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges
from boundcalc.bounds.frontiers.program import Program, Proposal
from boundcalc.bounds.frontiers.rounding import rational, repaired
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

LEAST_P = fmpq(1, 10**15)
"""Below this p the program leaves what the solver can."""
MOST_D = 10
"""For larger d and n = ∞ less than 1% is left to gain."""
DEGREE = 6
"""Of h in u."""
ROUNDS = 16
CLOSE = 2e-5
HOPELESS = (0.1, 0.02, 0.01, 0.003)
"""The part by which the optimum of a program may exceed what is to be beaten: later ones come down by less."""
DIGITS = 9
FEWEST = 30
"""The rows that stay from one program to the next."""
THIN = 1e-4
"""The least part of its positive terms that E may be."""
ROOM = (1e-4, 3e-4, 1e-3, 1e-2)
"""By what part z exceeds the largest row that floats find, the first for which the proof succeeds."""
NODES = 6


def search(problem: Problem, limit: fmpq, near: GeneralChoice | None = None) -> CoupledQuintic | None:
    """The best parameters found, z proven for them; ``None`` where they are not below ``limit``.

    ``near`` are parameters of U9 whose greatest rows the program starts from.
    """
    if coefficients(problem) is None or problem.p < LEAST_P or not 2 <= problem.d <= MOST_D or problem.n <= problem.d:
        return None
    size = to_float(limit / problem.p)
    program = CoupledProgram(problem, to_float(rational(size, 2)))

    def attempt() -> Attempt[CoupledQuintic]:
        found = _solved(program, size, near)
        if found is None:
            return Attempt(None, size, np.inf)
        drafted = _proven_near(program, _rounded(program, *found), limit)
        return Attempt(drafted, size if drafted is None else to_float(drafted.value(problem) / problem.p), found[0].value)

    return tightest(attempt).chosen


def _proven_near(program: CoupledProgram, draft: CoupledQuintic, limit: fmpq) -> CoupledQuintic | None:
    """The draft with the least z that is proven; ``None`` where that is not below ``limit``."""
    problem = program.problem
    row = QuinticRow.of(problem, draft.general)
    largest = float(program.contacts(row.mapped(to_float))[1].max())
    rooms = list(ROOM)
    while rooms:
        drafted = draft.with_z(rational(largest * (1 + rooms[0]), DIGITS))
        if drafted.value(problem) >= limit:
            return None
        try:
            prove(QuinticRow.of(problem, drafted.general), program.least)
        except NotProven as failed:
            there = program.largest_in(row.mapped(to_float), failed.cells)
            if there <= largest * (1 + rooms[0] / 8):
                del rooms[0]
            largest = max(largest, there)
        except CertificationError:
            del rooms[0]
        else:
            return drafted
    return None


def _solved(program: CoupledProgram, limit: float, near: GeneralChoice | None) -> tuple[Proposal, float] | None:
    """The best of the programs' solutions and the excess of its h; ``None`` where none is below ``limit``, divided by p."""
    problem = program.problem
    centre = program.rows(Points(*(np.array([value]) for value in (program.balance, 1.0, 0.0))), np.array([1.0]))
    cones = Program(
        d=problem.d,
        rank=problem.rank,
        n=None,
        orders=[one.order for one in program.exchanges],
        coefficients=list(program.weights / program.p),
        centre=centre,
        scale=program.size,
        top=None,
        degree=DEGREE,
        shares=True,
        linked=[one.linked for one in program.exchanges],
        nodes=NODES,
    )
    points, rho = program.first()
    if near is not None and near.price > 0:
        row = QuinticRow.of(problem, near).mapped(to_float)
        more, needed, more_rho = program.contacts(row, early=True)
        thin, room = thinnest(row, program.steps[0])
        thin = thin.at(np.flatnonzero(room < 10 * THIN))
        points = points.join(more).join(thin)
        rho = np.concatenate([rho, more_rho, np.ones(len(thin.s))])
    drawn = False
    best_found: tuple[Proposal, float] | None = None
    least, before = limit, np.inf
    for k in range(ROUNDS):
        cones.rows = program.rows(points, rho)
        proposal = cones.solve()
        if proposal is None or proposal.sigma <= 0 or proposal.value > limit * (1 + HOPELESS[min(k, len(HOPELESS) - 1)]):
            break
        excess = max(cones.add_nodes(proposal), 0.0)
        row = program.row(proposal)
        thin, room = thinnest(row, program.steps[0])
        more, needed, _ = program.contacts(row, early=True)
        larger = float(needed.max()) / row.z
        value = (proposal.value + (larger - 1) * problem.rank * proposal.sigma) * (1 + excess)
        if value < least and room.min(initial=1.0) > THIN:
            least, best_found = value, (proposal, excess)
        settled = abs(proposal.value - before) < CLOSE * proposal.value and value < proposal.value * (1 + CLOSE)
        if settled and room.min(initial=1.0) > THIN:
            break
        before = proposal.value
        if not drawn:
            old = best(row, points, 1)[0]
            points, drawn = points.at(np.flatnonzero(old >= min(row.z / 2, np.sort(old)[-min(FEWEST, len(old))]))), True
        points = points.join(more.at(np.flatnonzero(needed > row.z * (1 - CLOSE))))
        rho = best(row, points, 2)[1]
        thin = thin.at(np.flatnonzero(room < 10 * THIN))
        points, rho = points.join(thin), np.append(rho, np.ones(len(thin.s)))
    return best_found


def _rounded(program: CoupledProgram, proposal: Proposal, excess: float) -> CoupledQuintic:
    """Short rational parameters next to a proposal, z not yet."""
    problem, own = program.problem, program.exchanges
    members, multipliers = [], []
    for one in exchanges(problem):
        member, nu = FrontierPolynomial(problem.d, one.order, fmpq(0), (fmpq(0),)), fmpq(0)
        if one in own:
            i = own.index(one)
            member = repaired(
                proposal.h[i], float(proposal.share[i]) if one.linked else 1.0, one.order, problem.d, excess, linked=one.linked
            )
            if member.y > 0 and proposal.nu[i] > 0:
                nu = rational(float(proposal.nu[i])) * problem.p
        members.append(member)
        multipliers.append(nu)
    nothing = (fmpq(0),) * len(members)
    z = rational(proposal.sigma, DIGITS) * problem.p
    return CoupledQuintic(GeneralChoice(tuple(multipliers), tuple(members), nothing, z))
