"""Checks lower bounds by procedures: frames exist with the inner products used, and values of configurations by enumeration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from math import comb, isqrt

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from boundcalc.bounds.lower import direct_sum, half_design, known_frame, orthogonal_array, search, unbiased_bases
from boundcalc.bounds.lower.blocks import SINGLE
from boundcalc.bounds.lower.orthogonal_array import power_sums as array_power_sums
from boundcalc.bounds.lower.random_walsh import power_sums as walsh_power_sums
from boundcalc.bounds.lower.selector import witness_of
from boundcalc.check.procedures.registry import LAWS, Comparison, checks
from boundcalc.frames.catalog import FRAMES, simplex
from boundcalc.frames.coordinates import Coordinates
from boundcalc.loss.exact import exact_loss, exact_loss_of_gram
from boundcalc.model.laws import parse_law
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import sphere_moment
from boundcalc.numbers.moments import Number, cumulants_from_moments, row_polynomials
from boundcalc.numbers.rings import EXACT

# ---- frames


@checks("half_design.power_sums")
def _designs() -> Iterator[Comparison]:
    """Q_{2k} = n c_k(d) up to the strength and not past it, for every frame of the catalog and lines of the plane."""
    for frame in FRAMES:
        d, n = fmpq(frame.d), fmpq(frame.n)
        for k in range(1, frame.strength // 2 + 1):
            yield "=", frame.power_sum(k), n * sphere_moment(d, k)
        past = frame.strength // 2 + 1
        yield ">=", frame.power_sum(past), n * sphere_moment(d, past)


@checks("half_design.value")
def _value_of_a_design() -> Iterator[Comparison]:
    """The formula against the exact loss of a Gram matrix: the 120 lines of E_8, m = 3, and the simplices, m = 1."""
    from boundcalc.frames.library import construct

    formula = half_design.formula
    for key, n, d, m in (("E8", 120, 8, 3), ("simplex_2", 3, 2, 1), ("simplex_3", 4, 3, 1)):
        gram = _gram(construct(key))
        for law, p in (("rademacher", "1/100"), ("laplace", "1/7")):
            problem = Problem(n, d, m, p, law)
            loss = exact_loss_of_gram(gram, m=m, p=p, law=law)
            yield "=", formula(Quantities(EXACT, problem), fmpq(n), fmpq(d)), loss.improvement_best_scale


def _gram(coordinates: object) -> list[list[fmpq]]:
    """The Gram matrix of unit columns with rational inner products."""
    assert isinstance(coordinates, Coordinates)
    norms = [fmpq(int(value)) for value in coordinates.squared_norms()[0].tolist()]
    assert len({str(norm) for norm in norms}) == 1
    return [[fmpq(int(x)) / norms[i] for x in coordinates.gram_row(i)[0].tolist()] for i in range(coordinates.n)]


@checks("known_frame.existence")
def _frames_exist() -> Iterator[Comparison]:
    """Exact coordinates have the inner products that the catalog states: power sums of one line with all, j ≤ 5."""
    from boundcalc.frames.gram import power_sum
    from boundcalc.frames.library import construct

    for frame in (each for each in FRAMES if each.n <= 300):
        coordinates = construct(frame.key)
        yield "=", fmpq(coordinates.n), fmpq(frame.n)
        yield "=", fmpq(coordinates.d), fmpq(frame.d)
        for j in range(1, 6):
            found = power_sum(coordinates, 0, j)  # type: ignore[arg-type]
            yield "=", found.a, frame.power_sum(j)
            yield "=", found.b, fmpq(0)


@checks("known_frame.value")
def _value_of_a_frame() -> Iterator[Comparison]:
    """The formula against all states of the features, for the simplices of the plane and of space."""
    formula = known_frame.formula
    for (d, m), law, p in product(((2, 3), (3, 3), (2, 5)), LAWS[:3], (fmpq(1, 10), fmpq(2, 3))):
        n = d + 1
        A = [[fmpq(1) if i == j else fmpq(-1, d) for j in range(n)] for i in range(n)]
        C, D = _by_states(A, m, p, law)
        sums = [simplex(d).power_sum(j) for j in range(m + 1)]
        q = Quantities(EXACT, Problem(n, d, m, p, law))
        yield "=", formula(q, fmpq(n), sums), C**2 / D


@checks("unbiased_bases.existence")
def _unbiased_bases_exist() -> Iterator[Comparison]:
    """Differences of the forms have full rank over F_2, for d = 4, 16, 64 and 256; all inner products for d = 4 and 16."""
    from flint import nmod_mat

    from boundcalc.frames.unbiased_bases import kerdock_set
    from boundcalc.frames.unbiased_bases import unbiased_bases as bases_of

    for half in (1, 2, 3, 4):
        order, forms = 2 * half, kerdock_set(half)
        for one, other in combinations(forms, 2):
            matrix = nmod_mat(order, order, 2)
            for (i, j), x, y in zip(combinations(range(order), 2), one, other, strict=True):
                matrix[i, j] = matrix[j, i] = x ^ y
            yield "=", fmpq(matrix.rank()), fmpq(order)
    for d in (4, 16):
        gram = _gram_of_bases(bases_of(d))
        for i, row in enumerate(gram):
            for j, inner in enumerate(row):
                yield "=", inner**2, fmpq(int(i == j)) if i // d == j // d else fmpq(1, d)


def _gram_of_bases(columns: Coordinates) -> list[list[fmpq]]:
    """Inner products of the unit columns; the lengths of the columns as they are stored are whole."""
    norms = [isqrt(int(x)) for x in columns.squared_norms()[0].tolist()]
    rows = ([int(x) for x in columns.gram_row(i)[0].tolist()] for i in range(columns.n))
    return [[fmpq(x, norm * other) for x, other in zip(row, norms, strict=True)] for row, norm in zip(rows, norms, strict=True)]


@checks("unbiased_bases.power_sums")
def _rows_of_unbiased_bases() -> Iterator[Comparison]:
    """The power sums of every row, j <= 7, for every number of bases of R^4 and R^16."""
    from boundcalc.bounds.lower.unbiased_bases import power_sums
    from boundcalc.frames.unbiased_bases import unbiased_bases as bases_of

    for d in (4, 16):
        gram = _gram_of_bases(bases_of(d))
        for count in range(2, d // 2 + 2):
            told = power_sums(7, fmpq(count * d), fmpq(d))
            for row in gram[: count * d]:
                squares = [x**2 for x in row[: count * d] if x != 0]
                for j in range(1, 8):
                    yield "=", sum((x**j for x in squares), fmpq(0)), told[j]


@checks("unbiased_bases.value")
def _value_of_unbiased_bases() -> Iterator[Comparison]:
    """The formula against the exact loss of the weights: three bases of R^4 and two of R^16."""
    from boundcalc.frames.unbiased_bases import unbiased_bases as bases_of

    formula = unbiased_bases.BOUND.formula
    for d, count, m in ((4, 3, 3), (4, 3, 5), (16, 2, 3), (16, 2, 5)):
        columns = bases_of(d, count)
        norms = [isqrt(int(x)) for x in columns.squared_norms()[0].tolist()]
        weights = [[fmpq(int(x), norm) for x, norm in zip(row, norms, strict=True)] for row in columns.rational.tolist()]
        for law, p in (("rademacher", "1/100"), ("laplace", "1/7")):
            problem = Problem(count * d, d, m, p, law)
            loss = exact_loss(weights, m=m, p=p, law=law, transpose=False)
            yield "=", formula(Quantities(EXACT, problem), fmpq(count * d), fmpq(d)), loss.improvement_best_scale


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


# ---- orthogonal arrays


@checks("orthogonal_array.existence")
def _arrays_exist() -> Iterator[Comparison]:
    """Sums over all pairs of rows, which are those of independent signs only for strength 6: of all for 24 columns; by the ranks of
    differences of forms for 64 (all, up to forms that both have) and for 256 (those with one form)."""
    from flint import nmod_mat

    from boundcalc.frames.orthogonal_arrays import delsarte_goethals_set, orthogonal_array

    yield from _rows_of_an_array(orthogonal_array(24))
    for half, firsts in ((3, range(0, 1024, 32)), (4, (0,))):
        d, order, forms = 4**half, 2 * half, delsarte_goethals_set(half)
        places = list(combinations(range(order), 2))
        told = array_power_sums(fmpq(len(forms) * d), fmpq(d))
        for first in firsts:
            ranks: Counter[int] = Counter()
            for form in (forms ^ forms[first]).tolist():
                matrix = nmod_mat(order, order, 2)
                for (i, j), x in zip(places, form, strict=True):
                    matrix[i, j] = matrix[j, i] = x
                ranks[matrix.rank()] += 1
            for j in (1, 2, 3):  # of the linear functions added to a form of rank k, 2^k have inner products of square 2^{-k}
                yield "=", sum((count * fmpq(2) ** (rank * (1 - j)) for rank, count in ranks.items()), fmpq(0)), told[j]


def _rows_of_an_array(columns: Coordinates) -> Iterator[Comparison]:
    """Q_2, Q_4 and Q_6 of every row."""
    signs = columns.to_float().T * columns.d**0.5
    inner = np.rint(signs @ signs.T).astype(np.int64)
    told = array_power_sums(fmpq(columns.n), fmpq(columns.d))
    for j in (1, 2, 3):
        sums = (inner ** (2 * j)).sum(axis=1)
        for total in {int(sums.min()), int(sums.max())}:
            yield "=", fmpq(total, columns.d ** (2 * j)), told[j]


@checks("orthogonal_array.power_sums")
def _sums_of_signs() -> Iterator[Comparison]:
    """Moments of a sum of d signs by its law, d ≤ 12; the rows of 24 and of 21 columns."""
    from boundcalc.frames.orthogonal_arrays import orthogonal_array

    for d in range(1, 13):
        told = array_power_sums(fmpq(1), fmpq(d))
        for j in (1, 2, 3):
            yield "=", sum((fmpq(comb(d, k) * (d - 2 * k) ** (2 * j), 2**d * d ** (2 * j)) for k in range(d + 1)), fmpq(0)), told[j]
    for d in (24, 21):
        yield from _rows_of_an_array(orthogonal_array(d))


@checks("orthogonal_array.value")
def _value_of_an_array() -> Iterator[Comparison]:
    """The formula against the exact loss of all rows of 7 signs, one of each pair v, −v."""
    rows = [(1, *signs) for signs in product((1, -1), repeat=6)]
    W = [list(column) for column in zip(*rows, strict=True)]
    for law in LAWS:
        problem = Problem(64, 7, 3, "1/7", law)
        loss = exact_loss(W, m=3, p=problem.p, law=problem.law)
        yield "=", orthogonal_array.formula(Quantities(EXACT, problem), fmpq(64), fmpq(7)), loss.improvement_best_scale


# ---- Walsh frames, direct sums, the table


def _walsh(bits: int) -> list[list[int]]:
    """The Walsh-Hadamard matrix of order 2^bits: entry (r, c) is −1 to the number of bits that r and c share."""
    return [[-1 if (r & c).bit_count() % 2 else 1 for c in range(1 << bits)] for r in range(1 << bits)]


@checks("random_walsh.frame")
def _walsh_frames() -> Iterator[Comparison]:
    """a = 1 and q = n'/d for rows of the Walsh-Hadamard matrix at unit norms."""
    for bits, d in ((2, 3), (3, 5), (4, 7)):
        rows = _walsh(bits)[:d]
        for i in range(1 << bits):
            inner = [fmpq(sum(row[i] * row[j] for row in rows), d) for j in range(1 << bits)]
            yield "=", inner[i], fmpq(1)
            yield "=", sum((value**2 for value in inner), fmpq(0)), fmpq(1 << bits, d)


@checks("random_walsh.tuples")
def _walsh_averages() -> Iterator[Comparison]:
    """Averages of Q_4 and Q_6 over all choices of rows."""
    for bits, d in ((3, 4), (3, 6), (4, 4)):
        H, n = _walsh(bits), 1 << bits
        fourth, sixth = fmpq(0), fmpq(0)
        for chosen in combinations(range(n), d):
            inner = [sum(H[row][0] * H[row][j] for row in chosen) for j in range(n)]
            fourth += sum(value**4 for value in inner)
            sixth += sum(value**6 for value in inner)
        formula_sums = walsh_power_sums(fmpq(n), fmpq(d))
        yield "=", formula_sums[2], fourth / (comb(n, d) * d**4)
        yield "=", formula_sums[3], sixth / (comb(n, d) * d**6)


@checks("random_directions.moments")
def _sphere_moments() -> Iterator[Comparison]:
    """E⟨v, v'⟩^{2k} by integration: (1 − t²)^{(d−3)/2} is a polynomial for odd d, and lines of the plane are averaged for d = 2."""
    for k in range(1, 8):
        yield "=", sphere_moment(fmpq(2), k), fmpq(comb(2 * k, k), 4**k)
        for d in (3, 5, 7, 9):
            half = (d - 3) // 2
            mass, moment = (
                sum((fmpq((-1) ** j * comb(half, j), 2 * (j + order) + 1) for j in range(half + 1)), fmpq(0)) for order in (0, k)
            )
            yield "=", sphere_moment(fmpq(d), k), moment / mass


@checks("direct_sum.sum", algebraic=True)
def _blocks_add() -> Iterator[Comparison]:
    """I of a block-diagonal A is the sum over its blocks, as polynomials in the entries and the cumulants, m = 3 and 5."""
    for m in (3, 5):
        yield from _blocks_add_at(m)


def _blocks_add_at(m: int) -> Iterator[Comparison]:
    names = [*(f"k{2 * j}" for j in range(1, m + 1)), "a", "b", "c", "e", "f", "g"]
    variables = fmpq_mpoly_ctx.get(names, Ordering.lex).gens()
    kappa = [0, *variables[:m]]
    a, b, c, e, f, g = variables[m:]
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


@checks("direct_sum.blocks")
def _blocks_exist() -> Iterator[Comparison]:
    """Each block is at most the best lower bound at its own size, and the blocks fit side by side."""
    for arguments in ((300, 24, 3, "3/100", "gaussian"), (12, 7, 5, "1/20", "uniform"), (30, 11, 5, "1/100", "laplace")):
        problem = Problem(*arguments)
        choice = direct_sum.BOUND.choose(problem)
        assert choice is not None
        q, blocks = Quantities(EXACT, problem), choice.values["blocks"]
        for _, block in blocks:
            alone = Problem(block.n, block.d, problem.m, problem.p, problem.law)
            found = [(bound, bound.choose(alone)) for bound in SINGLE if bound.why_not(alone) is None]
            values = [bound.exact(alone, own) for bound, own in found if own is not None]
            yield "<=", block.improvement(q), max(value for value in values if value is not None)
        yield "<=", fmpq(sum(count * block.n for count, block in blocks)), fmpq(int(problem.n))
        yield "<=", fmpq(sum(count * block.d for count, block in blocks)), fmpq(problem.d)


@checks("orthonormal.value", algebraic=True)
def _rows_alone() -> Iterator[Comparison]:
    """C_i = p alpha c^m and D_i = p beta c^{2m} for a row with one entry c, as polynomials in c and the moments of x, m ≤ 9."""
    for m in (1, 3, 5, 7, 9):
        variables = fmpq_mpoly_ctx.get(["c", *(f"n{2 * j}" for j in range(1, m + 1))], Ordering.lex).gens()
        c = variables[0]
        moments: list[Number] = [1, *variables[1:]]
        gain, energy = row_polynomials(m, cumulants_from_moments(moments), c, [0] + [c ** (2 * j) for j in range(1, m + 1)])
        yield "=", fmpq(len(list((gain - c**m * moments[(m + 1) // 2]).terms()))), fmpq(0)
        yield "=", fmpq(len(list((energy - c ** (2 * m) * moments[m]).terms()))), fmpq(0)


@checks("search.value")
def _table_entries() -> Iterator[Comparison]:
    """C²/D of table entries, by their invariants, against the exact loss of their matrices."""
    bound = search.BOUND
    for m, n, d in ((3, 12, 4), (3, 40, 6), (5, 30, 4)):
        problem = Problem(n, d, m, "1/40", "laplace")
        choice = bound.choose(problem)
        assert choice is not None
        entry = witness_of(choice.shown, m)
        value = bound.exact(problem, choice)
        assert value is not None
        yield "=", value, exact_loss(entry.rows(), m=m, p="1/40", law="laplace", transpose=False).improvement_best_scale
        yield "<=", fmpq(entry.n), fmpq(n)
        yield "<=", fmpq(entry.d), fmpq(d)
