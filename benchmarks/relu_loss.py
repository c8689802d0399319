"""Times the certified loss of ReLU networks against sampling: widths, nodes, seconds a row, and what Monte Carlo would need.

``python benchmarks/relu_loss.py [--sizes 20,400,2000]`` trains small networks by the usual recipe (Adam on batches; larger ones
are random near-orthogonal columns with the bias that training finds) and prints a table in Markdown. Seconds are of processor
time, of one core.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from boundcalc import relu_loss

CASES = {20: [(5, "1/20"), (5, "1/100"), (5, "3/10")], 400: [(30, "1/100")], 2000: [(100, "3/1000")]}
WIDTHS = ("1e-4", "1e-6", "1e-8", "1e-9")


def trained(n: int, d: int, p: float, steps: int, batch: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """W, shape (d, n), and b after Adam with a decaying step."""
    rng = np.random.default_rng(seed)
    W, b = rng.standard_normal((d, n)) / np.sqrt(d) * 0.7, np.zeros(n)
    moments = [np.zeros_like(W), np.zeros_like(W), np.zeros_like(b), np.zeros_like(b)]
    for step in range(1, steps + 1):
        x = rng.random((batch, n)) * (rng.random((batch, n)) < p)
        hidden = x @ W.T
        y = hidden @ W + b
        g = 2 * (np.maximum(y, 0) - x) * (y > 0) / batch
        rate = 3e-3 * min(1.0, 2 * (1 - step / (steps + 1)))
        for place, gradient, first, second in (
            (W, hidden.T @ g + (g @ W.T).T @ x, moments[0], moments[1]),
            (b, g.sum(0), moments[2], moments[3]),
        ):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            place -= rate * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-10)
    return W, b


def network(n: int, d: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    if n <= 20:
        return trained(n, d, p, 4000, 1024)
    if n <= 400:
        return trained(n, d, p, 1200, 512)
    rng = np.random.default_rng(0)
    W = rng.standard_normal((d, n))
    return W / np.linalg.norm(W, axis=0) * 1.15, -rng.uniform(0.15, 0.25, n)


def sampling(W: np.ndarray, b: np.ndarray, p: float, count: int = 20_000) -> tuple[float, float]:
    """Standard deviation of one sample, relative to the mean, and seconds a sample."""
    rng = np.random.default_rng(1)
    start = time.process_time()
    x = rng.random((count, len(b))) * (rng.random((count, len(b))) < p)
    loss = ((x - np.maximum(x @ W.T @ W + b, 0)) ** 2).sum(1)
    return float(loss.std() / loss.mean()), (time.process_time() - start) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="20,400,2000")
    chosen = [int(text) for text in parser.parse_args().sizes.split(",")]
    print("| n, d, p | loss | width asked | reached | nodes | seconds | ms a row | Monte Carlo: samples | seconds |")
    print("|---|---|---|---|---|---|---|---|---|")
    for n in chosen:
        for d, text in CASES[n]:
            top, bottom = map(int, text.split("/"))
            p = top / bottom
            W, b = network(n, d, p)
            spread, each = sampling(W, b, p)
            for width in WIDTHS if n < 2000 else WIDTHS[:2]:
                start = time.process_time()
                found = relu_loss(W, bias=b, p=text, law="uniform01", width=width)
                seconds = time.process_time() - start
                reached = float(found.width.p) / float(found.width.q)
                samples = (4 * spread / float(width)) ** 2  # two standard errors to either side
                print(
                    f"| {n}, {d}, {text} | {found.loss.decimals(8)[1]} | {width} | {reached:.1e} | {found.effort} | {seconds:.2f} "
                    f"| {1000 * seconds / n:.1f} | {samples:.0e} | {samples * each:.0e} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
