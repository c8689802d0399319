"""Follows families of optima of the very sparse limit from a point of one to its known member.

Half-designs with free weights often come in families, all with S² = τ_m(d) T, so that a search ends at any of their
points. From there the family is followed by Gauss–Newton steps towards the inner products and weights of the known
member, each step brought back to the family by Newton's method.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from boundcalc.loss.threads import single_threaded
from boundcalc.search.objective import Array, VerySparse
from boundcalc.search.polish import hessian

FLAT = 1e-5
"""Eigenvalues of the Hessian below this share of the largest count as zero."""
SAME = 1e-9
"""Change of log(S²/T) up to which the value counts as equal."""
ARRIVED = 1e-9
"""Distance at which the known member is reached."""
STEPS, TRIES, LONGEST = 60, 12, 0.15
"""Most steps, most attempts at one step, and the longest step, relative to weights of length at most 1."""


def follow(weights: Array, m: int, traits: Callable[[Array], Array], goal: Array) -> tuple[Array, int] | None:
    """Weights of the same family whose traits are those of the goal, and the number of parameters of the family.

    Parameters
    ----------
    weights : (d, n) array
        Near an optimum of log(S²/T).
    traits : callable
        A vector that depends on the weights piecewise smoothly, and neither on rotations nor on the scale.
    goal : array
        The traits of the known member.

    Returns
    -------
    (weights, parameters) or None
        ``None`` if the optimum is isolated, or if the steps end before the goal.
    """
    with single_threaded():
        here = _onto(weights / np.linalg.norm(weights, axis=0).max(), m)
        value = VerySparse(m)(here)[0]
        distance, damping = float(np.linalg.norm(traits(here) - goal)), 1e-3
        parameters = 0
        for _ in range(STEPS):
            along = _split(here, m)[0]
            parameters = max(parameters, along.shape[1])
            if distance < ARRIVED or not parameters:
                break
            slopes, miss = _slopes(here, along, traits), traits(here) - goal
            for _ in range(TRIES):
                step = -np.linalg.solve(slopes.T @ slopes + damping * np.eye(along.shape[1]), slopes.T @ miss)
                step *= min(1.0, LONGEST / max(float(np.linalg.norm(step)), 1e-300))
                there = _onto(here + (along @ step).reshape(here.shape), m)
                left = float(np.linalg.norm(traits(there) - goal))
                if left < distance and abs(VerySparse(m)(there)[0] - value) < SAME:
                    here, distance, damping = there, left, damping / 3
                    break
                damping *= 4
            else:
                break
    return (here, parameters) if distance < ARRIVED and parameters else None


def _split(weights: Array, m: int) -> tuple[Array, Array]:
    """Directions in which log(S²/T) is flat, orthonormal and without rotations and the scale; and a pseudoinverse of
    the Hessian on the others."""
    values, vectors = np.linalg.eigh(hessian(VerySparse(m), weights))
    firm = np.abs(values) > FLAT * np.abs(values).max()
    trivial = [weights.ravel()]
    for i, j in combinations(range(len(weights)), 2):
        turned = np.zeros_like(weights)
        turned[i], turned[j] = weights[j], -weights[i]
        trivial.append(turned.ravel())
    known = np.linalg.qr(np.array(trivial).T)[0]
    rest = vectors[:, ~firm] - known @ (known.T @ vectors[:, ~firm])
    left, sizes, _ = np.linalg.svd(rest, full_matrices=False)
    return left[:, sizes > 1e-3], (vectors[:, firm] / values[firm]) @ vectors[:, firm].T


def _onto(weights: Array, m: int) -> Array:
    """Newton's method, across the family only."""
    for _ in range(4):
        gradient = VerySparse(m)(weights)[1]
        if np.abs(gradient).max() < 1e-13:
            break
        weights = weights - (_split(weights, m)[1] @ gradient.ravel()).reshape(weights.shape)
    return weights


def _slopes(weights: Array, along: Array, traits: Callable[[Array], Array], step: float = 1e-5) -> Array:
    """∂ traits/∂ each direction, by central differences."""
    moves = [step * column.reshape(weights.shape) for column in along.T]
    return np.array([(traits(weights + move) - traits(weights - move)) / (2 * step) for move in moves]).T
