r"""No line of a display is wider than the text, none is broken where LaTeX forbids it, and no term is lost on the way."""

from __future__ import annotations

import re

import pytest

from boundcalc.render.lines import broken, definitions, display
from boundcalc.render.width import TEXT_WIDTH, width

SUM = " + ".join(rf"\mu_{{{k}}} \frac{{d + {k}}}{{n + {k}}}" for k in range(2, 22, 2))
PLAIN = " + ".join(rf"\mu_{{{k}}} (d + {k})" for k in range(2, 22, 2))
WIDE = {
    "a power of a sum in stretched brackets": rf"\left({SUM}\right)^{{2}} \,p",
    "the same below a relation": rf"I \le \left({SUM}\right)^{{2}} \,p",
    "a fraction with a wide denominator": rf"\frac{{\mu_{{4}}^{{2}}}}{{{PLAIN}}} \,p",
    "a fraction with both parts wide": rf"I \le r \frac{{{PLAIN} - 1}}{{{PLAIN}}}",
    "stretched brackets in a denominator": rf"\frac{{\mu_{{4}}^{{2}}}}{{\mu_{{6}} \left({SUM}\right)}} \,p",
}


def terms(latex: str) -> str:
    """What is left of a formula without what only lays it out."""
    laid = r"\\(?:begin|end)\{(?:aligned|align\*)\}|\\(?:left|right|biggl|biggr|quad|qquad)(?![A-Za-z])|\\\\|\\\[|\\\]|\{\}|&|\s"
    return re.sub(laid, "", latex)


@pytest.mark.parametrize("latex", WIDE.values(), ids=WIDE)
def test_what_has_no_sign_outside_of_its_brackets_is_broken_inside(latex):
    assert width(latex) > TEXT_WIDTH
    lines = broken(latex)
    assert max(map(width, lines)) <= TEXT_WIDTH
    assert all(line.count(r"\left") == line.count(r"\right") for line in lines)
    assert terms(display(latex)) == terms(latex)
    assert terms(definitions([("I", latex)])) == terms(f"I = {latex}.")


@pytest.mark.parametrize(
    "latex",
    ["x", *WIDE.values(), rf"\left(\sqrt{{{PLAIN}}}\right)^{{2}}", rf"\mu_{{2}} \sqrt{{{PLAIN}}}"],
)
def test_an_alignment_mark_stands_in_an_environment(latex):
    outside = re.sub(r"\\begin\{aligned\}.*\\end\{aligned\}", "", display(latex), flags=re.DOTALL)
    assert "&" not in outside


def test_only_what_is_too_wide_is_broken_inside_of_its_brackets():
    square = r"(\xi + 1)^{2}"
    latex = " + ".join([*(rf"\mu_{{{k}}} {square}" for k in range(2, 30, 2)), rf"\nu ({PLAIN})"])
    lines = broken(latex)
    assert max(map(width, lines)) <= TEXT_WIDTH
    assert sum(line.count(square) for line in lines) == 14
