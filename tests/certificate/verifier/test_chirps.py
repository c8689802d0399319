"""The verifier's counts of solutions against counting, and what it refuses."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from math import comb

import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verifier.chirps import solutions
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate


@pytest.mark.parametrize(("order", "points"), [(7, 3), (7, 6), (11, 4), (13, 13)])
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("j", [2, 3])
def test_solutions_are_counted(order, points, degree, j):
    found = 0
    for chosen in combinations(range(order), points):
        sums = Counter(tuple(sum(x**t for x in xs) % order for t in range(1, degree + 1)) for xs in product(chosen, repeat=j))
        found += sum(count**2 for count in sums.values())
    assert solutions(degree, j, order, points) == fmpq(found, comb(order, points))


@pytest.fixture(scope="module")
def accepted():
    data = certificate(report("inf", 121, 3, "1e-6", "rademacher", digits=12, lower=["random_chirps", "orthonormal"]))
    assert data["lower"]["witness"]["kind"] == "random_chirps"
    assert verify(data).accepted
    return data


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("order", "77", "is not a prime"),
        ("order", "5", "an order from 7"),
        ("order", "67", "must be a multiple of"),
        ("degree", "4", "degree 2 or 3"),
        ("degree", "2", "must be a multiple of"),
        ("d", "119", "must be even"),
        ("d", "300", "twice the order"),
        ("n", "7", "must be a multiple of"),
    ],
)
def test_what_is_no_family_of_chirps_is_refused(accepted, name, value, said):
    changed = {**accepted, "lower": {**accepted["lower"], "witness": {**accepted["lower"]["witness"], name: value}}}
    done = verify(changed)
    assert not done.accepted
    assert said in done.failure


def test_fewer_features_do_not_have_the_value(accepted):
    witness = accepted["lower"]["witness"]
    fewer = int(witness["n"]) - 2 * int(witness["order"]) ** 2
    done = verify({**accepted, "lower": {**accepted["lower"], "witness": {**witness, "n": str(fewer)}}})
    assert not done.accepted
