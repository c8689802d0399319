"""MathML says what the LaTeX says: letters and digits in the same order, and nothing beside them."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.language.mathml import mathml
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.renaming import NONE

SAID = re.compile(r"[A-Za-z0-9]")
SHOWN_AS_WORDS = ("min", "max", "sup", "ln")
NOT_SHOWN = re.compile(
    r"\\\\\[\w+\]|\\(?:begin|end)\{\w+\}|\\(?:mathsf|mathbf|mathbb|operatorname|text)(?=\{)"
    r"|\\(?!" + "|".join(SHOWN_AS_WORDS) + r")[A-Za-z]+"
)


CHILDREN = {"msup": 2, "msub": 2, "msubsup": 3, "mfrac": 2, "mroot": 2, "munder": 2, "mover": 2, "munderover": 3}


def letters_of_mathml(text: str) -> str:
    tree = ElementTree.fromstring(text)
    for part in tree.iter():
        name = part.tag.rpartition("}")[2]
        assert len(part) == CHILDREN.get(name, len(part)), f"{name} with {len(part)} children is shown as a row"
    plain = unicodedata.normalize("NFKC", "".join(tree.itertext()))
    assert not set(plain) & set("\\$⋿")
    return "".join(SAID.findall(plain))


def letters_of_latex(text: str) -> str:
    return "".join(SAID.findall(NOT_SHOWN.sub("", text)))


FORMS = [(bound, m) for bound in BOUNDS.values() for m in (3, 5) if not bound.undefined(m)]


@pytest.mark.parametrize(("bound", "m"), FORMS, ids=lambda part: getattr(part, "key", part))
def test_the_closed_forms(bound, m):
    form = closed_form(bound, m)
    for latex in (form.inequality, *(f"{name} = {value}" for name, value in form.definitions)):
        written = NONE(latex)
        if r"\sqrt[" in written:  # the order of a root stands behind what is under it
            assert sorted(letters_of_mathml(mathml(written))) == sorted(letters_of_latex(written))
        else:
            assert letters_of_mathml(mathml(written)) == letters_of_latex(written)


def test_row_spaces_and_the_expectation():
    assert letters_of_mathml(mathml(r"\begin{cases} a \\[3pt] b \end{cases}")) == "ab"
    assert letters_of_mathml(mathml(r"\mathsf{E}\min(d, x)", "inline")) == "Emindx"


def test_the_power_of_a_binomial_is_a_power():
    for latex in (r"\binom{n}{k}^2", r"a \binom{\binom{n}{2} + 1}{k}^{m} + 1", r"\frac{\binom{n}{k}^2}{\binom{m}{l}^2}"):
        assert letters_of_mathml(mathml(latex)) == letters_of_latex(latex)
    above, below = ElementTree.fromstring(mathml(r"\binom{n}{k}^2")).find(".//{*}msup")
    assert ("".join(above.itertext()), below.text) == ("(nk)", "2")


def test_a_formula_that_is_no_latex_is_shown_as_text():
    assert mathml(r"\frac{1}{") == r"<code>\frac{1}{</code>"
