"""Writes NumPy code for a configuration: its classes, or W itself where pairs of columns are asked for."""

from __future__ import annotations

from typing import Any

from boundcalc.check.exact.counterexample import Table, number
from boundcalc.check.exact.roots import approximate
from boundcalc.check.wide.configuration import Configuration

MOST_COLUMNS = 2000
"""Of a matrix that the code builds."""


def numpy_code(configuration: Configuration, scale: Any, arity: int) -> tuple[str, Table]:
    """See :meth:`boundcalc.check.exact.cases.Case.numpy_code`."""
    if arity == 2 and configuration.code and configuration.n <= MOST_COLUMNS:
        imports = ["from scipy.linalg import block_diag"] if "block_diag" in configuration.code else []
        imports += ["from boundcalc.frames.library import construct"] if "construct(" in configuration.code else []
        return "\n".join([*imports, f"W = {configuration.code} * ({number(scale)}) ** 0.5", "d, n = W.shape"]), {}
    kinds = configuration.kinds
    rows = []
    for kind in kinds:
        seen = [(1.0, 1), *((approximate(sight.square) ** 0.5 * (sight.sign or 1), sight.count) for sight in kind.sees)]
        others = [(None, 0), *((sight.other, sight.count) for sight in kind.sees)]
        norms = [number(kind.norm if other is None else kinds[other].norm) for other, _ in others]
        rows.append("[" + ", ".join(f"({c!r}, {norm}, {count})" for (c, count), norm in zip(seen, norms, strict=True)) + "]")
    lengths = ", ".join(number(kind.norm) for kind in kinds)
    counts = ", ".join(str(kind.count) for kind in kinds)
    levers = ", ".join(number(kind.norm / configuration.frame_bound(kind.space)) if kind.norm else "0" for kind in kinds)
    spread = "np.repeat({}, count)" if arity else "{}"
    weights = "\n".join(
        (
            f"# {configuration.name}",
            f"n, d, rank = {configuration.n}, {configuration.d}, {configuration.rank}",
            f"scale = {number(scale)}",
            f"count, norm = np.array([{counts}]), np.array([{lengths}], dtype=float)  # of each class of columns",
            f"sees = [{', '.join(rows)}]  # cosine, squared norm of the other, how many",
            f"a = {spread.format('scale * norm')}",
        )
    )
    powers = "[sum(k_ * (c * (own * other) ** 0.5) ** k for c, other, k_ in row) for own, row in zip(norm, sees)]"
    table: Table = {
        "a": ("", ()),
        "rank": ("", ()),
        "Q": (f"Q = lambda k: {spread.format(f'scale**k * np.array({powers})')}", ()),
        "l": (f"l = {spread.format(f'np.array([{levers}], dtype=float)')}", ()),
        "T": (f"T = ({'' if arity else 'count * '}Q(2 * m)).sum()", ("Q",)),
    }
    if not arity:
        table |= {
            "S": ("S = (count * a**m).sum()", ("a",)),
            "C": ("C = (count * C_row).sum()", ("C[i]",)),
            "D": ("D = (count * D_row).sum()", ("D[i]",)),
        }
    return weights, table
