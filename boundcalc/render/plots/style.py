"""Sets how every figure looks and is written: widths of a paper's columns, colour-blind safe colours, files without dates."""

from __future__ import annotations

import html
import io
import math
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boundcalc.language.mathml import mathml
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.numbers.files import write_whole

try:
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator
except ModuleNotFoundError as error:  # pragma: no cover - the tests run it in a process of its own
    raise ModuleNotFoundError("plots need matplotlib: pip install boundcalc[plot]", name=error.name) from None

COLUMN, TEXT = 3.4, 7.0
"""Widths in inches: one column, and both columns of a two-column page."""
WIDTHS = {"column": COLUMN, "text": TEXT}
FORMATS = ("png", "pdf", "svg")
DPI = 300
"""Dots an inch of .png files, and of what is an image in the others."""
SCREEN_DPI = 150
"""Dots an inch in a notebook, which keeps every figure as text: at 300 one of three figures has 370 kB."""

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
"""The palette of Okabe and Ito (2008), which readers with any common colour blindness tell apart."""
GREY, LIGHT = "#777777", "#D9D9D9"
SEQUENTIAL, DIVERGING = "cividis", "PuOr"
BOX: dict[str, Any] = {"boxstyle": "round,pad=0.12", "facecolor": "white", "alpha": 0.8, "linewidth": 0}
"""Keeps text readable where it crosses a line or a hatch; an outline would turn it into curves in SVG."""
HATCHES = ("", "////", "\\\\\\\\", "----", "xxxx", "||||", "++++", "//", "\\\\")
"""Lines alone: dots and rings take 250 kB of SVG."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
DASHES: tuple[Any, ...] = ("-", "--", (0, (4, 1.2, 1, 1.2)), (0, (1, 1.2)), (0, (6, 1.5)), (0, (3, 1, 1, 1, 1, 1)))

_STYLE: dict[str, Any] = {
    "font.family": "serif",
    "font.serif": ["STIXGeneral", "Times New Roman", "Times", "DejaVu Serif"],
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.fontsize": 6.5,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "0.8",
    "legend.fancybox": False,
    "lines.linewidth": 1.1,
    "lines.markersize": 3,
    "hatch.linewidth": 0.4,
    "figure.dpi": 150,
    "savefig.dpi": DPI,
    "svg.fonttype": "none",  # text stays text: searched, edited, set in the reader's font
    "svg.hashsalt": "boundcalc",
    "pdf.fonttype": 42,
    "path.simplify": False,
}


class CaptionedFigure(Figure):
    """A Matplotlib figure with the text that belongs under it.

    Attributes
    ----------
    caption : str
        What is drawn, with every parameter; mathematics in LaTeX.
    """

    caption: str = ""

    def _repr_png_(self) -> bytes:
        return encoded(self, "png", SCREEN_DPI)

    def _ipython_display_(self) -> None:
        """A notebook shows the figure, and the caption below it."""
        from IPython.display import Image, display

        display(Image(self._repr_png_()))
        display({"text/html": f"<p>{_html(self.caption)}</p>", "text/plain": self.caption}, raw=True)


def _html(caption: str) -> str:
    """A caption with its mathematics as MathML."""
    parts = re.split(r"(?<!\\)\$", caption)
    shown = (mathml(part, "inline") if k % 2 else html.escape(part).replace(r"\$", "$") for k, part in enumerate(parts))
    return "".join(shown)


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults with our style, whatever the user's settings are, for a block or a function; restored afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def new_figure(width: str, height: float) -> CaptionedFigure:
    """An empty figure.

    Parameters
    ----------
    width : str
        ``"column"`` (3.4 in) or ``"text"`` (7 in).
    height : float
        In inches.
    """
    if width not in WIDTHS:
        raise ParameterError("width", width, f"must be {' or '.join(WIDTHS)}")
    return CaptionedFigure(figsize=(WIDTHS[width], height), layout="constrained")


def identifier(*parts: str) -> str:
    """The id of an element in SVG: letters, digits and hyphens; the parts together must be the figure's only ones."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", " ".join(parts)).strip("-")


def named(name: str) -> str:
    """A name from outside as text of a figure: one line, no mathematics."""
    return shortened(name.replace("_", " ")).replace("$", r"\$")


def tint(colour: str, share: float = 0.35) -> str:
    """A colour mixed with white, of which it keeps a share."""
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02X}" for part in parts)


def certified_band(
    axes: Axes,
    x: Sequence[float],
    lower: Sequence[float],
    upper: Sequence[float],
    what: str,
    names: tuple[str, str] = ("best upper bound", "best lower bound"),
    ids: str = "{}",
) -> None:
    """What the best bounds leave: the area between them, and both of them as lines.

    Parameters
    ----------
    what : str
        What lies there, for the legend.
    names : (str, str)
        Of the two lines, the upper bound's first.
    ids : str
        Of the three in the file, from their names.
    """
    gid = identifier(ids.format("between"))
    axes.fill_between(x, lower, upper, color=LIGHT, linewidth=0, label=f"{what} lies here", gid=gid, zorder=2)
    for name, side, label, colour, dash in (
        ("best upper", upper, names[0], BLACK, "-"),
        ("best lower", lower, names[1], BLUE, DASHES[1]),
    ):
        gid = identifier(ids.format(name))
        axes.plot(x, side, color=colour, linewidth=0.9, linestyle=dash, label=label, gid=gid, zorder=3)


def whole_numbers(axis: Axis) -> None:
    """Ticks of an axis of dimensions or features: whole numbers, in digits while they have few."""
    if axis.get_scale() == "linear":
        axis.set_major_locator(MaxNLocator(integer=True))
    else:
        plain_decades(axis)


def plain_decades(axis: Axis, digits: tuple[float, ...] = ()) -> None:
    """Writes 2, 3, 5 and not 2 × 10^0 on a logarithmic axis that spans little more than two decades."""
    low, high = sorted(axis.get_view_interval())
    if not (0 < low < high < 300 * low and 1e-3 <= low and high < 1e5):
        return

    def shown(value: float, _: object = None) -> str:
        leading = value / 10.0 ** math.floor(math.log10(value) + 1e-9)
        wanted = digits or ((1, 2, 3, 5) if high > 10 * low else (1, 1.5, 2, 3, 4, 5, 6, 8))
        return f"{value:g}" if any(abs(leading - one) < 1e-6 for one in wanted) else ""

    axis.set_major_formatter(FuncFormatter(shown))
    axis.set_minor_formatter(FuncFormatter(shown))


def encoded(figure: CaptionedFigure, suffix: str, dpi: int = DPI) -> bytes:
    """The bytes of a file; the same figure gives the same bytes."""
    about: dict[str, dict[str, Any]] = {
        "png": {"Software": "boundcalc", "Description": figure.caption},
        "pdf": {"Creator": "boundcalc", "Producer": None, "CreationDate": None, "Subject": figure.caption},
        "svg": {"Creator": "boundcalc", "Date": None, "Description": figure.caption},
    }
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format=suffix, metadata=about[suffix], dpi=dpi)
    return buffer.getvalue()


def read_format(path: str | os.PathLike[str]) -> str:
    """The format that a file's name asks for.

    Raises
    ------
    ParameterError
        If it is none of png, pdf and svg.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise ParameterError("out", os.fspath(path), "must end in .png, .pdf or .svg")
    return suffix


def save(figure: CaptionedFigure, path: str | os.PathLike[str], dpi: int = DPI) -> None:
    """Writes a figure whole or not at all, the caption among the file's metadata.

    Raises
    ------
    ParameterError
        If the name asks for another format, or the file cannot be written.
    """
    write_whole(path, encoded(figure, read_format(path), dpi))
