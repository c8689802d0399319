"""Checks of the steps that the language cannot say, in exact arithmetic: existence of frames, certificates, polynomial identities.

Each yields comparisons (sign, left, right) of rationals. A procedure that works with polynomials in the quantities proves its
step for every case of the exponents it goes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations, product
from math import comb

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from boundcalc.arithmetic import EXACT
from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.bounds.lower.random_walsh import power_sums as walsh_power_sums
from boundcalc.bounds.lower.witness_table import find
from boundcalc.check.catalog import distinct_steps
from boundcalc.check.exact.geometry import Geometry
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.constants import sphere_moment
from boundcalc.frames.catalog import FRAMES, Frame, simplex
from boundcalc.laws import Gaussian, Law, parse_law
from boundcalc.lemmas.row import least_row, least_share
from boundcalc.loss.exact import exact_loss, exact_loss_of_gram
from boundcalc.moments import Number, cumulants_from_moments, moments_from_cumulants, row_polynomials
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities

Comparison = tuple[str, fmpq, fmpq]
Procedure = Callable[[], Iterator[Comparison]]

PROCEDURES: dict[str, Procedure] = {}
"""By name ``owner.step``."""
ALGEBRAIC: set[str] = set()
"""Those that compare polynomials, and so prove their step for the exponents they go through."""

MATRICES = (
    ((1, 0, 1), (0, 1, 1)),
    ((1, 2, -1, 0), (0, 1, 3, 1)),
    ((1, 1, 0, 2), (0, 1, 1, -1), (1, 0, 1, 1)),
    ((2, 1, 1, 0), (2, -1, 3, 1)),
    ((1, -2, 3, 1),),
    ((1, 0, 0, 0), (0, 1, 0, 1), (0, 0, 1, 1)),
)
"""Integer weights, as rows."""
LAWS = ("rademacher", "support:-1:1/4,0:1/2,1:1/4", "support:-3:1/8,-1:3/8,1:3/8,3:1/8", "uniform")


def _checks(*names: str, algebraic: bool = False) -> Callable[[Procedure], Procedure]:
    def register(procedure: Procedure) -> Procedure:
        for name in names:
            PROCEDURES[name] = procedure
        if algebraic:
            ALGEBRAIC.update(names)
        return procedure

    return register


def verdict(name: str) -> Verdict:
    """Runs the procedure of a step.

    Raises
    ------
    KeyError
        If the step has none.
    """
    step = distinct_steps()[name]
    comparisons, failed, tightest, attained = 0, "", None, False
    for sign, left, right in PROCEDURES[name]():
        comparisons += 1
        if not _holds(sign, left, right):
            failed = f"{left} {sign} {right} is false"
            break
        small, large = (left, right) if sign == "<=" else (right, left)
        if sign != "=" and large > 0:
            ratio = int((small / large).p) / int((small / large).q)
            tightest = ratio if tightest is None else max(tightest, ratio)
            attained = attained or small == large
    proven = name in ALGEBRAIC
    outcome = Outcome.REFUTED if failed else (Outcome.PROVEN if proven else Outcome.HOLDS)
    engine = Engine.SYMBOLIC if proven else Engine.ENUMERATION
    note = failed or ("polynomial identities" if proven else "exact computation")
    owner = name.rpartition(".")[0]
    return Verdict(
        owner,
        step.key,
        outcome,
        engine,
        step.statement,
        comparisons,
        comparisons,
        tightest,
        attained="attained" if attained else "",
        note=note,
    )


def together(claimed: Verdict, name: str) -> Verdict:
    """The verdict of a step that has a claim and a procedure: the worse outcome, the counts of both; without one, the claim's."""
    if name not in PROCEDURES:
        return claimed
    done = verdict(name)
    order = list(Outcome)
    worse = max((claimed, done), key=lambda each: order.index(each.outcome))
    return replace(
        worse,
        cases=claimed.cases + done.cases,
        comparisons=claimed.comparisons + done.comparisons,
        note="; ".join(note for note in (claimed.note, done.note) if note),
    )


def _holds(sign: str, left: fmpq, right: fmpq) -> bool:
    match sign:
        case "=":
            return bool(left == right)
        case "<=":
            return bool(left <= right)
    return bool(left >= right)


def _weights(rows: tuple[tuple[int, ...], ...]) -> Geometry:
    return Geometry(tuple(tuple(fmpq(entry) for entry in row) for row in rows))


# ---- identities of polynomials


@_checks("row.monotone", algebraic=True)
def _energy_increases() -> Iterator[Comparison]:
    """∂M_{2m}/∂κ_{2j}(y) = binom(2m, 2j) M_{2m−2j}, coefficient by coefficient, m ≤ 7."""
    for m in (3, 5, 7):
        context = fmpq_mpoly_ctx.get([f"k{2 * j}" for j in range(1, m + 1)], Ordering.lex)
        moments = moments_from_cumulants([0, *context.gens()])
        for j in range(1, m + 1):
            rest = moments[m - j] if j < m else context.constant(1)
            difference = moments[m].derivative(j - 1) - comb(2 * m, 2 * j) * rest
            yield "=", fmpq(len(list(difference.terms()))), fmpq(0)
            yield from ((">=", coefficient, fmpq(0)) for _, coefficient in rest.terms())


@_checks("frontier.energy", algebraic=True)
def _energy_by_partitions() -> Iterator[Comparison]:
    """D_i as the sum over partitions equals the complete Bell polynomial, m ≤ 7; c > 0."""
    for m in (3, 5, 7):
        names = [f"k{j}" for j in range(1, m + 1)] + [f"Q{j}" for j in range(1, m + 1)]
        variables = fmpq_mpoly_ctx.get(names, Ordering.lex).gens()
        kappa: list[Number] = [0, *variables[:m]]
        sums: list[Number] = [0, *variables[m:]]
        bell = moments_from_cumulants([0] + [kappa[j] * sums[j] for j in range(1, m + 1)])[m]
        written = sum(term.coefficient(kappa) * term.factor(sums) * sums[term.order] for term in terms(m))
        yield "=", fmpq(len(list((bell - written).terms()))), fmpq(0)
        yield from ((">=", fmpq(term.count), fmpq(1)) for term in terms(m))


# ---- rows at their least power sums


@_checks("capacity.least")
def _least_rows() -> Iterator[Comparison]:
    """C_i²/D_i ≤ (1 + excess) C̃_0²/D̃_0 at the row's own crowding, m = 3, 5, 7, on integer weights."""
    for m, law, p in product((3, 5, 7), LAWS, ("1/1000", "1/100", "1/40")):
        q = _quantities(m, law, p)
        if any(value < 0 for value in q.kappa[1:]):
            continue
        for rows in MATRICES:
            frame = _weights(rows)
            least = least_row(m, q.kappa, least_share(frame.n))
            if least is None:
                continue
            for i, a in enumerate(frame.a):
                if a == 0:
                    continue
                sums = [fmpq(0)] + [frame.Q(2 * j)[i] / a ** (2 * j) for j in range(1, m + 1)]
                gain, energy = row_polynomials(m, q.kappa, fmpq(1), sums)
                w = sums[1] - 1
                yield "<=", gain**2 * least.energy(w), (1 + least.excess) * least.gain(w) ** 2 * energy


def _quantities(m: int, law: Law | str, p: str) -> Quantities:
    return Quantities(EXACT, Problem(1, 1, m, p, law))


# ---- linear programming


def _certificates() -> Iterator[tuple[Geometry, int, fmpq, tuple[fmpq, ...], bool]]:
    from boundcalc.certify.linear_program import certify

    for rows in MATRICES:
        frame = _weights(rows)
        if frame.d < 2:
            continue
        for m in (3, 5):
            found = certify(frame.n, frame.d, m, m + 4)
            if found is not None:
                yield frame, m, found.constant, found.gegenbauer, found.verify()


@_checks("linear_program.certificate")
def _certificate() -> Iterator[Comparison]:
    """Nonnegative coefficients, h(1) ≤ 1, and h ≤ u^m by a Sturm sequence."""
    for _, _, _, gegenbauer, verified in _certificates():
        yield from ((">=", h, fmpq(0)) for h in gegenbauer[1:])
        yield "<=", sum(gegenbauer, fmpq(0)), fmpq(1)
        yield "=", fmpq(int(verified)), fmpq(1)


@_checks("linear_program.constant")
def _constant_of_the_program() -> Iterator[Comparison]:
    """S² ≤ G T for integer weights."""
    for frame, m, constant, _, _ in _certificates():
        yield "<=", sum((a**m for a in frame.a), fmpq(0)) ** 2, constant * sum(frame.Q(2 * m), fmpq(0))


# ---- gaussian features


@_checks("gaussian_support.oracle")
def _informed_decoder() -> Iterator[Comparison]:
    """C²/D ≤ E rank(W restricted to the active columns) ≤ E min(d, active), for normal active values."""
    for rows, m, p in product(MATRICES, (3, 5), ("1/100", "1/3", "1")):
        frame, q = _weights(rows), _quantities(m, Gaussian(), p)
        parts = [
            row_polynomials(m, q.kappa, frame.a[i], [fmpq(0)] + [frame.Q(2 * j)[i] for j in range(1, m + 1)])
            for i in range(frame.n)
        ]
        C, D = (sum(values, fmpq(0)) for values in zip(*parts, strict=True))
        informed = cap = fmpq(0)
        for size in range(frame.n + 1):
            chance = q.p**size * (1 - q.p) ** (frame.n - size)
            for support in combinations(range(frame.n), size):
                informed += chance * frame.visible(support)
                cap += chance * min(frame.d, size)
        yield "<=", C**2, informed * D
        yield "<=", informed, cap


# ---- frames


def _listed(most: int) -> Iterator[Frame]:
    """The frames of the catalog with at most so many lines."""
    return (frame for frame in FRAMES if frame.n <= most and not frame.key.startswith("plane_lines"))


@_checks("half_design.power_sums")
def _designs() -> Iterator[Comparison]:
    """Q_{2k} = n c_k(d) up to the strength and not past it, for every frame of the catalog and lines of the plane."""
    for frame in FRAMES:
        d, n = fmpq(frame.d), fmpq(frame.n)
        for k in range(1, frame.strength // 2 + 1):
            yield "=", frame.power_sum(k), n * sphere_moment(d, k)
        past = frame.strength // 2 + 1
        yield ">=", frame.power_sum(past), n * sphere_moment(d, past)


@_checks("half_design.value")
def _value_of_a_design() -> Iterator[Comparison]:
    """The formula against the exact loss of a Gram matrix: the 120 lines of E_8, m = 3, and the simplices, m = 1."""
    from boundcalc.frames.library import construct

    formula = BOUNDS["half_design"].formula
    for key, n, d, m in (("E8", 120, 8, 3), ("simplex_2", 3, 2, 1), ("simplex_3", 4, 3, 1)):
        gram = _gram(construct(key))
        for law, p in (("rademacher", "1/100"), ("laplace", "1/7")):
            problem = Problem(n, d, m, p, law)
            loss = exact_loss_of_gram(gram, m=m, p=p, law=law)
            yield "=", formula(Quantities(EXACT, problem), fmpq(n), fmpq(d)), loss.improvement_best_scale


def _gram(coordinates: object) -> list[list[fmpq]]:
    """The Gram matrix of unit columns with rational inner products."""
    from boundcalc.frames.coordinates import Coordinates

    assert isinstance(coordinates, Coordinates)
    norms = [fmpq(int(value)) for value in coordinates.squared_norms()[0].tolist()]
    assert len({str(norm) for norm in norms}) == 1
    return [[fmpq(int(x)) / norms[i] for x in coordinates.gram_row(i)[0].tolist()] for i in range(coordinates.n)]


@_checks("known_frame.existence")
def _frames_exist() -> Iterator[Comparison]:
    """Exact coordinates have the inner products that the catalog states: power sums of one line with all, j ≤ 5."""
    from boundcalc.frames.gram import power_sum
    from boundcalc.frames.library import construct

    for frame in _listed(300):
        coordinates = construct(frame.key)
        yield "=", fmpq(coordinates.n), fmpq(frame.n)
        yield "=", fmpq(coordinates.d), fmpq(frame.d)
        for j in range(1, 6):
            found = power_sum(coordinates, 0, j)  # type: ignore[arg-type]
            yield "=", found.a, frame.power_sum(j)
            yield "=", found.b, fmpq(0)


@_checks("known_frame.value")
def _value_of_a_frame() -> Iterator[Comparison]:
    """The formula against all states of the features, for the simplices of the plane and of space."""
    formula = BOUNDS["known_frame"].formula
    for (d, m), law, p in product(((2, 3), (3, 3), (2, 5)), LAWS[:3], (fmpq(1, 10), fmpq(2, 3))):
        n = d + 1
        A = [[fmpq(1) if i == j else fmpq(-1, d) for j in range(n)] for i in range(n)]
        C, D = _by_states(A, m, p, law)
        sums = [simplex(d).power_sum(j) for j in range(m + 1)]
        q = Quantities(EXACT, Problem(n, d, m, p, law))
        yield "=", formula(q, fmpq(n), sums), C**2 / D


def _by_states(A: list[list[fmpq]], m: int, p: fmpq, law: str) -> tuple[fmpq, fmpq]:
    """E⟨x, x̂⟩ and E‖x̂‖² by enumeration of a finite support."""
    support = parse_law(law)
    values = [(fmpq(0), 1 - p)] + [(value, p * weight) for value, weight in support.points]  # type: ignore[attr-defined]
    C = D = fmpq(0)
    for state in product(values, repeat=len(A)):
        chance = fmpq(1)
        for _, weight in state:
            chance *= weight
        if chance == 0:
            continue
        for i, row in enumerate(A):
            power = sum((entry * value for entry, (value, _) in zip(row, state, strict=True)), fmpq(0)) ** m
            C += chance * state[i][0] * power
            D += chance * power * power
    return C, D


# ---- Walsh frames, direct sums, the table


def _walsh(bits: int) -> list[list[int]]:
    """The Walsh-Hadamard matrix of order 2^bits: entry (r, c) is −1 to the number of bits that r and c share."""
    return [[-1 if (r & c).bit_count() % 2 else 1 for c in range(1 << bits)] for r in range(1 << bits)]


@_checks("random_walsh.frame")
def _walsh_frames() -> Iterator[Comparison]:
    """a = 1 and q = n'/d for rows of the Walsh-Hadamard matrix at unit norms."""
    for bits, d in ((2, 3), (3, 5), (4, 7)):
        rows = _walsh(bits)[:d]
        for i in range(1 << bits):
            inner = [fmpq(sum(row[i] * row[j] for row in rows), d) for j in range(1 << bits)]
            yield "=", inner[i], fmpq(1)
            yield "=", sum((value**2 for value in inner), fmpq(0)), fmpq(1 << bits, d)


@_checks("random_walsh.tuples")
def _walsh_averages() -> Iterator[Comparison]:
    """Averages of Q_4 and Q_6 over all choices of rows."""
    for bits, d in ((3, 4), (3, 6), (4, 4)):
        H, n = _walsh(bits), 1 << bits
        fourth, sixth = fmpq(0), fmpq(0)
        for chosen in combinations(range(n), d):
            inner = [sum(H[row][0] * H[row][j] for row in chosen) for j in range(n)]
            fourth += sum(value**4 for value in inner)
            sixth += sum(value**6 for value in inner)
        told = walsh_power_sums(fmpq(n), fmpq(d))
        yield "=", told[2], fourth / (comb(n, d) * d**4)
        yield "=", told[3], sixth / (comb(n, d) * d**6)


@_checks("direct_sum.sum", algebraic=True)
def _blocks_add() -> Iterator[Comparison]:
    """I of a block-diagonal A is the sum over its blocks, as polynomials in the entries and the cumulants, m = 3."""
    m = 3
    variables = fmpq_mpoly_ctx.get(["k2", "k4", "k6", "a", "b", "c", "e", "f", "g"], Ordering.lex).gens()
    kappa = [0, *variables[:3]]
    a, b, c, e, f, g = variables[3:]
    zero = 0 * a
    first, second = [[a, b], [b, c]], [[e, f], [f, g]]
    joined = [[*row, zero, zero] for row in first] + [[zero, zero, *row] for row in second]

    def improvement(A: list[list[Number]]) -> Number:
        rows = [
            row_polynomials(m, kappa, row[i], [0] + [sum(entry ** (2 * j) for entry in row) for j in range(1, m + 1)])
            for i, row in enumerate(A)
        ]
        return sum(2 * gain - energy for gain, energy in rows)

    difference = improvement(joined) - improvement(first) - improvement(second)
    yield "=", fmpq(len(list(difference.terms()))), fmpq(0)


@_checks("orthonormal.value", algebraic=True)
def _rows_alone() -> Iterator[Comparison]:
    """C_i = p alpha c^m and D_i = p beta c^{2m} for a row with one entry c, as polynomials in c and the moments of x, m ≤ 9."""
    for m in (1, 3, 5, 7, 9):
        variables = fmpq_mpoly_ctx.get(["c", *(f"n{2 * j}" for j in range(1, m + 1))], Ordering.lex).gens()
        c = variables[0]
        moments: list[Number] = [1, *variables[1:]]
        gain, energy = row_polynomials(m, cumulants_from_moments(moments), c, [0] + [c ** (2 * j) for j in range(1, m + 1)])
        yield "=", fmpq(len(list((gain - c**m * moments[(m + 1) // 2]).terms()))), fmpq(0)
        yield "=", fmpq(len(list((energy - c ** (2 * m) * moments[m]).terms()))), fmpq(0)


@_checks("search.value")
def _table_entries() -> Iterator[Comparison]:
    """C²/D of table entries, by their invariants, against the exact loss of their matrices."""
    bound = BOUNDS["search"]
    for m, n, d in ((3, 12, 4), (3, 40, 6), (5, 30, 4)):
        problem = Problem(n, d, m, "1/40", "laplace")
        choice = bound.choose(problem)
        assert choice is not None
        entry = find(choice.shown["witness"])
        value = bound.exact(problem, choice)
        assert value is not None
        yield "=", value, exact_loss(entry.rows(), m=m, p="1/40", law="laplace").improvement_best_scale
        yield "<=", fmpq(entry.n), fmpq(n)
        yield "<=", fmpq(entry.d), fmpq(d)
