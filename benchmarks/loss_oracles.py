"""The exact loss against its oracles, at equal parameters: python benchmarks/loss_oracles.py.

Enumeration of all states must give the same rationals, and takes exponentially longer; Monte Carlo cannot see the
improvement in the sparse regime at all; the Leech lattice's 98,280 lines are exact in seconds. --quick skips the long ones.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.frames.library import construct
from boundcalc.loss.dense import dense_loss
from boundcalc.loss.error_bound import bounded_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float
from tests.oracles.enumerated_loss import enumerate_loss
from tests.oracles.sampled_loss import sample_loss

RARE: dict[str, Any] = {"m": 3, "p": "1e-6", "law": "rademacher"}


def timed(work: Callable[[], Any], times: int = 1) -> tuple[Any, float]:
    """The result, and the median seconds of a call."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def enumeration(n: int) -> str:
    """Enumeration of the 3^n states of n Rademacher features against the cumulant formula."""
    W = np.random.default_rng(1).integers(-2, 3, (3, n)).tolist()
    options: dict[str, Any] = {"m": 3, "p": "1/10", "law": "rademacher"}
    slow, slow_seconds = timed(lambda: enumerate_loss(W, **options))
    fast, fast_seconds = timed(lambda: exact_loss(W, **options), 101)
    equal = (slow.C, slow.D) == (fast.C, fast.D)
    ratio = slow_seconds / fast_seconds
    return (
        f"n = {n}, {slow.states} states: equal as rationals: {equal}; enumeration {slow_seconds:.3g} s,"
        f" cumulants {fast_seconds * 1e3:.3g} ms, ratio {ratio:.3g}"
    )


def monte_carlo(samples: int) -> list[str]:
    """Monte Carlo with many samples against the exact value, at p = 1e-6."""
    W = construct("icosahedron").to_float()
    exact, exact_seconds = timed(lambda: exact_loss(W, **RARE), 11)
    rounded, rounded_seconds = timed(lambda: dense_loss(W, **RARE), 11)
    sampled, seconds = timed(lambda: sample_loss(W, **RARE, samples=samples, seed=0))
    truth = to_float(exact.improvement)
    return [
        f"exact improvement {truth:.10g} in {exact_seconds * 1e3:.2g} ms;"
        f" float64 {rounded.improvement:.10g} in {rounded_seconds * 1e3:.2g} ms",
        f"Monte Carlo, {samples} samples: {sampled.improvement:.3g} +- {sampled.standard_error:.2g} (standard error)"
        f" in {seconds:.3g} s; off by {abs(sampled.improvement - truth) / truth:.0%},"
        f" the standard error is {sampled.standard_error / truth:.0%} of the improvement",
    ]


def leech() -> list[str]:
    """The minimal vectors of the Leech lattice, m = 5, Rademacher, p = 1e-13."""
    frame, options = construct("leech"), {"m": 5, "p": "1e-13", "law": "rademacher"}
    exact, seconds = timed(lambda: exact_loss(frame.rational, **options))
    bounded, float_seconds = timed(lambda: bounded_loss(frame.to_float(), **options))
    limit = fmpq(1, 10**13) * welch_constant(fmpq(24), 5)
    off = to_float(exact.improvement_best_scale / limit - 1)
    enclosure = bounded.enclosure.improvement_best_scale
    inside = enclosure.lower <= exact.improvement_best_scale <= enclosure.upper
    return [
        f"Leech, n = {frame.n}: exact rational C^2/D in {seconds:.3g} s, p tau_5(24) times 1 {off:+.3g}",
        f"float64 with error bound in {float_seconds:.3g} s: {enclosure.digits} digits certain, holds the exact value: {inside}",
    ]


def main() -> None:
    """Prints what each comparison finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="n = 9, 10^6 samples, no Leech lattice")
    options = parser.parse_args()
    print(enumeration(9 if options.quick else 12), flush=True)
    print("\n".join(monte_carlo(10**6 if options.quick else 10**7)), flush=True)
    if not options.quick:
        print("\n".join(leech()))


def test_cumulants(benchmark):  # type: ignore[no-untyped-def]
    W = np.random.default_rng(1).integers(-2, 3, (3, 12)).tolist()
    benchmark(lambda: exact_loss(W, m=3, p="1/10", law="rademacher"))


def test_enumeration(benchmark):  # type: ignore[no-untyped-def]
    W = np.random.default_rng(1).integers(-2, 3, (3, 8)).tolist()
    benchmark.pedantic(lambda: enumerate_loss(W, m=3, p="1/10", law="rademacher"), rounds=2)


def test_monte_carlo(benchmark):  # type: ignore[no-untyped-def]
    W = construct("icosahedron").to_float()
    benchmark.pedantic(lambda: sample_loss(W, **RARE, samples=10**6, seed=0), rounds=2)


if __name__ == "__main__":
    main()
