"""Sums of products against rationals, and proposals for m = 5 under two kernels of the linear algebra library."""

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from oracles.other_machines import printed

from boundcalc.numbers.weighted_sums import shortened, weighted, whole_power


def test_against_rationals():
    rng = np.random.default_rng(5)
    weights, values = rng.normal(size=7), rng.normal(size=(7, 3))
    exact = [sum(Fraction(w) * Fraction(v) for w, v in zip(weights, column, strict=True)) for column in values.T]
    assert weighted(weights, values) == pytest.approx([float(x) for x in exact], rel=1e-14)


CODE = """
from boundcalc import report
for n, d, p, law in [("inf", 2, "8e-3", "gaussian"), (10, 5, "3e-6", "laplace"), (276, 24, "7e-6", "gaussian")]:
    print(report(n, d, 5, p, law, digits=30)["frontier"].value.enclosure.decimals(30))
"""


def test_digits_do_not_depend_on_the_kernel():
    """With ``@`` in the cone program's rows these three differ in the eighth digit."""
    haswell, prescott = printed(CODE)
    assert haswell == prescott


def test_powers_and_short_numbers():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(3, 5)) * 10.0 ** rng.integers(-200, 200, size=(3, 5))
    assert whole_power(values, 0).tolist() == np.ones((3, 5)).tolist()
    with np.errstate(over="ignore"):
        assert whole_power(values, 3) == pytest.approx(values**3, rel=1e-14)
    near = shortened(values)
    assert near == pytest.approx(values, rel=2.0**-24)
    assert (shortened(np.nextafter(values, np.inf)) == near).all()
    assert shortened(np.array([0.0, 1.0, np.inf])).tolist() == [0.0, 1.0, np.inf]


def test_digits_do_not_depend_on_the_width_of_vectors():
    """NumPy without its longer vectors has other last bits of powers, exponentials and products of complex numbers."""
    told = []
    for features in ("", "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"):
        environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": features, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, "-c", CODE], env=environment, check=False, capture_output=True, text=True)
        if done.returncode:  # a processor, or a NumPy, that has no such features
            pytest.skip(done.stderr.strip().splitlines()[-1])
        told.append(done.stdout)
    assert told[0] == told[1]
