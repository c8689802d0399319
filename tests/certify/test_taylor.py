"""The Taylor bounds against the values they must dominate and maxima known in closed form."""

import random

import pytest
from flint import arb, fmpq

from boundcalc.certify.jets import variables
from boundcalc.certify.taylor import newton_step, upper_bound
from boundcalc.numbers.enclosure import exact, precision

FUNCTIONS = {
    1: lambda x: x * (1 - x) / (1 + x * x),
    2: lambda x, y: (1 + x * y) / (1 + x * x + y * y),
    3: lambda x, y, z: x + y * z - x * x - 2 * y * y - z * z + x * y * z / 5,
}


def bounds(function, middle, radii):
    at = function(*variables([arb(c) for c in middle], 1))
    over = function(*variables([arb(c, r) for c, r in zip(middle, radii, strict=True)], 2))
    plain = over.value.upper() if over.value.is_finite() else arb.pos_inf()
    return plain, upper_bound(plain, at, over, [arb(r) for r in radii]), at, over


@pytest.mark.parametrize("n", [1, 2, 3])
def test_no_value_exceeds_the_bound(n):
    source = random.Random(20 + n)
    tighter = 0
    with precision(100):
        for _ in range(150):
            middle = [fmpq(source.randint(-40, 40), 20) for _ in range(n)]
            radii = [fmpq(source.choice([0, 1, 5, 20]), 40) for _ in range(n)]
            plain, bound, _, _ = bounds(FUNCTIONS[n], middle, radii)
            assert bound <= plain
            tighter += bool(bound < plain)
            for _ in range(25):
                point = [c + r * fmpq(source.choice([-8, 8, source.randint(-8, 8)]), 8) for c, r in zip(middle, radii, strict=True)]
                value = FUNCTIONS[n](*variables([arb(c) for c in point], 0)).value
                assert exact(value.lower()) <= exact(bound)
    assert tighter > 50


def test_the_vertex_bounds_a_correlated_concave_quadratic():
    """−x² − y² + 3xy/2 + x: the maximum over the plane is 4/7, and no box bound by variables comes near it."""

    def f(x, y):
        return -(x * x) - y * y + 3 * x * y / 2 + x

    with precision(100):
        _, bound, at, over = bounds(f, [fmpq(1), fmpq(1)], [fmpq(3), fmpq(3)])
        assert arb(fmpq(4, 7)) <= bound + arb("1e-20")
        assert bound <= arb(fmpq(4, 7)) + arb("1e-20")
        step = newton_step(at, over)
        assert abs(step[0] + 1 - fmpq(8, 7)) < fmpq(1, 10**20)
        assert abs(step[1] + 1 - fmpq(6, 7)) < fmpq(1, 10**20)


def test_the_error_near_a_maximum_is_of_third_order():
    errors = []
    with precision(200):
        for k in (6, 9):
            radius = fmpq(1, 2**k)
            # the maximum of x/(1 + x²) is 1/2, at 1, off the box's centre
            _, bound, _, _ = bounds(lambda x: x / (1 + x * x), [1 + radius / 3], [radius])
            errors.append(float((bound - fmpq(1, 2)).upper()))
    assert 0 <= errors[1] < errors[0] / 8**2.5


def test_no_newton_step_where_the_function_is_not_concave():
    with precision(64):
        _, _, at, over = bounds(lambda x: x * x, [fmpq(1)], [fmpq(1, 8)])
        assert newton_step(at, over) is None
