"""Writes the weights behind a lower bound to a .npz file."""

from __future__ import annotations

import json
import os
from collections import Counter

from boundcalc.bounds.outcome import LowerOutcome
from boundcalc.numbers.files import npz, write_whole


def write_witness(outcome: LowerOutcome, path: str | os.PathLike[str]) -> str:
    """Writes ``W`` to a .npz file with text about it, its blocks by rows and columns from 0; returns what it is, in a line."""
    problem, drawn = outcome.problem, any(block.drawn for block in outcome.blocks)
    blocks = [
        {
            "name": b.name,
            "rows": [b.dimensions.start, b.dimensions.stop],
            "columns": [b.features.start, b.features.stop],
            "drawn": b.drawn,
        }
        for b in outcome.blocks
    ]
    texts = {"problem": problem.as_json(), "bound": outcome.bound.key, "witness": blocks}
    write_whole(path, npz(outcome.witness, **{name: json.dumps(text) for name, text in texts.items()}), "witness-out")
    counts = Counter(block.name for block in outcome.blocks)
    names = " + ".join(f"{count} x {name}" if count > 1 else name for name, count in counts.items())
    d, n = outcome.witness.shape
    note = (
        "; one draw of what is random in it, the bound is about the average: boundcalc loss says what it reaches" if drawn else ""
    )
    return f"{os.fspath(path)}, {names}, {n} features in {d} dimensions{note}"
