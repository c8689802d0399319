"""The figure of the regimes: logarithms to base d of the certified ends, the lines of the orders, and the caption's numbers."""

import math
from dataclasses import replace

import pytest
from oracles.sweep_rows import evaluated, made_up

from boundcalc import ParameterError
from boundcalc.render import plots


def by_gid(axes):
    return {item.get_gid(): item for item in (*axes.lines, *axes.collections) if item.get_gid()}


def rows():
    """d = 10: 10^-3, 10^-2, 10^-1 and 1 have the logarithms −3, −2, −1, 0."""
    ends = {"1/1000": ("0.05", "0.06"), "1/100": ("0.3", "0.4"), "1/10": ("1", "1.2"), "1": ("10", "10")}
    return [made_up(p, low, high, d="10", frame="orthonormal" if p == "1" else "icosahedron") for p, (low, high) in ends.items()]


def test_the_band_is_the_certified_ends_to_base_d():
    figure = plots.regimes(rows())
    top, below = figure.axes
    drawn = by_gid(top)
    assert drawn["best-upper-10"].get_xdata() == pytest.approx([-3, -2, -1, 0])
    assert drawn["best-upper-10"].get_ydata() == pytest.approx([math.log10(v) for v in (0.06, 0.4, 1.2, 10)])
    assert drawn["best-lower-10"].get_ydata() == pytest.approx([math.log10(v) for v in (0.05, 0.3, 1, 10)], abs=1e-12)
    heights = {(round(x, 6), round(y, 6)) for x, y in by_gid(below)["slope-10"].get_paths()[0].vertices}
    low = [math.log10(end / start) for start, end in ((0.06, 0.3), (0.4, 1), (1.2, 10))]
    high = [math.log10(end / start) for start, end in ((0.05, 0.4), (0.3, 1.2), (1, 10))]
    assert heights == {(x, round(y, 6)) for side in (low, high) for x, y in zip((-2.5, -1.5, -0.5), side, strict=True)}


def test_the_lines_are_the_orders_of_the_paper():
    """min(p d^m, d p^{1/m}) breaks at d^{-m}, min(p d^m, d) at d^{1-m}: I = 1 and d^{1/m}, 1 and d."""
    drawn = by_gid(plots.regimes(rows()).axes[0])
    below, above = drawn["order-below"], drawn["order-above"]
    for line, corners in ((below, {(-3, 0), (-2, 0.3333), (0, 1)}), (above, {(-3, 0), (-2, 1), (0, 1)})):
        assert {(round(x), round(y, 4)) for x, y in line.get_xydata()} == corners
    (x0, x1), (y0, y1) = drawn["fit-10"].get_xdata(), drawn["fit-10"].get_ydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(1 / 3)
    assert math.log10(0.05) < y0 < math.log10(0.06)


def test_the_caption_has_the_certified_numbers():
    caption = plots.regimes(rows()).caption
    for part in (
        "at $p = d^{-3}$ $I^*$ is 0.05 to 0.06 (both lines: $1$)",
        "at $p = d^{-2}$ $I^*$ is 0.3 to 0.4 (the lines: $d^{1/3} = 2.15$ and $d = 10$)",
        "the slope over a decade is least from $p = 0.01$ to $0.1$, 0.397 to 0.603, and over every one at least 0.397, above $1/3$",
        "known at each to within a factor 1.34",
        r"$\sigma_3 = 0.2146$",
        "frontier (U9) argued",
    ):
        assert part in caption


def test_every_d_has_a_column_and_they_can_be_chosen():
    found = [evaluated("inf", d, p) for d in (2, 3) for p in ("1/100", "1/8", "1/2")]
    assert [axes.get_title(loc="left") for axes in plots.regimes(found).axes] == ["$d = 2$", "$d = 3$", "", ""]
    figure = plots.regimes(found, d=3, width="column")
    assert figure.axes[0].get_title(loc="left") == "$d = 3$"
    assert "superposition ceases to help between $p = 0.01$ and $1/2$" in figure.caption.replace("1/8", "1/2")


@pytest.mark.parametrize(
    ("found", "options", "message"),
    [
        (rows()[:1], {}, r"^p = 1/1000: must take two values"),
        (rows(), {"d": [10, 11]}, r"^d = 11: must be in the sweep"),
        ([made_up(p, "0.1", "0.2", d="1") for p in ("1/10", "1/2")], {}, r"^d = 1: must be at least 2"),
        ([made_up(p, "0.1", "0.2", m="1") for p in ("1/10", "1/2")], {}, r"^m = 1: must be at least 3"),
        ([made_up("1/2", "2", "9", d=str(d)) for d in range(2, 7)], {}, r"^d = 5 values: must be at most 4"),
    ],
)
def test_what_has_no_such_figure_is_refused(found, options, message):
    with pytest.raises(ParameterError, match=message):
        plots.regimes(found, **options)


def test_features_that_differ_have_the_band_and_the_slope_alone():
    ends = (("1/100", "0.01", "0.011"), ("1/10", "0.08", "0.09"))
    rows = [made_up(p, low, high, n="3", d="2", importance="0.5^i") for p, low, high in ends]
    figure = plots.regimes(rows)
    drawn = {line.get_gid() for line in figure.axes[0].lines}
    assert not any(gid and gid.startswith(("order", "fit", "asymptote")) for gid in drawn)
    assert "Chowdhury" not in figure.caption
    assert "importance 0.5^i" in figure.caption
    equal = plots.regimes([replace(row, importance=None) for row in rows])
    assert any(gid and gid.startswith("order") for gid in {line.get_gid() for line in equal.axes[0].lines})
