"""What is drawn against p, d or n is what the rows say."""

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
    axes, _ = plots.bounds(rows()).axes
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
    figure = plots.bounds(rows())
    figure.draw_without_rendering()
    axes, _ = figure.axes
    (gain,) = axes.child_axes
    assert gain.get_ylim() == pytest.approx([end / 3 for end in axes.get_ylim()])
    assert "gain of superposition" in gain.get_ylabel()
    assert r"over the improvement without superposition, $g\,p\,\min(n, d)$" in figure.caption


def test_keys_choose_the_curves():
    axes, _ = plots.bounds(rows(), keys=["rank"]).axes
    drawn = by_gid(axes)
    assert drawn["rank"].get_ydata() == pytest.approx([10])
    assert "frontier" not in drawn


def test_the_band_lies_between_the_best_bounds():
    axes, _ = plots.bounds(rows()).axes
    (band,) = [found for found in axes.collections if found.get_gid() == "between"]
    corners = {(round(x, 6), round(y, 6)) for x, y in band.get_paths()[0].vertices}
    assert corners == {(0.001, 8), (0.01, 6), (0.1, 5), (0.001, 4), (0.01, 4), (0.1, 3.1)}


def test_every_curve_differs_in_more_than_colour():
    axes, _ = plots.bounds(rows()).axes
    curves = [line for line in axes.lines if line.get_label() and not line.get_label().startswith("_")]
    looks = [(str(line.get_linestyle()), line.get_marker(), str(line.get_markerfacecolor()) == "white") for line in curves]
    assert len(curves) == 5
    assert len(set(looks)) == len(looks)


def test_the_regimes_are_drawn_with_their_slopes():
    found = [evaluated("inf", 30, p) for p in ("1e-8", "1e-6", "1e-3", "1/2")]
    figure = plots.bounds(found)
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
    svg = encoded(plots.bounds(rows()), "svg").decode()
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
    caption = plots.bounds(rows()).caption
    for part in (r"$n = \infty$", "$d = 3$", "$m = 3$", "Rademacher", "3 values of $p$", r"$10^{-3} \le p \le 0.1$"):
        assert part in caption


def over_d(p=("1/10",), n="30"):
    ends = {"2": ("0.2", "0.25"), "3": ("0.3", "0.4"), "4": ("0.5", "0.5")}
    return [made_up(each, *ends[d], n=n, d=d) for d in ("3", "2", "4") for each in p]


def test_the_loss_against_d():
    """E‖x‖² is 30/10; an upper bound on I leaves a lower bound on the loss."""
    figure = plots.bounds(over_d(), y="loss")
    axes, below = figure.axes
    drawn = by_gid(axes)
    assert drawn["best-upper"].get_xdata() == pytest.approx([2, 3, 4])
    assert drawn["best-upper"].get_ydata() == pytest.approx([2.75, 2.6, 2.5])
    assert drawn["best-lower"].get_ydata() == pytest.approx([2.8, 2.7, 2.5])
    assert drawn["frontier"].get_label() == "≥ frontier (U9)"
    assert drawn["known_frame"].get_label() == "≤ known frame (L1)"
    assert by_gid(below)["ratio"].get_ydata() == pytest.approx([2.8 / 2.75, 2.7 / 2.6, 1])
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_ylim()[0]) == ("linear", "linear", 0)
    assert (axes.get_ylabel(), below.get_xlabel()) == ("loss", "hidden dimensions $d$")
    assert "the least loss; $n = 30$, $m = 3$, $p = 0.1$, Rademacher, 3 values of $d$, $2 \\le d \\le 4$" in figure.caption
    assert not axes.child_axes  # the basis's own improvement changes with d


def test_the_fraction_is_of_the_whole():
    axes, _ = plots.bounds(over_d(), y="unexplained").axes
    assert by_gid(axes)["best-upper"].get_ydata() == pytest.approx([2.75 / 3, 2.6 / 3, 2.5 / 3])
    assert axes.get_ylim() == (0, 1.02)


def test_dimensions_are_whole_numbers_in_digits():
    """Not 2 × 10^0 on a logarithmic axis, nor 2.5 on a linear one."""
    for n in ([10, 20, 30, 40], [10, 30, 100, 200]):
        figure = plots.bounds([made_up("1/10", "0.2", "0.25", n=str(each)) for each in n])
        figure.draw_without_rendering()
        _, below = figure.axes
        texts = [label.get_text() for label in below.get_xticklabels(which="both")]
        assert all(text.isdigit() for text in texts if text)
        assert sum(bool(text) for text in texts) >= 3


def test_slices_are_curves_of_one_figure():
    figure = plots.bounds(over_d(("1/10", "1/5")))
    axes, below = figure.axes
    drawn = by_gid(axes)
    assert drawn["best-upper-0"].get_ydata() == pytest.approx([2.5, 4, 5])
    assert drawn["best-upper-1"].get_ydata() == pytest.approx([1.25, 2, 2.5])
    assert [drawn[f"best-upper-{k}"].get_label() for k in (0, 1)] == ["$p = 0.1$", "$p = 1/5$"]
    assert drawn["best-upper-0"].get_color() != drawn["best-upper-1"].get_color()
    assert {"ratio-0", "ratio-1"} <= by_gid(below).keys()
    assert "2 slices: $p = 0.1$; $p = 1/5$" in figure.caption
    with pytest.raises(ParameterError, match="keys = rank: is for a single slice"):
        plots.bounds(over_d(("1/10", "1/5")), keys=["rank"])


def test_the_ratio_stands_below():
    _, below = plots.bounds(rows()).axes
    assert by_gid(below)["ratio"].get_ydata() == pytest.approx([2, 1.5, 0.5 / 0.31])
