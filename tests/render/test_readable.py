"""Formulas for a terminal: what each construction becomes, and no formula of the catalog is left in LaTeX."""

import os
import subprocess
import sys

import pytest

from boundcalc import BOUNDS
from boundcalc.render.explanation import explanation_lines
from boundcalc.render.readable import readable, readable_sentence


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"I^{\ast} \le p\mu_{2} n", "I* ≤ p μ₂ n"),
        (r"\frac{a + b}{c}", "(a + b)/c"),
        (r"\frac{a}{c - d}", "a/(c − d)"),
        (r"\frac{a}{bc}", "a/(bc)"),
        (r"-a^{2m}", "−a²ᵐ"),
        (r"(1 - p)^{n-1}", "(1 − p)ⁿ⁻¹"),
        (r"x^{1/m}", "x^(1/m)"),
        (r"\sqrt{q_i}\, a_i^{m-1}", "√(q_i) a_iᵐ⁻¹"),
        (r"\binom{d+2}{3}", "(d + 2 choose 3)"),
        (r"\sum_{i, j} A_{ij}^{2k}", "Σ[i, j] A_ij²ᵏ"),
        (r"\sup_{w \ge 0} \left(w - 1\right)_{+}", "sup[w ≥ 0] (w − 1)₊"),
        (r"\hat x_i", "x̂_i"),
        (r"a = 1 \quad \text{if } m \ge 3", "a = 1 if m ≥ 3"),
    ],
)
def test_constructions(latex, text):
    assert readable(latex) == text


def test_sentences():
    assert readable_sentence("kappa_4 > 0 >= kappa_6, lambda <= nu_2; the kappas stay") == "κ₄ > 0 ≥ κ₆, λ ≤ ν₂; the kappas stay"


@pytest.mark.parametrize("key", BOUNDS)
def test_no_latex_is_left(key):
    bound = BOUNDS[key]
    lines = explanation_lines(bound, bound.exponent(None))
    left = [line for line in lines if "\\" in line or "_{" in line or "^{" in line]
    assert left == []
    assert any("\\" in line for line in explanation_lines(bound, bound.exponent(None), latex=True))


def test_a_terminal_without_these_letters_gets_latex():
    words = [sys.executable, "-m", "boundcalc", "explain", "rank"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=env)
    assert r"I^{\ast} \le" in done.stdout
    assert subprocess.run([*words, "--latex"], capture_output=True, text=True, check=True).stdout == done.stdout
