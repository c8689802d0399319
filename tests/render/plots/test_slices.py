"""A figure of bounds is drawn against what varies most, one curve a slice."""

import pytest
from oracles.sweep_rows import made_up

from boundcalc import ParameterError
from boundcalc.model.problem import INFINITY
from boundcalc.render.plots.slices import slices

ANY = {"importance": None, "activity": None}


def rows(n=("30",), d=("3",), p=("1/10",)):
    return [made_up(each, "0.04", "0.05", n=a, d=b) for each in p for a in n for b in d]


def drawn(found):
    return {name: [(point.problem.n, point.problem.d, str(point.problem.p)) for point in curve] for name, curve in found.curves}


@pytest.mark.parametrize(
    ("sizes", "axis", "curves"),
    [
        ({"p": ("1/10", "1/5")}, "p", 1),
        ({"d": ("4", "2", "3")}, "d", 1),
        ({"n": ("40", "30", "inf")}, "n", 1),
        ({"d": ("2", "3", "4"), "p": ("1/10", "1/5")}, "d", 2),
        ({"d": ("2", "3"), "p": ("1/10", "1/5")}, "p", 2),  # as many: p before d
        ({"d": ("2", "3"), "n": ("30", "40")}, "d", 2),  # d before n
        ({"n": tuple("456789"), "d": ("2", "3"), "p": ("1/10", "1/5")}, "n", 4),
    ],
)
def test_the_axis_has_most_values(sizes, axis, curves):
    found = slices(rows(**sizes), {}, ANY)
    assert (found.x, len(found.curves)) == (axis, curves)
    for _, curve in found.curves:
        values = [getattr(point.problem, axis) for point in curve]
        assert values == sorted(values)
        assert INFINITY not in values


def test_an_axis_and_values_may_be_chosen():
    every = rows(d=("2", "3", "4"), p=("1/10", "1/5"))
    assert drawn(slices(every, {"d": "2,4"}, ANY, "p")) == {
        "$d = 2$": [(30, 2, "1/10"), (30, 2, "1/5")],
        "$d = 4$": [(30, 4, "1/10"), (30, 4, "1/5")],
    }
    assert drawn(slices(every, {"p": ["1/5"]}, ANY)) == {"": [(30, 2, "1/5"), (30, 3, "1/5"), (30, 4, "1/5")]}


def test_what_follows_the_axis_makes_no_slices():
    every = [made_up(p, "0.04", "0.05", n=str(d * d), d=str(d)) for d in (2, 3, 4, 5, 6) for p in ("1/10", "1/5")]
    found = slices(every, {}, ANY)
    assert (found.x, found.along, [name for name, _ in found.curves]) == ("d", ("n",), ["$p = 0.1$", "$p = 1/5$"])
    assert found.single == "m law"


@pytest.mark.parametrize(
    ("every", "fixed", "x", "message"),
    [
        (rows(), {}, None, "sweep = one problem: must have two values or more of n, d or p"),
        (rows(n=("inf", "30"), p=("1/10", "1/5")), {}, "n", "x = n: must take two finite values or more to be an axis, and has 1"),
        (
            rows(d=tuple("23456"), p=tuple(f"1/{k}" for k in range(2, 9))),
            {},
            None,
            "d = 5 values: must be chosen, a curve each and at",
        ),
        (rows(d=("2", "3")), {"d": "2,5"}, None, "d = 5: must be in the sweep, which has 2, 3"),
        (rows(d=("2", "3")), {}, "m", "x = m: must be p, d or n"),
    ],
)
def test_what_cannot_be_drawn_is_said(every, fixed, x, message):
    with pytest.raises(ParameterError) as error:
        slices(every, fixed, ANY, x)
    assert str(error.value).startswith(message)
