"""Lists the small cases that a step is enumerated over: matrices with at most four columns, few probabilities and supports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from flint import fmpq

from boundcalc.check.exact.case_states import OwnLaw, SupportPoints
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.matrix_geometry import Matrix
from boundcalc.check.exact.unequal_case import UnequalCase
from boundcalc.language.nodes import Literal, Node, Operation
from boundcalc.language.resolved import Defined, Known, Resolved, ResolvedRelation, Variable, walk, walk_through
from boundcalc.model.named.quantity import Dependence, Quantity
from boundcalc.numbers.parsing import parse_rational

LawPoints = tuple[str, SupportPoints]
"""Name and support."""

OF_WEIGHTS = Dependence.SIZES | Dependence.WEIGHTS
OF_EXPONENT = OF_WEIGHTS | Dependence.EXPONENT
OF_LAW = OF_EXPONENT | Dependence.LAW


def matrix(text: str) -> Matrix:
    """Rows from text such as ``1 0 1/2; 0 1 -1``."""
    return tuple(tuple(parse_rational(entry, parameter="W") for entry in row.split()) for row in text.split(";"))


def support(text: str) -> SupportPoints:
    """Values and weights from text such as ``-1:1/2 1:1/2``."""
    pairs = (point.split(":") for point in text.split())
    return tuple((parse_rational(value, parameter="law"), parse_rational(weight, parameter="law")) for value, weight in pairs)


MATRICES = tuple(
    matrix(text)
    for text in (
        "1",
        "1 -2",  # rank one
        "1 0; 0 1",  # orthonormal
        "1/3 -1/4; 1/5 1/2",  # small: a step that is not homogeneous shows
        "1 1; 1 -1; 0 1",  # more dimensions than features
        "1 1 1",  # equal columns
        "1 0 1; 0 1 1",
        "1 0 2; 0 0 1",  # a zero column
        "1 3/5 -3/5; 0 4/5 4/5",  # equal norms in the plane
        "1 0 0; 0 2 0; 0 0 3",  # orthogonal, different norms
        "1 0 1 1; 0 1 1 -1",  # four lines at 45 degrees
        "1 1 -1 -1; 1 -1 1 -1; 1 -1 -1 1",  # simplex
        "1 1 0 0; 0 0 1 1",  # two pairs of equal columns
        "100 1 0 1; 0 1 1 -1",  # a huge column
        "1 2 0 -1; 0 1 3 1; 2 0 1 1",  # generic
        "1/2 1 -2/3 1; 1 1/3 1 -1",  # generic
    )
)
SYMMETRIC: tuple[LawPoints, ...] = (
    ("rademacher", support("-1:1/2 1:1/2")),
    ("support:-3:1/10,-1:2/5,1:2/5,3:1/10", support("-3:1/10 -1:2/5 1:2/5 3:1/10")),
    ("support:-2:1/4,0:1/2,2:1/4", support("-2:1/4 0:1/2 2:1/4")),
)
SKEWED: tuple[LawPoints, ...] = (
    ("support:-1:2/3,2:1/3", support("-1:2/3 2:1/3")),  # mean zero
    ("support:1:1", support("1:1")),
    ("support:-1:3/4,2:1/4", support("-1:3/4 2:1/4")),  # negative mean
)


def profile(text: str, laws: tuple[LawPoints, ...]) -> tuple[OwnLaw, ...]:
    """Features from text such as ``1 1/100, 1/2 1/3``: importance and activity of each; the laws in turn."""
    pairs = [entry.split() for entry in text.split(",")]
    numbers = [[parse_rational(value, parameter="profile") for value in pair] for pair in pairs]
    return tuple(OwnLaw(omega, p, laws[k % len(laws)][1]) for k, (omega, p) in enumerate(numbers))


def _profiles(laws: tuple[LawPoints, ...]) -> tuple[tuple[OwnLaw, ...], ...]:
    """Importances and activities that rise, fall, or are alike, with one law and with several."""
    return (
        profile("1 1/3, 1 1/3, 1 1/3, 1 1/3", laws[:1]),
        profile("1 1/100, 1/2 1/3, 1/3 1/10, 2 1/2", laws[:1]),
        profile("7/10 1/20, 49/100 1/20, 343/1000 1/20, 1/4 1/20", laws[-1:]),
        profile("1 1/2, 1 1/6, 1 1/10, 1 1/14", laws),
        profile("1/10 1/3, 3 1, 1 1/50, 1/4 1/5", laws),
    )


@dataclass(frozen=True)
class CaseGrid:
    """What cases are made of; every combination is one."""

    matrices: tuple[Matrix, ...] = MATRICES
    probabilities: tuple[fmpq, ...] = (fmpq(1, 100), fmpq(1, 3), fmpq(1), fmpq(0))
    symmetric: tuple[LawPoints, ...] = SYMMETRIC
    skewed: tuple[LawPoints, ...] = SKEWED
    exponents: tuple[int, ...] = (3, 5, 7)
    reals: int = 5
    """Points of the range of a free real variable."""
    profiles: tuple[tuple[OwnLaw, ...], ...] = _profiles(SYMMETRIC)
    """Features that differ, as many as a matrix has columns are taken; for claims about these."""
    skewed_profiles: tuple[tuple[OwnLaw, ...], ...] = _profiles(SKEWED)


STANDARD = CaseGrid()
QUICK = CaseGrid(
    matrices=tuple(MATRICES[place] for place in (0, 1, 2, 3, 6, 7, 8, 15)),
    probabilities=(fmpq(1, 100), fmpq(1, 3), fmpq(1)),
    reals=3,
)


@lru_cache(maxsize=4096)
def grid_case(weights: Matrix, m: int, p: fmpq, law: LawPoints) -> Case:
    """A case that all steps share, with what they computed of it."""
    return Case(weights, m, p, law[1], law[0])


def enumerate_cases(resolved: Resolved, grid: CaseGrid) -> Iterator[Case]:
    """The grid's cases for a statement, smallest n first.

    What the statement does not depend on is not varied: p and the law only where it names something of them. An exponent is
    tried if the statement claims it and the grid has it; if that leaves none, all that the statement claims are.
    """
    statement = resolved.statement
    exponents = tuple(m for m in statement.exponents if m in grid.exponents) or statement.exponents
    laws = grid.symmetric if statement.symmetric else grid.skewed + grid.symmetric
    probabilities = grid.probabilities
    needed = depends(resolved)
    if Dependence.FEATURES in needed:
        yield from _unequal_cases(resolved, grid, exponents)
        return
    if needed.within(OF_LAW):
        probabilities = (fmpq(1, 3),)
    if needed.within(OF_EXPONENT):
        laws = laws[:1]
    if needed.within(OF_WEIGHTS):
        exponents = exponents[:1]
    for weights in sorted(grid.matrices, key=lambda rows: (len(rows[0]), len(rows))):
        for m in exponents:
            for law in laws:
                for p in probabilities:
                    yield grid_case(weights, m, p, law)


def _unequal_cases(resolved: Resolved, grid: CaseGrid, exponents: tuple[int, ...]) -> Iterator[Case]:
    """The same for a claim about features that differ; states are listed, so that few exponents matter little."""
    profiles = grid.profiles if resolved.statement.symmetric else grid.skewed_profiles + grid.profiles
    for weights in sorted(grid.matrices, key=lambda rows: (len(rows[0]), len(rows))):
        for m in exponents:
            for own in profiles:
                yield UnequalCase(weights, m, own[: len(weights[0])])


def named(resolved: Resolved) -> set[Quantity]:
    """The quantities that a statement names."""
    sides = [side for relation in (*resolved.relations, *resolved.conditions) for side in (relation.left, relation.right)]
    ends = [end for free in resolved.free for end in (free.first, free.last, free.step)]
    return {part.quantity for part in walk_through(*sides, *ends) if isinstance(part, Known)}


def depends(resolved: Resolved) -> Dependence:
    """What of a case a statement depends on."""
    return reduce(or_, (quantity.of for quantity in named(resolved)), Dependence(0))


def is_discrete(relation: ResolvedRelation) -> bool:
    """Whether the sizes n, d, m alone decide a condition."""
    parts = [part for side in (relation.left, relation.right) for part in walk(side)]
    if any(isinstance(part, (Variable, Defined)) for part in parts):
        return False
    return all(part.quantity.of.within(Dependence.SIZES | Dependence.EXPONENT) for part in parts if isinstance(part, Known))


def fixed_p(relation: ResolvedRelation) -> fmpq | None:
    """The value of p that a condition such as p = 1/3 demands."""
    for one, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if relation.sign == "=" and isinstance(one, Known) and one.quantity.name == "p":
            return _constant(other)
    return None


def _constant(node: Node) -> fmpq | None:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Operation) and node.sign == "/":
        above, below = _constant(node.left), _constant(node.right)
        return above / below if above is not None and below else None
    return None
