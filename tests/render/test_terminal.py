"""Results as text: what Python shows is what the command line prints."""

import math
import pydoc
import subprocess
import sys

import pytest
from flint import fmpq

import boundcalc
from boundcalc import Problem, exact_loss, explain, find, report
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational
from boundcalc.render.terminal import report_text

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
    with pytest.raises(ParameterError, match="such as digits=30"):
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


def test_the_best_of_each_side_come_first_and_the_rest_when_asked_for(answer):
    rows = [line.split() for line in str(answer).splitlines() if line.startswith("I ")]
    for side, best in (("<=", min), (">=", max)):
        values = [float(row[4]) for row in rows if row[1] == side]
        assert values == sorted(values, reverse=side == ">=")
        outcomes = answer.upper if side == "<=" else answer.lower
        assert values[0] == pytest.approx(best(float(o) for o in outcomes if o.value is not None), rel=1e-9)
    assert "orthonormal" in {row[2] for row in rows}
    every = report_text(answer, every=True)
    assert all(outcome.bound.key in every for outcome in (*answer.upper, *answer.lower))
    assert max(len(line) for line in every.split("best upper / best lower")[0].splitlines()) <= 110
    left = len(answer.upper) + len(answer.lower) - len(rows)
    assert f"{left} more, {sum(o.value is None for o in (*answer.upper, *answer.lower))} of which do not apply: --all (in" in str(
        answer
    )


def test_reasons_are_wrapped_to_the_width(answer, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    reasons = report_text(answer, every=True).split("linear_program does not apply")[1].split("dense_rows")[0]
    assert max(map(len, reasons.splitlines()[1:])) <= 60


def test_a_tiny_p_is_short():
    tiny = report(9, 3, 3, "1e-400", "gaussian", digits=6)
    assert str(tiny).splitlines()[0] == "n = 9 d = 3 m = 3 p = 1e-400 law = gaussian"
    assert "p=1e-400 " in repr(tiny)
    assert "p = 1/3 " in str(report(9, 3, 3, "1/3", "gaussian", digits=6))


def test_a_report_unasked_has_the_table_of_the_command_and_more_digits(answer):
    unasked = report(30, 4, 3, "0.03", "rademacher")
    assert str(unasked) == str(answer)
    assert len(unasked.to_dict()["best"]["upper"]["improvement"]["upper"]) > 25
    assert len(str(report(30, 4, 3, "0.03", "rademacher", digits=20)).splitlines()[2]) > len(str(answer).splitlines()[2])


def test_a_report_has_its_witness(answer):
    d, n = answer.witness.shape
    assert (d, n) == (4, 10)
    assert answer.witness is answer.best_lower.witness
    assert [block.features for block in answer.blocks] == [slice(0, 10)]
    gained = exact_loss(answer.witness, m=3, p="0.03", law="rademacher").improvement
    assert to_float(gained) == pytest.approx(float(answer.best_lower), rel=1e-12)
