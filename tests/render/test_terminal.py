"""Results as text: what Python shows is what the command line prints."""

import math
import pydoc
import subprocess
import sys

import pytest
from flint import fmpq

import boundcalc
from boundcalc import Problem, exact_loss, explain, find, report
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

WORDS = ["--n", "30", "--d", "4", "--m", "3", "--p", "0.03", "--law", "rademacher"]


def printed(*words):
    done = subprocess.run([sys.executable, "-m", "boundcalc", *words], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def answer():
    return report(30, 4, 3, "0.03", "rademacher", digits=10)


def test_a_report_is_asked_for_in_three_ways(answer):
    by_name = report(n=30, d=4, m=3, p="0.03", law="rademacher", digits=10)
    of_problem = report(Problem(30, 4, 3, "0.03", "rademacher"), digits=10)
    assert answer.to_dict() == by_name.to_dict() == of_problem.to_dict()
    with pytest.raises(ParameterError, match="must be given"):
        report(30, 4, 3)
    with pytest.raises(ParameterError, match="digits has its name"):
        report(Problem(30, 4, 3, "0.03", "rademacher"), 10)


def test_str_is_what_the_command_prints(answer):
    assert str(answer) + "\n" == printed("bounds", *WORDS, "--digits", "10")
    assert str(explain("U9", 5)) + "\n" == printed("explain", "frontier", "--m", "5")


def test_repr_is_a_line(answer):
    loss = exact_loss([[1, 0], [0, 1]], m=3, p="1/10", law="rademacher")
    for value in (answer, *answer.upper, *answer.lower, answer.ratio, loss, explain("rank"), *boundcalc.BOUNDS.values()):
        assert "\n" not in repr(value)
        assert len(repr(value)) < 125
    low, high = repr(answer).split(": ")[1].rstrip(">").split(" <= I* <= ")
    upper, lower = answer.best_upper.value.certified, answer.best_lower.value.certified
    assert parse_rational(low, parameter="low") <= lower <= upper <= parse_rational(high, parameter="high")


def test_outcomes_by_key(answer):
    assert answer["frontier"].bound is find("frontier")
    assert float(answer["orthonormal"]) == 0.12
    assert math.isnan(float(answer["dense"]))
    assert "does not apply" in str(answer["dense"])
    assert str(answer["orthonormal"]) == "I* >= 0.12 by orthonormal (proven)"
    with pytest.raises(ParameterError, match="frontier"):
        answer["fronteir"]


def test_a_data_frame_has_numbers_beside_exact_text(answer):
    pytest.importorskip("pandas", reason="pandas is not a dependency")
    frame = answer.to_dataframe().set_index("key")
    assert frame.loc["orthonormal", "value"] == 0.12
    assert frame.loc["orthonormal", "certified"] == "0.12"
    assert frame["value"].dtype == float


@pytest.mark.parametrize("name", sorted(set(boundcalc.__all__) - {"BOUNDS", "INFINITY", "LOWER", "UPPER", "__version__"}))
def test_help_fits_a_screen(name):
    thing = getattr(boundcalc, name)
    assert len(pydoc.plain(pydoc.render_doc(thing))) < (6000 if isinstance(thing, type) else 3000)


def test_numbers_become_floats():
    value = exact_loss([[1, 0], [0, 1]], m=3, p="1/10", law="rademacher")
    assert (float(value), float(boundcalc.Enclosure(fmpq(1, 4), fmpq(1, 2)))) == (0.0, 0.375)


def test_losses_and_enclosures_are_readable():
    value = exact_loss([[1, 0], [0, 1]], m=3, p="1/10", law="rademacher")
    assert "loss                              0\n" in str(value) + "\n"
    assert str(boundcalc.Enclosure.of(7)) == "7"
