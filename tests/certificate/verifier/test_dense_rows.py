"""Certificates of dense_rows: both kinds verify, and false ones do not."""

from __future__ import annotations

from functools import partial

import pytest
from flint import fmpq
from oracles import tampering
from oracles.tampering import beside, proves_less

from boundcalc.certificate.verify import CertificateError, verify

CASES = {
    "edge": ("inf", 4, 5, "1/5", "rademacher"),
    "chaos": (50, 3, 5, "1", "rademacher"),
    "fifth": ("inf", 4, 5, "1/2", "uniform"),
    "beyond": ("inf", 4, 5, "2/5", "uniform"),
    "both": (9, 2, 5, "1", "uniform"),
    "fallback": ("inf", 2, 5, "1", "support:-13/10:1/5,-1:3/10,1:3/10,13/10:1/5"),
}


built = partial(tampering.built, "dense_rows")


@pytest.mark.parametrize("name", CASES)
def test_certificates_are_accepted(name):
    data = built(CASES[name])
    assert set(data["upper"]["parameters"]) == (
        {"ratio", "fourth", "fifth", "slope"} if name in ("fifth", "both", "beyond") else set()
    )
    done = verify(data)
    assert done.accepted, done.failure


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1 - fmpq(1, 10**12), 1 + fmpq(1, 10**12)])
def test_a_claim_beside_the_value_is_refused(name, factor):
    assert not verify(beside(built(CASES[name]), factor)).accepted


@pytest.mark.parametrize("name", CASES)
def test_no_single_change_proves_less_than_the_value(name):
    assert not proves_less(built(CASES[name]))


def test_a_lower_ratio_is_refused_with_its_claim():
    data = built(CASES["fifth"])
    for factor in (fmpq(999, 1000), fmpq(1, 2)):
        changed = {**data["upper"], "parameters": dict(data["upper"]["parameters"])}
        changed["parameters"]["ratio"] = str(fmpq(33, 49) * factor)
        claim = str(fmpq(33, 49) * factor * fmpq(4, 6))
        changed["improvement"] = {"lower": claim, "upper": claim}
        done = verify({**data, "upper": changed})
        assert not done.accepted
        assert "a row exceeds" in done.failure


def test_some_of_the_parameters_are_no_certificate():
    data = built(CASES["fifth"])
    for name in ("ratio", "fourth", "fifth", "slope"):
        parameters = {key: value for key, value in data["upper"]["parameters"].items() if key != name}
        with pytest.raises(CertificateError, match=name):
            verify({**data, "upper": {**data["upper"], "parameters": parameters}})


@pytest.mark.parametrize(
    "problem",
    [
        {"m": "3"},
        {"m": "7"},
        {"p": "19/100"},
        {"p": "1/20"},
        {"law": "gaussian", "p": "1/2"},
        {"law": "moments:2=1,4=9/5,6=899/100,8=200,10=100000"},
    ],
)
def test_outside_the_hypotheses_it_is_refused(problem):
    data = built(CASES["chaos"])
    assert not verify({**data, "problem": {**data["problem"], **problem}}).accepted
