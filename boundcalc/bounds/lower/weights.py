"""Builds the weights that a lower bound describes as its witness, float64, each block at its best scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.bounds.lower.selector import witness_of
from boundcalc.bounds.lower.witness_table import TableWitness, find
from boundcalc.frames.coordinates import Columns
from boundcalc.frames.library import construct
from boundcalc.loss.dense import dense_loss
from boundcalc.model.features import AnyProblem, Features, Group
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError, needs_text

Array = np.ndarray[Any, np.dtype[np.float64]]

LARGEST = 20_000_000
"""Most entries of W that are made."""
LEAST_P = fmpq(1, 10**100)
"""For smaller p the scale is that of this p; they agree to all digits."""
_OF_TABLE = re.compile(r"m[0-9]+_d")


@dataclass(frozen=True)
class WitnessBlock:
    """A diagonal block of a witness.

    Attributes
    ----------
    name : str
        Such as ``"E8"``, or a key of the table of witnesses.
    dimensions, features : slice
        Its rows and columns of W.
    drawn : bool
        Whether it is a random draw: then the bound is about the average of such draws, and this one may do worse.
    """

    name: str
    dimensions: slice
    features: slice
    drawn: bool


def witness_weights(shown: Mapping[str, Any], problem: AnyProblem) -> tuple[Array, tuple[WitnessBlock, ...]]:
    """W as the choice ``shown`` of a lower bound describes it, with its blocks.

    Raises
    ------
    ParameterError
        If it is too large to be made, or a matrix that the choice does not hold.
    """
    if shown["n"] * shown["d"] > LARGEST:
        raise ParameterError("witness", f"{shown['n']} features in {shown['d']} dimensions", f"must have at most {LARGEST} entries")
    if shown.get("frame") == "orthonormal" and "columns" in shown:  # features that differ: each at its own scale
        shown = {**shown, "blocks": [{"frame": "orthonormal", "n": 1, "d": 1, "columns": [column]} for column in shown["columns"]]}
    parts = [part for part in shown.get("blocks", [shown]) for _ in range(part.get("count", 1))]
    weights: Array = np.zeros((int(shown["d"]), int(shown["n"])))
    made: dict[int, Array] = {}
    blocks, row, column = [], 0, 0
    for number, part in enumerate(parts):
        drawn = "construction" in part
        if drawn or id(part) not in made:
            made[id(part)] = _scaled(_drawn(part, number) if drawn else explicit(part, problem.m), problem, part.get("columns"))
        block = made[id(part)]
        d, n = block.shape
        place = slice(row, row + d), slice(column, column + n)
        weights[place] = block
        blocks.append(WitnessBlock(_name(part), *place, drawn))
        row, column = row + d, column + n
    return weights, tuple(blocks)


def explicit(shown: Mapping[str, Any], m: int) -> Array:
    """The weights of a witness that is one block and no random draw, at any scale."""
    if "witness" in shown or "orbits" in shown:
        return witness_of(shown, m).to_float()
    if "matrix" in shown:
        if shown["matrix"] is None:
            raise ParameterError("witness", "a matrix", "must be taken from the file that held it: it is too large to be kept")
        return np.array([[to_float(x) for x in row] for row in shown["matrix"]])
    name = str(shown["frame"])
    return frame(f"{name}_{shown['n']}" if name in ("orthonormal", "plane_lines") else name)


def frame(name: str) -> Array:
    """The weights W of a known frame or of an entry of the table of witnesses, shape (d, n), float64.

    ``boundcalc.frames.library.construct`` has the exact coordinates of frames.

    Raises
    ------
    ParameterError
        For an unknown name, with those that are near.

    >>> frame("icosahedron").shape
    (3, 6)
    """
    found: Array = construct_or_find(name).to_float()
    return found


def construct_or_find(name: str) -> Columns | TableWitness:
    """The frame, or the entry of the table of witnesses, of that name."""
    needs_text(name, "name", "a frame or an entry of the table of witnesses, such as icosahedron")
    if not _OF_TABLE.match(name):
        return construct(name)
    return find(name)


def _name(shown: Mapping[str, Any]) -> str:
    keys = [str(shown[kind]) for kind in ("witness", "frame", "construction") if kind in shown]
    return keys[0] if keys else "orbits" if "orbits" in shown else "matrix"


def _drawn(shown: Mapping[str, Any], seed: int) -> Array:
    """One draw of a random construction."""
    rng, n, d = np.random.default_rng(seed), int(shown["n"]), int(shown["d"])
    if shown["construction"] == "random_directions":
        columns = rng.standard_normal((d, n))
        return columns / np.linalg.norm(columns, axis=0)
    if shown["construction"] == "random_chirps":
        return _chirps(int(shown["order"]), int(shown["degree"]), n, d, rng)
    rows = rng.choice(n, d, replace=False)
    weights: Array = np.ones((d, 1)) / d**0.5
    while weights.shape[1] < n:  # Sylvester's doubling, for these rows alone
        weights = np.hstack([weights, weights * np.where(rows & weights.shape[1], -1.0, 1.0)[:, None]])
    return weights


def _chirps(order: int, degree: int, n: int, d: int, rng: np.random.Generator) -> Array:
    """exp(i θ_f + 2πi f(x)/q) on d/2 random points x as real vectors, and those times i."""
    count = n // (2 * order ** (degree - 1))
    points, highest = rng.choice(order, d // 2, replace=False), rng.choice(order, count, replace=False)
    lower = np.stack(np.meshgrid(*[np.arange(order)] * (degree - 1), indexing="ij")).reshape(degree - 1, -1)
    values = sum(coefficient[:, None] * (points ** (k + 1) % order) for k, coefficient in enumerate(lower))
    values = (values + highest[:, None, None] * (points**degree % order)).reshape(n // 2, d // 2) % order
    vectors = np.exp(2j * np.pi * (values / order + rng.random((n // 2, 1)))) / (d // 2) ** 0.5
    turned = np.concatenate([vectors, 1j * vectors])
    weights: Array = np.concatenate([turned.real, turned.imag], axis=1).T
    return weights


def _scaled(weights: Array, problem: AnyProblem, columns: list[int] | None = None) -> Array:
    """At its best scale, s^{2m} = C/D; features that differ are those of the ``columns``, from 1."""
    if isinstance(problem, Problem):
        scale = dense_loss(weights, m=problem.m, p=max(problem.p, LEAST_P), law=problem.law, transpose=False).scale
    else:
        each = problem.features.spread(problem.features.groups)
        chosen = [each[0]] * weights.shape[1] if columns is None else [each[column - 1] for column in columns]
        single = tuple(Group(1, group.importance, group.p, group.law, group.scale) for group in chosen)
        scale = dense_loss(weights, m=problem.m, features=Features(single), transpose=False).scale
    return weights if scale is None else weights * scale
