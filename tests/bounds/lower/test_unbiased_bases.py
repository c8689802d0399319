"""L1b: the closed form against exact losses of the weights, the best number of bases against all of them, certificates."""

from __future__ import annotations

import copy

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower import unbiased_bases
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.frames.library import construct
from boundcalc.loss.dense import dense_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT


@pytest.mark.parametrize(("d", "count", "m"), [(4, 2, 3), (4, 3, 7), (16, 2, 3), (16, 3, 5)])
def test_the_formula_is_the_exact_loss(d, count, m):
    weights = [[fmpq(*x.as_integer_ratio()) for x in row] for row in construct(f"unbiased_bases_{d}_{count}").to_float().tolist()]
    for law, p in (("rademacher", "1/30"), ("laplace", "2/3"), ("gaussian", "1")):
        q = Quantities(EXACT, Problem(count * d, d, m, p, law))
        loss = exact_loss(weights, m=m, p=p, law=law)
        assert unbiased_bases.formula(q, fmpq(count * d), fmpq(d)) == loss.improvement_best_scale


@pytest.mark.parametrize(("d", "count", "m", "p"), [(64, 33, 3, "1e-3"), (64, 9, 5, "1e-2"), (256, 5, 3, "3e-2")])
def test_the_formula_is_the_loss_in_floating_point(d, count, m, p):
    weights = construct(f"unbiased_bases_{d}_{count}").to_float()
    loss = dense_loss(weights, m=m, p=p, law="gaussian")
    value = unbiased_bases.formula(Quantities(EXACT, Problem(count * d, d, m, p, "gaussian")), fmpq(count * d), fmpq(d))
    assert loss.C**2 / loss.D == pytest.approx(int(value.p) / int(value.q), rel=1e-12)


@pytest.mark.parametrize("m", [1, 3, 5, 7, 9])
def test_the_best_number_of_bases_of_all(m):
    for d, most, p, law in (
        (16, 9, "1/20", "rademacher"),
        (64, 33, "1/100", "uniform"),
        (256, 129, "3e-2", "gaussian"),
        (256, 100, "1e-4", "rademacher"),
        (64, 33, "1/2", "rademacher"),  # kappa_4 < 0
        (64, 7, "1e-12", "laplace"),
    ):
        q = Quantities(EXACT, Problem("inf", d, m, p, law))
        values = {s: unbiased_bases.formula(q, fmpq(s * d), fmpq(d)) for s in range(2, most + 1)}
        best = unbiased_bases.best_count(Problem("inf", d, m, p, law), d, most)
        assert values[best] == max(values.values())
        assert all(value < values[best] for s, value in values.items() if s < best)


def test_what_fits():
    assert list(unbiased_bases.dimensions(Problem("inf", 70, 3, "0.1", "uniform"))) == [(4, 3), (16, 9), (64, 33)]
    assert list(unbiased_bases.dimensions(Problem(100, 70, 3, "0.1", "uniform"))) == [(4, 3), (16, 6)]
    outcome = evaluate_lower(unbiased_bases.BOUND, Problem(7, 5, 3, "0.1", "uniform"))
    assert outcome.why_not == "needs d >= 4 and n >= 8, two bases of R^4"
    large = evaluate_lower(unbiased_bases.BOUND, Problem("inf", 10**60, 3, "1e-40", "uniform"))
    assert large.value is not None


@pytest.mark.parametrize(
    ("d", "law", "p", "most"),
    [
        (64, "rademacher", "1e-3", "1.004"),
        (64, "rademacher", "3e-2", "1.007"),
        (64, "gaussian", "1e-2", "1.005"),
        (256, "rademacher", "1e-4", "1.004"),
        (256, "rademacher", "1e-3", "1.002"),
    ],
)
def test_it_is_close_to_frontier(d, law, p, most):
    problem = Problem("inf", d, 3, p, law)
    above = evaluate_upper(BOUNDS["frontier"], problem, 12).value
    below = evaluate_lower(unbiased_bases.BOUND, problem, 12).value
    assert 1 <= above.certified / below.certified < fmpq(int(float(most) * 1000), 1000)


def built(arguments):
    return certificate(report(Problem(*arguments), digits=20, lower=[unbiased_bases.BOUND, BOUNDS["orthonormal"]]))


def test_certificates_hold_the_forms():
    data = built(("inf", 64, 3, "1e-2", "rademacher"))
    witness = data["lower"]["witness"]
    assert (witness["kind"], len(witness["forms"])) == ("unbiased_bases", 8)
    done = verify(data)
    assert done.accepted, done.failure
    assert not done.cited
    twice = copy.deepcopy(data)
    twice["lower"]["witness"]["forms"][3] = witness["forms"][4]
    assert "singular" in verify(twice).failure
    other = copy.deepcopy(data)
    other["lower"]["witness"]["forms"][1] = "1"  # rank 2
    assert "singular" in verify(other).failure
    long = copy.deepcopy(data)
    long["lower"]["witness"]["forms"][1] = str(2**15)
    assert "15 binary digits" in verify(long).failure
    wrong = copy.deepcopy(data)
    wrong["lower"]["witness"]["d"] = "60"
    assert "power of two" in verify(wrong).failure


def test_more_bases_than_are_tried_are_cited():
    data = built(("inf", 4096, 3, "1e-7", "rademacher"))
    assert data["lower"]["witness"]["kind"] == "cited_frame"
    done = verify(data)
    assert done.accepted, done.failure
    assert "Calderbank" in done.cited[0]
    for name, value in (("n", str(4096 * 2050)), ("d", "2048"), ("squares", [["0", "4095"], ["1/4095", "4096"]])):
        false = copy.deepcopy(data)
        false["lower"]["witness"][name] = value
        assert "no frame" in verify(false).failure


def test_as_a_block_of_a_sum():
    answer = report(Problem("inf", 65, 3, "3e-3", "rademacher"), digits=20, upper=[BOUNDS["rank"]])
    assert answer.best_lower.bound.key == "direct_sum"
    assert "unbiased_bases_64" in str(answer.best_lower.choice.shown)
    done = verify(certificate(answer))
    assert done.accepted, done.failure
