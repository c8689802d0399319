"""Axes of maps say the values that a reader gave."""

import pytest
from oracles.sweep_rows import made_up

from boundcalc.render import plots


@pytest.mark.parametrize("count", [4, 11])
def test_dimensions_on_a_horizontal_axis_are_plain_numbers(count):
    """Not 2 × 10^0."""
    rows = [made_up("1/10", "0.2", "0.25", n=n, d=str(d)) for n in ("30", "40") for d in range(2, 2 + count)]
    figure = plots.gap_map(rows, x="d", y="n")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    for labels in (axes.get_xticklabels(which="both"), axes.get_yticklabels(which="both")):
        texts = [label.get_text() for label in labels if label.get_text()]
        assert len(texts) >= 2
        assert all(text.isdigit() for text in texts)
