import clarabel
import numpy as np
import pytest
from scipy import sparse

from boundcalc.certify import cone_solver
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.certify.cone_solver import ConeProgram, SparseColumns, proposed
from boundcalc.numbers.remarks import remarks


def program(cost, matrix, constants, cones, tolerance=1e-9):
    columns = sparse.csc_matrix(np.array(matrix, dtype=float))
    return ConeProgram(
        np.array(cost, dtype=float),
        SparseColumns(columns.data, columns.indices, columns.indptr, columns.shape),
        np.array(constants, dtype=float),
        cones,
        tolerance,
    )


def plain(scale=1.0):
    """The least x + y with 2 x + y ≥ 2, x + 2 y ≥ 2 and x, y ≥ 0, a row of it in other units: 4/3."""
    rows = [[-2.0 * scale, -scale], [-1, -2], [-1, 0], [0, -1]]
    return program([1, 1], rows, [-2 * scale, -2, 0, 0], [("NonnegativeCone", 4)])


def both_scalings(solve):
    """What is found in the scaling that comes first and in the other one."""
    found = []
    tightest(lambda: found.append(solve()) or Attempt(None, 1.0, 0.0))
    return found


def test_the_optimum_in_both_scalings():
    for scale in (1, 1e8):
        first, again = both_scalings(lambda scale=scale: proposed(plain(scale)))
        assert first == pytest.approx([2 / 3, 2 / 3], abs=1e-6)
        assert again == pytest.approx([2 / 3, 2 / 3], abs=1e-6)


def cones_of_every_kind():
    """−2 x ∈ {0}; 1 − y ≥ 0; (3 − x, x, y) in the second-order cone; [[1, x], [x, y]] positive semidefinite."""
    matrix = [[2, 0], [0, 1], [1, 0], [-1, 0], [0, -1], [0, 0], [-(2**0.5), 0], [0, -1]]
    cones = [("ZeroCone", 1), ("NonnegativeCone", 1), ("SecondOrderCone", 3), ("PSDTriangleCone", 2)]
    return program([0, 1], matrix, [0, 1, 3, 0, 0, 1, 0, 0], cones)


@pytest.mark.parametrize("x", [(0.0, 0.5), (0.3, 0.0), (0.0, 1.5), (0.0, -0.25), (4.0, 3.0), (0.9, 0.4)])
def test_what_a_point_misses_by(x):
    """Against each constraint written out, in units of its greatest row where both unknowns are 1."""
    a, b = x
    least = np.linalg.eigvalsh([[1, a], [a, b]])[0]
    expected = [abs(2 * a) / 2, max(b - 1, 0) / 2, max(np.hypot(a, b) - (3 - a), 0) / 4, max(-least, 0) / 2**0.5]
    assert cones_of_every_kind().missed(np.array(x)) == pytest.approx(max(expected), rel=1e-12)
    assert cones_of_every_kind().missed(np.array([np.nan, 0.0])) == np.inf


def test_the_other_scaling_has_entries_near_1_and_keeps_cones():
    rng = np.random.default_rng(5)
    sizes = 10.0 ** rng.uniform(-8, 8, (9, 1)) * 10.0 ** rng.uniform(-4, 4, (1, 5))
    posed = program(
        rng.random(5),
        sizes * rng.uniform(0.5, 1, (9, 5)),
        rng.random(9),
        [("NonnegativeCone", 3), ("SecondOrderCone", 3)] * 1 + [("SecondOrderCone", 3)],
    )
    other, units = posed.rescaled()
    dense = sparse.csc_matrix((other.matrix.data, other.matrix.indices, other.matrix.indptr), shape=(9, 5)).toarray()
    greatest = np.abs(dense).max(axis=1)
    assert np.all((greatest[:3] > 0.2) & (greatest[:3] < 5))
    assert np.all((np.abs(dense).max(axis=0) > 0.2) & (np.abs(dense).max(axis=0) < 5))
    # a cone's rows keep their proportions, and nothing is rounded
    ratio = (
        dense
        / (sizes * 0 + sparse.csc_matrix((posed.matrix.data, posed.matrix.indices, posed.matrix.indptr), shape=(9, 5)).toarray())
        / units
    )
    assert np.all(np.frexp(ratio)[0] == 0.5)
    assert np.all(ratio[3:6] == ratio[3, 0])
    assert np.all(ratio[6:] == ratio[6, 0])
    assert np.all(np.frexp(units)[0] == 0.5)


class Answer:
    def __init__(self, status, x, gap=0.0):
        self.status, self.x, self.obj_val, self.obj_val_dual = status, x, 1.0, 1.0 + gap


def answers(monkeypatch, *given):
    """Puts a solver in clarabel's place that gives these answers, and then what clarabel says."""
    left, solver = list(given), clarabel.DefaultSolver
    asked = []

    class Fake:
        def __init__(self, *args):
            self.args = args

        def solve(self):
            asked.append(self.args)
            return left.pop(0) if left else solver(*self.args).solve()

    monkeypatch.setattr(clarabel, "DefaultSolver", Fake)
    return asked


@pytest.mark.parametrize(
    "answer",
    [
        Answer("InsufficientProgress", [0.0, 0.0]),
        Answer("DualInfeasible", [-1.0, 5.0]),
        Answer("NumericalError", [np.nan, np.nan], np.nan),
        Answer("Solved", [0.1, 0.1]),  # which it is not
        Answer("Solved", [2.0, 2.0], 0.5),
        Answer("AlmostSolved", [0.66, 0.66]),
    ],
)
def test_no_status_is_trusted(monkeypatch, answer):
    asked = answers(monkeypatch, answer)
    with remarks() as made:
        assert proposed(plain()) == pytest.approx([2 / 3, 2 / 3], abs=1e-6)
    assert len(asked) == 2
    assert made == ([] if "Solved" in answer.status else [cone_solver.RESCALED.format(status=answer.status)])


def test_a_good_point_is_taken_whatever_the_status_and_at_once(monkeypatch):
    asked = answers(monkeypatch, Answer("InsufficientProgress", [2 / 3, 2 / 3]))
    with remarks() as made:
        assert proposed(plain()) == pytest.approx([2 / 3, 2 / 3], abs=1e-12)
    assert (len(asked), made) == (1, [])


def test_where_every_scaling_fails_the_point_that_misses_least_or_none(monkeypatch):
    near = Answer("InsufficientProgress", [0.6666, 0.6667], 1e-5)
    answers(monkeypatch, Answer("MaxIterations", [0.0, 0.0]), near, Answer("NumericalError", [np.nan, np.nan], np.nan))
    with remarks() as made:
        assert proposed(plain(), refined=False) == pytest.approx([0.6666, 0.6667], abs=1e-12)
    assert made == [cone_solver.STOPPED.format(status="MaxIterations")]
    answers(monkeypatch, *[Answer("NumericalError", [0.0, 0.0])] * 3)
    assert proposed(plain(), refined=False) is None


def test_programs_are_solved_on_one_thread(monkeypatch):
    """On more, programs with matrices take three times as long, and digits would depend on how many there are."""
    made, settings = [], clarabel.DefaultSettings
    monkeypatch.setattr(clarabel, "DefaultSettings", lambda: made.append(settings()) or made[-1])
    proposed(plain())
    assert [one.max_threads for one in made] == [1]


def test_rows_far_from_1_come_in_other_units():
    """A row of 10^8 and one of 10^-6 in units of powers of 2, the others and the unknowns as they were; a cone keeps one unit."""
    far, near = plain(1e8), cones_of_every_kind()
    posed, own = far.in_reach()
    assert np.all(own == 1)
    units = posed.constants[:2] / far.constants[:2]
    assert units[1] == 1
    assert 0.25 < units[0] * 2e8 <= 1
    assert np.frexp(units[0])[0] == 0.5
    assert posed.matrix.times(np.array([1.0, 2.0])) == pytest.approx(
        far.matrix.times(np.array([1.0, 2.0])) * [units[0], 1, 1, 1], rel=1e-15
    )
    assert near.in_reach()[0] is near
    small = program([1, 1], [[0, 0], [-1e-6, 0], [0, -1e-7]], [1e-6, 0, 0], [("SecondOrderCone", 3)]).in_reach()[0]
    assert np.abs(small.matrix.data).max() == pytest.approx(np.abs(small.constants).max())
    assert 0.5 <= np.abs(small.constants).max() <= 2


def test_columns_far_from_1_come_in_other_units():
    """x in units of 2^-30 or so and y as it was: the optimum is the same point, and every row and column is in reach."""
    tiny = program([1e-9, 1], [[-2e-9, -1], [-1e-9, -2], [-1e-9, 0], [0, -1]], [-2, -2, 0, 0], [("NonnegativeCone", 4)])
    posed, units = tiny.in_reach()
    assert units[1] == 1
    assert np.frexp(units[0])[0] == 0.5
    dense = sparse.csc_matrix((posed.matrix.data, posed.matrix.indices, posed.matrix.indptr), shape=(4, 2)).toarray()
    for axis in (0, 1):
        greatest = np.abs(dense).max(axis=axis)
        assert np.all((greatest <= 1e4) & (greatest >= 1e-4))
    assert posed.cost / posed.cost[1] == pytest.approx(tiny.cost * units, rel=1e-15)
    assert proposed(tiny) == pytest.approx([2e9 / 3, 2 / 3], rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_every_row_and_column_comes_in_reach(seed):
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-12, 12, (12, 1)) * 10.0 ** rng.uniform(-12, 12, (1, 6))
    matrix = sizes * rng.uniform(0.5, 1, (12, 6)) * (rng.random((12, 6)) < 0.7)
    posed, units = program(rng.random(6), matrix, np.zeros(12), [("NonnegativeCone", 12)]).in_reach()
    dense = sparse.csc_matrix((posed.matrix.data, posed.matrix.indices, posed.matrix.indptr), shape=(12, 6)).toarray()
    for greatest in (np.abs(dense).max(axis=0), np.abs(dense).max(axis=1)):
        assert np.all((greatest <= 1e4) & ((greatest >= 1e-4) | (greatest == 0)))
    assert np.all(np.frexp(units)[0] == 0.5)
