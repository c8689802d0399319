"""Certificates of coupled_frontier verify; false ones do not."""

from __future__ import annotations

import pytest
from flint import fmpq
from oracles.tampering import accepted, at, places

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verify import CertificateError, verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem
from boundcalc.numbers.parsing import parse_rational

CASES = {
    "gaussian": ("inf", 2, 3, "1e-3", "gaussian"),
    "dense": ("inf", 3, 3, "1/10", "gaussian"),
    "many": (10**6, 3, 3, "1e-3", "gaussian"),
    "plain": (5, 3, 3, "1e-2", "uniform"),
    "quintic": ("inf", 2, 5, "1e-2", "gaussian"),
}


def built(name: str) -> dict:
    return certificate(report(Problem(*CASES[name]), digits=20, upper=[BOUNDS["coupled_frontier"]], lower=[BOUNDS["orthonormal"]]))


def number(data: dict, *path: str) -> fmpq:
    return parse_rational(at(data, path), parameter="x")


@pytest.mark.parametrize("name", CASES)
def test_certificates_are_accepted(name):
    data = built(name)
    assert ("z" in data["upper"]["parameters"]) == (not name.startswith("plain"))
    done = verify(data)
    assert done.accepted, done.failure


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1 - fmpq(1, 10**12), 1 + fmpq(1, 10**12)])
def test_a_claim_beside_the_value_is_refused(name, factor):
    data = built(name)
    claim = data["upper"]["improvement"]
    for end in ("lower", "upper"):
        claim[end] = str(parse_rational(claim[end], parameter=end) * factor)
    assert not verify(data).accepted


def test_a_z_that_the_rows_exceed_is_refused():
    """With the claim that goes with it: 1/10^4 less than z, of which 1/10^5 is room."""
    data = built("dense")
    z = number(data, "upper", "parameters", "z")
    lower = z * (1 - fmpq(1, 10**4))
    data["upper"]["parameters"]["z"] = str(lower)
    for end in ("lower", "upper"):
        value = number(data, "upper", "improvement", end)
        data["upper"]["improvement"][end] = str(value - 3 * (z - lower))
    assert "not proven" in (verify(data).failure or "")


def test_a_z_that_the_rows_of_m_5_exceed_is_refused():
    """With the claim that goes with it: 1/10^3 less than z, of which 1/10^4 is room."""
    data = built("quintic")
    z = number(data, "upper", "parameters", "z")
    data["upper"]["parameters"]["z"] = str(z * fmpq(999, 1000))
    for end in ("lower", "upper"):
        value = number(data, "upper", "improvement", end)
        data["upper"]["improvement"][end] = str(value - 2 * z * fmpq(1, 1000))
    assert "not proven" in (verify(data).failure or "")


def test_parameters_of_m_5_outside_their_domain_are_refused():
    data = built("quintic")
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


def test_no_single_change_proves_less_than_the_value():
    for name in ("dense", "plain", "quintic"):
        data = built(name)
        value = number(data, "upper", "improvement", "upper") * (1 - fmpq(1, 10**12))
        paths = [path for path in places(data) if path[0] == "upper"]
        changes = [(path, text) for path in paths for text in ("0", "1", "-1", str(number(data, *path) * 2))]
        for path, _, mutant in accepted(data, changes):
            assert number(mutant, "upper", "improvement", "upper") >= value, (name, path)


def test_numbers_outside_their_domain_are_refused():
    data = built("dense")
    parameters = data["upper"]["parameters"]
    for change in ({"z": "-1"}, {"lambda": "-1/10"}, {"z_n": "1"}, {"moved_3": "1/1000"}):
        assert not verify({**data, "upper": {**data["upper"], "parameters": {**parameters, **change}}}).accepted
    for change in ({"at": "1/2"}, {"price": "1"}, {"z": "0.5"}):
        with pytest.raises(CertificateError):
            verify({**data, "upper": {**data["upper"], "parameters": {**parameters, **change}}})


@pytest.mark.parametrize("problem", [{"m": "7"}, {"p": "9/100", "law": "rademacher"}])
def test_outside_the_hypotheses_it_is_refused(problem):
    data = built("gaussian")
    assert not verify({**data, "problem": {**data["problem"], **problem}}).accepted
