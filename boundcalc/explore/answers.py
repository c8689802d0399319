"""Dispatches questions of the page to what answers them; every error becomes one line with the field that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from boundcalc.explore.questions import Fields
from boundcalc.numbers.errors import ParameterError

Question = Mapping[str, Any]
"""``fields``, the text of the page's fields, and what the kind needs besides."""
MOST_VALUES = 64
"""Values, or tiles, of one question."""


def _bounds(asked: Question) -> Any:
    from boundcalc.explore.bounds_shown import shown_bounds

    return shown_bounds(_fields(asked))


def _closed(asked: Question) -> Any:
    from boundcalc.explore.bounds_shown import shown_bounds

    return shown_bounds(_fields(asked), closed=True)


def _points(asked: Question) -> Any:
    from boundcalc.explore.bounds_shown import shown_points

    return shown_points(_fields(asked), _text(asked, "axis"), _texts(asked, "values"), closed=bool(asked.get("closed")))


def _cells(asked: Question) -> Any:
    from boundcalc.explore.bounds_shown import shown_cells

    return shown_cells(_fields(asked), list(zip(_texts(asked, "p"), _texts(asked, "n"), strict=False)))


def _detail(asked: Question) -> Any:
    from boundcalc.explore.details import shown_detail

    return shown_detail(_fields(asked), _text(asked, "key"))


def _certificate(asked: Question) -> Any:
    from boundcalc.explore.details import shown_certificate

    return shown_certificate(_fields(asked))


def _witness(asked: Question) -> Any:
    from boundcalc.explore.weights_shown import shown_witness

    return shown_witness(_fields(asked))


def _witness_file(asked: Question) -> Any:
    from boundcalc.explore.weights_shown import witness_file

    return witness_file(_fields(asked))


def _weights(asked: Question) -> Any:
    from boundcalc.explore.weights_shown import shown_weights

    return shown_weights(_fields(asked), _text(asked, "path"), _text(asked, "name"))


def _figure(asked: Question) -> Any:
    from boundcalc.explore.weights_shown import weights_figure

    return weights_figure(_fields(asked), _text(asked, "path"), _text(asked, "name"))


def _verify(asked: Question) -> Any:
    from boundcalc.explore.verified import shown_verdict

    return shown_verdict(_text(asked, "path"))


KINDS: dict[str, Callable[[Question], Any]] = {
    "closed": _closed,
    "bounds": _bounds,
    "points": _points,
    "cells": _cells,
    "detail": _detail,
    "certificate": _certificate,
    "witness": _witness,
    "witness.npy": _witness_file,
}
OF_FILES: dict[str, Callable[[Question], Any]] = {"weights": _weights, "figure.pdf": _figure, "verify": _verify}
"""Those that read the file that was dropped."""


def answer(kind: str, asked: Question) -> dict[str, Any]:
    """``{"answer": ...}`` as JSON, ``{"file": bytes}``, or ``{"error": {"field": ..., "line": ...}}``; wrong input never raises.

    >>> answer("closed", {"fields": {"n": "30", "d": "4", "m": "2", "p": "1/3", "law": "gaussian"}})["error"]["field"]
    'm'
    """
    try:
        found = {**KINDS, **OF_FILES}[kind](asked)
    except ParameterError as error:
        return {"error": {"field": error.parameter, "line": str(error)}}
    except MemoryError:
        return {"error": {"field": "", "line": "this does not fit into memory: choose smaller n or d"}}
    except ModuleNotFoundError as error:  # in the browser alone
        return {"error": {"field": "", "line": f"this needs the full program: {error.name} is not here"}}
    except (ArithmeticError, RecursionError) as error:  # CertificationError among them
        why = " ".join(str(error).split())[:200]
        return {"error": {"field": "", "line": f"no certified value is reached ({why}): choose other parameters"}}
    return {"file": found} if isinstance(found, bytes) else {"answer": found}


def _fields(asked: Question) -> Fields:
    found = asked.get("fields")
    if not isinstance(found, Mapping) or not all(isinstance(text, str) for pair in found.items() for text in pair):
        raise ParameterError("fields", found, "must be an object of texts")
    return found


def _text(asked: Question, name: str) -> str:
    found = asked.get(name)
    if not isinstance(found, str):
        raise ParameterError(name, found, "must be a text")
    return found


def _texts(asked: Question, name: str) -> list[str]:
    found = asked.get(name)
    if not isinstance(found, list) or len(found) > MOST_VALUES or not all(isinstance(text, str) for text in found):
        raise ParameterError(name, found, f"must be a list of at most {MOST_VALUES} texts")
    return found
