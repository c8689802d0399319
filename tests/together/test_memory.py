"""The measure of memory sees what a test takes, freed or not, and nothing that was taken before it."""

import numpy as np
from oracles.memory import growth_of_peak

MIB = 1 << 20


def test_a_peak_before_it_does_not_count_and_one_after_it_does():
    before = growth_of_peak()
    np.ones(300 * MIB, dtype=np.int8)
    assert 290 * MIB < before()
    after = growth_of_peak()
    assert after() < 50 * MIB
    np.ones(100 * MIB, dtype=np.int8)
    assert 90 * MIB < after() < 150 * MIB
