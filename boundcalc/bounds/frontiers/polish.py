r"""Polishes a solution of the program of U9 for m = 3: its contacts and members move to where the optimum is.

One program tells which rows, nodes and members matter; the conditions of optimality (:mod:`boundcalc.bounds.frontiers.optimality`)
then give the optimum to the last digits. The result is a proposal as any: its value is that of its own rows and nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.members import (
    DEGREE,
    Families,
    FreePolynomial,
    Member,
    MemberSet,
    fine_grid,
    kinds,
    last_contact,
    power_of,
)
from boundcalc.bounds.frontiers.optimality import Part, RowModel, Slopes, System
from boundcalc.bounds.frontiers.program import peaks_of
from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.bounds.frontiers.row_program import Array, Solution
from boundcalc.certify.gegenbauer import even_gegenbauer, gegenbauer_coefficients
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.linear_systems import products
from boundcalc.numbers.weighted_sums import weighted

SMALL = 1e-5
"""Weights below it are 0, and a share within it of 1 is 1."""
IDLE = 1e-4
"""An order of which a smaller share is exchanged is left out."""
NEAR = 1e-3
"""Nodes at which h has more room are no contacts; h of no more room anywhere is u^k."""
APART = 0.04
"""Contacts are farther apart than this part of their u or t."""
ROUNDS = 4
ROOM = 1e-9
"""A derivative that is negative by this part of its terms, or an excess of h, is a condition that does not hold."""
V_DIGITS = 12
_PARTS = np.arange(1, 401) / 400


@dataclass(frozen=True)
class Setting:
    """What a program is about.

    Attributes
    ----------
    d, rank : int
    n : float
        n, or infinity where the program does not know it.
    coefficients : sequence of float
        c of each order.
    model : RowModel
        The row function.
    shares : bool
        Whether s may be less than 1.
    unit : float
        The size of the multipliers.
    """

    d: int
    rank: int
    n: float
    coefficients: Sequence[float]
    model: RowModel
    shares: bool
    unit: float


def polished(
    setting: Setting, solution: Solution, members: Sequence[MemberSet], rows: Array, inside: Array
) -> tuple[Solution, list[MemberSet]] | None:
    """The optimum next to a solution, with its members; ``None`` where the conditions of optimality give none.

    Parameters
    ----------
    rows, inside : shape (coordinates, rows)
        Where the rows are greatest about, and which coordinates are not at an end.
    """
    n = setting.n
    parts = [_part(setting, solution, members, k) for k in range(len(members))]
    tau = solution.tau if n * solution.tau > SMALL * solution.value else 0.0
    system = System(float(setting.rank), n, setting.model, parts, rows.copy(), inside.copy(), solution.sigma, tau)
    with np.errstate(all="ignore"):
        if not _solved(setting, system, members):
            return None
    found = Solution([], [], [], [], [], [], system.sigma, system.tau, 0.0)
    following: list[MemberSet] = []
    for part, own in zip(parts, members, strict=True):
        mixed, weights = _mixed(part, own)
        x, y, share = (float(weighted(weights, column)) for column in (mixed.columns.x, mixed.columns.y, mixed.columns.share))
        if x < part.moved * (1 - ROOM) - ROOM:
            return None
        found.multiplier.append(part.nu)
        found.weights.append(weights)
        found.moved.append(part.moved)
        found.x.append(max(x - part.moved, 0.0))
        found.y.append(y + part.moved / n)
        found.share.append(min(share, 1.0))
        following.append(mixed)
    return found, following


def _solved(setting: Setting, system: System, members: Sequence[MemberSet]) -> bool:
    """Solves the conditions, with more coefficients and contacts where they are missing; whether all conditions hold then."""
    for _ in range(ROUNDS):
        z = system.solve() if system.multiply() else None
        if z is None or not system.take(z):
            if z is not None and any(_whole(part) for part in system.parts):
                continue
            moving = [part for part in system.parts if part.moved > 0]
            for part in moving:
                part.moved = 0.0  # with one row for all features v is worth nothing, and not determined
            if z is None and moving:
                continue
            return False
        n, all_slopes = setting.n, system.slopes()
        lacks = system.tau == 0 and system.used > n * (1 + ROOM)
        if lacks:
            system.tau = SMALL * system.sigma
        for part, own, slopes in zip(system.parts, members, all_slopes, strict=True):
            if part.kinds == ():
                continue
            lacks |= _whole(part)
            if setting.shares and part.share == 1 and not part.loose and slopes.share > ROOM * abs(slopes.x):
                part.loose, part.share, lacks = True, 1 - SMALL, True
            if n < np.inf and part.moved == 0 and slopes.y / n - slopes.x < -ROOM * abs(slopes.x) and part.kinds != ("power",):
                part.moved, lacks = SMALL, True
            if isinstance(own, FreePolynomial) and part.kinds is None:
                lacks |= _lacks_contacts(part, own, slopes.linear)
            lacks |= part.kinds is not None and _lacks_members(part, slopes)
        if not lacks:
            return True
    return False


def _whole(part: Part) -> bool:
    """Whether more than the whole is exchanged; the share is then 1, and no unknown."""
    given = part.share if part.kinds is None else float(part.linear.sum())
    if not part.loose or given <= 1:
        return False
    part.loose, part.share = False, 1.0
    if part.kinds is not None:
        part.linear = np.maximum(part.linear, 0) / np.maximum(part.linear, 0).sum()
        part.multipliers = np.zeros(1)
    return True


def _lacks_contacts(part: Part, own: FreePolynomial, slopes: Array) -> bool:
    """Whether h is above s u^k somewhere, or a coefficient that is 0 should not be; they are added."""
    scale = float(np.abs(slopes).max()) + float(np.abs(part.multipliers).sum())
    lacking = ~part.free & (slopes < -ROOM * scale)
    part.free |= lacking
    part.linear[lacking] = SMALL * part.size[lacking]
    u, excess = _excess(part, own)
    new = peaks_of(u, excess, ROOM)
    new = new[[not (np.abs(point - part.points) < APART * max(point, 0.25)).any() for point in new.tolist()]]
    if len(new):
        part.points = np.concatenate([part.points, new])
        part.moving = (part.points > 0) & (part.points < 1)
        part.multipliers = np.zeros(len(part.points))
    return bool(lacking.any() or len(new))


def _lacks_members(part: Part, slopes: Slopes) -> bool:
    """Whether a known member would lower the value; it is added."""
    best, found = -ROOM * max(abs(slopes.x), abs(slopes.y) * part.pure, abs(slopes.bound)), None
    for kind in ("none", "power", *kinds(part.order)):
        fixed = kind in ("none", "power")
        v = np.zeros(1) if fixed else to_float(last_contact(part.d, part.order, kind)) * _PARTS
        x, y, _, _ = replace(part, kinds=(kind,) * len(v)).known(v)
        values = slopes.x * x + slopes.y * y + slopes.bound
        at = int(values.argmin())
        if values[at] < best:
            best, found = float(values[at]), (kind, float(v[at]))
    if found is None:
        return False
    part.kinds = (*(part.kinds or ()), found[0])
    part.linear, part.size = np.append(part.linear, NEAR), np.append(part.size, NEAR)
    part.points, part.free = np.append(part.points, found[1]), np.append(part.free, True)
    part.moving = np.append(part.moving, found[1] > 0)
    return True


def _part(setting: Setting, solution: Solution, members: Sequence[MemberSet], k: int) -> Part:
    """The unknowns of one order at a solution."""
    own, d = members[k], setting.d
    share, moved = solution.share[k], solution.moved[k]
    nothing = np.zeros(0)
    part = Part(
        weight=setting.coefficients[k], order=own.order, d=d, pure=to_float(1 / welch_constant(fmpq(d), own.order)), kinds=(),
        basis=np.zeros((0, 1)), linear=nothing, size=nothing, free=np.zeros(0, bool), points=nothing, moving=np.zeros(0, bool),
        multipliers=nothing, nu=solution.multiplier[k], moved=moved if moved > SMALL else 0.0,
        share=1.0 if share > 1 - SMALL else share, loose=setting.shares and share < 1 - SMALL,
    )  # fmt: skip
    if setting.shares and share < IDLE:
        part.nu = part.moved = part.share = 0.0
        part.loose = True
        return part
    if part.nu < SMALL * setting.unit:
        part.nu = 0.0
    if isinstance(own, FreePolynomial):
        _free(part, own, solution.weights[k][1:])
    else:
        _known(part, own, solution.weights[k])
    return part


def _free(part: Part, own: FreePolynomial, weights: Array) -> None:
    part.kinds, part.linear, part.size, part.basis = None, weights * own.size, own.size, _basis(own.d)
    u, excess = _excess(part, own)
    if np.abs(excess).max() < NEAR:
        part.kinds, part.linear, part.size, part.free = ("power",), np.array([part.share]), np.ones(1), np.ones(1, bool)
        part.points, part.moving, part.moved = np.zeros(1), np.zeros(1, bool), 0.0
    else:
        part.free = weights > SMALL
        part.free[0] = True
        part.linear = np.where(part.free, part.linear, 0.0)
        part.points = _apart(peaks_of(u, excess, -NEAR))
        part.moving = (part.points > 0) & (part.points < 1)
    part.multipliers = np.zeros(len(part.points) if part.kinds is None else 0 if part.loose else 1)


def _excess(part: Part, own: FreePolynomial) -> tuple[Array, Array]:
    """u, and by how much h exceeds s u^k there, in units of the greater of u^k and 1/τ_k."""
    u, values = fine_grid(own.d)
    power = power_of(u, own.order)
    return u, (products(values, part.linear) - part.share * power) / np.maximum(power, own.least)


def _known(part: Part, own: Families, weights: Array) -> None:
    chosen_kinds, linear, points = [], [], []
    for kind in ("none", "power", "tangent", "root"):
        chosen = [(w, to_float(member.v)) for w, member in zip(weights.tolist(), own.all, strict=True) if member.kind == kind]
        total = sum(w for w, _ in chosen)
        if total > SMALL:
            chosen_kinds.append(kind)
            linear.append(total)
            points.append(sum(w * v for w, v in chosen) / total)
    part.kinds, part.linear, part.points = tuple(chosen_kinds), np.array(linear), np.array(points)
    part.free, part.size = np.ones(len(chosen_kinds), bool), np.maximum(part.linear, NEAR)
    part.moving = np.array([kind in ("tangent", "root") for kind in chosen_kinds], dtype=bool)
    part.multipliers = np.zeros(0 if part.loose else 1)


def _mixed(part: Part, own: MemberSet) -> tuple[MemberSet, Array]:
    """The members that the unknowns mean, and their weights."""
    if isinstance(own, FreePolynomial):
        weights = np.zeros(DEGREE + 2)
        if part.kinds is None:
            weights[0], weights[1:] = part.share, part.linear / part.size
        elif part.kinds:
            power = gegenbauer_coefficients(fmpq_poly([0] * own.order + [1]), own.d)
            weights[0] = part.linear[0]
            weights[1 : len(power) + 1] = part.linear[0] * np.array([to_float(h) for h in power]) / own.size[: len(power)]
        return own, weights
    names = part.kinds or ()
    exact = [
        rational(float(v), V_DIGITS) if kind in ("tangent", "root") else fmpq(0) for kind, v in zip(names, part.points, strict=True)
    ]
    chosen = [Member(own.d, own.order, kind, v) for kind, v in zip(names, exact, strict=True)]  # type: ignore[arg-type]
    mixed = Families(own.d, own.order, [member for member in chosen if member.kind in ("tangent", "root")])
    weights = np.zeros(len(mixed.all))
    for member, weight in zip(chosen, part.linear.tolist(), strict=True):
        weights[mixed.all.index(member)] += max(weight, 0.0)
    return mixed, weights


def _basis(d: int) -> Array:
    """P_{2j} as polynomials in u, one a row."""
    polynomials = even_gegenbauer(d, DEGREE)
    return np.array([[to_float(polynomial[k]) for k in range(DEGREE + 1)] for polynomial in polynomials])


def _apart(points: Array) -> Array:
    """Points in order, those that are close together merged; the ends stay what they are."""
    groups: list[list[float]] = []
    for point in np.sort(points).tolist():
        if groups and point < groups[-1][-1] + APART * max(point, 0.25):
            groups[-1].append(point)
        else:
            groups.append([point])
    return np.array([0.0 if group[0] == 0 else 1.0 if group[-1] == 1 else sum(group) / len(group) for group in groups])
