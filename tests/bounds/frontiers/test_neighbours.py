"""Parameters that neighbouring n share: bounds that grow with n where they are nearly flat, and certificates for each n."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.frontiers.neighbours import farthest, rung, shared
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import coupled_frontier, frontier
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem


def of(n, d=62, p="177/20000", m=5):
    return Problem(n, d, m, p, "rademacher")


def test_the_least_n_that_is_not_less():
    for n in (1, 255, 256, 257, 276, 511, 1000, 11683, 10**40 + 1):
        near = shared(of(n)).n
        unit = max(near & -near, 1)
        assert n <= near < n + max(n >> 7, 1) + 1
        assert near // unit < 256 or near == n < 256
        assert shared(of(near)).n == near
    assert shared(of(276)) == of(276)
    assert shared(of("inf")) == of("inf")


@pytest.mark.parametrize(("n", "d", "p"), [(11683, 62, "177/20000"), (3941, 39, "467/500000")])
def test_they_grow_with_n(n, d, p):
    """The first fell by 1e-9 from n to n + 1 when each n had a program of its own."""
    near = int(shared(of(n, d, p)).n)
    values = [evaluate_upper(frontier.BOUND, of(k, d, p), 30).value.certified for k in (n, n + 1, (n + near) // 2, near)]
    assert values == sorted(values)
    assert values[0] <= values[-1] < values[0] * fmpq(101, 100)


@pytest.mark.parametrize(
    ("d", "p", "law", "counts"),
    [
        (1, "387/100000000", "support:-3:2/5,-2:1/10,2:1/10,3:2/5", (2, 3, 4, 5, 10)),
        (3, "91/20000000000", "rademacher", (24, 25, 26, 27, 28)),
        (7, "417/50000000000", "support:-11:4/13,-1:5/26,1:5/26,11:4/13", (309, 310, 311)),
        (15, "919/100000", "moments:2=96/7,4=1536/7,6=24576/7", (121, 122, 123, 1000, "inf")),
    ],
)
def test_few_features_grow_with_n_at_m_3(d, p, law, counts):
    """In more than the ten digits of a table; they fell by 4e-11 to 6e-9."""
    values = [evaluate_upper(frontier.BOUND, Problem(n, d, 3, p, law), 30).value.certified for n in counts]
    assert all(small <= large * (1 + fmpq(2, 10**11)) for small, large in pairwise(values))


@pytest.mark.parametrize(
    ("n", "d", "m", "p", "bound"), [(347, 10, 5, "1/500", frontier), (37643, 28, 3, "1/100000", coupled_frontier)]
)
def test_their_proof_holds_for_fewer_features(n, d, m, p, bound):
    answer = report(of(n, d, p, m), digits=12, upper=[bound.BOUND], lower=None)
    assert answer.best_upper.bound is bound.BOUND
    told = verify(json.loads(json.dumps(certificate(answer))))
    assert told.accepted, told.failure


@pytest.mark.parametrize(
    ("d", "p", "law", "counts"),
    [
        (1, "153/500", "gaussian", (2, 3, 4, 5, 6)),
        (2, "151/1000", "gaussian", (12, 13, 14, 15)),
        (3, "413/10000000000", "gaussian", (41, 42, 43, 44)),
        (6, "1/100", "rademacher", (183, 184, "inf")),
        (12, "639/1000", "laplace", (1389, "inf")),
    ],
)
def test_where_they_are_flat_they_are_those_of_the_most_features_at_m_5(d, p, law, counts):
    """They fell by 1e-7 to 2e-4: each program is known to some 1e-5, and one for more features may come nearer."""
    values = [evaluate_upper(frontier.BOUND, Problem(n, d, 5, p, law), 30).value.certified for n in counts]
    assert values == sorted(values)


def test_the_most_features_up_to_which_something_holds():
    for most in (12, 13, 19, 53, 1000, 10**9):
        found = farthest(of(12), lambda near, most=most: not near.is_infinite and near.n <= most)
        assert 12 <= found.n <= min(most, 2**20)
        assert rung(int(found.n) + 1, 4) > min(most, 2**20 - 1)
    assert farthest(of(12), lambda near: True) == of("inf")
