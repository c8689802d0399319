"""The float loss against the two matrix products it needs, WᵀW and W·G as plain full products: python benchmarks/loss_engine.py.

Rounds are interleaved, so that other work on the machine hits both alike; medians and best times are printed. The same
cases run under pytest benchmarks --benchmark-only.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.loss.error_bound import bounded_loss
from boundcalc.model.features import Features

CASES = ((8000, 100, 3, 1.5), (4000, 100, 3, 2.5), (8000, 100, 5, 2.5))
"""(n, d, m, the most that value and gradient may take, in units of the two products)."""
VALUE_ALONE = 1.2
MODEL = {"p": "1/100", "law": "gaussian"}


def weights(n: int, d: int) -> np.ndarray:
    """Gaussian weights of columns of about unit length."""
    return np.random.default_rng(0).standard_normal((d, n)) / d**0.5


def products(W: np.ndarray, other: np.ndarray, out: np.ndarray) -> None:
    """WᵀW and W·G as plain full products, into memory that is already there: the most favourable way to time them."""
    np.matmul(W.T, other, out=out)  # with W itself in both places NumPy would form one half only
    W @ out


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratios(n: int, d: int, m: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of each piece of work, a list over rounds."""
    W = weights(n, d)
    other, out = W.copy(), np.empty((n, n))
    work: dict[str, Callable[[], object]] = {
        "products": lambda: products(W, other, out),
        "value": lambda: dense_loss(W, m=m, **MODEL),
        "value and gradient": lambda: dense_loss_and_gradient(W, m=m, **MODEL),
        "value with error bound": lambda: bounded_loss(W, m=m, **MODEL),
    }
    found: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds + 1):
        for name, run in work.items():
            found[name].append(timed(run))
    return {name: seconds[1:] for name, seconds in found.items()}  # the first round warms up


def unequal(n: int, d: int, m: int, rounds: int) -> dict[str, float]:
    """Value, and value and gradient, with features that differ, in units of equal features; medians of interleaved rounds."""
    W = weights(n, d)
    features = Features.each([fmpq(9999, 10000) ** (k % 100) for k in range(n)], [fmpq(1, 100 + k) for k in range(n)], "gaussian")
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "value": (lambda: dense_loss(W, m=m, **MODEL), lambda: dense_loss(W, m=m, features=features)),
        "value and gradient": (
            lambda: dense_loss_and_gradient(W, m=m, **MODEL),
            lambda: dense_loss_and_gradient(W, m=m, features=features),
        ),
    }
    found: dict[str, float] = {}
    for name, (equal, differing) in pairs.items():
        seconds = [(timed(equal), timed(differing)) for _ in range(rounds + 1)][1:]
        found[name] = statistics.median(differ for _, differ in seconds) / statistics.median(same for same, _ in seconds)
    return found


def peak_memory(n: int, d: int) -> float:
    """MiB of a whole new process that computes value and gradient."""
    done = subprocess.run([sys.executable, __file__, "--peak", str(n), str(d)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def own_peak(n: int, d: int) -> float:
    """MiB of this process after value and gradient."""
    dense_loss_and_gradient(weights(n, d), m=3, **MODEL)
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent's memory before the program was loaded
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peak", nargs=2, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--features", action="store_true", help="features that differ against equal ones")
    options = parser.parse_args()
    if options.features:
        for n, d, m, _ in CASES:
            print(n, d, m, {name: round(ratio, 2) for name, ratio in unequal(n, d, m, options.rounds).items()}, flush=True)
        return
    if options.peak:
        print(own_peak(*options.peak))
        return
    print("| n | d | m | products, s | value | value and gradient | target | value with error bound |")
    print("|---|---|---|---|---|---|---|---|")
    for n, d, m, target in CASES:
        seconds = ratios(n, d, m, options.rounds)
        floor = statistics.median(seconds["products"])
        shown = [
            f"{statistics.median(seconds[name]) / floor:.2f} (best {min(seconds[name]) / min(seconds['products']):.2f})"
            for name in ("value", "value and gradient", "value with error bound")
        ]
        print(f"| {n} | {d} | {m} | {floor:.3f} | {shown[0]} | {shown[1]} | {target} | {shown[2]} |", flush=True)
    print(f"peak memory of a process at n = 20000, d = 50, value and gradient: {peak_memory(20_000, 50):.0f} MiB")


@pytest.mark.parametrize(("n", "d", "m", "_target"), CASES)
@pytest.mark.parametrize("what", ["products", "value", "value and gradient"])
def test_speed(benchmark, n, d, m, _target, what):  # type: ignore[no-untyped-def]
    W = weights(n, d)
    other, out = W.copy(), np.empty((n, n))
    work = {
        "products": lambda: products(W, other, out),
        "value": lambda: dense_loss(W, m=m, **MODEL),
        "value and gradient": lambda: dense_loss_and_gradient(W, m=m, **MODEL),
    }[what]
    benchmark.group = f"n = {n}, d = {d}, m = {m}"
    benchmark.pedantic(work, rounds=3, warmup_rounds=1)


if __name__ == "__main__":
    main()
