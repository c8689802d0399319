"""What follows from C and D."""

from flint import fmpq

from boundcalc.loss.exact import exact_loss


def test_zero_matrix():
    value = exact_loss([[0, 0, 0]], m=3, p="1/4", law="uniform", rows=True)
    assert value.is_zero
    assert (value.improvement, value.improvement_best_scale) == (0, 0)
    assert value.scale is None
    assert value.scale_power is None
    assert value.loss == value.loss_best_scale == value.energy == fmpq(1, 4)
    assert value.unexplained_fraction == value.unexplained_fraction_best_scale == 1
    assert value.rows.capacity == (0, 0, 0)


def test_orthonormal_columns_by_hand():
    # y = x, x̂ = x³: C = n p mu_4, D = n p mu_6
    value = exact_loss([[1, 0], [0, 1]], m=3, p="1/4", law="gaussian")
    assert fmpq(3, 2) == value.C
    assert fmpq(15, 2) == value.D
    assert value.improvement == fmpq(-9, 2)
    assert value.loss == fmpq(5)
    assert value.improvement_best_scale == fmpq(3, 10)
    assert value.unexplained_fraction == 10
    assert value.unexplained_fraction_best_scale == fmpq(2, 5)


def test_scale_is_a_root_enclosed():
    value = exact_loss([[1, 2, -1], [0, 1, 1]], m=3, p="1/7", law="laplace")
    for digits in (5, 30, 100):
        scale = value.scale_to(digits)
        assert not scale.is_exact
        assert scale.lower**6 < value.scale_power < scale.upper**6
        assert (scale.upper - scale.lower) / scale.lower < fmpq(1, 10**digits)
    assert value.scale == value.scale_to(30)


def test_a_rational_scale_is_exact():
    value = exact_loss([["3/2"]], m=5, p="1/7", law="rademacher")
    assert value.scale.is_exact
    assert value.scale.lower == fmpq(2, 3)


def test_the_best_scale_is_best():
    value = exact_loss([[1, 2, -1], [0, 1, 1]], m=3, p="1/7", law="laplace")
    scale = value.scale_to(40)
    middle = value.scaled((scale.lower + scale.upper) / 2).improvement
    assert 0 <= value.improvement_best_scale - middle < value.improvement_best_scale / 10**70
    for away in (fmpq(99, 100), fmpq(101, 100)):
        assert value.scaled(away * scale.lower).improvement < middle
