"""LaTeX of statements: what it says, and that pdflatex and the MathML converter take it."""

from __future__ import annotations

import pytest

from boundcalc.language.grammar import parse_expression, parse_statement
from boundcalc.language.latex import expression_latex, free_latex, relation_latex, statement_latex, symbol
from boundcalc.language.mathml import mathml
from boundcalc.language.statement import build, parse_free
from boundcalc.model.named.index import QUANTITIES

BRACES = str.maketrans("", "", "{}")
WRITTEN = {
    "a + b - (c - e)": r"a + b - (c - e)",
    "a - (b + c)": r"a - (b + c)",
    "(a + b)*c": r"(a + b) c",
    "a/(b + c)": r"\frac{a}{b + c}",
    "-(a + b)": r"-(a + b)",
    "-a*b": r"-a b",
    "(-a)^2": r"(-a)^2",
    "(a/b)^2": r"\Bigl(\frac{a}{b}\Bigr)^2",
    "a^(1/m)": "a^{1/m}",
    "a^(-(m - 1)/m)": r"a^{-(m - 1)/m}",
    "a^b^c": "a^{b^c}",
    "3/5*p": r"\frac{3}{5} p",
    "0.6*p": r"\tfrac{3}{5} p",
    "2*3": r"2 \cdot 3",
    "2*p": "2p",
    "2*mu[4]": r"2 \mu_4",
    "A[i, j]^4": "A_{ij}^4",
    "cos2[i, j]^2": r"\langle v_i, v_j\rangle^4",
    "cos2[i, j]^m": r"\langle v_i, v_j\rangle^{2m}",
    "Q[2*m, i]": r"Q_{2m}(i)",
    "kappa[4]": r"\kappa_4",
    "tau[m]*T": r"\tau_m(d) T",
    "sum(i: a[i])": r"\sum_i a_i",
    "sum(j if j != i: A[i, j])": r"\sum_{j:\, j \ne i} A_{ij}",
    "sum(i, j if i != j: A[i, j])": r"\sum_{i \ne j} A_{ij}",
    "sum(k in 1..m: k)": r"\sum_{k = 1}^m k",
    "sum(k in 1..m step 2: k)": r"\sum_{k = 1, 3, \ldots, m} k",
    "sum(k in 2..3: k)": r"\sum_{k = 2}^3 k",
    "sum(i: a[i])*n": r"\Bigl(\sum_i a_i\Bigr) n",
    "p*sum(i: a[i])*n": r"\Bigl(p\, \sum_i a_i\Bigr) n",
    "sum(i: a[i] + q[i])": r"\sum_i (a_i + q_i)",
    "E[x[i]*Z[i]]": r"\mathbb{E}[x_i Z_i]",
    "sqrt(q[i])": r"\sqrt{q_i}",
    "abs(x[i])": r"\left|x_i\right|",
    "binom(m, k)": r"\binom{m}{k}",
    "plus(p - 1)": r"(p - 1)_+",
    "odd_name[i, k]^2": r"\mathit{odd}_{\mathrm{name}, ik}^2",
    "v[i]": "v_i",
    "min(n, d)": r"\min(n, d)",
    "one(i = j)": r"\mathbf{1}[i = j]",
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
        ("x_3", "x_3"),
        ("M_12", "M_{12}"),
        ("lambda_max", r"\lambda_{\mathrm{max}}"),
    ],
)
def test_names(name, latex):
    assert symbol(name) == latex


def test_statements():
    statement = build("o", "k", ("a[i] <= q[i] <= 1", "n = d"), free=(("theta", "0..1 real"), ("k", "1..m step 2")))
    assert statement_latex(statement) == (r"a_i \le q_i \le 1,\quad n = d\quad \text{for } \theta \in [0, 1],\ k = 1, 3, \ldots, m")
    given = ("m = 3", "kappa[4] >= 0", "one(m > 3)*kappa[8] >= 0")
    whole = build("o", "k", ("v[i] <= y_2",), given=given, define=(("v[i]", "p*q[i]"), ("y_2", "1/d")))
    assert statement_latex(whole) == (
        r"v_i \le y_2\quad \text{if } m = 3,\ \kappa_4 \ge 0,\ \kappa_8 \ge 0\ (m > 3)"
        r"\quad \text{where } v_i = p q_i,\ y_2 = \frac{1}{d}"
    )
    assert relation_latex(parse_statement("p >= 0")[0]) == r"p \ge 0"
    assert free_latex(parse_free("k", "n..d")) == r"k = n, \ldots, d"


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name + quantity.indices)
def test_every_quantity(quantity):
    letters = iter("ij")
    indices = ["4" if kind == "k" else next(letters) for kind in quantity.indices]
    text = quantity.name + (f"[{', '.join(indices)}]" if indices else "")
    latex = expression_latex(parse_expression(text))
    written = quantity.latex.format(*indices) if indices else quantity.latex
    assert latex.translate(BRACES) == written.translate(BRACES)  # braces around a single letter are left out
    assert latex.count("{") == latex.count("}")
    assert mathml(latex).startswith("<math")
