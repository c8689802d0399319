"""Groups of features in a grid: tables or a file, evaluated as the problem that they are, refused by group and column."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc import ParameterError
from boundcalc.bounds.evaluate import report
from boundcalc.sweep.grid import load_grid, read_grid
from boundcalc.sweep.unit import evaluate

TWO = [
    {"count": 2, "importance": 1, "p": "p", "law": "gaussian"},
    {"count": 3, "importance": "1/d", "p": "p/n", "law": "rademacher", "scale": "2"},
]
GRID = {"d": [1, 2], "m": 3, "p": ["1/10", "1/5"], "groups": TWO, "bounds": ["rank", "orthonormal"]}


def test_groups_are_the_problem_of_each_unit():
    grid = read_grid(GRID)
    assert grid.size == 4
    unit = grid.unit(3)
    assert (unit.n, unit.d, unit.p, unit.law) == ("5", "2", "1/5", "gaussian")
    first, second = unit.problem().features.groups
    assert (first.count, first.importance, first.p, first.law.name, first.scale) == (2, 1, fmpq(1, 5), "gaussian", 1)
    assert (second.count, second.importance, second.p, second.law.name, second.scale) == (
        3,
        fmpq(1, 2),
        fmpq(1, 25),
        "rademacher",
        2,
    )
    found = evaluate(unit, grid.plan)
    assert found.status == "done"
    expected = report(features=unit.problem().features, d=2, m=3, digits=15)
    assert found.best_upper_upper == expected["rank"].value.enclosure.decimals(15)[1]


def test_the_grid_has_the_law_and_p_that_groups_lack():
    laws = [{"count": 2, "importance": 1, "p": "1/3"}, {"count": 1, "importance": 2, "p": "1/4"}]
    grid = read_grid({"d": 1, "m": 3, "groups": laws, "law": ["uniform", "laplace"]})
    assert [group.law.name for unit in grid.units() for group in unit.problem().features.groups] == ["uniform"] * 2 + [
        "laplace"
    ] * 2
    assert grid.unit(0).p == "1/3"
    equal = read_grid({"d": 1, "m": 3, "groups": [{"count": 4, "importance": 1, "p": "1/3"}]})
    assert equal.unit(0).problem().n == 4


def test_a_table_next_to_the_grid(tmp_path):
    (tmp_path / "features.csv").write_text("count,importance,p,law\n2,1,1/20,gaussian\n4,1/3,0.01,rademacher\n")
    path = tmp_path / "grid.toml"
    path.write_text('d = [1, 2]\nm = 3\ngroups = "features.csv"\n')
    groups = load_grid(path).unit(0).problem().features.groups
    assert [(group.count, group.importance, group.p) for group in groups] == [(2, 1, fmpq(1, 20)), (4, fmpq(1, 3), fmpq(1, 100))]
    path.write_text('d = [1, 2]\nm = 3\ngroups = "missing.csv"\n')
    with pytest.raises(ParameterError, match=r"groups = missing\.csv"):
        load_grid(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n": 5}, "n = 5: must be left out"),
        ({"importance": "0.9^i"}, "importance = 0.9"),
        ({"groups": []}, r"groups = \[\]"),
        ({"groups": [{"count": 1, "importance": 1}]}, "group 1: no p"),
        ({"groups": [{**TWO[0], "color": 1}]}, "group 1: column color"),
        ({"groups": [TWO[0], {**TWO[1], "count": 0}]}, "group 2, column count: 0"),
        ({"groups": [{**TWO[0], "importance": "0.9^i"}]}, "group 1, column importance: 0.9.*must not name i"),
        ({"groups": [{**TWO[0], "p": "q"}]}, "group 1, column p: q"),
        ({"groups": [{**TWO[0], "p": 0.5}]}, "group 1, column p: 0.5"),
        ({"groups": [{**TWO[0], "law": "cauchy"}]}, "group 1, column law: cauchy"),
    ],
)
def test_what_is_refused(change, said):
    with pytest.raises(ParameterError, match=said):
        read_grid({**GRID, **change})


def test_values_that_are_not_allowed_make_an_invalid_unit():
    grid = read_grid({**GRID, "groups": [TWO[0], {**TWO[1], "p": "20*p"}]})
    found = evaluate(grid.unit(0), grid.plan)
    assert (found.status, found.best_upper_key) == ("invalid", None)
    assert "group 2, column p: 2: must be a number with 0 < p <= 1" in found.error
