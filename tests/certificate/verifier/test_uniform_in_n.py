"""Certificates of uniform_in_n: both additive terms verify, and false ones do not."""

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
    "none": ("inf", 3, 3, "1e-6", "rademacher"),
    "difference": (20, 3, 3, "0.03", "uniform"),
    "row": ("inf", 4, 3, "1e-6", "gaussian"),
    "end": ("inf", 2, 3, "1e-3", "support:-10:1/1000,-1:499/1000,1:499/1000,10:1/1000"),
}


def built(problem: tuple) -> dict:
    return certificate(report(Problem(*problem), digits=20, upper=[BOUNDS["uniform_in_n"]], lower=[BOUNDS["orthonormal"]]))


@pytest.mark.parametrize("name", CASES)
def test_certificates_are_accepted(name):
    data = built(CASES[name])
    assert data["upper"]["parameters"]["additive"] == ("row" if name in ("row", "end") else "difference")
    done = verify(data)
    assert done.accepted, done.failure


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1 - fmpq(1, 10**12), 1 + fmpq(1, 10**12)])
def test_a_claim_beside_the_value_is_refused(name, factor):
    data = built(CASES[name])
    claim = data["upper"]["improvement"]
    for end in ("lower", "upper"):
        claim[end] = str(parse_rational(claim[end], parameter=end) * factor)
    assert not verify(data).accepted


def test_no_single_change_proves_less_than_the_value():
    for name, case in CASES.items():
        data = built(case)
        value = parse_rational(data["upper"]["improvement"]["upper"], parameter="upper") * (1 - fmpq(1, 10**12))
        paths = [path for path in places(data) if path[0] == "upper"]
        changes = [
            (path, text)
            for path in paths
            for text in ("0", "1", "1/2", "-1", str(parse_rational(at(data, path), parameter="x") * 2))
        ]
        for path, _, mutant in accepted(data, changes):
            assert parse_rational(mutant["upper"]["improvement"]["upper"], parameter="upper") >= value, (name, path)


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
