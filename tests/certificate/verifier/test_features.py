"""Certificates of features that differ: accepted as written, and refuted where a number of theirs is changed."""

from __future__ import annotations

import copy
import json

import pytest
from flint import fmpq
from oracles.unequal_problems import powers, sampled

from boundcalc.bounds import declaration
from boundcalc.bounds.catalog import LOWER, UPPER, find
from boundcalc.bounds.evaluate import Report, report
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.unequal import frontier
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.certificate.verifier.reading import CertificateError
from boundcalc.certificate.verifier.whole import verify
from boundcalc.certificate.write import certificate
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.model.problem import Problem

CERTIFIED = {"trivial", "rank", "dense", "very_sparse", "capacity", "frontier"}
SHOWN = {"orthonormal", "search"}


def answer_of(problem, upper=None, lower="search"):
    """A report of bounds that have certificate forms alone."""
    uppers = [evaluate_upper(bound, problem, 12) for bound in UPPER if bound.key in (CERTIFIED if upper is None else {upper})]
    lowers = [evaluate_lower(bound, problem, 12) for bound in LOWER if bound.key in ({lower} if lower else SHOWN)]
    return Report(problem, tuple(uppers), tuple(lowers), 12)


MIXED = FeatureProblem(
    Features((Group(2, 1, "1/50", "rademacher"), Group(3, "1/2", "1/100", "gaussian", 2), Group(1, 1, "1/50", "rademacher"))), 2, 3
)


@pytest.mark.parametrize("key", ["trivial", "rank", "capacity", "frontier", "very_sparse"])
def test_every_form_is_accepted(key):
    for problem in (MIXED, powers(5, 2, "0.7", "0.01", "uniform"), powers(4, 1, "0.7", "0.01", "laplace")):
        found = verify(certificate(answer_of(problem, key)))
        assert found.accepted, found.failure
        assert found.cited == []


@pytest.mark.parametrize("case", range(14))
def test_random_features(case):
    problem = sampled(case, least_p=-2)
    if problem.equal is not None or problem.n <= problem.d:
        return
    assert verify(certificate(answer_of(problem))).accepted


def test_dense_and_one_dimension_and_the_basis():
    dense = FeatureProblem(Features.each([1, 2, 3], ["1/2"] * 3, "rademacher"), 2, 3)
    assert verify(certificate(answer_of(dense, "dense", "orthonormal"))).accepted
    line = FeatureProblem(Features.each([1, 2, 3], ["1/2", "1/3", "1"], "gaussian"), 1, 3)
    data = certificate(answer_of(line, "capacity", "orthonormal"))
    assert data["upper"]["parameters"] == {"form": "one_dimension"}
    assert verify(data).accepted
    heavy = copy.deepcopy(data)
    for group in heavy["problem"]["features"]:
        group["law"] = "laplace"
    assert "d = 1" in verify(heavy).failure
    owing = FeatureProblem(Features.each([1, 2, 3], ["1/5", "0.3", "1/3"], "rademacher"), 2, 3)  # kappa_4 does not pay for kappa_6
    data = certificate(answer_of(owing, "capacity", "orthonormal"))
    assert verify(data).accepted
    assert verify(data).steps[-1].endswith(str(kinds(owing)[0].alone + kinds(owing)[1].alone))


def changed(data, path, factor):
    found = copy.deepcopy(data)
    place = found
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = str(fmpq(*map(int, (place[path[-1]] + "/1").split("/")[:2])) * factor)
    return found


PATHS = [
    (("upper", "parameters", "theta"), fmpq(99, 100)),
    (("upper", "parameters", "lambda"), fmpq(9, 10)),
    (("upper", "parameters", "nu"), fmpq(11, 10)),
    (("upper", "parameters", "h_3", 1), fmpq(2)),
    (("upper", "parameters", "h_2", 1), fmpq(2)),
    (("upper", "parameters", "share_2"), fmpq(1, 2)),
    (("upper", "parameters", "groups", 0, "tau"), fmpq(9, 10)),
    (("upper", "parameters", "groups", 0, "f"), fmpq(11, 10)),
    (("upper", "parameters", "groups", 1, "c"), fmpq(11, 10)),
    (("upper", "parameters", "groups", 1, "fourth"), fmpq(11, 10)),
    (("upper", "parameters", "groups", 0, "sixth"), fmpq(11, 10)),
    (("upper", "parameters", "groups", 0, "root"), fmpq(9, 10)),
    (("upper", "improvement", "upper"), fmpq(999, 1000)),
    (("lower", "improvement", "lower"), fmpq(1001, 1000)),
    (("lower", "witness", "vectors", 0, 0), fmpq(3)),
    (("problem", "features", 0, "importance"), fmpq(11, 10)),
    (("problem", "features", 1, "p"), fmpq(11, 10)),
    (("problem", "features", 1, "scale"), fmpq(11, 10)),
]


MATRIX_PATHS = [
    (("upper", "parameters", "theta"), fmpq(99, 100)),
    (("upper", "parameters", "share_3"), fmpq(9, 10)),
    (("upper", "parameters", "matrices", 0, 0, 0), fmpq(9, 10)),
    (("upper", "parameters", "matrices", 0, 1, 0), fmpq(5)),
    (("upper", "parameters", "matrices", 1, 0, 0), fmpq(11, 10)),
    (("upper", "parameters", "x", 0), fmpq(11, 10)),
    (("upper", "parameters", "groups", 0, "f"), fmpq(11, 10)),
    (("upper", "parameters", "groups", 0, "tau"), fmpq(9, 10)),
    (("upper", "improvement", "upper"), fmpq(999, 1000)),
    (("problem", "features", 1, "importance"), fmpq(11, 10)),
]


@pytest.fixture(scope="module")
def written():
    """In the geometric form."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(frontier, "MOST_MATRIX_KINDS", 0)
        for cached in (frontier.joint_parameters, declaration._choose):
            cached.cache_clear()
        found = certificate(answer_of(MIXED, "frontier"))
    for cached in (frontier.joint_parameters, declaration._choose):
        cached.cache_clear()
    return found


@pytest.fixture(scope="module")
def by_matrices():
    return certificate(answer_of(MIXED, "frontier"))


@pytest.mark.parametrize(("path", "factor"), MATRIX_PATHS, ids=[".".join(map(str, path)) for path, _ in MATRIX_PATHS])
def test_a_changed_number_of_the_matrix_form_is_refuted(by_matrices, path, factor):
    assert verify(by_matrices).accepted
    assert any("positive semidefinite" in step for step in verify(by_matrices).steps)
    found = verify(changed(by_matrices, path, factor))
    assert not found.accepted
    assert found.failure


SPARSE_PATHS = [
    (("upper", "parameters", "matrices", 0, 0, 0), fmpq(9, 10)),
    (("upper", "parameters", "matrices", 0, 1, 0), fmpq(5)),
    (("upper", "parameters", "x", 0), fmpq(11, 10)),
    (("upper", "parameters", "groups", 0, "f"), fmpq(11, 10)),
    (("upper", "improvement", "upper"), fmpq(999, 1000)),
    (("problem", "features", 1, "p"), fmpq(11, 10)),
]


@pytest.fixture(scope="module")
def sparse():
    return certificate(answer_of(MIXED, "very_sparse"))


@pytest.mark.parametrize(("path", "factor"), SPARSE_PATHS, ids=[".".join(map(str, path)) for path, _ in SPARSE_PATHS])
def test_a_changed_number_of_the_one_active_part_is_refuted(sparse, path, factor):
    assert verify(sparse).accepted
    found = verify(changed(sparse, path, factor))
    assert not found.accepted
    assert found.failure


def test_the_one_active_part_by_a_polynomial():
    """A feature that is always active, d = 1, and many kinds: a certificate each, and changes that are seen."""
    always = FeatureProblem(Features.each([1, 2, 3], ["1/2", "1/3", 1], "gaussian"), 2, 3)
    many = powers(14, 3, "0.9", "1e-4", "uniform")
    for problem in (always, many, powers(3, 1, "0.9", "1e-5", "laplace"), FeatureProblem(MIXED.features, 2, 35)):
        data = certificate(answer_of(problem, "very_sparse", "orthonormal"))
        assert set(data["upper"]["parameters"]) == {"lambda", "h"}
        assert verify(data).accepted
    data = certificate(answer_of(many, "very_sparse", "orthonormal"))
    for path, factor in (
        (("upper", "parameters", "lambda"), fmpq(9, 10)),
        (("upper", "parameters", "h", 1), fmpq(2)),
        (("problem", "features", 3, "importance"), fmpq(11, 10)),
    ):
        assert not verify(changed(data, path, factor)).accepted
    data["upper"]["parameters"]["h"] = ["0"]
    assert "h_0" in verify(data).failure


def test_kinds_are_of_equal_features(by_matrices):
    """Groups 0 and 2 are of one kind and group 1 is not; a merged or a missing kind is seen."""
    kinds_written = [group["kind"] for group in by_matrices["upper"]["parameters"]["groups"]]
    assert kinds_written[0] == kinds_written[2] != kinds_written[1]
    data = json.loads(json.dumps(by_matrices))  # groups of one kind no longer share an object
    data["upper"]["parameters"]["groups"][1]["kind"] = kinds_written[0]
    with pytest.raises(CertificateError, match="kinds 0, 1"):
        verify(data)
    data["upper"]["parameters"]["groups"][2]["kind"] = kinds_written[1]
    assert "must be equal" in verify(data).failure


@pytest.mark.parametrize(("path", "factor"), PATHS, ids=[".".join(map(str, path)) for path, _ in PATHS])
def test_a_changed_number_is_refuted(written, path, factor):
    assert verify(written).accepted
    found = verify(changed(written, path, factor))
    assert not found.accepted
    assert found.failure


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("problem", "n"), "7", "add up to"),
        (("problem", "features"), [], "at least one"),
        (("upper", "parameters", "groups"), [], "an entry for each"),
        (("lower", "witness", "columns"), ["1", "1", "2"], "distinct columns"),
        (("upper", "key"), "uniform", "must be one of"),
        (("problem", "features", 0, "p"), "0", "0 < p <= 1"),
    ],
)
def test_what_is_no_certificate(written, path, value, said):
    data = copy.deepcopy(written)
    place = data
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(CertificateError, match=said):
        verify(data)


def test_columns_that_do_not_exist_are_refuted(written):
    data = copy.deepcopy(written)
    data["lower"]["witness"]["columns"][0] = "99"
    assert "no such feature" in verify(data).failure


FIFTH = FeatureProblem(
    Features(
        (Group(2, 1, "1/500", "rademacher"), Group(3, "1/2", "1/800", "rademacher"), Group(1, 2, "1/600", "rademacher", "3/2"))
    ),
    2,
    5,
)
DENSE_FIFTH = FeatureProblem(Features((Group(2, 1, "1/5", "rademacher"), Group(3, "1/2", "1/3", "uniform"))), 2, 5)


@pytest.fixture(scope="module", params=["cumulants", "moments"])
def quintic(request):
    data = certificate(answer_of(FIFTH if request.param == "cumulants" else DENSE_FIFTH, "capacity", "orthonormal"))
    assert {group["form"] for group in data["upper"]["parameters"]["groups"]} == {request.param}
    return data


def test_rows_of_m_5(quintic):
    assert verify(quintic).accepted
    for path, factor in (
        (("upper", "parameters", "theta"), fmpq(99, 100)),
        (("upper", "parameters", "groups", 0, "tau"), fmpq(9, 10)),
        (("upper", "parameters", "groups", 0, "cuts", 0), fmpq(11, 10)),
        (("upper", "parameters", "groups", 0, "cuts", -1), fmpq(9, 10)),
        (("upper", "improvement", "upper"), fmpq(999, 1000)),
        (("problem", "features", 0, "importance"), fmpq(11, 10)),
        (("problem", "features", 1, "p"), fmpq(11, 10)),
    ):
        if path[-1] == "tau" and quintic["upper"]["parameters"]["groups"][0]["tau"] == "0":
            continue
        found = verify(changed(quintic, path, factor))
        assert not found.accepted, path
    data = copy.deepcopy(quintic)
    data["upper"]["parameters"]["groups"][0]["at"].append("1")
    with pytest.raises(CertificateError, match="one more entry"):
        verify(data)


def test_cumulants_that_are_negative_are_refused(quintic):
    data = copy.deepcopy(quintic)
    for group in data["upper"]["parameters"]["groups"]:
        group["form"] = "cumulants"
    found = verify(data)
    assert found.accepted == (quintic["upper"]["parameters"]["groups"][0]["form"] == "cumulants")
    assert found.accepted or "not negative" in found.failure


ONE_KIND = Features((Group(9, "2/3", "1/50", "uniform", "3/2"),))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_features_of_one_kind(d):
    """All the certificate forms of equal features, times ω c²: with importance 1 and scale 1 the very file of these."""
    answer = report(features=ONE_KIND, d=d, m=3, digits=12)
    data = certificate(answer)
    found = verify(data)
    assert found.accepted, found.failure
    assert any("3/2 times" in step for step in found.steps)  # 2/3 (3/2)^2
    plain = report(9, d, 3, "1/50", "uniform", digits=12)
    assert float(answer.best_upper) == pytest.approx(1.5 * float(plain.best_upper), rel=1e-10)
    assert data["upper"]["parameters"] == certificate(plain)["upper"]["parameters"]
    for path, factor in (
        (("upper", "improvement", "upper"), fmpq(99, 100)),
        (("lower", "improvement", "lower"), fmpq(101, 100)),
        (("problem", "features", 0, "importance"), fmpq(11, 10)),
        (("problem", "features", 0, "scale"), fmpq(11, 10)),
        (("problem", "features", 0, "p"), fmpq(11, 10)),
    ):
        assert not verify(changed(data, path, factor)).accepted
    alone = Features((Group(9, 1, "1/50", "uniform"),))
    assert certificate(report(features=alone, d=d, m=3, digits=12)) == certificate(plain)


BLOCKS = FeatureProblem(
    Features(
        (
            Group(5, 1, "1/500", "rademacher", 2),
            Group(4, "1/2", "1/300", "gaussian"),
            Group(6, "9/10", "1/500", "rademacher", 2),
            Group(1, 3, "1/300", "gaussian"),
        )
    ),
    5,
    3,
)


@pytest.fixture(scope="module")
def blocks():
    return certificate(answer_of(BLOCKS, "rank", "direct_sum"))


def test_blocks_on_features_of_one_law(blocks):
    found = verify(blocks)
    assert found.accepted, found.failure
    assert len(blocks["lower"]["witness"]["blocks"]) >= 2
    value = evaluate_lower(find("direct_sum"), BLOCKS, 12).value.certified
    assert fmpq(*map(int, (blocks["lower"]["improvement"]["lower"] + "/1").split("/")[:2])) <= value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("blocks", 1, "first"), "1", "outside the claimed"),
        (("blocks", 0, "first"), "999", "not so many"),
        (("blocks", 0, "group"), "4", "no such group"),
        (("blocks", 1, "group"), "0", "in common"),
        (("blocks",), [], "must be a block"),
    ],
)
def test_changed_blocks_are_refuted(blocks, path, value, said):
    data = copy.deepcopy(blocks)
    place = data["lower"]["witness"]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    found = verify(data)
    assert not found.accepted
    assert said in found.failure


def test_a_feature_in_two_blocks_is_refuted(blocks):
    """By whichever group of its activity, law and scale the block names it."""
    for group in ("1", "3"):
        data = copy.deepcopy(blocks)
        data["problem"]["d"] = "6"
        single = data["lower"]["witness"]["blocks"][1]
        data["lower"]["witness"]["blocks"].append({**single, "group": group})
        assert "in common" in verify(data).failure


def test_blocks_in_too_many_dimensions_are_refuted(blocks):
    data = copy.deepcopy(blocks)
    data["problem"]["d"] = "4"
    assert "d at most" in verify(data).failure


def test_a_block_counts_for_the_mean_importance_of_its_features():
    """Three features of importances 4, 1 and 2 in two dimensions: 7/3 times the simplex, and not 4 times it."""
    problem = FeatureProblem(Features.each([4, 1, 2], ["1/1000"] * 3, "rademacher"), 2, 3)
    data = certificate(answer_of(problem, "rank", "direct_sum"))
    assert [block["witness"]["kind"] for block in data["lower"]["witness"]["blocks"]] == ["simplex"]
    assert verify(data).accepted
    equal = evaluate_lower(find("known_frame"), Problem(3, 2, 3, "1/1000", "rademacher"), 12)
    assert float(evaluate_lower(find("direct_sum"), problem, 12)) == pytest.approx(7 / 3 * float(equal), rel=1e-11)
    for factor in (fmpq(3, 7) * 4, fmpq(3, 7)):
        claim = {name: str(fmpq(*map(int, text.split("/"))) * factor) for name, text in data["lower"]["improvement"].items()}
        assert not verify({**data, "lower": {**data["lower"], "improvement": claim}}).accepted


def test_it_is_plain_json(written):
    assert json.loads(json.dumps(written)) == written
