"""Certificates of capacity, capacity_welch, frontier and dense, of random Walsh frames and of direct sums."""

from __future__ import annotations

import copy
import random

import pytest
from flint import fmpq, fmpq_poly
from oracles.tampering import accepted, at, changed, places

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verifier.polynomials import _has_no_sign_change, nonnegative, positive
from boundcalc.certificate.verifier.quadratic import QuadraticSurd
from boundcalc.certificate.verifier.reading import Work
from boundcalc.certificate.verify import CertificateError, verify
from boundcalc.certificate.write import certificate
from boundcalc.certify.real_roots import count_real_roots, polynomial_nonnegative
from boundcalc.model.problem import Problem
from boundcalc.numbers.parsing import parse_rational

CASES = {
    "capacity, cumulants": ("capacity", "orthonormal", (50, 3, 3, "1/20", "rademacher")),
    "capacity, at infinity": ("capacity", "orthonormal", ("inf", 3, 3, "1", "gaussian")),
    "capacity, one feature": ("capacity", "orthonormal", (1, 3, 3, "1/10", "rademacher")),
    "capacity, negative sixth": ("capacity", "orthonormal", (40, 6, 3, "1/9", "rademacher")),
    "capacity, moments": ("capacity", "orthonormal", ("inf", 6, 3, "1/2", "uniform")),
    "capacity, moments, m = 5": ("capacity", "orthonormal", ("inf", 4, 5, "1/10", "rademacher")),
    "capacity, moments, priced": ("capacity", "orthonormal", (7, 3, 5, "1/5", "gaussian")),
    "capacity, moments, m = 7": ("capacity", "orthonormal", (12, 3, 7, "1/4", "rademacher")),
    "capacity, moments, tree of all n": ("capacity", "orthonormal", (451, 7, 5, "2/5", "gaussian")),
    "capacity, m = 5": ("capacity", "random_directions", (30, 3, 5, "1e-3", "rademacher")),
    "capacity, m = 9": ("capacity", "orthonormal", (300, 3, 9, "1e-5", "gaussian")),
    "unbiased bases": ("frontier", "unbiased_bases", (60, 17, 3, "1e-2", "rademacher")),
    "welch": ("capacity_welch", "random_walsh", (64, 8, 3, "1e-4", "rademacher")),
    "orthogonal array": ("capacity_welch", "orthogonal_array", ("inf", 64, 3, "1e-6", "gaussian")),
    "chirps": ("capacity_welch", "random_chirps", ("inf", 120, 3, "1e-5", "gaussian")),
    "welch, infinite": ("capacity_welch", "random_directions", ("inf", 3, 3, "1e-6", "rademacher")),
    "welch, m = 7": ("capacity_welch", "random_directions", ("inf", 30, 7, "1e-7", "gaussian")),
    "frontier": ("frontier", "known_frame", ("inf", 3, 3, "1/20", "rademacher")),
    "frontier, priced": ("frontier", "direct_sum", (12, 3, 3, "1/10", "laplace")),
    "frontier, finite": ("frontier", "half_design", (8, 2, 3, "1e-3", "gaussian")),
    "frontier, negative sixth": ("frontier", "orthonormal", (40, 6, 3, "1/9", "rademacher")),
    "frontier, one dimension": ("frontier", "orthonormal", (6, 1, 3, "1/100", "gaussian")),
    "dense": ("dense", "orthonormal", (30, 4, 3, "3/4", "uniform")),
    "dense, projection": ("dense", "orthonormal", ("inf", 4, 3, "9/10", "rademacher")),
    "dense, gaussian": ("dense", "orthonormal", (9, 4, 3, "1", "gaussian")),
    "direct sum": ("frontier", "direct_sum", ("inf", 24, 3, "1/100", "uniform")),
}
FIVE = (11, 3, 5, "3e-3", "rademacher")


def built(upper: str, lower: str, problem: tuple) -> dict:
    return certificate(report(Problem(*problem), digits=25, upper=[BOUNDS[upper]], lower=[BOUNDS[lower], BOUNDS["orthonormal"]]))


@pytest.fixture(scope="module")
def certificates() -> dict[str, dict]:
    return {name: built(*case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def five() -> dict:
    return built("frontier", "orthonormal", FIVE)


@pytest.mark.parametrize("name", CASES)
def test_certificates_are_accepted(name, certificates):
    data = certificates[name]
    assert data["upper"]["key"] == CASES[name][0]
    done = verify(data)
    assert done.accepted, done.failure


def test_the_table_has_every_form_and_witness(certificates):
    forms = {data["upper"]["parameters"].get("form") for data in certificates.values()}
    assert {"normal", "cumulants", "negative_sixth", "moments"} <= forms
    kinds = {data["lower"]["witness"]["kind"] for data in certificates.values()}
    assert {
        "random_walsh",
        "random_chirps",
        "orthogonal_array",
        "unbiased_bases",
        "blocks",
        "vectors",
        "plane_lines",
        "random_directions",
    } <= kinds
    for optional in ("slope", "price", "h", "eta_1", "splits", "least"):
        assert any(optional in data["upper"]["parameters"] for data in certificates.values()), optional


def test_the_frontier_of_five_is_accepted(five):
    done = verify(five)
    assert done.accepted, done.failure
    assert any("cells" in step for step in done.steps)


@pytest.mark.parametrize("name", CASES)
def test_a_value_lowered_by_a_billionth_is_refuted(name, certificates):
    data = copy.deepcopy(certificates[name])
    claim = data["upper"]["improvement"]
    low = parse_rational(claim["lower"], parameter="lower") * (1 - fmpq(1, 10**9))
    data["upper"]["improvement"] = {"lower": str(low / 2), "upper": str(low)}
    done = verify(data)
    assert not done.accepted
    assert done.failure.startswith("upper")


@pytest.mark.parametrize("name", CASES)
def test_a_value_raised_by_a_billionth_is_refuted(name, certificates):
    """The lower end of the claim is re-proved as well."""
    data = copy.deepcopy(certificates[name])
    claim = data["upper"]["improvement"]
    high = parse_rational(claim["upper"], parameter="upper") * (1 + fmpq(1, 10**9))
    data["upper"]["improvement"] = {"lower": str(high), "upper": str(2 * high)}
    assert not verify(data).accepted


# --- false certificates ------------------------------------------------------------------------------------------------


def refused(data, *path_value):
    for path, value in zip(path_value[::2], path_value[1::2], strict=True):
        data = changed(data, ("upper", "parameters", *path), value)
    try:
        failure = verify(data).failure
    except CertificateError as error:
        failure = str(error)
    assert failure is not None
    return failure


def test_false_parameters_of_the_rows_are_refused(certificates):
    welch, priced = certificates["welch"], certificates["capacity, cumulants"]
    assert "theta" in refused(welch, ("theta",), "2")
    assert "lambda" in refused(welch, ("lambda",), "1")
    assert "Gegenbauer" in refused(welch, ("h",), ["0", "-1", "1"])
    assert "h(u) <= u^3 fails" in refused(welch, ("h",), ["0", "0", "0", "2"])
    assert "lambda" in refused(welch, ("theta",), "0")
    assert "normal" in refused(priced, ("form",), "normal")
    assert "parameters.form" in refused(priced, ("form",), "other")
    assert "slope" in refused(certificates["capacity, moments"], ("slope",), "1")
    assert "slope" in refused(priced, ("slope",), "-1")
    assert "parameters.at" in refused(priced, ("at",), "-1/2")
    assert "0 for n = 1" in refused(certificates["capacity, one feature"], ("at",), "1")
    assert "cumulants" in refused(certificates["capacity, negative sixth"], ("form",), "cumulants")


def test_false_trees_of_boxes_are_refused(certificates):
    data = certificates["capacity, moments, m = 5"]
    splits = data["upper"]["parameters"]["splits"]
    assert len(splits) > 5
    assert "the row function exceeds" in refused(data, ("splits",), ["0"])
    assert "the list ends" in refused(data, ("splits",), splits[:-1])
    assert "the tree has ended" in refused(data, ("splits",), [*splits, "0"])
    assert "not there" in refused(data, ("splits",), ["2", "0", "0"])
    assert "at least 0" in refused(data, ("splits",), ["-1", "0"])
    assert "at most 2000" in refused(data, ("splits",), ["1"] * 2001)
    leaf = splits.index("0")  # any tree is valid, a finer one too
    assert verify(changed(data, ("upper", "parameters", "splits"), [*splits[:leaf], "1", "0", "0", *splits[leaf + 1 :]])).accepted
    bare = {name: value for name, value in data["upper"]["parameters"].items() if name != "splits"}
    with pytest.raises(CertificateError, match="splits is missing"):
        verify(changed(data, ("upper", "parameters"), bare))
    assert "splits belongs" in refused(certificates["capacity, moments"], ("splits",), ["0"])
    assert "least belongs" in refused(certificates["capacity, moments"], ("least",), "0")
    shared = certificates["capacity, moments, tree of all n"]
    assert shared["upper"]["parameters"]["least"] == "0"
    assert "leaves out the least ratios" in refused(shared, ("least",), "1/449")
    assert verify(changed(shared, ("upper", "parameters", "least"), "-1/450")).accepted is False
    assert "cumulants" in refused(data, ("form",), "cumulants")


def test_false_parameters_of_the_frontier_are_refused(certificates):
    data = certificates["frontier"]
    kappa_4 = fmpq(1, 20) - 3 * fmpq(1, 400)
    assert "lambda" in refused(data, ("lambda",), str(kappa_4 + fmpq(1, 10**6)))
    assert "nu" in refused(data, ("nu",), "-1")
    assert "h_3" in refused(data, ("h_3",), ["0", "0", "2"])
    assert "h_2: h(u) <= u^2 fails" in refused(data, ("h_2",), ["0", "1"])
    assert "negative h_0" in refused(data, ("nu",), "0", ("h_2",), ["-1"])
    assert "without its term" in refused(data, ("h_2",), ["0"])
    assert "share_3" in refused(data, ("share_3",), "3/2")
    assert "moved_3" in refused(data, ("moved_3",), "1/100")
    assert "price" in refused(data, ("price",), "1")
    assert "terms" in refused(data, ("terms",), [])
    finite = certificates["frontier, finite"]
    assert "moved_2" in refused(finite, ("moved_2",), "2")


def test_a_negative_constant_of_h_cannot_hide_behind_a_zero_multiplier(certificates):
    """x grows by what h_0 loses, so that dropping y (Σ ω)² would lower the bound: false."""
    data = certificates["frontier, one dimension"]
    failure = refused(data, ("lambda",), "0", ("nu",), "0", ("h_3",), ["-1"], ("h_2",), ["-1"])
    assert "negative h_0" in failure


def test_false_multipliers_are_refused(certificates):
    data = certificates["dense"]
    assert "positive definite" in refused(data, ("eta_2",), "2")
    assert "negative" in refused(data, ("xi",), "-1")
    assert "outside" in refused(data, ("zeta",), "1")
    gaussian = changed(certificates["dense, gaussian"], ("upper", "parameters", "zeta"), "1")
    assert "positive definite" in verify(gaussian).failure
    sparse = changed(data, ("problem", "p"), "1/100")
    assert "kappa_4 <= 0" in verify(sparse).failure


def test_false_parameters_of_the_general_frontier_are_refused(five):
    terms = five["upper"]["parameters"]["terms"]
    k = next(k for k, term in enumerate(terms) if term["nu"] != "0")
    assert "nu" in refused(five, ("terms", k, "nu"), "-1")
    assert "parts" in refused(five, ("terms", k, "parts"), ["2", "2"])
    assert "parts" in refused(five, ("terms", k, "parts"), ["1"] * 5)
    assert "h(u)" in refused(five, ("terms", k, "h"), ["1"])
    price = parse_rational(five["upper"]["parameters"]["price"], parameter="price")
    assert "outside" in refused(five, ("price",), str(price * 2))
    # with the claim moved along, the rows decide
    data = changed(five, ("upper", "improvement"), {"lower": "0", "upper": "1"})
    assert "nonnegative" in refused(data, ("price",), str(price * fmpq(9, 10)))
    assert "after the payments" in verify(changed(five, ("problem", "p"), "1/2")).failure


def test_false_blocks_are_refused(certificates):
    data = certificates["direct sum"]
    blocks = data["lower"]["witness"]["blocks"]
    more = changed(data, ("lower", "witness", "blocks", 0, "count"), str(int(blocks[0]["count"]) + 10))
    assert "do not fit" in verify(more).failure
    fewer = changed(data, ("lower", "witness", "blocks"), blocks[:-1])
    assert verify(fewer).failure is not None
    nested = changed(data, ("lower", "witness", "blocks", 0, "witness"), data["lower"]["witness"])
    with pytest.raises(CertificateError, match=r"blocks\[0\].witness.kind"):
        verify(nested)
    walsh = certificates["welch"]
    assert "power of two" in verify(changed(walsh, ("lower", "witness", "n"), "63")).failure
    assert "do not fit" in verify(changed(walsh, ("lower", "witness", "n"), "128")).failure


# --- tampering ---------------------------------------------------------------------------------------------------------


def statement_is_true(data, upper: str, lower: str) -> bool:
    """The claims against the library's own value of the same bound and witness, for the problem in the file."""
    content = data["problem"]
    problem = Problem(content["n"], content["d"], content["m"], content["p"], content["law"])
    answer = report(problem, digits=30, upper=[BOUNDS[upper], BOUNDS["rank"]], lower=[BOUNDS[lower], BOUNDS["orthonormal"]])
    best_lower = answer.best_lower.value.certified
    claim = parse_rational(data["upper"]["improvement"]["upper"], parameter="upper")
    reached = parse_rational(data["lower"]["improvement"]["lower"], parameter="lower")
    room = fmpq(1, 10**9)  # parameters of another problem may be better than those chosen for it, but hardly
    return claim >= max(best_lower, answer.best_upper.value.certified * (1 - room)) and reached <= best_lower * (1 + room)


def variants(text: str) -> list[str]:
    value = parse_rational(text, parameter="number")
    moved = [value + 1, -value, value * 2, value * fmpq(10**6 + 1, 10**6), value * fmpq(10**6 - 1, 10**6), value / 3]
    return sorted({str(v) for v in moved if v != value})


def test_changing_any_number_is_noticed(certificates):
    rng = random.Random(20261)
    tried = survived = 0
    for name, data in certificates.items():
        found = [path for path in places(data) if "vectors" not in path]
        changes = []
        for path in rng.sample(found, min(len(found), 12)):
            options = variants(at(data, path))
            changes += [(path, value) for value in rng.sample(options, min(len(options), 3))]
        tried += len(changes)
        for path, value, mutant in accepted(data, changes):
            survived += 1
            assert statement_is_true(mutant, *CASES[name][:2]), (name, path, value)
    assert tried >= 300
    assert survived < tried / 3


# --- the verifier's own mathematics ------------------------------------------------------------------------------------


def test_positive_is_strict():
    assert positive(fmpq_poly([1, 0, 1]), fmpq(0), None, Work())
    assert not positive(fmpq_poly([1, -2, 1]), fmpq(0), None, Work())  # a double root
    assert not positive(fmpq_poly([1, -1]), fmpq(0), fmpq(1), Work())  # a root at the end
    assert positive(fmpq_poly([1, -1]), fmpq(0), fmpq(1, 2), Work())


def test_signs_are_decided_alike_with_and_without_sturm():
    """By the exact roots of :mod:`boundcalc.certify`; what signs alone prove is true, and is most of it."""
    rng, proven, true = random.Random(3), 0, 0
    for _ in range(300):
        poly = fmpq_poly([rng.randint(0, 9), *(rng.randint(-9, 9) for _ in range(rng.randint(0, 3))), rng.randint(0, 3)])
        square = fmpq_poly([-rng.randint(0, 300), 1]) ** 2  # touches 0, or nearly
        for each in (poly, poly * square, poly**2 * square + fmpq(rng.randint(0, 2), 1000)):
            expected = polynomial_nonnegative(each, fmpq(0), None)
            assert nonnegative(each, fmpq(0), None, Work()) == expected
            if each.degree() >= 0:
                alone = _has_no_sign_change(each, Work())
                assert expected or not alone
                proven, true = proven + alone, true + expected
                assert positive(each, fmpq(0), None, Work()) == (expected and each(0) > 0 and count_real_roots(each, fmpq(0)) == 0)
    assert 200 < proven < true


def test_quadratic_numbers_have_exact_signs():
    assert QuadraticSurd(fmpq(-7, 5), fmpq(1), 2).is_positive
    assert not QuadraticSurd(fmpq(-3, 2), fmpq(1), 2).is_positive
    x = QuadraticSurd(fmpq(1), fmpq(2), 5)
    assert (x / x).number() == 1
