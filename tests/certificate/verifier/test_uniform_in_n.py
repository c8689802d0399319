"""Certificates of uniform_in_n: both additive terms verify, and false ones do not."""

from __future__ import annotations

from functools import partial

import pytest
from flint import fmpq
from oracles import tampering
from oracles.tampering import beside, proves_less

from boundcalc.certificate.verify import CertificateError, verify

CASES = {
    "none": ("inf", 3, 3, "1e-6", "rademacher"),
    "difference": (20, 3, 3, "0.03", "uniform"),
    "row": ("inf", 4, 3, "1e-6", "gaussian"),
    "end": ("inf", 2, 3, "1e-3", "support:-10:1/1000,-1:499/1000,1:499/1000,10:1/1000"),
}


built = partial(tampering.built, "uniform_in_n")


@pytest.mark.parametrize("name", CASES)
def test_certificates_are_accepted(name):
    data = built(CASES[name])
    assert data["upper"]["parameters"]["additive"] == ("row" if name in ("row", "end") else "difference")
    done = verify(data)
    assert done.accepted, done.failure


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1 - fmpq(1, 10**12), 1 + fmpq(1, 10**12)])
def test_a_claim_beside_the_value_is_refused(name, factor):
    assert not verify(beside(built(CASES[name]), factor)).accepted


@pytest.mark.parametrize("name", CASES)
def test_no_single_change_proves_less_than_the_value(name):
    assert not proves_less(built(CASES[name]), fmpq(1, 10**12))


def test_terms_that_do_not_exist_and_points_outside_are_refused():
    data = built(CASES["row"])
    for parameters in ({"additive": "row"}, {"additive": "none"}, {"additive": "difference", "at": "1/2"}):
        with pytest.raises(CertificateError):
            verify({**data, "upper": {**data["upper"], "parameters": parameters}})
    for point in ("-1/2", "2"):
        assert not verify({**data, "upper": {**data["upper"], "parameters": {"additive": "row", "at": point}}}).accepted


@pytest.mark.parametrize("problem", [{"m": "5"}, {"p": "9/100", "law": "rademacher"}])
def test_outside_the_hypotheses_it_is_refused(problem):
    data = built(CASES["none"])
    assert not verify({**data, "problem": {**data["problem"], **problem}}).accepted
