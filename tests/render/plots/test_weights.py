"""Pictures of weights against the matrix itself."""

import numpy as np
import pytest

from boundcalc import ParameterError
from boundcalc.frames.library import construct
from boundcalc.loss.exact import exact_loss
from boundcalc.render import plots
from boundcalc.render.plots.weights import capacities, inner_products, numerical_rank


def frame(key):
    return construct(key).to_float()


def test_the_gram_matrix_is_drawn_over_its_greatest_diagonal_entry():
    W = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, -1.0]])
    axes = plots.witness(W).axes
    (image,) = axes[0].images
    assert np.asarray(image.get_array()) == pytest.approx(np.array([[4, 2, 0], [2, 2, -1], [0, -1, 1]]) / 4)
    assert [text.get_text() for text in axes[0].texts] == ["1", ".5", "0", ".5", ".5", "-.25", "0", "-.25", ".25"]


@pytest.mark.parametrize(("key", "expected"), [("icosahedron", {0.447214: 15}), ("24_cell", {0.0: 18, 0.5: 48})])
def test_the_histogram_counts_the_inner_products_of_the_frame(key, expected):
    axes = plots.witness(frame(key)).axes
    (histogram,) = [found for found in axes if found.get_xlabel().startswith("$|")]
    bars = {(bar.get_x(), bar.get_x() + bar.get_width()): bar.get_height() for bar in histogram.patches if bar.get_height()}
    assert len(bars) == len(expected)
    for value, count in expected.items():
        assert [height for (low, high), height in bars.items() if low <= value <= high] == [count]


def test_welch_s_bound_is_where_an_equiangular_tight_frame_attains_it():
    axes = plots.witness(frame("icosahedron")).axes
    (line,) = [line for found in axes for line in found.lines if line.get_gid() == "welch"]
    assert line.get_xdata()[0] == pytest.approx(5**-0.5)


def test_vectors_are_drawn_in_two_and_three_dimensions_only():
    for key, dimensions, count in (("plane_lines_5", 2, 3), ("icosahedron", 3, 3), ("24_cell", 4, 2)):
        figure = plots.witness(frame(key))
        assert sum(bool(axes.get_title(loc="left")) for axes in figure.axes) == count, dimensions
    (space,) = [axes for axes in plots.witness(frame("icosahedron")).axes if axes.name == "3d"]
    ends = {line.get_gid(): np.array(line.get_data_3d())[:, 1] for line in space.lines if line.get_gid()}
    for k, column in enumerate(frame("icosahedron").T):
        assert ends[f"w_{k}"] == pytest.approx(column)


def test_plane_vectors_point_where_the_columns_do():
    W = np.array([[3.0, 0.0, -1.0], [0.0, 1.0, 2.0]])
    (plane,) = [axes for axes in plots.witness(W).axes if axes.get_aspect() == 1 and not axes.images]
    arrows = [text.xy for text in plane.texts if getattr(text, "arrow_patch", None) is not None]
    assert np.array(arrows).T == pytest.approx(W[:, [0, 2, 1]] / 3)  # feature 1 is dead, and last


def test_capacities_are_those_of_the_exact_loss():
    rng = np.random.default_rng(7)
    W = rng.integers(-9, 10, size=(4, 9))
    exact = exact_loss(W, m=3, p="1/10", law="rademacher", rows=True).rows.capacity
    assert capacities(W.astype(float)) == pytest.approx([int(t.p) / int(t.q) for t in exact], rel=1e-12)
    figure = plots.capacities(W)
    (drawn,) = [line for line in figure.axes[0].lines if line.get_gid() == "capacities"]
    assert drawn.get_ydata() == pytest.approx(sorted((int(t.p) / int(t.q) for t in exact), reverse=True))
    assert f"{sum(drawn.get_ydata()):.4g}" in figure.axes[0].get_title(loc="left")
    assert sum(bar.get_width() for bar in figure.axes[1].patches) == 9


def test_a_tight_frame_of_equal_norms_lies_on_the_dashed_line():
    figure = plots.capacities(frame("24_cell"))
    (drawn,) = [line for line in figure.axes[0].lines if line.get_gid() == "capacities"]
    dashed = next(line for line in figure.axes[0].lines if line.get_linestyle() == "--")
    assert drawn.get_ydata() == pytest.approx([dashed.get_ydata()[0]] * 12)


def test_a_name_from_outside_is_text():
    for draw in (plots.witness, plots.capacities):
        figure = draw(np.eye(2), name="a$_b$\\frac{\n")
        assert "a\\$ b\\$" in figure.caption
        assert "\n" not in figure.caption
        plots.CaptionedFigure._repr_png_(figure)


def test_zero_columns_have_no_capacity_and_no_direction():
    W = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    assert capacities(W)[1] == 0
    assert inner_products(W) == pytest.approx([0.5**0.5])
    assert numerical_rank(W) == 2
    plots.witness(W)


@pytest.mark.parametrize("draw", [plots.witness, plots.capacities])
def test_weights_that_cannot_be_drawn_are_refused_in_a_line(draw):
    with pytest.raises(ParameterError, match=r"zeros of shape \(2, 3\)"):
        draw(np.zeros((2, 3)))
    with pytest.raises(ParameterError, match="5000 columns"):
        draw(np.ones((2, 5000)))
    with pytest.raises(ParameterError):
        draw(np.array([[1.0, np.nan]]))


def test_dead_features_come_last_and_leave_the_histogram():
    W = np.zeros((3, 9))
    W[:, [0, 2, 3, 5, 6, 8]] = frame("icosahedron")
    W[0, 1] = 1e-3
    figure = plots.witness(W)
    gram, histogram = figure.axes[0], next(axes for axes in figure.axes if "pairs" in axes.get_ylabel())
    shown = np.asarray(gram.images[0].get_array())
    assert np.allclose(np.diag(shown), [1] * 6 + [0] * 3, atol=1e-5)
    assert {line.get_gid() for line in gram.lines} == {"dead-h", "dead-v"}
    assert gram.get_title(loc="left") == "Gram matrix $A_{ij}$, 3 dead"
    assert "15 in all" in histogram.get_ylabel()
    assert "dead (at most 0.01; not in the histogram) 3: 1 4 7" in figure.caption
    assert [tick.get_text() for tick in gram.get_xticklabels()] == ["0", "6", "7"]  # features 1, 4 and 7 are dead
    assert "dead" not in plots.witness(frame("icosahedron")).caption


def test_weak_features_come_before_the_dead_and_by_the_exponent():
    """A column of 3/5 of the length: (9/25)^3 is about 0.05, (9/25)^5 about 0.006."""
    W = np.hstack([0.6 * frame("icosahedron")[:, :1], frame("icosahedron"), np.zeros((3, 1))])
    third, fifth = plots.witness(W), plots.witness(W, m=5)
    assert third.axes[0].get_title(loc="left").endswith(", 1 weak, 1 dead")
    assert {line.get_gid(): line.get_xdata()[0] for line in third.axes[0].lines if line.get_gid().endswith("v")} == {
        "weak-v": 5.5,
        "dead-v": 6.5,
    }
    assert "weak (below 0.5) 1: 0 and dead" in third.caption
    assert "A_{ii}^{5}" in fifth.caption
    assert fifth.axes[0].get_title(loc="left").endswith(", 2 dead")
    ends = {line.get_gid() for axes in fifth.axes if axes.name == "3d" for line in axes.lines}
    assert "w_0" in ends, "short columns are drawn as they are"
    assert "w_7" not in ends
