"""Writes witnesses of lower bounds into certificates: coordinates, orbits, forms, or the name of what is known to exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from boundcalc.frames.catalog import FRAMES
from boundcalc.frames.orbits import Symmetry
from boundcalc.numbers.errors import ParameterError

MAX_WRITTEN = 400
"""Frames of more lines are named with their squared inner products, not written out."""
MAX_FORMS = 600
"""More unbiased bases are named, not given by their forms: the verifier tries all pairs."""


def witness_of_choice(shown: Mapping[str, Any], m: int) -> dict[str, Any]:
    """The ``witness`` of a certificate, from what an answer says of it."""
    if "blocks" in shown:
        return {
            "kind": "blocks",
            "blocks": [{"count": str(block["count"]), "witness": witness_of_choice(block, m)} for block in shown["blocks"]],
        }
    if shown.get("matrix") is not None:
        return {"kind": "vectors", **vectors_of_matrix(shown["matrix"])}
    if "witness" in shown or "orbits" in shown:
        from boundcalc.bounds.lower.selector import witness_of

        entry = witness_of(shown, m)
        if entry.symmetry is None or entry.symmetry.order == 1:
            return {"kind": "vectors", **vectors_of_matrix(entry.rows())}
        return orbits(entry.symmetry, entry.generators.T.tolist())
    if "construction" in shown:
        numbers = {name: str(shown[name]) for name in ("n", "d", "order", "degree") if name in shown}
        return {"kind": str(shown["construction"]), **numbers}
    frame = str(shown.get("frame"))
    if frame == "orthonormal" or frame.startswith("plane_lines"):
        return {"kind": "orthonormal" if frame == "orthonormal" else "plane_lines", "n": str(shown["n"])}
    if frame.startswith("simplex_"):
        return {"kind": "simplex", "n": str(shown["n"])}
    if frame.startswith("orthogonal_array_"):
        return {"kind": "orthogonal_array", "n": str(shown["n"]), "d": str(shown["d"])}
    if frame.startswith("unbiased_bases_"):
        return _bases(frame, int(shown["n"]), int(shown["d"]))
    known = next((entry for entry in FRAMES if entry.key == frame), None)
    if known is None:
        raise ParameterError("certificate", str(dict(shown))[:60], "is a witness without a certificate form")
    if known.n <= MAX_WRITTEN:
        return {"kind": "vectors", "frame": known.key, **vectors_of_frame(known.key)}
    squares = [[str(u), str(count)] for u, count in known.squares]
    return {"kind": "cited_frame", "frame": known.key, "n": str(known.n), "d": str(known.d), "squares": squares}


def orbits(symmetry: Symmetry, generators: list[list[int]]) -> dict[str, Any]:
    """Orbits by their group and one vector of each."""
    numbers = {name: str(getattr(symmetry, name)) for name in ("size", "sign", "copies", "zero_sum", "fixed")}
    return {
        "kind": "orbits",
        **numbers,
        "turn": "yes" if symmetry.turn else "no",
        "units": [str(t) for t in symmetry.units],
        "generators": [[str(x) for x in vector] for vector in generators],
    }


def _bases(frame: str, n: int, d: int) -> dict[str, Any]:
    """Unbiased bases by their alternating forms, the entries of each as the binary digits of one number."""
    from boundcalc.frames.unbiased_bases import kerdock_set

    if n // d > MAX_FORMS or d > MAX_FORMS**2:
        squares = [["0", str(d - 1)], [f"1/{d}", str(n - d)]]
        return {"kind": "cited_frame", "frame": frame, "n": str(n), "d": str(d), "squares": squares}
    forms = kerdock_set((d.bit_length() - 1) // 2)[: n // d - 1]
    return {"kind": "unbiased_bases", "d": str(d), "forms": [str(int("".join(map(str, form)), 2)) for form in forms]}


def vectors_of_frame(key: str) -> dict[str, Any]:
    """Exact coordinates of a frame, unit vectors after normalisation."""
    from boundcalc.frames.coordinates import Coordinates
    from boundcalc.frames.library import construct

    columns = construct(key)
    assert isinstance(columns, Coordinates)

    def number(a: Any, b: Any) -> Any:
        return [str(int(a)), str(int(b))] if b else str(int(a))

    pairs = zip(columns.rational.T, columns.surd.T, strict=True)
    return {
        "radicand": str(columns.radicand),
        "basis": [number(a, b) for a, b in columns.basis],
        "unit": "yes",
        "vectors": [[number(a, b) for a, b in zip(one, other, strict=True)] for one, other in pairs],
    }


def vectors_of_matrix(matrix: list[list[fmpq]]) -> dict[str, Any]:
    """A rational d × n matrix as its columns."""
    columns = [[str(row[j]) for row in matrix] for j in range(len(matrix[0]))]
    return {"radicand": "1", "basis": ["1"] * len(matrix), "unit": "no", "vectors": columns}
