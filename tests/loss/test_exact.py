"""The cumulant formula against enumeration, and the exact laws that C and D obey."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from oracles.enumerated_loss import enumerate_loss

from boundcalc.loss.exact import exact_loss, exact_loss_of_gram
from boundcalc.numbers.errors import ParameterError

LAWS = ("rademacher", "support:-3:1/8,-1:3/8,1:3/8,3:1/8", "support:-2:1/4,0:1/2,2:1/4")
COMBINATIONS = list(product((3, 5, 7), ("1/100", "1/3", "1"), LAWS))
MATRICES_EACH = 4  # 108 in all


def random_matrix(rng, n=None, d=None):
    """Entries in {−2, …, 2}, at most 3 × 4."""
    shape = (d or int(rng.integers(1, 4)), n or int(rng.integers(1, 5)))
    return rng.integers(-2, 3, shape).tolist()


def seeded_matrices(index):
    """Two at full size and two of any size."""
    rng = np.random.default_rng([20, index])
    return [random_matrix(rng, 4, 3), random_matrix(rng, 4, 2)] + [random_matrix(rng) for _ in range(MATRICES_EACH - 2)]


@pytest.mark.parametrize(("index", "m", "p", "law"), [(i, *c) for i, c in enumerate(COMBINATIONS)])
def test_equals_enumeration_as_rationals(index, m, p, law):
    for matrix in seeded_matrices(index):
        value = exact_loss(matrix, m=m, p=p, law=law, transpose=False)
        oracle = enumerate_loss(matrix, m=m, p=p, law=law)
        assert (value.C, value.D, value.improvement) == (oracle.C, oracle.D, oracle.improvement)


def test_the_sample_covers_what_it_should():
    matrices = [matrix for index in range(len(COMBINATIONS)) for matrix in seeded_matrices(index)]
    assert len({str(matrix) for matrix in matrices if np.any(matrix)}) >= 90
    assert {(len(matrix), len(matrix[0])) for matrix in matrices} == set(product((1, 2, 3), (1, 2, 3, 4)))


def test_rational_entries_and_zero_or_repeated_columns_equal_enumeration():
    matrix = [["1/3", "-2/7", 0, "1/3"], [Fraction(1, 2), fmpq(5, 6), 0, Fraction(1, 2)]]
    for m, law in product((1, 3, 5), LAWS):
        value = exact_loss(matrix, m=m, p="2/9", law=law, rows=True, transpose=False)
        oracle = enumerate_loss(matrix, m=m, p="2/9", law=law)
        assert (value.C, value.D) == (oracle.C, oracle.D)
        assert value.rows.capacity[2] == 0
        assert value.rows.C[0] == value.rows.C[3]


def test_m_1_is_the_linear_autoencoder():
    # L = p mu_2 ‖1 − A‖² for independent features
    rng = np.random.default_rng(4)
    for law, second in (("gaussian", fmpq(1)), ("uniform", fmpq(1, 3)), ("laplace", fmpq(2))):
        weights = fmpq_mat(random_matrix(rng, 4, 3))
        gram = (weights.transpose() * weights).tolist()
        distance = sum(((i == j) - gram[i][j]) ** 2 for i in range(4) for j in range(4))
        assert exact_loss(weights.tolist(), m=1, p="1/5", law=law).loss == second * distance / 5


def test_a_moment_list_is_the_law_it_came_from():
    matrix = [[1, 2, -1], [0, 1, 1]]
    listed = exact_loss(matrix, m=3, p="1/7", law="moments:2=1,4=3,6=15")
    named = exact_loss(matrix, m=3, p="1/7", law="gaussian")
    assert (listed.C, listed.D) == (named.C, named.D)


@pytest.mark.parametrize("m", [3, 5])
def test_scaling_law(m):
    matrix = [[1, -2, 1, 2], [2, 1, 1, 0]]
    value = exact_loss(matrix, m=m, p="1/10", law="uniform", transpose=False)
    for s in (fmpq(1, 3), fmpq(7, 2), fmpq(-2)):
        scaled = exact_loss([[s * entry for entry in row] for row in matrix], m=m, p="1/10", law="uniform", transpose=False)
        assert scaled.improvement == 2 * s ** (2 * m) * value.C - s ** (4 * m) * value.D
        assert s ** (2 * m) * value.C == scaled.C
        assert s ** (4 * m) * value.D == scaled.D
        assert (value.scaled(s).C, value.scaled(s).D) == (scaled.C, scaled.D)
        assert scaled.improvement_best_scale == value.improvement_best_scale


def test_rotations_permutations_and_signs_change_nothing():
    matrix = fmpq_mat([[1, -2, 1], [2, 1, 1]])
    rotation = fmpq_mat(2, 2, [fmpq(3, 5), fmpq(-4, 5), fmpq(4, 5), fmpq(3, 5)])
    value = exact_loss(matrix.tolist(), m=5, p="1/4", law="laplace", transpose=False)
    turned = exact_loss((rotation * matrix).tolist(), m=5, p="1/4", law="laplace", transpose=False)
    moved = exact_loss([[-row[2], row[0], row[1]] for row in matrix.tolist()], m=5, p="1/4", law="laplace", transpose=False)
    padded = exact_loss([*matrix.tolist(), [0, 0, 0]], m=5, p="1/4", law="laplace", transpose=False)
    assert (turned.C, turned.D) == (moved.C, moved.D) == (padded.C, padded.D) == (value.C, value.D)


def test_what_must_hold_for_every_matrix():
    rng = np.random.default_rng(8)
    for index in range(60):
        matrix = random_matrix(rng)
        m, p, law = COMBINATIONS[index % len(COMBINATIONS)]
        value = exact_loss(matrix, m=m, p=p, law=law, rows=True, transpose=False)
        if not any(any(row) for row in matrix):
            continue
        assert value.C > 0
        pure = sum(sum(g ** (2 * m) for g in row) for row in _gram(matrix))
        assert value.problem.p * value.problem.law.moment(2 * m) * pure <= value.D
        assert value.improvement <= value.improvement_best_scale <= value.energy
        assert 0 <= value.unexplained_fraction_best_scale <= 1
        assert all(0 <= t <= 1 for t in value.rows.capacity)
        assert sum(value.rows.capacity) <= fmpq_mat(matrix).rank()
        assert (sum(value.rows.C), sum(value.rows.D)) == (value.C, value.D)


def _gram(matrix):
    columns = list(zip(*matrix, strict=True))
    return [[sum(u * v for u, v in zip(a, b, strict=True)) for b in columns] for a in columns]


def test_gram_matrix_gives_the_same():
    rng = np.random.default_rng(9)
    for _ in range(20):
        matrix = random_matrix(rng)
        value = exact_loss(matrix, m=3, p="1/6", law="gaussian", rows=True, transpose=False)
        of_gram = exact_loss_of_gram(_gram(matrix), m=3, p="1/6", law="gaussian", d=len(matrix), rows=True)
        assert of_gram == value
        assert exact_loss_of_gram(_gram(matrix), m=3, p="1/6", law="gaussian").problem.d == max(fmpq_mat(matrix).rank(), 1)


@pytest.mark.parametrize(
    ("gram", "d", "parameter"),
    [
        ([[1, 2], [2, 1]], None, "A"),  # indefinite
        ([[1, 0], [1, 1]], None, "A"),  # not symmetric
        ([[1, 0]], None, "A"),  # not square
        ([[0, 1], [1, 0]], None, "A"),
        ([[1, 0], [0, 1]], 1, "d"),  # rank 2
        (np.array([[1.0, np.nan], [0.0, 1.0]]), None, "A"),
    ],
)
def test_no_gram_matrix(gram, d, parameter):
    with pytest.raises(ParameterError) as refused:
        exact_loss_of_gram(gram, m=3, p="1/2", law="rademacher", d=d)
    assert refused.value.parameter == parameter
    assert "\n" not in str(refused.value)


def e8_roots():
    """The 120 lines of E_8, in coordinates doubled."""
    vectors = []
    for i in range(8):
        for j in range(i):
            for sign in (2, -2):
                vector = [0] * 8
                vector[i], vector[j] = 2, sign
                vectors.append(vector)
    vectors += [[1, *signs] for signs in product((1, -1), repeat=7) if np.prod(signs) == 1]
    return [list(row) for row in zip(*vectors, strict=True)]


@pytest.mark.parametrize(("law", "reference"), [("rademacher", "63.97178929799"), ("gaussian", "38.39704345292")])
def test_e8_reference_values(law, reference):
    weights = e8_roots()
    assert (len(weights), len(weights[0])) == (8, 120)
    value = exact_loss(weights, m=3, p="1e-6", law=law)
    shown = value.improvement_best_scale * 10**6
    assert abs(shown - fmpq(int(reference.replace(".", "")), 10**11)) < fmpq(1, 10**11)


def test_extreme_parameters_stay_exact():
    value = exact_loss([["1e-200", "1e200"], ["1e-200", "-1e200"]], m=9, p="1e-400", law="laplace", transpose=False)
    # orthogonal-free check: columns of length 1e-200 change nothing at the best scale but by relative 1e-3000
    alone = exact_loss([["1e200"], ["-1e200"]], m=9, p="1e-400", law="laplace", transpose=False)
    assert abs(value.improvement_best_scale / alone.improvement_best_scale - 1) < fmpq(1, 10**300)
    assert alone.improvement_best_scale == fmpq(3628800**2, 10**400) / fmpq(6402373705728000)  # p (10!)²/18!


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ([], "empty"),
        ([[]], "empty"),
        ([[1, 2], [3]], "equally long"),
        ([[1.5, 2]], "float"),
        ([[float("nan")]], "nan"),
        ([["one"]], "number"),
        ([["__import__('os').system('true')"]], "number"),
        ([[1 + 2j]], "number"),
        ([[None]], "number"),
        ([1, 2], "rows"),
        (["12", "34"], "rows"),
        ("12", "load_weights"),
        (7, "rows"),
        (None, "rows"),
        (np.zeros((0, 3)), "empty"),
        (np.ones(3), "1 dimension"),
        (np.ones((2, 2, 2)), "3 dimensions"),
        (np.array([[1.0, np.inf]]), "inf"),
        (np.array([[1.0, np.nan]]), "nan"),
        (np.array([[1j]]), "complex128"),
        (np.array([[fmpq(1)]], dtype=object), "object"),
        (np.array([["1"]]), "<U1"),
        (np.array([[True]]), "bool"),
    ],
)
def test_bad_weights(weights, found):
    with pytest.raises(ParameterError) as refused:
        exact_loss(weights, m=3, p="1/2", law="rademacher")
    message = str(refused.value)
    assert message.startswith("W = ")
    assert "\n" not in message
    assert found in message


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"m": 2}, "m"),
        ({"m": -1}, "m"),
        ({"p": 0}, "p"),
        ({"p": "3/2"}, "p"),
        ({"p": 0.5}, "p"),
        ({"law": "cauchy"}, "law"),
        ({"law": None}, "law"),
    ],
)
def test_bad_parameters(change, parameter):
    with pytest.raises(ParameterError) as refused:
        exact_loss([[1]], **{"m": 3, "p": "1/2", "law": "rademacher", **change})
    assert refused.value.parameter == parameter
