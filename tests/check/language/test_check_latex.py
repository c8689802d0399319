"""LaTeX of statements: what it says, and that pdflatex and the MathML converter take it."""

from __future__ import annotations

import pytest

from boundcalc.check.language.grammar import parse_expression, parse_statement
from boundcalc.check.language.latex import expression_latex, free_latex, relation_latex, statement_latex, symbol
from boundcalc.check.language.statement import build, parse_free
from boundcalc.check.language.vocabulary import QUANTITIES
from boundcalc.check.report import mathml

WRITTEN = {
    "a + b - (c - e)": r"a + b - \left(c - e\right)",
    "a - (b + c)": r"a - \left(b + c\right)",
    "(a + b)*c": r"\left(a + b\right)\, c",
    "a/(b + c)": r"\frac{a}{b + c}",
    "-(a + b)": r"-\left(a + b\right)",
    "-a*b": r"-a\, b",
    "(-a)^2": r"\left(-a\right)^{2}",
    "(a/b)^2": r"\left(\frac{a}{b}\right)^{2}",
    "a^(1/m)": "a^{1/m}",
    "a^(-(m - 1)/m)": r"a^{-\left(m - 1\right)/m}",
    "a^b^c": "a^{b^{c}}",
    "3/5*p": r"\frac{3}{5}\, p",
    "0.6*p": r"\tfrac{3}{5}\, p",
    "2*3": r"2 \cdot 3",
    "A[i, j]^4": "A_{ij}^{4}",
    "cos2[i, j]^2": r"\left(\langle v_{i}, v_{j}\rangle^2\right)^{2}",
    "Q[2*m, i]": r"Q_{2\, m}(i)",
    "kappa[4]": r"\kappa_{4}",
    "sum(i: a[i])": r"\sum_{i} a_{i}",
    "sum(j if j != i: A[i, j])": r"\sum_{j:\, j \ne i} A_{ij}",
    "sum(k in 1..m: k)": r"\sum_{k = 1}^{m} k",
    "sum(k in 1..m step 2: k)": r"\sum_{k = 1, 3, \ldots}^{m} k",
    "sum(i: a[i])*n": r"\left(\sum_{i} a_{i}\right)\, n",
    "sum(i: a[i] + q[i])": r"\sum_{i} \left(a_{i} + q_{i}\right)",
    "E[x[i]*Z[i]]": r"\mathbb{E}\left[x_{i}\, Z_{i}\right]",
    "sqrt(q[i])": r"\sqrt{q_{i}}",
    "abs(x[i])": r"\left|x_{i}\right|",
    "binom(m, k)": r"\binom{m}{k}",
    "plus(p - 1)": r"\left(p - 1\right)_{+}",
    "odd_name[i, k]^2": r"\mathit{odd}_{\mathrm{name}, i, k}^{2}",
    "v[i]": "v_{i}",
    "min(n, d)": r"\min\left(n, d\right)",
    "one(i = j)": r"\mathbf{1}\left[i = j\right]",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_expressions(text):
    assert expression_latex(parse_expression(text)) == WRITTEN[text]


@pytest.mark.parametrize("text", WRITTEN)
def test_they_convert_to_mathml(text):
    assert mathml(WRITTEN[text]).startswith("<math")


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("v", "v"),
        ("theta", r"\theta"),
        ("mixed", r"\mathit{mixed}"),
        ("x_3", r"x_{\mathrm{3}}"),
        ("lambda_max", r"\lambda_{\mathrm{max}}"),
    ],
)
def test_names(name, latex):
    assert symbol(name) == latex


def test_statements():
    statement = build("o", "k", ("a[i] <= q[i] <= 1", "n = d"), free=(("theta", "0..1 real"), ("k", "1..m step 2")))
    assert statement_latex(statement) == r"a_{i} \le q_{i} \le 1,\quad n = d\quad (\theta \in [0, 1], k = 1, 3, \ldots, m)"
    assert relation_latex(parse_statement("p >= 0")[0]) == r"p \ge 0"
    assert free_latex(parse_free("k", "n..d")) == r"k = n, \ldots, d"


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name + quantity.indices)
def test_every_quantity(quantity):
    letters = iter("ij")
    indices = ["4" if kind == "k" else next(letters) for kind in quantity.indices]
    text = quantity.name + (f"[{', '.join(indices)}]" if indices else "")
    latex = expression_latex(parse_expression(text))
    assert latex == (quantity.latex.format(*indices) if indices else quantity.latex)
    assert latex.count("{") == latex.count("}")
    assert mathml(latex).startswith("<math")
