"""The elementary functions against balls of 120 bits."""

from __future__ import annotations

import numpy as np
import pytest
from flint import acb, arb

from boundcalc.loss.relu import exponentials as module
from boundcalc.numbers.enclosure import precision


def worst(computed, exact) -> float:
    """The largest |computed − exact| in units of u."""
    with precision(120):
        gaps = [abs(acb(complex(x).real, complex(x).imag) - y) for x, y in zip(computed.tolist(), exact, strict=True)]
        return max(float(gap.upper()) for gap in gaps) / module.UNIT


def test_turns_over_all_reductions():
    rng = np.random.default_rng(0)
    t = np.concatenate(
        [rng.uniform(-1e7, 1e7, 1500), rng.uniform(-1, 1, 3000), 2.0 ** rng.uniform(-60, 0, 500), np.arange(-80, 80) / 16]
    )
    with precision(120):
        exact = [acb(0, 2 * arb(x) * arb.pi()).exp() for x in t.tolist()]
    assert worst(module.turns(t), exact) < module.TURNS_ERROR / module.UNIT
    assert module.turns(np.array([0.25, 0.5, 3.0])).tolist() == [1j, -1, 1]


def test_exponential_relatively():
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-700, 700, 2000), rng.uniform(-1, 1, 3000), [0.0]])
    with precision(120):
        ratio = [arb(value) / arb(at).exp() for value, at in zip(module.exponential(x).tolist(), x.tolist(), strict=True)]
        assert max(float(abs(each - 1).upper()) for each in ratio) < module.EXP_ERROR
    assert module.exponential(np.zeros(1))[0] == 1


def test_series_up_to_one_half():
    rng = np.random.default_rng(2)
    z = np.concatenate([rng.uniform(0, 0.5, 2000), [0.5, 1e-300]]) * np.exp(1j * rng.uniform(0, 7, 2002))
    psi, chi = [], []
    with precision(1200):  # (e^z − 1 − z e^z)/z² loses twice the bits of z
        for value in z.tolist():
            at = acb(value.real, value.imag)
            mean = (at.exp() - 1) / at
            psi.append(mean)
            chi.append((at.exp() - mean) / at)
    bound = module.SERIES_ERROR / module.UNIT
    assert worst(module.series(z[:-1]), psi[:-1]) < bound
    assert worst(module.first_moment_series(z[:-1]), chi[:-1]) < bound
    assert module.series(z[-1:])[0].real == 1


@pytest.mark.parametrize("x", [-30.0, -1.0, -1e-9, 0.0, 1e-9, 0.3, 2.0, 25.0])
def test_growth_is_above_the_mean_of_the_exponential(x):
    exact = np.expm1(x) / x if x else 1.0
    assert exact <= module.growth(np.array([x]))[0] <= max(1.0, exact) * np.exp(max(x, 0)) * (1 + 1e-12)
