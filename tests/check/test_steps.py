"""The catalog's claims as statements."""

from __future__ import annotations

import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.check.exact.case_grid import depends
from boundcalc.check.steps import every_step, names_of, single_exponent, statement_of, statements, unequal_steps
from boundcalc.language.claims import Status, Step
from boundcalc.language.grammar import StatementError
from boundcalc.language.names import resolve
from boundcalc.model.named.quantity import Dependence
from boundcalc.numbers.errors import ParameterError


def test_every_claim_is_understood_and_stands_once():
    found = statements()
    for statement in found:
        resolve(statement)
    names = [f"{statement.owner}.{statement.key}" for statement in found]
    assert len(names) == len(set(names))
    assert set(names) <= set(every_step())


def test_a_step_that_proofs_share_is_run_once():
    sharing = [bound.key for bound in BOUNDS.values() if BOUNDS["rank"].proof[1] in bound.proof]
    assert len(sharing) > 2
    assert [name for name in names_of(sharing) if name.endswith(".projection") and name.split(".")[0] in sharing] == [
        "rank.projection"
    ]


def test_a_bound_brings_its_lemmas():
    names = names_of(["uniform"])
    assert "uniform.between" in names
    assert "leverage.row" in names
    assert "equiangular.tangent" not in names


def test_a_bound_brings_what_it_says_of_features_that_differ():
    assert [name for name in names_of(["capacity"]) if ".unequal." in name] == [
        "capacity.unequal.fractions",
        "capacity.unequal.crowd",
        "capacity.unequal.row",
        "capacity.unequal.quintic",
    ]
    assert names_of(["frontier.unequal.symmetrise"]) == ["frontier.unequal.symmetrise"]
    for statement in statements(list(unequal_steps())):
        assert Dependence.FEATURES in depends(resolve(statement)), statement.key


def test_a_lemma_and_a_step_have_names_of_their_own():
    assert names_of(["welch"]) == ["welch.gram", "welch.projection", "welch.count"]
    assert names_of(["welch.count"]) == ["welch.count"]
    assert names_of(["equiangular.projection"]) == ["rank.projection"]


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(ParameterError, match="welch"):
        statements(["welsh"])


@pytest.mark.parametrize(("condition", "m"), [("m = 3", 3), ("m = 5", 5), ("m >= 3", None), ("p > 0", None), ("n = m", None)])
def test_a_condition_on_the_exponent(condition, m):
    assert single_exponent(condition) == m


def test_a_step_about_one_exponent_is_tried_for_it_alone():
    by_name = {f"{each.owner}.{each.key}": each for each in statements(exponents=(3, 5, 7))}
    assert by_name["dense.form"].exponents == (3,)
    assert by_name["welch.count"].exponents == (3, 5, 7)


@pytest.mark.parametrize("name", ["v[2]", "v + 1", "v[i + 1]"])
def test_a_definition_needs_a_name_with_index_variables(name):
    step = Step("k", "", Status.ARGUED, claim=("S = S",), define=((name, "p"),))
    with pytest.raises(StatementError, match="expected a name"):
        statement_of("test.k", step)
