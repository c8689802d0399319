"""Certificates of coupled_frontier verify; false ones do not."""

from __future__ import annotations

from functools import partial

import pytest
from flint import fmpq
from oracles import tampering
from oracles.tampering import beside, number, proves_less

from boundcalc.certificate.verify import CertificateError, verify

CASES = {
    "gaussian": ("inf", 2, 3, "1e-3", "gaussian"),
    "dense": ("inf", 3, 3, "1/10", "gaussian"),
    "many": (10**6, 3, 3, "1e-3", "gaussian"),
    "few": (50, 5, 3, "1e-3", "uniform"),  # decided by what lies between the corners of boxes
    "plain": (5, 3, 3, "1e-2", "uniform"),
    "quintic": ("inf", 2, 5, "1e-2", "gaussian"),
}


built = partial(tampering.built, "coupled_frontier")


@pytest.mark.parametrize("name", CASES)
def test_certificates_are_accepted(name):
    data = built(CASES[name])
    assert ("z" in data["upper"]["parameters"]) == (name != "plain")
    done = verify(data)
    assert done.accepted, done.failure


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1 - fmpq(1, 10**12), 1 + fmpq(1, 10**12)])
def test_a_claim_beside_the_value_is_refused(name, factor):
    assert not verify(beside(built(CASES[name]), factor)).accepted


def test_a_z_that_the_rows_exceed_is_refused():
    """With the claim that goes with it: 1/10^4 less than z, of which 1/10^5 is room."""
    data = built(CASES["dense"])
    z = number(data, "upper", "parameters", "z")
    lower = z * (1 - fmpq(1, 10**4))
    data["upper"]["parameters"]["z"] = str(lower)
    for end in ("lower", "upper"):
        value = number(data, "upper", "improvement", end)
        data["upper"]["improvement"][end] = str(value - 3 * (z - lower))
    assert "not proven" in (verify(data).failure or "")


def test_a_z_that_the_rows_of_m_5_exceed_is_refused():
    """With the claim that goes with it: 1/10^3 less than z, of which 1/10^4 is room."""
    data = built(CASES["quintic"])
    z = number(data, "upper", "parameters", "z")
    data["upper"]["parameters"]["z"] = str(z * fmpq(999, 1000))
    for end in ("lower", "upper"):
        value = number(data, "upper", "improvement", end)
        data["upper"]["improvement"][end] = str(value - 2 * z * fmpq(1, 1000))
    assert "not proven" in (verify(data).failure or "")


def test_parameters_of_m_5_outside_their_domain_are_refused():
    data = built(CASES["quintic"])
    parameters = data["upper"]["parameters"]
    terms = parameters["terms"]
    assert [term["parts"] for term in terms[:3]] == [["5"], ["4", "1"], ["3", "1", "1"]]
    for k, change in (
        (0, {"share": "2"}),
        (0, {"nu": "-1"}),
        (1, {"parts": ["3", "2"]}),
        (3, {"parts": ["2", "2"]}),
        (3, {"share": "-1"}),
    ):
        changed = [{**term, **change} if i == k else term for i, term in enumerate(terms)]
        assert not verify({**data, "upper": {**data["upper"], "parameters": {**parameters, "terms": changed}}}).accepted, change
    assert not verify({**data, "upper": {**data["upper"], "parameters": {**parameters, "z": "-1"}}}).accepted


@pytest.mark.parametrize("name", ["dense", "plain", "quintic"])
def test_no_single_change_proves_less_than_the_value(name):
    assert not proves_less(built(CASES[name]), fmpq(1, 10**12))


def test_numbers_outside_their_domain_are_refused():
    data = built(CASES["dense"])
    parameters = data["upper"]["parameters"]
    for change in ({"z": "-1"}, {"lambda": "-1/10"}, {"z_n": "1"}, {"moved_3": "1/1000"}):
        assert not verify({**data, "upper": {**data["upper"], "parameters": {**parameters, **change}}}).accepted
    for change in ({"at": "1/2"}, {"price": "1"}, {"z": "0.5"}):
        with pytest.raises(CertificateError):
            verify({**data, "upper": {**data["upper"], "parameters": {**parameters, **change}}})


@pytest.mark.parametrize("problem", [{"m": "7"}, {"p": "9/100", "law": "rademacher"}])
def test_outside_the_hypotheses_it_is_refused(problem):
    data = built(CASES["gaussian"])
    assert not verify({**data, "problem": {**data["problem"], **problem}}).accepted
