"""Trains the two small toy models by the usual recipe, over p, and stores the best of three seeds in docs/toy_models.npz.

``python benchmarks/relu_toy_models.py`` takes a minute. Arrays are named W_5_2_3e-2 and b_5_2_3e-2, float32.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from relu_loss import trained

MODELS = ((5, 2), (20, 5))
ACTIVITIES = ("1", "5e-1", "2e-1", "1e-1", "5e-2", "2e-2", "1e-2", "3e-3", "1e-3")
STEPS, BATCH, SEEDS = 4000, 1024, 3
PATH = Path(__file__).parents[1] / "docs" / "toy_models.npz"


def sampled(W: np.ndarray, b: np.ndarray, p: float) -> float:
    """The loss on samples that no training saw."""
    rng = np.random.default_rng(10**6)
    x = rng.random((20_000, len(b))) * (rng.random((20_000, len(b))) < p)
    return float(((x - np.maximum(x @ W.T @ W + b, 0)) ** 2).sum(1).mean())


def main() -> None:
    found = {}
    for n, d in MODELS:
        for text in ACTIVITIES:
            nets = [trained(n, d, float(text), STEPS, BATCH, seed) for seed in range(SEEDS)]
            W, b = min(nets, key=lambda net: sampled(*net, float(text)))
            found[f"W_{n}_{d}_{text}"], found[f"b_{n}_{d}_{text}"] = W.astype(np.float32), b.astype(np.float32)
            print(n, d, text, sampled(W, b, float(text)), flush=True)
    np.savez_compressed(PATH, **found)


if __name__ == "__main__":
    main()
