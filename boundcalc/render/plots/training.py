"""Plots the loss along a training against the bounds: how much is left to gain, and by what weights."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.loss.arrays import oriented, refuse_masked
from boundcalc.loss.stored_arrays import TEXT, is_number, not_a_number, stored_arrays
from boundcalc.model.features import AnyProblem, FeatureProblem, Features, keywords_of, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact, Problem, Whole
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.numbers.parsing import whole_number
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.colours import BEST_LOWER, BEST_UPPER, MINE, WITHOUT
from boundcalc.render.plots.style import CaptionedFigure, new_figure, styled

Floats = np.ndarray[Any, np.dtype[np.float64]]

LOSSES = "must be losses, shape (steps,), steps and losses, shape (steps, 2), or weights of each step, shape (steps, d, n)"


@styled()
def training(
    losses: object,
    *,
    m: Whole,
    p: Exact | None = None,
    law: Law | str | None = None,
    n: Whole | None = None,
    d: Whole | None = None,
    features: Features | None = None,
    steps: Sequence[float] | None = None,
    per_feature: bool = False,
    transpose: bool | None = None,
    width: str = "column",
) -> CaptionedFigure:
    """The loss at each step of a training, the least that any weights have, and those of known weights.

    Parameters
    ----------
    losses : array
        Shape (steps,), or (steps, 2) with the numbers of the steps before the losses; or weights of shape (steps, d, n), whose
        losses are computed.
    m, p, law, n, d
        As of :class:`boundcalc.Problem`; n and d of weights are theirs.
    features : Features, optional
        In the place of n, p and law where features differ: each squared error counts with its importance.
    steps : sequence of float, optional
        Their numbers; from 0 unless given.
    per_feature : bool
        The losses are means over the features, as ``nn.MSELoss`` gives them, rather than sums.
    transpose : bool, optional
        Whether weights have a feature a row; they need it, True or False, where they have more rows than columns.
    width : str
        ``"column"`` or ``"text"``.
    """
    from boundcalc.bounds.evaluate import report

    array = _numbers(losses)
    if array.ndim == 3:
        oriented(array[0], transpose)
        array = array.swapaxes(1, 2) if transpose else array
    problem = _problem(array, n, d, m, p, law, features)
    along, drawn = _curve(array, steps, problem, per_feature)
    answer = report(problem, digits=10)
    energy, best = problem.energy, answer.loss
    if energy is None or best is None:
        raise ParameterError("n", "inf", "must be finite: the loss of infinitely many features is infinite")
    share = fmpq(1, int(problem.n)) if per_feature else fmpq(1)
    zero, floor, known, alone = (to_float(value * share) for value in (energy, best.lower, best.upper, energy - answer.baseline))
    figure = new_figure(width, 2.9)
    axes = figure.add_subplot()
    axes.axhspan(floor, known, color=style.LIGHT, linewidth=0, label="the best weights lie here", gid="between", zorder=1)
    for height, colour, dash, label, gid in (
        (zero, style.GREY, ":", "answering zero", "zero"),
        (alone, WITHOUT, style.DASHES[2], "orthonormal basis", "orthonormal"),
        (known, BEST_LOWER, style.DASHES[1], "best known weights", "known"),
        (floor, BEST_UPPER, "-", "no weights reach below", "floor"),
    ):
        axes.axhline(height, color=colour, linewidth=0.9, linestyle=dash, label=label, gid=gid, zorder=2)
    axes.plot(along, drawn, color=MINE, linewidth=1.1, label="training", gid="training", zorder=3)
    low, high = min(floor, float(drawn.min())), max(zero, float(drawn.min()))
    axes.set_ylim(low - 0.08 * (high - low), high + 0.25 * (high - low))
    axes.set_xlabel("step")
    axes.set_ylabel("loss per feature" if per_feature else "loss")
    axes.set_title(_title(problem), loc="left")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    last = float(drawn[-1])
    figure.caption = (
        f"Loss along a training, {len(drawn)} steps, against the certified bounds; {_title(problem)}. No weights have a loss below "
        f"{floor:.6g} (by {answer.best_upper.bound.key}, {answer.best_upper.status.value}), known ones have {known:.6g} "
        f"({answer.best_lower.bound.key}). The last loss is {last:.6g}, the least {float(drawn.min()):.6g}."
        + (" A loss below the solid line is that of a sample." if float(drawn.min()) < floor else "")
    )
    return figure


def _title(problem: AnyProblem) -> str:
    if isinstance(problem, FeatureProblem):
        return f"$n = {problem.n}$, $d = {problem.d}$, $m = {problem.m}$, features that differ"
    p = labels.power(problem.p)
    return f"$n = {int(problem.n)}$, $d = {problem.d}$, $m = {problem.m}$, $p = {p}$, {labels.law(problem.law.name, 24)}"


def _numbers(losses: object) -> Floats:
    """The numbers as float64, finite."""
    refuse_masked(losses, parameter="losses")
    try:
        array = np.asarray(losses, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError("losses", repr(losses), LOSSES) from None
    if array.ndim == 2 and 1 in array.shape:
        array = array.ravel()
    if array.ndim not in (1, 2, 3) or (array.ndim == 2 and array.shape[1] != 2) or len(array) < 2:
        raise ParameterError("losses", f"array of shape {array.shape}", f"{LOSSES}, two steps or more")
    if not np.isfinite(array).all():
        raise ParameterError("losses", f"array of shape {array.shape}", "must be finite: leave out the steps that diverged")
    return array


def _problem(
    array: Floats,
    n: Whole | None,
    d: Whole | None,
    m: Whole,
    p: Exact | None,
    law: Law | str | None,
    features: Features | None,
) -> AnyProblem:
    """The problem; n and d of weights are those of their shape."""
    if array.ndim == 3:
        _, rows, columns = array.shape
        for name, given, own in (("n", n, columns), ("d", d, rows)):
            if given is not None and str(given) != str(own):
                raise ParameterError(name, given, f"must be that of the weights, {own}, or left out")
        n, d = columns, rows
    elif features is not None and n is None:
        n = features.n
    for name, value in (("n", n), ("d", d)):
        if value is None:
            raise missing(name, "n and d beside losses")
    if features is None:
        return Problem(n, d, m, p, law)  # type: ignore[arg-type]
    rows = whole_number(d, parameter="d", least=1)
    return problem_of(whole_number(n, parameter="n", least=1), rows, m, p, law, features)


def _curve(array: Floats, steps: Sequence[float] | None, problem: AnyProblem, per_feature: bool) -> tuple[Floats, Floats]:
    """The numbers of the steps, and the losses as they are drawn."""
    if array.ndim == 3:
        from boundcalc.loss.dense import dense_loss

        given = [dense_loss(W, m=problem.m, **keywords_of(problem), transpose=False).loss for W in array]
        losses = np.array(given) / (int(problem.n) if per_feature else 1)
    else:
        losses = array[:, 1] if array.ndim == 2 else array
    along = array[:, 0] if array.ndim == 2 else np.arange(len(losses), dtype=np.float64)
    if steps is not None:
        along = np.asarray(steps, dtype=np.float64)
        if along.shape != losses.shape:
            raise ParameterError("steps", f"{along.size} of them", f"must be as many as the losses, {losses.size}")
    return along, losses


def load_losses(path: str | os.PathLike[str], name: str | None = None) -> np.ndarray:
    """The numbers of a file for :func:`training`: an array file, or text with a loss, or a step and a loss, a line.

    Raises
    ------
    ParameterError
        If it is no such file, or holds several arrays and none is named.
    """
    shown = os.fspath(path)
    delimiter = TEXT.get(Path(path).suffix.lower(), "")
    if delimiter != "" and os.path.isfile(path):
        titles = False
        try:
            with open(path, encoding="utf-8-sig") as file:
                lines = file.read().splitlines()
            first = lines[0].replace(",", " ").split() if lines else []
            titles = any(not is_number(part) for part in first)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # lines without a number warn
                found = np.loadtxt(lines[titles:], delimiter=delimiter, ndmin=2)
            if not found.size:
                raise ValueError("no number")
            return found
        except ValueError:
            why = not_a_number(Path(path), delimiter, header=titles)
            raise ParameterError("losses", shown, f"must hold a loss, or a step and a loss, a line; {why}") from None
    read = stored_arrays(Path(path), shown).read
    if name is None and len(read) > 1:
        raise ParameterError(
            "losses", shown, f"must be read with the --name (in Python name=) of one of its arrays: {', '.join(sorted(read)[:20])}"
        )
    chosen = next(iter(read)) if name is None else name
    if chosen not in read:
        raise ParameterError("name", name, f"must be one of {', '.join(sorted(read)[:20])}")
    return read[chosen]()
