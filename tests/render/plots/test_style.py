"""Files of figures: widths, formats, the same bytes each time, the user's settings untouched."""

import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from oracles.sweep_rows import made_up

from boundcalc import ParameterError
from boundcalc.render import plots
from boundcalc.render.plots.style import DPI, SCREEN_DPI, encoded, tint

W = np.array([[1.0, 0.5], [0.0, 1.0]])


@pytest.mark.parametrize(("width", "inches"), [("column", 3.4), ("text", 7.0)])
def test_widths_are_those_of_a_paper(width, inches):
    assert plots.capacities(W, width=width).get_size_inches()[0] == inches
    with pytest.raises(ParameterError, match=r"^width = wide: must be column or text$"):
        plots.capacities(W, width="wide")


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_same_figure_gives_the_same_bytes_without_a_date(suffix):
    one, other = (encoded(plots.witness(W), suffix) for _ in range(2))
    assert one == other
    assert not re.search(rb"Date|20\d\d-\d\d-\d\d", one)


def test_ids_in_svg_are_unique():
    rows = [made_up(p, "0.04", "0.05", d=d) for p in ("1/100", "1/50", "1/5") for d in ("2", "3")]
    figures = [plots.witness(W), plots.gap_map(rows), plots.geometry(rows), plots.bounds(rows, d=2)]
    figures.append(plots.phase_diagram(rows, y="d"))
    for figure in figures:
        ids = re.findall(rb'\bid="([^"]*)"', encoded(figure, "svg"))
        assert len(ids) > 20
        assert len(set(ids)) == len(ids), sorted(one for one in set(ids) if ids.count(one) > 1)


def test_files_hold_the_caption(tmp_path):
    figure = plots.capacities(W, name="mine")
    for suffix in ("pdf", "svg"):
        plots.save(figure, tmp_path / f"a.{suffix}")
        data = (tmp_path / f"a.{suffix}").read_bytes()
        assert b"Capacities $t_i = a_i^2/q_i$ of the weights mine" in data


def test_a_png_is_as_wide_as_a_column_at_its_resolution(tmp_path):
    plots.save(plots.capacities(W), tmp_path / "a.png", dpi=200)
    header = (tmp_path / "a.png").read_bytes()[16:20]
    assert int.from_bytes(header, "big") == 680
    assert DPI == 300


def test_the_user_s_settings_are_neither_used_nor_changed():
    with matplotlib.rc_context({"font.size": 31.0, "axes.facecolor": "red", "svg.fonttype": "path"}):
        before = dict(matplotlib.rcParams)
        mine = encoded(plots.capacities(W), "svg")
        assert dict(matplotlib.rcParams) == before
    assert mine == encoded(plots.capacities(W), "svg")


def test_unknown_formats_and_places_are_refused(tmp_path):
    figure = plots.capacities(W)
    with pytest.raises(ParameterError, match=r"must end in .png, .pdf or .svg$"):
        plots.save(figure, tmp_path / "a.jpg")
    with pytest.raises(ParameterError, match=r"cannot be written \(No such file or directory\)$"):
        plots.save(figure, tmp_path / "none" / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_tint_lies_between_the_colour_and_white():
    assert tint("#000000", 1.0) == "#000000"
    assert tint("#0072B2", 0.0) == "#FFFFFF"
    assert tint("#000000", 0.2) == "#CCCCCC"


def test_figures_leave_pyplot_alone():
    code = (
        "import numpy as np, sys; from boundcalc.render import plots; plots.witness(np.eye(2)); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_notebook_gets_fewer_dots_than_a_file():
    figure = plots.witness(W)
    width = {
        name: int.from_bytes(data[16:20], "big") for name, data in (("file", encoded(figure, "png")), ("cell", figure._repr_png_()))
    }
    assert width["cell"] == pytest.approx(width["file"] * SCREEN_DPI / DPI, abs=1)


def test_a_notebook_shows_the_caption_below_the_figure(monkeypatch):
    ipython = pytest.importorskip("IPython.display")
    shown = []
    monkeypatch.setattr(ipython, "display", lambda what, **options: shown.append(what))
    figure = plots.witness(W, name="a$b<c")
    figure._ipython_display_()
    image, caption = shown
    assert image.data.startswith(b"\x89PNG")
    assert caption["text/plain"] == figure.caption
    assert "<math" in caption["text/html"]
    assert "Weights a$b&lt;c" in caption["text/html"]
    assert "\\" not in re.sub(r"<math.*?</math>", "", caption["text/html"])


def test_a_gram_matrix_beside_a_histogram_begins_at_the_left():
    """It is a square: in half of the width it would leave a fifth of the figure empty."""
    figure = plots.witness(np.random.default_rng(0).standard_normal((5, 30)))
    figure.draw_without_rendering()
    assert figure.axes[0].get_tightbbox().x0 < 0.08 * figure.bbox.width
