"""What is copied from the page gives the page's number."""

from __future__ import annotations

import shlex

import pytest

from boundcalc import explain, report
from boundcalc.bounds.catalog import BOUNDS
from boundcalc.cli.main import main
from boundcalc.explore.details import command_line, formatted, python_code, shown_detail

FIELDS = {"n": "12", "d": "3", "m": "3", "p": "1/100", "law": "rademacher"}


@pytest.mark.parametrize("key", BOUNDS)
def test_every_bound_has_its_statement_and_its_steps(key):
    found = shown_detail(FIELDS, key)
    told = explain(key, found["m"]).fields
    assert len(found["proof"]) == len(told["proof"])
    assert found["status"] == report(**FIELDS, digits=10)[key].status.value
    assert all(line.startswith("<math") for line in found["statement"])
    assert [step["statement"].startswith("<math") for step in found["proof"]] == [True] * len(told["proof"])


def test_python_and_command_give_the_number(capsys):
    scope = {}
    exec(python_code(FIELDS, "rank"), scope)
    assert shown_detail(FIELDS, "rank")["value"] in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(shlex.split(command_line(FIELDS))[1:])
    assert shown_detail(FIELDS, scope["answer"].best_upper.bound.key)["value"] in capsys.readouterr().out


def test_python_of_features_that_differ():
    fields = {**FIELDS, "n": "3", "importance": "1/i"}
    scope = {}
    exec(python_code(fields, "rank"), scope)
    assert scope["answer"].problem.features.n == 3


def test_what_a_shell_would_read_is_quoted():
    line = command_line({**FIELDS, "law": "gaussian; rm -rf x"})
    assert shlex.split(line)[-1] == "gaussian; rm -rf x"
    assert command_line({**FIELDS, "activation": "relu", "bias": "no"}).endswith("--no-bias")


def test_a_sentence_is_words_and_formulas():
    (_, words), (kind, formula), (_, end) = formatted("for $kappa_4 <= 0$, <b>")
    assert (words, kind, end) == ("for ", "math", ", <b>")
    assert formula.startswith("<math")
