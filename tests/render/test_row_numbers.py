"""What is said of the supremum of a bound over the rows: its place, or a price that is paid for it."""

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.problem import Problem
from boundcalc.render.renaming import parse_renaming
from boundcalc.render.row_numbers import row_numbers


@pytest.fixture(scope="module")
def outcome():
    return evaluate_upper(BOUNDS["capacity"], Problem(30, 4, 3, "1/100", "rademacher"), 10)


def test_a_row_without_a_price_is_where_the_supremum_is(outcome):
    said = row_numbers(outcome, {"at": "3"}, {}, 5)
    share = outcome.value.certified / 4
    assert said.startswith(f"The supremum is ${float(share):.8f}"[:22])
    assert said.endswith("at $Q_{2} = 4$.")
    assert row_numbers(outcome, {"at": "inf"}, {}, 5).endswith(r"as $Q_{2} \to \infty$.")


def test_a_price_is_paid_for_the_capacities(outcome):
    assert row_numbers(outcome, {"at": "inf", "slope": "1/50"}, {}, 5) == "The supremum is at most $0.02$."
    said = row_numbers(outcome, {"at": "3", "slope": "1/50"}, {}, 5)
    added = outcome.value.certified - fmpq(4, 50)
    assert "Here $z = 0.02$, and its supremum is at $Q_{2} = 4$." in said
    assert "r z &= 0.08" in said
    assert f"n (F - z)/Q_{{2}} &= {float(added):.12f}"[:26] in said


def test_your_letters_are_used(outcome):
    said = row_numbers(outcome, {"at": "3", "slope": "1/50"}, {}, 5, parse_renaming("n=N"))
    assert "N (F - z)/Q_{2}" in said


def test_a_certificate_without_one_row_says_nothing(outcome):
    assert row_numbers(outcome, {"terms": []}, {}, 5) == ""
