"""Grids: counted and made against itertools.product, exact values, and wrong files named in one line."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.axes import geometric_point, read_axis
from boundcalc.sweep.grid import load_grid, read_grid

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "grids").glob("*.toml"))
LONG = {"from": 1, "to": "10^12"}
ONE = {"n": 4, "d": 2, "m": 3, "p": "1/10", "law": "rademacher"}


def written(tmp_path, text: str):
    path = tmp_path / "grid.toml"
    path.write_text(text, encoding="utf-8")
    return path


def values(parameter: str, given: object) -> list:
    axis = read_axis(parameter, given)
    return [axis.at(k, {}) for k in range(axis.size)]


def test_units_are_the_product(tmp_path):
    path = written(
        tmp_path,
        """
        n = ["d^2", "d^m", 10, inf]
        d = { from = 1, to = 3 }
        m = [3, 5]
        p = [0.03, 1e-6, "d^-3"]
        law = ["gaussian", "rademacher"]
        """,
    )
    grid = load_grid(path)
    expected = [
        (str(n), str(d), str(m), str(p), law)
        for law, m, d in product(("gaussian", "rademacher"), (3, 5), (1, 2, 3))
        for n, p in product((d**2, d**m, 10, "inf"), (Fraction(3, 100), Fraction(1, 10**6), Fraction(1, d**3)))
    ]
    made = [(unit.n, unit.d, unit.m, unit.p, unit.law) for unit in grid.units()]
    assert made == expected
    assert grid.size == len(expected) == 2 * 2 * 3 * 4 * 3
    assert [unit.number for unit in grid.units()] == list(range(grid.size))


def test_blocks_follow_each_other_with_their_own_axes():
    grid = read_grid(
        {"m": 3, "law": "gaussian", "grid": [{"n": 4, "d": 2, "p": ["1/2", "1/3"]}, {"n": "inf", "d": 3, "p": "1/4", "m": 5}]}
    )
    assert [(unit.number, unit.n, unit.d, unit.m, unit.p) for unit in grid.units()] == [
        (0, "4", "2", "3", "1/2"),
        (1, "4", "2", "3", "1/3"),
        (2, "inf", "3", "5", "1/4"),
    ]


def test_expressions_chain_across_parameters():
    grid = read_grid(ONE | {"d": "m + 1", "n": "d^2", "p": "1/n"})
    (unit,) = grid.units()
    assert (unit.d, unit.n, unit.p) == ("4", "16", "1/16")


def test_a_fault_belongs_to_its_unit():
    grid = read_grid(ONE | {"d": [1, 2], "p": "1/(d - 1)"})
    first, second = grid.units()
    assert "divide by zero" in str(first.fault)
    assert "d = 1" in str(first.fault)
    assert second.fault is None


def test_a_large_grid_is_counted_without_being_made():
    grid = read_grid(
        ONE | {"d": {"from": 1, "to": "10^12"}, "n": {"from": 1, "to": "10^12"}, "p": {"from": "1e-8", "to": 1, "points": 1000}}
    )
    assert grid.size == 10**27
    last = grid.unit(10**27 - 1)
    assert (last.n, last.d, last.p) == (str(10**12), str(10**12), "1")


@pytest.mark.parametrize(("first", "last", "points"), [("1e-8", "1", 50), ("1/3", "2/7", 9), ("1e-300", "1", 7), ("0.5", "0.5", 3)])
def test_geometric_points_are_correctly_rounded(first, last, points):
    """Against powers in 60 decimal digits."""
    found = values("p", {"from": first, "to": last, "points": points, "spacing": "geometric"})
    ends = [Fraction(text) for text in (first, last)]
    with localcontext() as context:
        context.prec = 60
        a, b = (Decimal(end.numerator) / Decimal(end.denominator) for end in ends)
        expected = [(a * (b / a) ** (Decimal(k) / Decimal(points - 1))) for k in range(points)]
        context.prec = 6
        rounded = [Fraction(+x) for x in expected]
    if first == last:
        assert found == [fmpq(1, 2)]
        return
    exact = [Fraction(int(x.p), int(x.q)) for x in found]
    assert [exact[0], exact[-1]] == ends
    assert exact[1:-1] == rounded[1:-1]


def test_a_geometric_point_that_is_a_tie_is_taken_up():
    # sqrt(1 * 2.25) = 1.5 lies between the whole numbers 1 and 2
    assert geometric_point(fmpq(1), fmpq(9, 4), fmpq(1, 2), None) == 2


def test_whole_geometric_axes_have_no_repeats():
    found = values("n", {"from": 1, "to": 100, "points": 50, "spacing": "geometric"})
    assert all(a < b for a, b in pairwise(found))
    assert (found[0], found[-1]) == (1, 100)
    assert all(x.q == 1 for x in found)
    assert len(found) < 50


def test_linear_axes():
    assert values("p", {"from": "0.1", "to": "0.2", "points": 5}) == [fmpq(k, 40) for k in range(4, 9)]
    assert values("p", {"from": "0.1", "to": "0.2", "step": "0.04"}) == [fmpq(10, 100), fmpq(14, 100), fmpq(18, 100)]
    assert values("d", {"from": 2, "to": 6, "step": 3}) == [2, 5]
    assert values("m", {"from": 3, "to": 9}) == [3, 5, 7, 9]
    assert values("m", {"from": 1, "to": 99, "points": 3}) == [1, 51, 99]
    assert values("d", {"from": 1, "to": 10, "points": 4}) == [1, 4, 7, 10]


def test_ends_may_be_expressions():
    grid = read_grid(ONE | {"d": [2, 4], "p": {"from": "d^-4", "to": "d^-2", "points": 3, "spacing": "geometric"}})
    assert [unit.p for unit in grid.units()] == ["1/16", "1/8", "1/4", "1/256", "1/64", "1/16"]


def test_equal_grids_have_one_fingerprint(tmp_path):
    text = 'n = 4\nd = 2\nm = 3\np = {}\nlaw = "{}"\n'
    prints = [
        load_grid(written(tmp_path, text.format(p, law))).fingerprint
        for p, law in ((0.1, "gaussian"), ("1e-1", " Gaussian "), ('"1/10"', "gaussian"))
    ]
    assert len(set(prints)) == 1
    others = [
        ONE | {"p": "1/11"},
        ONE | {"digits": 16},
        ONE | {"bounds": "closed"},
        ONE | {"search": {"starts": 2}},
        ONE | {"law": "gaussian"},
    ]
    assert len({read_grid(other).fingerprint for other in [ONE, *others]}) == 6


def test_bounds():
    assert read_grid(ONE).plan.bounds == tuple(BOUNDS)
    assert set(read_grid(ONE | {"bounds": "closed"}).plan.bounds) == {key for key, bound in BOUNDS.items() if not bound.slow}
    assert read_grid(ONE | {"bounds": ["universal", "half_design"]}).plan.bounds == (
        "rank",
        "universal",
        "orthonormal",
        "half_design",
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"digts": 20}, "key = digts: is no key of a grid file; did you mean digits?"),
        ({"search": {"start": 3}}, "did you mean starts"),
        ({"grid": [{"q": 3}]}, "is no key of [[grid]]"),
        ({"p": {"form": 0, "to": 1}}, "key = form: is no key of a range of p; did you mean from?"),
        ({"p": []}, "p = []: must have at least one value"),
        ({"d": {"from": 5, "to": 1}}, "from is above to"),
        ({"grid": []}, "must have at least one table"),
        ({"law": []}, "law = []"),
        ({"law": "rademcher"}, "did you mean rademacher?"),
        ({"bounds": ["frontir"]}, "did you mean frontier"),
        ({"bounds": []}, "must be 'all', 'closed' or a list of keys"),
        ({"p": "2"}, "p = 2: must be a number with 0 < p <= 1"),
        ({"p": {"from": "-1", "to": 1, "points": 3}}, "p = -1"),
        ({"m": 4}, "m = 4: must be an odd whole number"),
        ({"d": "1/2"}, "d = 1/2"),
        ({"n": "n + 1"}, "must not depend on n itself"),
        ({"n": "d", "d": "n"}, "must not depend on each other in a circle"),
        ({"p": {"from": "1e-8", "to": 1}}, "must have 'points' or 'step'"),
        ({"p": {"from": "1e-8", "to": 1, "spacing": "geometric"}}, "must have 'points'"),
        ({"p": {"from": "1e-8", "to": 1, "points": 3, "step": 1}}, "not both"),
        ({"p": {"from": "1e-8", "to": 1, "points": 3, "spacing": "log"}}, "spacing = log: must be linear or geometric"),
        ({"p": {"to": 1, "points": 3}}, "must have 'from'"),
        ({"p": {"from": 0, "to": 1, "points": 3, "spacing": "geometric"}}, "positive at both ends"),
        ({"d": {"from": 1, "to": 3, "step": 0}}, "step = 0: must be a positive number"),
        ({"p": 0.5}, "is a float, which is not exact: pass text such as '0.5'"),
        ({"p": True}, "p = True"),
        ({"digits": 0}, "digits = 0"),
        ({"search": {}}, "starts = nothing"),
        ({"search": {"starts": 0}}, "starts = 0"),
        ({"search": {"starts": 1, "seconds": "-1"}}, "seconds = -1"),
    ],
)
def test_wrong_content_is_named_in_one_line(content, says):
    with pytest.raises(ParameterError) as refused:
        read_grid(ONE | content)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_parameter_is_named():
    with pytest.raises(ParameterError, match="law = nothing"):
        read_grid({key: value for key, value in ONE.items() if key != "law"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("n = = 3", "must be TOML"),
        ("\x00", "must be TOML"),
        ("n = 1\nn = 2", "must be TOML"),
        ("n = " + "9" * 5000, "must be TOML"),
    ],
    ids=("twice", "null", "again", "long"),
)
def test_wrong_toml(tmp_path, text, says):
    with pytest.raises(ParameterError, match=says):
        load_grid(written(tmp_path, text))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_example_grids(path):
    """Each makes problems at every unit, in a number that a figure's command can wait for."""
    grid = load_grid(path)
    assert 0 < grid.size < 10_000
    for unit in grid.units():
        assert unit.fault is None
        Problem(unit.n, unit.d, unit.m, unit.p, unit.law)


def test_there_are_example_grids():
    assert len(EXAMPLES) >= 4


def test_unreadable_files(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "latin.toml"):
        with pytest.raises(ParameterError, match="must be a TOML file"):
            load_grid(path)


UNEQUAL = {**ONE, "d": [1, 2], "p": ["1/10", "1/5"], "importance": ["1", "0.7^i"], "activity": ["p", "p*i^-2"]}


def test_formulas_are_two_more_axes():
    grid = read_grid(UNEQUAL)
    expected = [
        (importance, activity, str(d), p)
        for importance, activity, d, p in product(("1", "0.7^i"), ("p", "p*i^-2"), (1, 2), ("1/10", "1/5"))
    ]
    assert grid.size == len(expected)
    assert [(unit.importance, unit.activity, unit.d, unit.p) for unit in grid.units()] == expected
    assert grid.as_json()["grid"][0]["activity"] == ["p", "p*i^-2"]


def test_a_grid_of_equal_features_keeps_its_fingerprint():
    assert set(read_grid(ONE).as_json()["grid"][0]) == {"n", "d", "m", "p", "law"}
    assert read_grid({**ONE, "importance": "1"}).fingerprint != read_grid(ONE).fingerprint


def test_the_problem_of_a_unit_has_the_formulas_values():
    groups = read_grid({**ONE, "importance": "0.5^i", "activity": "p*d/i"}).unit(0).problem().features.groups
    assert [(group.importance, group.p) for group in groups] == [(fmpq(1, 2**i), fmpq(1, 5 * i)) for i in range(1, 5)]
    assert read_grid({**ONE, "importance": "1", "activity": "p"}).unit(0).problem() == Problem(4, 2, 3, "1/10", "rademacher")


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({"importance": "0.9^j"}, "importance = 0.9^j"),
        ({"activity": []}, "activity = []"),
        ({"importance": 1.5}, "importance = 1.5"),
    ],
)
def test_formulas_that_are_none(other, text):
    with pytest.raises(ParameterError) as refused:
        read_grid({**ONE, **other})
    assert text in str(refused.value)


def test_axes_of_numpy_are_those_of_lists():
    """Whole numbers alone: floats stay refused, whatever holds them."""
    plain = {"n": 8, "m": 3, "p": "1/100", "law": ["rademacher", "gaussian"]}
    listed = read_grid({**plain, "d": [2, 3]})
    for d in (np.arange(2, 4), np.arange(2, 4, dtype=np.uint8), (2, 3), range(2, 4), (k for k in (2, 3)), [np.int64(2), 3]):
        assert read_grid({**plain, "law": ("rademacher", "gaussian"), "d": d}) == listed
    for p in (np.array([0.1, 0.2]), np.array([0.1], dtype=np.float32), [0.1]):
        with pytest.raises(ParameterError, match=r"^p = .*(is a float, which is not exact|must be a number)"):
            read_grid({**plain, "d": 2, "p": p})
