"""Answers about weights: where those of a file stand, the witness of the best lower bound, and both as files."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boundcalc.explore.bounds_shown import DIGITS
from boundcalc.explore.questions import Fields, given, needed, read_power_problem
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.render.judged import Judged
    from boundcalc.render.network import JudgedNetwork

ENDINGS = (".npy", ".npz", ".safetensors", ".csv", ".tsv", ".txt")
"""Of the files that are read; a checkpoint of PyTorch is for the command line."""
LISTED = 60
"""Features that a list names."""


def shown_weights(fields: Fields, path: str, name: str) -> dict[str, Any]:
    """Where the weights of a file stand.

    Parameters
    ----------
    fields : mapping
        m, p, law and importance of the page; n and d are those of the file. ``array``, ``transpose`` and ``bias_array`` choose.
    path : str
        The copy that is read.
    name : str
        What the reader calls the file.
    """
    try:
        W, note, one = _judged(fields, path)
    except ParameterError as error:
        raise _renamed(error, path, name) from None
    from boundcalc.explore.pictures import picture

    named = one.named
    lists = {kind: _listed(getattr(named, kind)) for kind in ("represented", "weak", "dead", "parallel", "antipodal")}
    return {
        "name": name,
        "note": note,
        "shape": list(W.shape),
        "lines": str(one).splitlines(),
        **_standing(one),
        "features": lists,
        "picture": picture(W),
    }


def _listed(found: tuple[Any, ...] | None) -> dict[str, Any] | None:
    """How many, and the first of them; ``None`` where they were not looked for."""
    return None if found is None else {"count": len(found), "first": list(found[:LISTED])}


def _judged(fields: Fields, path: str) -> tuple[np.ndarray, str | None, Judged | JudgedNetwork]:
    from boundcalc.loss.weights import load_weights
    from boundcalc.render.judged import loss_of

    turned = {None: None, "auto": None, "yes": True, "no": False}.get(given(fields, "transpose"))
    loaded = load_weights(path, name=given(fields, "array"), transpose=turned)
    W = loaded.array
    d, n = W.shape
    if given(fields, "activation") == "relu":
        from boundcalc.explore.questions import read_relu_problem

        problem = read_relu_problem({**fields, "n": str(n), "d": str(d)})
        bias = _bias(fields, path, n)
        return W, loaded.note, loss_of(W, features=problem.features, activation="relu", bias=bias, digits=DIGITS, transpose=False)
    asked = read_power_problem({**fields, "n": str(n), "d": str(d)})
    from boundcalc.model.features import keywords_of

    return W, loaded.note, loss_of(W, asked.m, digits=DIGITS, transpose=False, **keywords_of(asked))


def _bias(fields: Fields, path: str, n: int) -> Any:
    """The array of the file that is the bias; ``None`` for none."""
    chosen = given(fields, "bias_array")
    if chosen is None:
        return None
    from boundcalc.loss.stored_arrays import stored_arrays

    arrays = stored_arrays(Path(path), path).read
    if chosen not in arrays:
        raise ParameterError("bias_array", chosen, f"must be an array of the file: {', '.join(sorted(arrays)) or 'it names none'}")
    return arrays[chosen]().reshape(-1) if arrays[chosen]().size == n else arrays[chosen]()


def _standing(one: Judged | JudgedNetwork) -> dict[str, Any]:
    """The certified interval of the share of the best possible improvement, and the loss."""
    from boundcalc.render.judged import Judged

    if not isinstance(one, Judged):
        return {"share": None, "loss": list(one.found.loss.decimals(DIGITS)), "improvement": None}
    return {
        "share": None if one.standing is None else list(one.standing.share.decimals(DIGITS)),
        "loss": list(one.found.enclosure("loss").decimals(DIGITS)),
        "improvement": list(one.found.enclosure("improvement_best_scale").decimals(DIGITS)),
    }


def _renamed(error: ParameterError, path: str, name: str) -> ParameterError:
    """The same error with the reader's name of the file."""
    value, allowed = (str(text).replace(path, name) for text in (error.value, error.allowed))
    allowed = re.sub(
        r"add --transpose (if .*), --no-transpose if they are not", r"transpose it above \1; there is an answer for either", allowed
    )
    fields = {"m", "p", "law", "importance", "array", "transpose", "bias_array"}
    return ParameterError(error.parameter if error.parameter in fields else "file", value, allowed)


def _witness(fields: Fields) -> tuple[Any, Any]:
    from boundcalc.bounds.evaluate import report

    best = report(read_power_problem(fields), digits=DIGITS).best_lower
    return best, best.witness


def shown_witness(fields: Fields) -> dict[str, Any]:
    """The weights behind the best lower bound, to be drawn."""
    from boundcalc.explore.pictures import picture
    from boundcalc.render.terminal import describe_witness

    best, W = _witness(fields)
    drawn = any(block.drawn for block in best.blocks)
    names = [block.name for block in best.blocks]
    return {
        "key": best.bound.key,
        "name": describe_witness(dict(best.choice.shown)),
        "blocks": names[:LISTED],
        "drawn": drawn,
        "picture": picture(W),
    }


def witness_file(fields: Fields) -> bytes:
    """The same weights as a .npy file, float64, shape (d, n)."""
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(_witness(fields)[1]), allow_pickle=False)
    return buffer.getvalue()


def weights_figure(fields: Fields, path: str, name: str) -> bytes:
    """The figure that ``boundcalc plot`` draws of weights, as PDF."""
    from boundcalc.loss.weights import load_weights
    from boundcalc.render.plot import plot

    turned = {"yes": True, "no": False}.get(given(fields, "transpose") or "")
    kind = needed({"kind": "witness", **fields}, "kind", "witness")
    try:
        figure = plot(load_weights(path, name=given(fields, "array"), transpose=turned), kind)
    except ParameterError as error:
        raise _renamed(error, path, name) from None
    buffer = io.BytesIO()
    figure.savefig(buffer, format="pdf")
    return buffer.getvalue()
