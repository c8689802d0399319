"""Sets the certified loss of ReLU networks beside Monte Carlo stratified by the number of active features: z-scores.

``python benchmarks/relu_sampling.py [--samples 100000]`` prints a line for each network and the mean square of the
z-scores, which should be near 1. The strata K = 0 and 1 are sampled as the others; each stratum has samples in proportion
to its probability, at least 50.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np

from boundcalc import relu_loss

SIZES = ((20, 5, 8), (50, 8, 5), (100, 12, 4), (200, 20, 2), (400, 30, 1))
"""n, d and how many networks."""


def stratified(W: np.ndarray, b: np.ndarray, p: float, samples: int, rng: np.random.Generator) -> tuple[float, float]:
    """Mean loss and its standard error."""
    n = len(b)
    mean = variance = 0.0
    for k in range(n + 1):
        chance = math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
        )
        if chance < 1e-10:
            if k > n * p:
                break
            continue
        count = max(50, round(samples * chance))
        x = np.zeros((count, n))
        rows = np.argsort(rng.random((count, n)), axis=1)[:, :k]
        np.put_along_axis(x, rows, rng.random((count, k)), axis=1)
        loss = ((x - np.maximum(x @ W.T @ W + b, 0)) ** 2).sum(1)
        mean += chance * loss.mean()
        variance += chance**2 * loss.var(ddof=1) / count
    return float(mean), float(variance**0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100_000)
    samples = parser.parse_args().samples
    scores = []
    print("| n, d, p | certified loss | relative width | seconds | stratified samples | seconds | z |")
    print("|---|---|---|---|---|---|---|")
    for n, d, many in SIZES:
        for seed in range(many):
            rng = np.random.default_rng([n, seed])
            p = 10 ** rng.uniform(-2.5, -0.7)
            text = f"{round(p * 10**6)}/1000000"
            W = rng.standard_normal((d, n))
            W *= rng.uniform(0.7, 1.3, n) / np.linalg.norm(W, axis=0)
            b = rng.uniform(-0.4, 0.05, n)
            began = time.process_time()
            found = relu_loss(W, bias=b, p=text, law="uniform01", width="1e-6")
            ours = time.process_time() - began
            began = time.process_time()
            mean, error = stratified(W, b, round(p * 10**6) / 10**6, samples, rng)
            theirs = time.process_time() - began
            scores.append((mean - float(found.loss)) / error)
            width = float(found.width.p) / float(found.width.q)
            print(
                f"| {n}, {d}, {text} | {float(found.loss):.8g} | {width:.1e} | {ours:.2f} | {mean:.6g} ± {error:.1e} "
                f"| {theirs:.2f} | {scores[-1]:+.2f} |",
                flush=True,
            )
    print(f"\n{len(scores)} networks, mean of z² {np.mean(np.square(scores)):.2f}, largest |z| {max(map(abs, scores)):.2f}")


if __name__ == "__main__":
    main()
