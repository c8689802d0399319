"""What the page shows of a problem is the report's, and the closed forms are a part of it."""

from __future__ import annotations

import pytest

from boundcalc import report
from boundcalc.bounds.catalog import LOWER, UPPER
from boundcalc.explore.bounds_shown import closed_forms, shown_bounds, shown_cells, shown_points

FIELDS = {"n": "30", "d": "4", "m": "3", "p": "1/50", "law": "gaussian"}


def numbers(found, side):
    return {row["key"]: row["value"] for row in found[side] if row["value"] is not None}


def test_all_bounds_are_the_report_s():
    found, answer = shown_bounds(FIELDS), report(**FIELDS, digits=10)
    assert numbers(found, "upper") == {o.bound.key: o.value.enclosure.decimals(10)[1] for o in answer.upper if o.value}
    assert numbers(found, "lower") == {o.bound.key: o.value.enclosure.decimals(10)[0] for o in answer.lower if o.value}
    assert {row["key"] for row in found["upper"] + found["lower"]} == {bound.key for bound in (*UPPER, *LOWER)}
    assert [row["key"] for side in ("upper", "lower") for row in found[side] if row["best"]] == [
        answer.best_upper.bound.key,
        answer.best_lower.bound.key,
    ]
    assert all(row["why_not"] for side in ("upper", "lower") for row in found[side] if row["value"] is None)


def test_closed_forms_agree_with_the_report_and_do_without_numpy():
    full, closed = shown_bounds(FIELDS), shown_bounds(FIELDS, closed=True)
    for side in ("upper", "lower"):
        some = numbers(closed, side)
        assert some.items() <= numbers(full, side).items()
        assert len(some) > 3
    assert all(not bound.slow for bound in closed_forms()[0])


def test_points_keep_order_and_say_what_fails():
    found = shown_points(FIELDS, "p", ["1/10", "7", "1"])["points"]
    assert [point["at"] for point in found] == ["1/10", "7", "1"]
    assert "must be a number with 0 < p <= 1" in found[1]["error"]
    answer = report(**{**FIELDS, "p": "1/10"}, digits=10)
    assert found[0]["ratio"] == list(answer.ratio.decimals(10))
    assert found[0]["over"][1] == pytest.approx(float(answer.gain.lower), rel=1e-12)


def test_cells_of_the_three_states():
    found = shown_cells({**FIELDS, "law": "rademacher"}, [["1e-4", "10"], ["1", "10"], ["1/10", "30"], ["0", "1"]])["cells"]
    assert [cell.get("state") for cell in found[:2]] == ["helps", "none"]
    for cell in found[:3]:
        verdict = report(**{**FIELDS, "law": "rademacher", "p": cell["p"], "n": cell["n"]}, digits=10).verdict
        assert {"helps": "superposition helps", "none": "superposition does not", "open": ""}[cell["state"]] in verdict
        assert (cell["state"] == "open") == (verdict == "")
    assert "error" in found[3]
