"""Prints the tables of docs/toy_models.md from the stored weights, and draws its figure.

``python benchmarks/relu_toy_page.py`` takes two minutes of one core; figures go to docs/figures/toy_dimensionality.png.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from flint import fmpq

mpl.use("Agg")
import matplotlib.pyplot as plt

from boundcalc import Group, relu_loss
from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.polygons import polygon_network
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor, to_float

DOCS = Path(__file__).parents[1] / "docs"
MODELS = ((5, 2), (20, 5))


def main() -> None:
    stored = np.load(DOCS / "toy_models.npz")
    figure, axes = plt.subplots(1, 2, figsize=(7, 2.8), sharey=True)
    for (n, d), axis in zip(MODELS, axes, strict=True):
        print(f"\nn = {n}, d = {d}:\n")
        print("| p | certified loss | floor | from | best network in closed form | loss/floor | loss/zero | used dimensions |")
        print("|---|---|---|---|---|---|---|---|")
        for name in (key for key in stored.files if key.startswith(f"W_{n}_{d}_")):
            text = name.split("_")[-1]
            W, b = stored[name].astype(float), stored["b" + name[1:]].astype(float)
            problem = ReluProblem((Group(n, 1, text, "uniform01"),), d)
            found = relu_loss(W, bias=b, p=text, law="uniform01", width="1e-7")
            below, polygons, closed = floors(problem)[0], polygon_network(problem), closed_network(problem)
            best, what = closed.loss, f"{closed.pairs} pairs, {closed.dropped} at their mean"
            if polygons is not None and polygons.loss < best:
                best, what = (
                    polygons.loss,
                    f"{polygons.planes} × {polygons.sides}-gon, {polygons.pairs} pairs, {polygons.dropped} at their mean",
                )
            A = W.T @ W
            share = np.diag(A) ** 2 / np.maximum((A**2).sum(1), 1e-300)
            shown = np.linalg.norm(W, axis=0) > 0.1
            axis.scatter(np.full(shown.sum(), 1 / float(text)), share[shown], s=9, alpha=0.6, color="C0")
            zero = fmpq(n) * problem.features.groups[0].p / 3
            ratio = found.loss.upper / below.value.lower
            print(
                f"| {text} | {decimal_ceiling(found.loss.upper, 6)} | {decimal_floor(below.value.lower, 4)} | `{below.key}` | "
                f"{decimal_ceiling(best, 6)} ({what}) | {decimal_ceiling(ratio, 3)} | {to_float(found.loss.upper / zero):.3f} | "
                f"{share[shown].sum():.2f} of {shown.sum()} features |",
                flush=True,
            )
        for level, word in ((1, "alone"), (1 / 2, "pair"), (2 / 5, "pentagon")):
            axis.axhline(level, color="0.8", linewidth=0.8, zorder=0)
            axis.text(0.9, level + 0.01, word, fontsize=6, color="0.5")
        axis.set(xscale="log", xlabel="1/p", title=f"n = {n}, d = {d}", ylim=(0, 1.08))
    axes[0].set_ylabel("dimensionality of a feature")
    figure.tight_layout()
    figure.savefig(DOCS / "figures" / "toy_dimensionality.png", dpi=150)


if __name__ == "__main__":
    main()
