"""Small linear systems against NumPy's, and proposals for m = 3 under kernels of the linear algebra library."""

import numpy as np
import pytest
from oracles.other_machines import printed

from boundcalc.numbers.linear_systems import least_squares, norm, products, solution


def test_solution_against_numpy():
    rng = np.random.default_rng(3)
    for size in (1, 2, 5, 12):
        matrix, right = rng.normal(size=(size, size)), rng.normal(size=size)
        matrix[0, 0] = 0.0 if size > 1 else 1.0
        assert solution(matrix, right) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-9)


def test_no_solution():
    assert solution(np.zeros((2, 2)), np.ones(2)) is None
    assert solution(np.array([[1.0, 2.0], [2.0, 4.0]]), np.ones(2)) is None
    found = solution(np.array([[np.nan, 1.0], [1.0, 1.0]]), np.ones(2))
    assert found is None or not np.isfinite(found).all()


@pytest.mark.parametrize(("equations", "unknowns", "rank"), [(9, 4, 4), (4, 9, 4), (6, 5, 3), (3, 3, 1), (2, 5, 1)])
def test_least_squares_is_the_shortest(equations, unknowns, rank):
    rng = np.random.default_rng([equations, unknowns, rank])
    matrix = rng.normal(size=(equations, rank)) @ rng.normal(size=(rank, unknowns))
    right = rng.normal(size=equations)
    found = least_squares(matrix, right, 1e-12)
    assert found == pytest.approx(np.linalg.lstsq(matrix, right, rcond=1e-12)[0], rel=1e-8, abs=1e-10)


def test_least_squares_of_columns_of_different_sizes():
    rng = np.random.default_rng(8)
    matrix, wanted = rng.normal(size=(8, 4)) * np.array([1.0, 1e-6, 1e5, 1e-3]), np.array([1.0, 2.0, -3.0, 4.0])
    assert least_squares(matrix, matrix @ wanted, 1e-15) == pytest.approx(wanted, rel=1e-6)
    assert least_squares(np.zeros((3, 2)), np.ones(3), 1e-13).tolist() == [0.0, 0.0]


def test_products_and_norms():
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(3, 4)), rng.normal(size=(4, 2, 5))
    assert products(left, right) == pytest.approx(np.tensordot(left, right, axes=(1, 0)), rel=1e-12)
    assert norm(left[0]) == pytest.approx(np.linalg.norm(left[0]), rel=1e-14)


CODE = """
from boundcalc import report
for n, d, p, law in [("inf", 3, "3e-2", "rademacher"), (30, 10, "1e-2", "uniform"), (120, 8, "1e-3", "gaussian")]:
    found = report(n, d, 3, p, law, digits=30)
    print(*(found[key].value.enclosure.decimals(30) for key in ("frontier", "coupled_frontier") if found[key].value))
"""


def test_digits_do_not_depend_on_the_kernel():
    """With LAPACK in the conditions of optimality the first differs in the eleventh digit."""
    haswell, prescott = printed(CODE)
    assert haswell == prescott
