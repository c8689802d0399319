"""Runs ``boundcalc optimize`` for features that differ: searches, and certifies what it found."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import click
from flint import fmpq

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.unequal.answers import listed
from boundcalc.cli.options import report_within
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.enclosure import Enclosure, decimal_floor
from boundcalc.numbers.files import check_target
from boundcalc.search.certified import lower_end
from boundcalc.search.objective import Array
from boundcalc.search.optimize import check_budget
from boundcalc.search.store import MARK, load, save
from boundcalc.search.unequal import search_features

INTERRUPTED = 130


def run(
    problem: FeatureProblem,
    digits: int,
    as_json: bool,
    out: str | None,
    seed: int,
    count: int | None,
    seconds: float | None,
    resume: str | None,
    quiet: bool,
    force: bool,
) -> int:
    """The command, its options read."""
    check_budget(seed, count, seconds)
    given = None
    if out is not None:
        check_target(out, marks=(MARK,) if resume is None or resume == out else (), force=force, ending=".npz")
    if resume is not None:
        given = load(resume, problem).weights
    elif out is not None and not force and os.path.exists(out) and os.path.getsize(out):
        given = load(out, problem, "out").weights
    began = time.monotonic()
    bounds = report_within(problem, max(digits, 12), "20" if seconds is None else str(seconds))
    left = None if seconds is None else max(seconds - (time.monotonic() - began), 0.01)

    def progress(number: int, value: float, improved: bool) -> None:
        if improved and not quiet:
            click.echo(f"start {number}  I = {value:.8g}", err=True)

    found = search_features(problem, seed=seed, count=count, seconds=left, given=given, progress=progress)
    improvement = certain_improvement(problem, found.weights, at_once=found.interrupted)
    if out is not None:
        save(out, found.weights, problem, seed, decimal_floor(improvement, 30))
    held = [column + 1 for column in range(problem.n) if found.weights[:, column].any()]
    fields = _fields(bounds, improvement, held, digits)
    fields |= {"interrupted": found.interrupted, "seed": seed, "starts": found.starts, "out": out}
    if as_json:
        click.echo(json.dumps(fields, indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(fields, bounds, held, found.seconds)))
    if found.interrupted:
        click.echo("boundcalc: interrupted; this is the best so far", err=True)
    return INTERRUPTED if found.interrupted else 0


def certain_improvement(problem: FeatureProblem, weights: Array, *, at_once: bool = False) -> fmpq:
    """C²/D of these very weights, or a lower end of it where that takes long; columns of zeros do not enter."""
    kept = [column for column in range(problem.n) if weights[:, column].any()]
    each = problem.features.spread(problem.features.groups)
    groups = tuple(Group(1, g.importance, g.p, g.law, g.scale) for g in (each[column] for column in kept))
    held, features = weights[:, kept], Features(groups)
    lower = lower_end(held, problem.m, at_once=at_once, features=features)
    if lower is not None:
        return lower
    return exact_loss(held, m=problem.m, features=features, transpose=False).improvement_best_scale


def _fields(bounds: Report, improvement: fmpq, held: list[int], digits: int) -> dict[str, Any]:
    """The JSON of ``optimize --json`` (docs/json.md)."""
    upper = bounds.best_upper.value
    assert upper is not None
    beaten = [o.bound.key for o in bounds.lower if o.value is not None and not improvement > o.value.enclosure.upper]
    return {
        "problem": bounds.problem.as_json(),
        "digits": digits,
        "improvement": Enclosure.of(improvement).as_json(digits),
        "ratio_to_upper": Enclosure(upper.enclosure.lower / improvement, upper.enclosure.upper / improvement).as_json(digits),
        "upper": bounds.best_upper.bound.key,
        "not_beaten": beaten,
        "represented": held,
    }


def _lines(fields: dict[str, Any], bounds: Report, held: list[int], seconds: float) -> list[str]:
    problem = bounds.problem
    upper, status = fields["upper"], bounds.best_upper.status.value
    lines = [
        f"n = {problem.n} d = {problem.d} m = {problem.m}, features that differ",
        f"improvement I >= {fields['improvement']['lower']}, certified at the best scale of W",
        f"best upper bound / this <= {fields['ratio_to_upper']['upper']} ({upper}, {status})",
        f"represented: {len(held)} features: {listed(tuple(held))}",
        f"found with seed {fields['seed']} in {fields['starts']} local searches, {seconds:.1f} s",
    ]
    if fields["not_beaten"]:
        lines.insert(3, f"does not exceed {', '.join(fields['not_beaten'])}")
    return lines if fields["out"] is None else [*lines, f"written: {fields['out']}"]
