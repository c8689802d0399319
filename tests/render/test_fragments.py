"""``latex`` returns what the command prints; a table of several p holds the numbers of each."""

import re
import subprocess
import sys

import pytest

from boundcalc import latex, report
from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.numbers import decimal

PROBLEM = ["--n", "30", "--d", "4", "--m", "3", "--p", "0.03", "--law", "gaussian"]


def printed(*words):
    return subprocess.run([sys.executable, "-m", "boundcalc", "latex", *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def answers():
    return [report(30, 4, 3, p, "gaussian", digits=5) for p in ("1e-6", "0.03", "0.9")]


def test_it_is_what_the_command_prints(answers):
    assert latex("U9") == printed("bound", "frontier")
    assert latex("capacity", "proof", m=5) == printed("proof", "capacity", "--m", "5")
    assert latex("rank", "limits", d=8, law="gaussian") == printed("limits", "rank", "--d", "8", "--law", "gaussian")
    assert latex(answers[1]["capacity"], digits=5) == printed("bound", "capacity", *PROBLEM, "--digits", "5")
    assert latex(answers[1]) == printed("table", *PROBLEM, "--digits", "5")
    assert latex(answers) == printed("table", *PROBLEM[:6], "--p", "1e-6,0.03,0.9", "--law", "gaussian")


def test_a_table_of_several_p(answers):
    rows = [line.split(" & ") for line in latex(answers).splitlines() if line.startswith("$I^") and " & " in line]
    found = {row[1].replace(" ", "_"): row[2:5] for row in rows}
    for k, answer in enumerate(answers):
        for outcome in (*answer.upper, *answer.lower):
            if outcome.value is None:
                assert outcome.bound.key not in found or found[outcome.bound.key][k] == "--"
                continue
            rounded = decimal_ceiling if outcome in answer.upper else decimal_floor
            cell = found[outcome.bound.key][k]
            assert cell.startswith(f"${decimal(rounded(outcome.value.certified, 5))}$")
            assert ("ast" in cell) == (outcome in (answer.best_upper, answer.best_lower))
    assert "proven by exact algebra" in latex(answers)  # the status has its legend
    other = report(31, 4, 3, "0.03", "gaussian", digits=5)
    with pytest.raises(ParameterError, match="must differ in p alone"):
        latex([*answers, other])


def test_words_in_the_notation_and_letters_that_are_taken():
    text = latex("rank", notation=r"n=n_{sae},d=\mathrm{hidden}")
    assert r"\min(n_{\mathrm{sae}}, N_{3}(\mathrm{hidden}))" in text
    with pytest.raises(ParameterError, match=r"m denotes exponent of the activation.*rename that too, or take .* such as k_0"):
        latex("rank", notation="d=m")
    assert latex("rank", notation="d=m,m=k_0").splitlines()[1].startswith("Let $k_0 = 3$")


def test_kinds():
    with pytest.raises(ParameterError, match="must be bound, proof, limits of what was given"):
        latex("rank", "table")
    assert re.search(r"\\begin\{document\}", latex("rank", standalone=True))


def test_numbers_that_python_does_not_write():
    with pytest.raises(ParameterError, match="at most"):
        latex("capacity_welch", "limits", d=10**5000)


def test_reports_have_the_digits_that_they_show_themselves_with():
    """They had the 30 that are certified, in a table wider than the page."""
    answer = report(30, 6, 3, "0.02", "gaussian")
    assert "to 10 significant digits" in latex(answer)
    assert "to 10 significant digits" in latex(answer, "report")
    assert "to 5 significant digits" in latex(answer, digits=5)
    assert "to 7 significant digits" in latex(report(30, 6, 3, "0.02", "gaussian", digits=7))
