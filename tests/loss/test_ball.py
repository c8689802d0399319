"""Balls enclose the exact value, tightly, and give certified values of irrational frames."""

from itertools import permutations, product

import numpy as np
import pytest
from flint import arb, fmpq

from boundcalc.loss.ball import enclose_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import CertificationError, ParameterError
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials

NAMES = (
    "C",
    "D",
    "improvement",
    "improvement_best_scale",
    "loss",
    "loss_best_scale",
    "unexplained_fraction",
    "unexplained_fraction_best_scale",
)


def assert_encloses(found, truth, digits):
    assert found.lower <= truth <= found.upper
    assert truth == 0 or (found.upper - found.lower) <= abs(truth) / 10**digits


@pytest.mark.parametrize(
    ("m", "p", "law"), [(3, "1/3", "rademacher"), (5, "1", "gaussian"), (7, "1e-9", "uniform"), (3, "1e-400", "laplace")]
)
def test_encloses_the_exact_value(m, p, law):
    rng = np.random.default_rng(m)
    for shape in ((2, 5), (3, 3), (2, 70)):
        weights = rng.integers(-4, 5, shape).tolist()
        # thirds are no binary numbers, so the balls have a radius
        value = exact_loss([[fmpq(entry, 3) for entry in row] for row in weights], m=m, p=p, law=law)
        found = enclose_loss(
            lambda weights=weights: [[arb(entry) / 3 for entry in row] for row in weights], m=m, p=p, law=law, digits=25
        )
        assert found.problem == value.problem
        for name in NAMES:
            assert_encloses(getattr(found, name), getattr(value, name), 25)
        assert found.scale.lower ** (2 * m) <= value.scale_power <= found.scale.upper ** (2 * m)


def plane_lines(count):
    def weights():
        angles = [arb(k) / count for k in range(count)]
        return [[arb.cos_pi(angle) for angle in angles], [arb.sin_pi(angle) for angle in angles]]

    return weights


def golden():
    return (1 + arb(5).sqrt()) / 2


def icosahedron():
    phi = golden()
    points = [(0, 1, phi), (0, -1, phi), (1, phi, 0), (-1, phi, 0), (phi, 0, 1), (phi, 0, -1)]
    return [list(row) for row in zip(*points, strict=True)]


def six_hundred_cell():
    """One of each antipodal pair of the 120 vertices, doubled."""
    phi = golden()
    values = {0: arb(0), 1: arb(1), 2: phi, 3: 1 / phi}
    points = [[2 * (i == j) for j in range(4)] for i in range(4)]
    points += [[1, *signs] for signs in product((1, -1), repeat=3)]
    for order in permutations(range(4)):
        if sum(order[i] > order[j] for i in range(4) for j in range(i + 1, 4)) % 2 == 0:
            # positions of 1, φ, 1/φ carry signs; the sign of 1 is fixed, which picks one of each pair
            for second, third in product((1, -1), repeat=2):
                signs = {0: 0, 1: 1, 2: second, 3: third}
                points.append([signs[which] * values[which] for which in order])
    assert len(points) == 60
    return [list(row) for row in zip(*points, strict=True)]


@pytest.mark.parametrize(
    ("weights", "m", "p", "law", "reference"),
    [
        (plane_lines(4), 3, "1e-6", "rademacher", "3.19995"),
        (icosahedron, 3, "1e-6", "rademacher", "5.76915"),
        (six_hundred_cell, 5, "1e-4", "gaussian", "5.714456814457"),
    ],
)
def test_reference_values(weights, m, p, law, reference):
    found = enclose_loss(weights, m=m, p=p, law=law, digits=30)
    per_activity = found.improvement_best_scale / Enclosure.of(found.problem.p)
    assert per_activity.digits >= 30
    places = len(reference.partition(".")[2])
    shown = fmpq(int(reference.replace(".", "")), 10**places)
    assert abs(per_activity.lower - shown) <= fmpq(1, 2 * 10**places)


def test_icosahedron_against_its_inner_products():
    """Every row has a = 1 and Q_{2j} = 1 + 5/5^j, which is rational."""
    found = enclose_loss(icosahedron, m=3, p="1/50", law="uniform", digits=50)
    law, p = found.problem.law, found.problem.p
    kappa = cumulants_from_moments([1, *(p * law.moment(2 * j) for j in (1, 2, 3))])
    c, d = row_polynomials(3, kappa, fmpq(1), [0, *(1 + fmpq(5, 5**j) for j in (1, 2, 3))])
    assert_encloses(found.improvement_best_scale, 6 * c**2 / d, 50)


def test_more_digits_come_from_more_precision():
    found = enclose_loss(plane_lines(5), m=3, p="1/100", law="laplace", digits=600)
    assert all(getattr(found, name).digits >= 600 for name in ("C", "D", "improvement", "improvement_best_scale", "scale", "loss"))


def test_zero_matrix():
    found = enclose_loss(lambda: [[0, arb(0)]], m=3, p="1/2", law="rademacher")
    assert found.scale is None
    assert found.improvement.is_exact
    assert found.improvement_best_scale == Enclosure.of(0)
    assert found.loss == found.loss_best_scale == Enclosure.of(1)


def test_a_loss_of_zero_is_enclosed_though_never_proved():
    half = lambda: [[arb(2).sqrt() / 2, arb(2).sqrt() / 2], [arb(2).sqrt() / 2, -arb(2).sqrt() / 2]]  # noqa: E731
    found = enclose_loss(half, m=1, p="1/2", law="gaussian", ceiling=1024)
    assert found.loss.lower <= 0 <= found.loss.upper < fmpq(1, 10**290)


def test_a_hidden_zero_is_said_not_to_be_certified():
    with pytest.raises(CertificationError):
        enclose_loss(lambda: [[arb(2).sqrt() ** 2 - 2]], m=3, p="1/2", law="gaussian", ceiling=512)


@pytest.mark.parametrize("rows", [[], [[]], [[1], [1, 2]], [[arb("nan")]], [[arb("inf")]]])
def test_bad_weights(rows):
    with pytest.raises(ParameterError) as refused:
        enclose_loss(lambda: rows, m=3, p="1/2", law="gaussian")
    assert refused.value.parameter == "W"
    assert "\n" not in str(refused.value)
