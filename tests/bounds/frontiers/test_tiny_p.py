"""Parameters that come from a larger p: the bound divided by p goes to its limit, and its certificates hold."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.frontiers import tiny_p
from boundcalc.bounds.lower import random_directions
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.upper import frontier
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem

POWERS = (12, 14, 15, 17, 20, 23, 30, 45)


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "support:-7:1/8,-4:3/8,4:3/8,7:1/8"])
@pytest.mark.parametrize("d", [2, 7, 60])
def test_for_any_n_it_grows_to_a_limit_as_p_falls(d, law):
    """Below 1e-20 solvers found nothing, or up to 1e30 times the bound, and each took seconds."""
    shares = []
    for power in POWERS:
        problem = Problem("inf", d, 5, f"1e-{power}", law)
        share, least = (
            found.value.certified / problem.p
            for found in (evaluate_upper(frontier.BOUND, problem, 12), evaluate_lower(random_directions.BOUND, problem))
        )
        assert share > least
        shares.append(int(share.p) / int(share.q))
    assert all(later > earlier * (1 - 1e-5) for earlier, later in pairwise(shares))
    assert shares[-1] < shares[1] * (1 + 2e-4)


def test_few_features_have_their_own_limit():
    """n = 10^3 is in its limit for p = 10^-14 already, n = 10^30 is like any n."""
    few, near, many, every = (
        evaluate_upper(frontier.BOUND, Problem(n, 10, 5, p, "gaussian"), 12).value.certified * scale
        for n, p, scale in ((1000, "1e-40", 10**40), (1000, "1e-14", 10**14), (10**30, "1e-20", 10**20), ("inf", "1e-20", 10**20))
    )
    assert near * fmpq(9999, 10000) < few < near * fmpq(10001, 10000)
    assert few < many == every


@pytest.mark.parametrize("n", [50, "inf"])
def test_certificates(n):
    problem = Problem(n, 4, 5, "1e-33", "uniform")
    answer = report(problem, upper=["rank", "frontier"], lower=["orthonormal"])
    assert answer["frontier"].choice is not None
    done = verify(certificate(answer))
    assert done.accepted, done.failure


def test_exchanges_that_are_not_the_same_are_not_scaled():
    assert tiny_p.alike(Problem("inf", 3, 5, "1e-14", "uniform"), Problem("inf", 3, 5, "1e-30", "uniform"))
    assert not tiny_p.alike(Problem("inf", 3, 5, "1e-14", "uniform"), Problem("inf", 3, 5, "1/2", "rademacher"))
