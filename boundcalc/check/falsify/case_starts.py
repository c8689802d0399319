"""Chooses where searches for a counterexample start: sizes, structured weights, probabilities and laws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from boundcalc.check.falsify.dual import Array
from boundcalc.check.falsify.layout import Layout, Shape

Generator = np.random.Generator

GRADUAL = ((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (1, 2), (3, 3), (4, 2), (4, 3), (4, 1), (2, 3), (5, 2), (6, 3))
"""(n, d) of the cases, smaller ones first and more often."""
MAX_FEATURES, MAX_DIMENSIONS = 6, 3
"""Of local moves."""
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


def shapes(sizes: list[tuple[int, int, int]], rng: Generator, *, symmetric: bool, own: bool = False) -> Iterator[Shape]:
    """Sizes and laws, the smallest first; then at random."""
    laws = ((1, False), (1, True), (2, False), (2, True))
    for turn in count():
        n, d, m = sizes[turn if turn < 4 <= len(sizes) else min(int(rng.exponential(len(sizes) / 3)), len(sizes) - 1)]
        if not symmetric:
            law = (int(rng.choice((1, 2, 2, 3))) if n < 5 else 2, False)
        elif turn < 4:
            law = laws[0]
        else:
            law = laws[int(rng.choice(4, p=(0.35, 0.2, 0.25, 0.2)))]
            law = (1 if n > 4 else law[0], law[1])
        yield Shape(n, d, m, law[0], law[1], symmetric, own=own)


def vector(layout: Layout, kind: str, rng: Generator, log_p: float) -> Array:
    """A start: structured weights at a random scale, this p, and a simple law half of the time."""
    shape = layout.shape
    start = np.zeros(layout.size)
    scale = 1.0 if rng.random() < 0.5 else 10.0 ** rng.uniform(-1, 1)
    start[layout.weights] = scale * weights(kind, shape.n, shape.d, rng).ravel()
    start[layout.log_p] = log_p
    if shape.own:
        start[layout.log_p] -= rng.exponential(1.5, shape.n) * (rng.random() < 0.7)
        start[layout.log_importances] = rng.normal(0, 1.5, shape.n) * (rng.random() < 0.8)
    points = layout.log_points
    width = points.stop - points.start
    if shape.symmetric:
        start[points] = np.log(np.arange(1, width + 1)) if rng.random() < 0.5 else rng.normal(0, 1, width)
    else:
        start[points] = (
            rng.choice([1.0, -1.0, 2.0, 3.0, -2.0], width, replace=shape.own) if rng.random() < 0.5 else rng.normal(0, 2, width)
        )
    if rng.random() < 0.5:
        start[layout.logits] = rng.normal(0, 2, layout.logits.stop - layout.logits.start)
    if shape.symmetric and not shape.own and rng.random() < 0.25:
        start[points], start[layout.logits] = gaussian_quadrature(shape.points, atom=shape.atom)
        start[layout.log_p] = 0.0
    count_ = layout.places.stop - layout.places.start
    start[layout.places] = rng.choice([0.0, 0.5, 1.0], count_) if rng.random() < 0.5 else rng.random(count_)
    return np.clip(start, *layout.bounds)


def gaussian_quadrature(points: int, *, atom: bool) -> tuple[Array, Array]:
    """Log points and logits of the law whose first moments are the normal law's: its lowest cumulants vanish at p = 1."""
    nodes, chances = np.polynomial.hermite_e.hermegauss(2 * points + atom)
    positive = nodes > 1e-9
    shares = [*(2 * chances[positive]), *chances[np.abs(nodes) <= 1e-9]]
    return np.log(nodes[positive]), np.log(shares)


def neighbour(shape: Shape, rng: Generator, exponents: tuple[int, ...]) -> Shape:
    """A local move of the sizes: more or fewer features, dimensions or points, two copies side by side, another m, or none."""
    n, d = shape.n, shape.d
    moves = [
        shape,
        replace(shape, n=n + 1),
        replace(shape, n=n + 1, d=d + 1),
        replace(shape, n=2 * n, d=2 * d),
        replace(shape, d=d + 1),
        replace(shape, n=max(n - 1, 1)),
        replace(shape, points=shape.points + 1),
        replace(shape, m=int(rng.choice(exponents))),
        replace(shape, atom=not shape.atom and shape.symmetric),
    ]
    features, dimensions = max(MAX_FEATURES, n), max(MAX_DIMENSIONS, d)
    allowed = [move for move in moves if move.n <= features and move.d <= dimensions and move.points <= 3]
    return allowed[int(rng.integers(len(allowed)))]


def moved(layout: Layout, old: Array, target: Layout, rng: Generator) -> Array:
    """A vector of one shape carried over to another: cut off, or filled up with small entries or with a copy of itself."""
    new = vector(target, "random", rng, float(old[layout.log_p][0]))
    source = old[layout.weights].reshape(layout.shape.d, layout.shape.n)
    d, n = source.shape
    w = rng.choice([0.0, 0.1]) * new[target.weights].reshape(target.shape.d, target.shape.n)
    rows, columns = min(d, target.shape.d), min(n, target.shape.n)
    w[:rows, :columns] = source[:rows, :columns]
    if target.shape.d > d and target.shape.n > n:
        height, width = min(d, target.shape.d - d), min(n, target.shape.n - n)
        w[d : d + height, n : n + width] = source[:height, :width]
    if layout.shape == target.shape:
        w = w * (1 + 0.1 * rng.standard_normal(w.shape))
    new[target.weights] = w.ravel()
    for name in ("log_points", "logits", "places", "log_importances"):
        part, place = old[getattr(layout, name)], getattr(target, name)
        width = min(len(part), place.stop - place.start)
        new[place.start : place.start + width] = part[:width]
    return np.clip(new, *target.bounds)
