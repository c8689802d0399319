"""What `latex limits` prints for a d and a law is the size of the certified bound; a law outside of the hypotheses is refused."""

from __future__ import annotations

import re

import pytest
from mpmath import mp, mpf
from oracles.latex_reader import value_of

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.cli.main import main
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.asymptotics import asymptotics
from boundcalc.render.renaming import NONE, parse_renaming


def displayed(text: str) -> list[str]:
    return re.findall(r"^\\\[ (.*) \\\]$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("key", "d", "law", "m", "n"),
    [
        ("rank", 4, "gaussian", 3, 10**9),
        ("very_sparse", 8, "rademacher", 3, 10**9),
        ("universal", 3, "uniform", 5, 10**9),
        ("uniform", 5, "laplace", 3, 10**9),
        ("sparsity_power", 4, "uniform", 3, 10**9),
        ("uniform_in_n", 6, "rademacher", 3, 10**9),
        ("orthonormal", 7, "gaussian", 5, 10**9),
    ],
)
def test_the_printed_term_is_the_size_of_the_certified_bound(key, d, law, m, n):
    """n past every threshold, n p = 10^-31."""
    bound, p = BOUNDS[key], "1e-40"
    text = asymptotics(bound, m, d=str(d), law=law)
    (place,) = [k for k, line in enumerate(text.splitlines()) if "past every threshold" in line]
    latex = displayed("\n".join(text.splitlines()[place:]))[0]
    evaluate = evaluate_lower if key == "orthonormal" else evaluate_upper
    value = evaluate(bound, Problem(n, d, m, p, law), 30).value.certified
    with mp.workdps(60):
        read = value_of(r"x \le " + latex, [], {"p": mpf(10) ** -40})
        certified = mpf(int(value.p)) / mpf(int(value.q))
        assert abs(read / certified - 1) < mpf(10) ** -12


@pytest.mark.parametrize("key", list(BOUNDS))
def test_every_bound_is_answered(key):
    text = asymptotics(BOUNDS[key], BOUNDS[key].exponent(None))
    assert displayed(text) or "there is none" in text
    assert "None" not in text


def test_a_dimension_leaves_no_limit_in_it():
    text = asymptotics(BOUNDS["rank"], 3, d="8")
    assert r"d \to \infty" not in text
    assert len(displayed(text)) == 2


def test_what_a_bound_dominates_is_said():
    assert "never above rank or equiangular or universal" in asymptotics(BOUNDS["very_sparse"], 3)


def test_symbols_are_renamed_everywhere():
    text = asymptotics(BOUNDS["random_directions"], 3, parse_renaming("n=N,d=K,p=\\epsilon"))
    assert not re.search(r"(?<![A-Za-z\\])[dp](?![A-Za-z])", "".join(re.findall(r"\$[^$]*\$|\\\[.*\\\]", text)))


def test_a_law_that_misses_the_hypotheses_is_refused():
    with pytest.raises(ParameterError, match=r"law = laplace: must meet .* gaussian_support .* gaussian law"):
        asymptotics(BOUNDS["gaussian_support"], 3, NONE, law="laplace")
    with pytest.raises(ParameterError, match="m = 5: must be 3"):
        asymptotics(BOUNDS["dense"], 5)


def test_the_command(capsys):
    with pytest.raises(SystemExit) as done:
        main(["latex", "limits", "half_design", "--m", "3", "--d", "8", "--law", "rademacher"])
    assert not done.value.code
    shown = capsys.readouterr().out
    assert shown.startswith("% boundcalc: limits of half_design (L3); needs amsmath\n")
    assert r"\[ 64\,p \]" in shown  # E_8: tau_3(8) = 8 * 10 * 12/15


@pytest.mark.parametrize("words", [["--d", "0"], ["--law", "moments:2=1"], ["--m", "4"], ["--law", "cauchy"]])
def test_bad_input_is_one_line(capsys, words):
    with pytest.raises(SystemExit) as done:
        main(["latex", "limits", "rank", *words])
    assert done.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
