"""Weights on disk: a .npz file with W and, as text, the problem, seed and improvement; written in one step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boundcalc.loss.arrays import checked_array
from boundcalc.model.features import AnyProblem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import npz, write_whole
from boundcalc.search.objective import Array

MARK = b"improvement.npy"
"""What a file of the search holds among its first bytes."""


@dataclass(frozen=True)
class Stored:
    """What a file of the search holds: W, and text about it."""

    weights: Array
    problem: dict[str, object]
    seed: str
    improvement: str


def save(path: str | Path, weights: Array, problem: AnyProblem, seed: int, improvement: str) -> None:
    """Writes weights with their problem, seed and improvement."""
    fields = json.dumps(problem.as_json(), ensure_ascii=False)
    write_whole(path, npz(weights, problem=fields, seed=str(seed), improvement=improvement))


def load(path: str | Path, problem: AnyProblem, parameter: str = "resume") -> Stored:
    """Reads such a file for a search of the same problem.

    Raises
    ------
    ParameterError
        If the file is missing, damaged, of another form, or of another problem.
    """
    try:
        with Path(path).open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if not hasattr(loaded, "files"):
                raise KeyError("it is a .npy file")
            with loaded:
                weights = np.asarray(loaded["W"])
                texts = {name: str(loaded[name][()]) for name in ("problem", "seed", "improvement")}
            fields = json.loads(texts["problem"])
    except OSError as error:
        raise ParameterError(parameter, str(path), f"must be a readable file ({error.strerror or error})") from None
    except KeyError as error:
        raise ParameterError(parameter, str(path), f"must be a file that optimize wrote ({error.args[0]})") from None
    except Exception as error:  # a damaged file fails in numpy, zipfile, zlib or json, each with errors of its own
        why = " ".join(str(error).split())[:80] or type(error).__name__
        raise ParameterError(parameter, str(path), f"must be a complete .npz file that optimize wrote ({why})") from None
    array = checked_array(weights, parameter=parameter, source=str(path)).astype(np.float64)
    if fields != problem.as_json():
        names = [name for name, value in problem.as_json().items() if not isinstance(fields, dict) or fields.get(name) != value]
        have = fields.get(names[0]) if isinstance(fields, dict) else fields
        raise ParameterError(parameter, str(path), f"must be of the same problem; its {names[0]} is {have}")
    if array.shape != (problem.d, int(problem.n)) or not array.any():
        raise ParameterError(parameter, str(path), f"must hold nonzero weights of shape ({problem.d}, {problem.n})")
    return Stored(array, fields, texts["seed"], texts["improvement"])
