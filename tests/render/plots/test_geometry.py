"""Bands name the frames that are proven optimal, where they are."""

from dataclasses import replace

import pytest
from flint import fmpq
from oracles.sweep_rows import evaluated, made_up

from boundcalc import ParameterError
from boundcalc.bounds.optimal_geometry import window
from boundcalc.frames.catalog import FRAMES
from boundcalc.model.laws import Rademacher
from boundcalc.render import plots
from boundcalc.render.plots.data import points
from boundcalc.render.plots.geometry import bands


def rows(d="3"):
    return [
        made_up("1/1000", "0.0045", "0.007", d=d),
        made_up("1/100", "0.04", "0.040004", d=d),  # to within 1e-4
        made_up("1/50", "0.07", "0.07", d=d),
        made_up("1/25", "0.14", "0.15", d=d),
        made_up("1/5", "0.6", "0.6", d=d, frame="orthonormal"),
        made_up("1/4", "0.75", "0.75", d=d, frame="orthonormal"),
        made_up("1/3", "0.999999", "1.000001", d=d, frame="orthonormal"),
    ]


def test_bands_join_neighbours_with_one_frame():
    found = bands(points(rows()))
    assert [(band.name, band.first, band.last, band.count) for band in found] == [
        ("icosahedron", fmpq(1, 100), fmpq(1, 50), 2),
        ("orthonormal", fmpq(1, 5), fmpq(1, 3), 3),
    ]


def test_a_gap_just_over_1e_4_is_no_band():
    assert bands(points([made_up("1/100", "0.04", "0.040005")])) == []


def test_bands_are_drawn_where_they_are_and_named():
    (axes,) = plots.geometry(rows()).axes
    boxes = {patch.get_label(): patch.get_patch_transform().transform_path(patch.get_path()) for patch in axes.patches}
    spans = {name: (box.get_extents().x0, box.get_extents().x1) for name, box in boxes.items()}
    assert spans["_icosahedron"] == pytest.approx((0.01, 0.02))
    assert spans["_orthonormal"] == pytest.approx((0.2, 1 / 3))
    texts = {text.get_text(): text for text in axes.texts}
    assert {"icosahedron", "orthonormal", "$d = 3$"} <= set(texts)
    assert len({patch.get_hatch() for patch in axes.patches}) == 2


def test_curves_are_over_the_orthonormal_basis():
    (axes,) = plots.geometry(rows()).axes
    drawn = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert drawn["d-3-best-lower"].get_ydata()[:3] == pytest.approx([1.5, 4 / 3, 7 / 6])
    assert drawn["d-3-best-upper"].get_ydata()[:3] == pytest.approx([7 / 3, 4.0004 / 3, 7 / 6])


def test_names_do_not_cover_each_other():
    figure = plots.geometry([row for d in ("2", "3") for row in rows(d)], width="column")
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert all(not one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])
        assert all(box.x1 <= axes.get_window_extent().x1 + 1 for box in boxes)


def test_dimensions_are_chosen_and_limited():
    every = [row for d in range(2, 16) for row in rows(str(d))]
    with pytest.raises(ParameterError, match=r"^d = 14 values: must be at most 12"):
        plots.geometry(every)
    assert len(plots.geometry(every, d=[2, 15]).axes) == 2
    with pytest.raises(ParameterError, match=r"^d = 16: must be in the sweep"):
        plots.geometry(every, d=[2, 16])


def test_one_value_of_p_is_no_axis():
    with pytest.raises(ParameterError, match=r"^p = 1/10: must take two values"):
        plots.geometry([made_up("1/10", "0.4", "0.5", d=d) for d in ("2", "3")])


def test_the_icosahedron_s_exact_window_is_a_band():
    """The ends of the window are algebraic numbers that another part of the package isolates."""
    frame = next(frame for frame in FRAMES if frame.key == "icosahedron")
    low, high = (end.refined(64).low for end in window(frame, Rademacher()))
    inside = [low + (high - low) * fmpq(k, 4) for k in range(1, 4)]
    values = [low / 2, *inside, high * fmpq(3, 2), fmpq(1, 2)]
    found = bands(points([evaluated("inf", 3, str(p)) for p in values]))
    assert [(band.name, band.count) for band in found] == [("icosahedron", 3), ("orthonormal", 1)]


def test_the_caption_lists_the_bands():
    caption = plots.geometry(rows()).caption
    assert "$d = 3$: icosahedron 0.01 to 0.02, orthonormal 0.2 to 0.333" in caption


def test_bands_of_features_that_differ_name_the_features():
    rows = [
        made_up("1/100", "0.04", "0.04", n="3", importance="0.5^i", frame="search"),
        made_up("1/10", "0.15", "0.15", n="3", importance="0.5^i", frame="orthonormal"),
    ]
    rows[0] = replace(rows[0], best_lower_witness={"matrix": [["1"]], "columns": [1, 2, 3], "n": 3, "d": 2})
    figure = plots.geometry(rows)
    (axes,) = figure.axes
    assert {"features 1-3", "orthonormal"} <= {text.get_text() for text in axes.texts}
    assert "importance 0.5^i" in figure.caption
    assert "features 1-3" in figure.caption
    both = [*rows, made_up("1/5", "0.6", "0.6", n="3", frame="orthonormal")]
    with pytest.raises(ParameterError, match="importance"):
        plots.geometry(both)
