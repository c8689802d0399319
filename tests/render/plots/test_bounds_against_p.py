"""What is drawn against p is what the rows say."""

import math
import re

import pytest
from oracles.sweep_rows import entry, evaluated, made_up

from boundcalc import ParameterError
from boundcalc.render import plots
from boundcalc.render.plots.style import encoded


def by_gid(axes):
    return {line.get_gid(): line for line in axes.lines if line.get_gid()}


def rows():
    known = [entry("known_frame", "0.001", "9")]
    return [
        made_up("1/10", "0.31", "0.5", lowers=[*known, entry("orthonormal", "0.3", "0.3")], uppers=[entry("frontier", "0", "0.5")]),
        made_up("1/1000", "0.004", "0.008", lowers=known, uppers=[entry("rank", "0", "0.01"), entry("frontier", "0", "0.008")]),
        made_up("1/100", "0.04", "0.06", lowers=known, uppers=[entry("frontier", "0", "0.06")]),
    ]


def test_curves_are_the_certified_ends_over_p():
    axes, _ = plots.bounds_against_p(rows()).axes
    drawn = by_gid(axes)
    assert drawn["best-upper"].get_xdata() == pytest.approx([0.001, 0.01, 0.1])
    assert drawn["best-upper"].get_ydata() == pytest.approx([8, 6, 5])
    assert drawn["best-lower"].get_ydata() == pytest.approx([4, 4, 3.1])
    assert drawn["frontier"].get_ydata() == pytest.approx([8, 6, 5])
    assert drawn["known_frame"].get_ydata() == pytest.approx([1, 0.1, 0.01])
    assert drawn["orthonormal"].get_xdata() == pytest.approx([0.1])  # only where the row has it
    assert "rank" not in drawn  # nowhere the best
    assert axes.get_xscale() == axes.get_yscale() == "log"


def test_the_right_axis_is_the_gain_of_superposition():
    """p min(n, d) g = 3 p here, so that heights over p are three times the gain."""
    figure = plots.bounds_against_p(rows())
    figure.draw_without_rendering()
    axes, _ = figure.axes
    (gain,) = axes.child_axes
    assert gain.get_ylim() == pytest.approx([end / 3 for end in axes.get_ylim()])
    assert "gain of superposition" in gain.get_ylabel()
    assert r"over the improvement without superposition, $g\,p\,\min(n, d)$" in figure.caption


def test_keys_choose_the_curves():
    axes, _ = plots.bounds_against_p(rows(), keys=["rank"]).axes
    drawn = by_gid(axes)
    assert drawn["rank"].get_ydata() == pytest.approx([10])
    assert "frontier" not in drawn


def test_the_band_lies_between_the_best_bounds():
    axes, _ = plots.bounds_against_p(rows()).axes
    (band,) = [found for found in axes.collections if found.get_gid() == "between"]
    corners = {(round(x, 6), round(y, 6)) for x, y in band.get_paths()[0].vertices}
    assert corners == {(0.001, 8), (0.01, 6), (0.1, 5), (0.001, 4), (0.01, 4), (0.1, 3.1)}


def test_every_curve_differs_in_more_than_colour():
    axes, _ = plots.bounds_against_p(rows()).axes
    curves = [line for line in axes.lines if line.get_label() and not line.get_label().startswith("_")]
    looks = [(str(line.get_linestyle()), line.get_marker(), str(line.get_markerfacecolor()) == "white") for line in curves]
    assert len(curves) == 5
    assert len(set(looks)) == len(looks)


def test_the_regimes_are_drawn_with_their_slopes():
    found = [evaluated("inf", 30, p) for p in ("1e-8", "1e-6", "1e-3", "1/2")]
    figure = plots.bounds_against_p(found)
    axes, _ = figure.axes
    lines = {name: line for name, line in by_gid(axes).items() if name.startswith("regime-")}
    slopes = {}
    for name, line in lines.items():
        (x0, x1), (y0, y1) = (list(map(float, data)) for data in (line.get_xdata(), line.get_ydata()))
        slopes[name] = math.log(y1 / y0) / math.log(x1 / x0)
    assert slopes == pytest.approx({"regime-sparse": 0, "regime-power": -2 / 3, "regime-dense": 0})
    texts = " ".join(text.get_text() for text in axes.texts)
    assert "slope $-2/3$" in texts
    assert texts.count("slope $0$") == 2


def test_svg_has_names_axes_and_parameters_as_text():
    svg = encoded(plots.bounds_against_p(rows()), "svg").decode()
    elements = re.findall(r"<text.*?</text>", svg, re.S)
    texts = "|".join(re.sub("<[^>]*>", "", re.sub(r">\s+<", "><", text)) for text in elements)  # mathematics: a tspan a letter
    for name in (
        "frontier (U9)",
        "orthonormal (L0)",
        "known frame (L1)",
        "best upper bound",
        "activity",
        "improvement",
        "Rademacher",
    ):
        assert name in texts


def test_the_caption_tells_parameters_and_range():
    caption = plots.bounds_against_p(rows()).caption
    for part in (r"$n = \infty$", "$d = 3$", "$m = 3$", "Rademacher", "3 values of $p$", r"$10^{-3} \le p \le 0.1$"):
        assert part in caption


def test_one_value_of_p_is_no_curve():
    with pytest.raises(ParameterError, match=r"^p = 1/10: must take two values"):
        plots.bounds_against_p(rows()[:1])


def test_the_ratio_stands_below():
    _, below = plots.bounds_against_p(rows()).axes
    assert by_gid(below)["ratio"].get_ydata() == pytest.approx([2, 1.5, 0.5 / 0.31])
