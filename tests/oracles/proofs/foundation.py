"""Steps whose claims state a tensor product by its entries, against tensors written out."""

from __future__ import annotations

from oracles.proofs.registry import checks
from oracles.samples import Sample


@checks("welch.gram")
def _(s: Sample):
    if s.d ** (2 * s.m) <= 2000:
        tensor = s.lifted(s.directions, 2 * s.m) @ (s.a**s.m)
        yield "=", s.T, tensor @ tensor


@checks("rank.lifted")
def _(s: Sample):
    lifted = s.lifted(s.W, s.m)
    hidden = s.lifted((s.x @ s.W.T).T, s.m)
    yield "=", s.x_hat, hidden.T @ lifted


@checks("rank.projection")
def _(s: Sample):
    scale = 1 / (abs(s.x_hat).max() or 1)
    yield "=", s.x_hat * scale @ s.lifted_projection, s.x_hat * scale
