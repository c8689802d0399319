"""The numbers of figures are the certified ends, exact until they are drawn."""

import pytest
from flint import fmpq
from oracles.sweep_rows import EMPTY, entry, evaluated, made_up

from boundcalc import ParameterError
from boundcalc.render.plots.data import Superposition, number, points, select
from boundcalc.sweep.rows import Row


def test_the_certified_end_is_drawn_of_each_side():
    row = made_up("1/100", "0.05", "0.06", uppers=[entry("rank", "0.09", "0.1"), {"key": "dense", "improvement": None}])
    (point,) = points([row])
    assert (point.upper, point.lower) == (fmpq(6, 100), fmpq(5, 100))
    assert point.uppers == {"rank": fmpq(1, 10)}
    assert point.lowers == {"known_frame": fmpq(1, 20)}
    assert point.ratio == fmpq(6, 5)


def test_the_ratio_is_the_sweep_s_own_where_that_is_less():
    """Ends rounded to few digits tell less than the ratio of the exact ends."""
    assert points([made_up("1/100", "0.05", "0.06", ratio=("1.001", "1.002"))])[0].ratio == fmpq(1002, 1000)
    assert points([made_up("1/100", "0.05", "0.06", ratio=("1.2", "1.3"))])[0].ratio == fmpq(6, 5)


def test_rows_without_bounds_are_left_out():
    failed = Row(**EMPTY | {"status": "failed", "error": "died"})
    assert len(points([failed, made_up("1/100", "0.05", "0.06")])) == 1
    with pytest.raises(ParameterError, match="at least one finished problem"):
        select([failed], {}, ())


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "uniform"])
@pytest.mark.parametrize(("n", "r"), [("inf", 3), (2, 2), (3, 3)])
def test_the_orthonormal_basis_is_p_r_g(law, n, r):
    g = {"rademacher": fmpq(1), "gaussian": fmpq(9, 15), "uniform": fmpq(7, 25)}[law]
    (point,) = points([made_up("1/7", "0.05", "9", n=str(n), law=law)])
    assert point.alone == fmpq(1, 7) * r * g


@pytest.mark.parametrize(
    ("lower", "upper", "margin", "expected"),
    [
        ("0.0300001", "0.05", fmpq(0), Superposition.HELPS),
        ("0.03", "0.05", fmpq(0), Superposition.OPEN),
        ("0.03000002", "0.05", fmpq(1, 10**6), Superposition.OPEN),  # better, but by less than the margin
        ("0.03000004", "0.05", fmpq(1, 10**6), Superposition.HELPS),
        ("0.03", "0.03", fmpq(1, 10**6), Superposition.DOES_NOT_HELP),
        ("0.03", "0.030000001", fmpq(1, 10**6), Superposition.OPEN),  # close is not equal
    ],
)
def test_superposition_is_decided_on_certified_ends(lower, upper, margin, expected):
    (point,) = points([made_up("1/100", lower, upper)])  # L0 is 0.03
    assert point.superposition(margin) is expected


def test_a_third_is_decided_by_the_verdict_where_no_decimal_is_exact():
    row = evaluated("inf", 2, "1/3")
    (point,) = points([row])
    assert point.upper > point.alone  # rounded outward
    assert point.superposition() is Superposition.DOES_NOT_HELP
    assert point.ratio == 1
    assert points([made_up("1/3", row.best_lower[0], row.best_upper[1], d="2")])[0].superposition() is Superposition.OPEN


@pytest.mark.parametrize(
    ("p", "expected"), [("1/100", Superposition.HELPS), ("12/100", Superposition.OPEN), ("13/100", Superposition.DOES_NOT_HELP)]
)
def test_the_phases_of_rademacher_features_are_those_of_the_theory(p, expected):
    """From 0.12270623… on there is no superposition, proven; up to about 0.10 search finds some that helps (d = 3)."""
    (point,) = points([evaluated("inf", 3, p)])
    assert point.superposition() is expected


def test_a_slice_lists_what_there_is():
    rows = [made_up(p, "0.05", "0.06", d=d, n=n) for p in ("1/50", "1/100") for d in ("2", "3") for n in ("10", "inf")]
    with pytest.raises(ParameterError, match=r"^d = nothing: must be chosen for this figure: the sweep has 2, 3$"):
        select(rows, {"n": "inf"}, ("n", "d"))
    with pytest.raises(ParameterError, match=r"^n = 11: must be in the sweep, which has 10, inf$"):
        select(rows, {"n": "11"}, ())
    found = select(rows, {"n": "inf", "d": 2}, ("n", "d"))
    assert [point.problem.p for point in found] == [fmpq(1, 100), fmpq(1, 50)]


def test_a_problem_that_two_tables_share_counts_once():
    assert len(select([made_up("1/50", "0.05", "0.06")] * 2, {}, ())) == 1


def test_numbers_past_float64_are_refused():
    assert number(fmpq(1, 3)) == 1 / 3
    for value in (fmpq(10) ** 400, fmpq(10) ** -400):
        with pytest.raises(ParameterError, match="to be drawn"):
            number(value)


def test_the_basis_of_features_that_differ_has_their_weights():
    row = made_up("1/10", "0.05", "9", n="3", importance="0.5^i", activity="p/i")
    (point,) = points([row])
    assert point.alone == sum(fmpq(1, 2**i) * fmpq(1, 10 * i) for i in (1, 2, 3))


def test_a_figure_has_one_importance_and_one_activity():
    rows = [made_up("1/10", "0.05", "9", n="3", importance=text) for text in (None, "0.5^i")]
    either = {"importance": None, "activity": None}
    with pytest.raises(ParameterError, match=r"importance = nothing: must be one of the sweep's, none, 0\.5\^i"):
        select(rows, {}, (), either)
    assert [point.importance for point in select(rows, {}, (), {**either, "importance": "0.5^i"})] == ["0.5^i"]
    with pytest.raises(ParameterError, match="must be of equal features for this figure"):
        select(rows, {}, ())
