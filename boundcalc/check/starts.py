"""Where searches for a counterexample start: sizes, structured weights, probabilities and laws."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from boundcalc.check.dual import Array
from boundcalc.check.layout import Layout, Shape

Generator = np.random.Generator

GRADUAL = ((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (1, 2), (3, 3), (4, 2), (4, 3), (4, 1), (2, 3), (5, 2), (6, 3))
"""(n, d) of the cases, smaller ones first and more often."""
LOG_PROBABILITIES = tuple(float(np.log(p)) for p in (1.0, 0.5, 0.1, 0.01, 1e-4, 1e-8))


def weights(kind: str, n: int, d: int, rng: Generator) -> Array:
    """Structured weights of shape (d, n).

    Kinds are those of :data:`KINDS`.
    """
    w = rng.standard_normal((d, n))
    match kind:
        case "zero columns":
            w[:, rng.integers(n)] = 0.0
        case "equal columns":
            w[:] = w[:, :1]
        case "orthogonal":
            w = np.eye(d, n)
        case "equal orthogonal":  # the coordinate axes, each as often as possible
            w = np.eye(d)[:, np.arange(n) % d]
        case "rank one":
            w = np.outer(w[:, 0], rng.choice([-1.0, 1.0, 0.5], n))
        case "huge column":
            w[:, 0] *= 10.0 ** rng.uniform(0.5, 1.5)
        case "tiny column":
            w[:, 0] *= 10.0 ** rng.uniform(-3, -1)
        case "design":
            w = design(n, d)
        case "unit":
            w /= np.linalg.norm(w, axis=0)
        case "nearly equal":
            w = w[:, :1] + 0.05 * w
    return w


KINDS = (
    "random",
    "design",
    "orthogonal",
    "equal columns",
    "unit",
    "huge column",
    "rank one",
    "zero columns",
    "equal orthogonal",
    "tiny column",
    "nearly equal",
)


def design(n: int, d: int) -> Array:
    """Lines of equal angles: evenly spaced in the plane, the icosahedron's six, a simplex, or repeated coordinate axes."""
    if d == 1:
        return np.ones((1, n))
    if d == 2:
        angles = np.arange(n) * np.pi / n
        return np.array([np.cos(angles), np.sin(angles)])
    if d == 3 and n == 6:
        golden = (1 + 5**0.5) / 2
        half = [(0, 1, golden), (0, 1, -golden), (1, golden, 0), (1, -golden, 0), (golden, 0, 1), (-golden, 0, 1)]
        return np.array(half).T / np.hypot(1, golden)
    if n == d + 1:
        gram = (1 + 1 / d) * np.eye(n) - 1 / d
        values, vectors = np.linalg.eigh(gram)
        return np.asarray((vectors[:, 1:] * np.sqrt(values[1:])).T)
    return np.asarray(np.eye(d)[:, np.arange(n) % d])


def shapes(sizes: list[tuple[int, int, int]], rng: Generator, *, symmetric: bool) -> Iterator[Shape]:
    """Sizes and laws, the smallest first; then at random."""
    for turn in count():
        n, d, m = sizes[turn] if turn < len(sizes) else sizes[min(int(rng.exponential(len(sizes) / 3)), len(sizes) - 1)]
        if symmetric:
            law = (
                (1, False)
                if turn < len(sizes)
                else ((1, False), (1, True), (2, False), (2, True))[rng.choice(4, p=(0.4, 0.25, 0.2, 0.15))]
            )
            if law[0] == 2 and n > 4:
                law = (1, law[1])
        else:
            law = (int(rng.choice((1, 2, 2, 3))) if n < 5 else 2, False)
        yield Shape(n, d, m, law[0], law[1], symmetric)


def vector(layout: Layout, kind: str, rng: Generator, log_p: float) -> Array:
    """A start: structured weights at a random scale, this p, and a simple law half of the time."""
    shape = layout.shape
    start = np.zeros(layout.size)
    scale = 1.0 if rng.random() < 0.5 else 10.0 ** rng.uniform(-1, 1)
    start[layout.weights] = scale * weights(kind, shape.n, shape.d, rng).ravel()
    start[layout.log_p] = log_p
    points = layout.log_points
    width = points.stop - points.start
    if shape.symmetric:
        start[points] = np.log(np.arange(1, width + 1)) if rng.random() < 0.5 else rng.normal(0, 1, width)
    else:
        start[points] = (
            rng.choice([1.0, -1.0, 2.0, 3.0, -2.0], width, replace=False) if rng.random() < 0.5 else rng.normal(0, 2, width)
        )
    if rng.random() < 0.5:
        start[layout.logits] = rng.normal(0, 2, layout.logits.stop - layout.logits.start)
    count_ = layout.places.stop - layout.places.start
    start[layout.places] = rng.choice([0.0, 0.5, 1.0], count_) if rng.random() < 0.5 else rng.random(count_)
    return np.clip(start, *layout.bounds)


def grown(layout: Layout, old: Array, larger: Layout, rng: Generator) -> Array:
    """A vector of one shape carried over to a shape with more features or dimensions: a local move of the sizes."""
    new = vector(larger, "random", rng, float(old[layout.log_p][0]))
    d, n = layout.shape.d, layout.shape.n
    w = 0.1 * new[larger.weights].reshape(larger.shape.d, larger.shape.n)
    rows, columns = min(d, larger.shape.d), min(n, larger.shape.n)
    w[:rows, :columns] = old[layout.weights].reshape(d, n)[:rows, :columns]
    new[larger.weights] = w.ravel()
    for name in ("log_points", "logits", "places"):
        source, target = old[getattr(layout, name)], getattr(larger, name)
        width = min(len(source), target.stop - target.start)
        new[target.start : target.start + width] = source[:width]
    return np.clip(new, *larger.bounds)
