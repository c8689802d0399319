"""The rigorous error bound: it holds the exact value, and is not much wider than rounding is."""

import numpy as np
import pytest
from flint import arb, fmpq

from boundcalc.loss import tiles
from boundcalc.loss.dense import TiedEvaluation
from boundcalc.loss.error_bound import (
    ROUNDINGS,
    _moved_power,
    bounded_loss,
    enclose_cumulants,
    exact_float,
    signed_parts,
    squared_norms,
)
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.integers import read_matrix
from boundcalc.numbers.enclosure import exact, precision, to_float
from boundcalc.numbers.errors import CertificationError, ParameterError

NAMES = ("C", "D", "improvement", "improvement_best_scale", "loss", "loss_best_scale", "unexplained_fraction")
CASES = [(1, "1/2", "laplace"), (3, "1/100", "rademacher"), (3, "1", "uniform"), (5, "1e-6", "gaussian"), (7, "1/3", "rademacher")]


def matrices():
    rng = np.random.default_rng(17)
    yield rng.standard_normal((1, 1))
    yield rng.standard_normal((3, 5))
    yield rng.standard_normal((6, 60)) * 10.0 ** rng.integers(-6, 7, 60)  # columns of very different size
    yield np.repeat(rng.standard_normal((4, 9)), 2, axis=1)
    yield np.hstack([np.zeros((3, 2)), rng.standard_normal((3, 4))])
    yield rng.standard_normal((3, 5)) * 1e80
    yield rng.standard_normal((3, 5)) * 1e-150
    yield np.array([[1.0, 5e-324, 0.0], [2.0**-1074, 1.0, 1e-300]])  # subnormal entries
    yield rng.standard_normal((2, 6)).round(1) @ np.diag([1, 1, 1, -1, 1, 1e-3])


@pytest.mark.parametrize("wide", [(512, 1024), (2, 3)], ids=["one tile", "many tiles"])
@pytest.mark.parametrize("floats", ["float64", "float32"])
@pytest.mark.parametrize(("m", "p", "law"), CASES)
def test_holds_the_exact_value(m, p, law, floats, wide, monkeypatch):
    monkeypatch.setattr(tiles, "WIDE", wide)
    for weights in matrices():
        found = bounded_loss(weights, m=m, p=p, law=law, precision=floats)
        value = exact_loss(weights, m=m, p=p, law=law)
        for name in NAMES:
            enclosure = getattr(found.enclosure, name)
            assert enclosure.lower <= getattr(value, name) <= enclosure.upper, name
        assert found.enclosure.scale.lower <= value.scale.upper
        assert value.scale.lower <= found.enclosure.scale.upper
        relative = (found.enclosure.D.upper - found.enclosure.D.lower) / value.D
        if m < 7:  # at m = 7 and p = 1/3 negative cumulants cancel digits of D itself
            assert relative < (fmpq(1, 10**10) if floats == "float64" else fmpq(1, 20))
        elif floats == "float64":
            assert relative < fmpq(1, 10**7)
        assert abs(exact_float(found.value.improvement_best_scale) - value.improvement_best_scale) <= found.error(
            "improvement_best_scale"
        )


def test_each_power_sum_is_held():
    """Row by row, where sums over rows could hide a fault."""
    rng = np.random.default_rng(23)
    for floats in ("float64", "float32"):
        rounding = ROUNDINGS[floats]
        for _ in range(5):
            weights = rng.standard_normal((4, 40)) * 10.0 ** rng.integers(-9, 1, 40)
            found = TiedEvaluation(weights, 3, "1/2", "gaussian", None, precision=floats)
            unit = read_matrix(np.ldexp(weights, -found.exponent))
            scale = unit.unit**2
            gram = unit.entries.astype(object).T @ unit.entries.astype(object)
            with precision(128):
                squares = squared_norms(ROUNDINGS["float64"], np.ldexp(weights, -found.exponent))
                parts = signed_parts(
                    found.columns, rounding, found.sums, found.depth, lambda weights: pytest.fail("no second pass")
                )
                balls = enclose_cumulants(found.columns, parts, rounding, 6, squares, squares)
                for i in range(40):
                    for j in (1, 2, 3):
                        kappa = found.columns.groups[0][j]
                        true = kappa * scale ** (2 * j) * sum(int(entry) ** (2 * j) for entry in gram[i])
                        assert exact(balls[i][j].lower()) <= true <= exact(balls[i][j].upper())


def test_a_moved_power_holds_both_ends():
    with precision(128):
        moved = _moved_power(arb(16), 4, arb(fmpq(1, 2)))
        assert moved.contains(fmpq(5, 2) ** 4)
        assert moved.contains(fmpq(3, 2) ** 4)
        assert not moved.contains(fmpq(13, 5) ** 4)
        around_zero = _moved_power(arb(0, 1e-30), 2, arb(fmpq(1, 4)))
        assert around_zero.contains(0)
        assert around_zero.contains(fmpq(1, 16))
        assert not around_zero.contains(fmpq(1, 15))


def test_a_wrong_product_is_outside():
    """The bound is tight enough to notice one entry of A that is off by 1e-9."""
    weights = np.random.default_rng(3).standard_normal((5, 30))
    value = exact_loss(weights, m=3, p="1/50", law="gaussian")
    weights[0, 0] *= 1 + 1e-9
    found = bounded_loss(weights, m=3, p="1/50", law="gaussian").enclosure
    assert value.C < found.C.lower or value.C > found.C.upper


def test_width_at_a_thousand_features():
    weights = np.random.default_rng(4).standard_normal((40, 1000))
    found = bounded_loss(weights, m=3, p="1/100", law="gaussian")
    assert found.enclosure.improvement_best_scale.digits >= 11
    assert to_float(found.error("improvement_best_scale")) < 1e-11 * found.value.improvement_best_scale


def test_zero_and_refusals():
    found = bounded_loss(np.zeros((2, 3)), m=3, p="1/2", law="gaussian").enclosure
    assert found.scale is None
    assert found.improvement.is_exact
    assert found.loss.lower == fmpq(3, 2)
    with pytest.raises(ParameterError):
        bounded_loss(np.array([[np.inf]]), m=3, p="1/2", law="gaussian")
    with pytest.raises(ParameterError, match="precision"):
        bounded_loss(np.ones((1, 1)), m=3, p="1/2", law="gaussian", precision="float16")
    with pytest.raises(CertificationError):
        ROUNDINGS["float32"].gamma(1 << 20)
    with pytest.raises(ParameterError, match="name"):
        bounded_loss(np.zeros((2, 3)), m=3, p="1/2", law="gaussian").error("scale")
