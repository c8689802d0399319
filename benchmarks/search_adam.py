"""Against what is done today: Adam on sampled batches (lr 1e-3, 4096 samples, torch) and this search, one problem.

    python benchmarks/search_adam.py [--seconds 30]

Needs torch, which is no dependency of the package. Prints I/p (exact, at the best scale) against time for both.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from boundcalc.loss.dense import dense_loss
from boundcalc.model.problem import Problem
from boundcalc.search.optimize import Progress, optimize

N, D, M, P = 120, 8, 3, "0.01"
BATCH, RATE = 4096, 1e-3


def exact(weights: np.ndarray) -> float:
    return dense_loss(weights, m=M, p=P, law="rademacher").improvement_best_scale / float(P)


def adam(seconds: float) -> None:
    import torch

    torch.manual_seed(0)
    weights = torch.nn.Parameter(torch.randn(D, N, dtype=torch.float32) / D**0.5)
    optimizer = torch.optim.Adam([weights], lr=RATE)
    began, shown, steps = time.perf_counter(), 0.0, 0
    while (now := time.perf_counter() - began) < seconds:
        active = torch.rand(BATCH, N) < float(P)
        x = active * (2.0 * (torch.rand(BATCH, N) < 0.5) - 1.0)
        output = (x @ weights.T @ weights) ** M
        loss = ((x - output) ** 2).sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
        if now > shown:
            print(f"adam    {now:6.1f} s  {steps:6d} steps  I/p = {exact(weights.detach().double().numpy()):.4f}", flush=True)
            shown = now + seconds / 10
    print(f"adam    {seconds:6.1f} s  {steps:6d} steps  I/p = {exact(weights.detach().double().numpy()):.4f}", flush=True)


def search() -> None:
    began = time.perf_counter()

    def progress(step: Progress) -> None:
        if step.improved:
            value = exact(step.best.weights)
            print(
                f"search  {time.perf_counter() - began:6.2f} s  start {step.started:4d}  I/p = {value:.4f}  {step.best.label}",
                flush=True,
            )

    for only_random in (True, False):
        print("from random weights alone" if only_random else "from known frames and the table besides")
        began = time.perf_counter()
        optimize(Problem(N, D, M, P, "rademacher"), workers=2, seconds=3, only_random=only_random, progress=progress)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    search()
    adam(options.seconds)


if __name__ == "__main__":
    main()
