"""Runs ``boundcalc optimize``: searches for weights that nearly attain the bounds, and certifies what it found."""

from __future__ import annotations

import math
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import echo_json, either_problem_options, force_option, output_options, read_digits, report_within
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer, positive_seconds, whole_number
from boundcalc.search.shield import THREADS

if TYPE_CHECKING:
    from boundcalc.model.features import AnyProblem
    from boundcalc.model.problem import Problem
    from boundcalc.search.certified import Certified
    from boundcalc.search.objective import Array
    from boundcalc.search.optimize import Progress, SearchResult
    from boundcalc.search.recognise import Structure

EVERY = 2.0
"""Seconds between lines of progress that bring no better value."""
ENOUGH = 1e-6
"""The search ends within this share of the best upper bound."""
INTERRUPTED = 130


@click.command("optimize")
@either_problem_options
@output_options
@click.option("--out", help="Write the best weights to this .npz file, at once and whenever they improve.")
@click.option("--seed", default="0", help="Whole number; the same seed gives the same search.")
@click.option("--starts", help="Local searches to make; by default a number that depends on the size.")
@click.option("--seconds", help="The search ends after this time, the bounds before it included.")
@click.option("--workers", default="2", help="Processes; the result does not depend on it.")
@click.option("--resume", help="A file of an earlier search of the same problem, to start from besides.")
@click.option("--random-only", is_flag=True, help="Start from random weights alone, not from known frames and the table.")
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
@force_option
def command(
    problem: AnyProblem | ReluProblem,
    digits: str | None,
    as_json: bool,
    out: str | None,
    seed: str,
    starts: str | None,
    seconds: str | None,
    workers: str,
    resume: str | None,
    random_only: bool,
    quiet: bool,
    force: bool,
) -> int:
    """Search for weights of large improvement; the answer is certified. Ctrl-C keeps the best so far.

    With --activation relu: for W and b of small loss.
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")  # processes, not threads: repeatable, and faster at these sizes
    count = read_digits(digits, as_json)
    chosen = as_integer(seed, parameter="seed", allowed="must be a whole number, at least 0 and below 2^63")
    local = None if starts is None else as_integer(starts, parameter="starts", allowed="must be a whole number, 1 to 100000")
    limit = None if seconds is None else to_float(positive_seconds(seconds, parameter="seconds"))
    crew = whole_number(workers, parameter="workers", least=1, most=64)

    if isinstance(problem, ReluProblem):
        from boundcalc.cli.relu_optimize import run_relu_optimize

        for option, value in (("resume", resume), ("random-only", random_only or None)):
            if value is not None:
                raise ParameterError(option, value, "is for x^m")
        return run_relu_optimize(
            problem, seed=chosen, starts=local, seconds=limit, out=out, force=force, quiet=quiet, digits=count, as_json=as_json
        )
    from boundcalc.model.features import FeatureProblem

    if isinstance(problem, FeatureProblem):
        from boundcalc.cli.optimize_features import run

        if random_only:
            raise ParameterError("random-only", "given", "is for equal features: for others all starts are random")
        return run(problem, count, as_json, out, chosen, local, limit, resume, quiet, force)

    from boundcalc.numbers.files import check_target
    from boundcalc.search.optimize import check, optimize
    from boundcalc.search.store import MARK, load, save

    check(problem, chosen, local, limit)
    if out is not None:
        marks = (MARK,) if resume is None or resume == out else ()
        check_target(out, marks=marks, force=force, ending=".npz")
    began = time.monotonic()
    given = None if resume is None else load(resume, problem).weights
    stored = _stored(out, problem, force)
    given = stored if given is None else given

    from boundcalc.search.certified import certified
    from boundcalc.search.objective import improvement_of
    from boundcalc.search.recognise import NOT_EXAMINED, recognise
    from boundcalc.search.starts import best_known

    bounds = report_within(problem, max(count, 12), "20" if limit is None else str(seconds))
    show = _Progress(problem, bounds, quiet)
    kept = -math.inf if stored is None else improvement_of(stored, problem)

    def progress(step: Progress) -> None:
        if step.improved and out is not None and step.best.value > kept:  # nothing worse over something better
            save(out, step.best.weights, problem, chosen, f"about {step.best.value * show.p:.12g}, not certified")
        show(step)

    result = optimize(
        problem,
        seed=chosen,
        starts=local,
        seconds=None if limit is None else max(limit - (time.monotonic() - began), 0.01),
        workers=crew,
        given=given,
        known=None if random_only else best_known(bounds),
        only_random=random_only,
        enough=show.upper * (1 - ENOUGH),
        progress=progress,
    )
    sure = certified(result.weights, problem, bounds, at_once=result.interrupted)
    before = None if stored is None else certified(stored, problem, bounds, at_once=result.interrupted)
    if before is not None and before.improvement > sure.improvement:
        sure = before
    if out is not None:
        from boundcalc.numbers.enclosure import decimal_floor

        save(out, sure.weights, problem, chosen, decimal_floor(sure.improvement, 30))
    structure = NOT_EXAMINED if result.interrupted else recognise(sure.weights, problem)
    if as_json:
        echo_json(_json(result, sure, structure, out, count))
    else:
        click.echo("\n".join(_lines(result, sure, structure, out, count)))
    if result.interrupted:
        click.echo("boundcalc: interrupted; this is the best so far", err=True)
    return INTERRUPTED if result.interrupted else 0


def _stored(out: str | None, problem: Problem, force: bool) -> Array | None:
    """The weights that the file to be written holds, if any: the search starts from them, so that nothing worse replaces them."""
    from boundcalc.search.store import load

    if out is None or not os.path.exists(out) or not os.path.getsize(out):
        return None
    try:
        return load(out, problem, "out").weights
    except ParameterError:
        if force:  # it is something else
            return None
        raise


class _Progress:
    """Lines on standard error: when the best value improves, and every few seconds."""

    def __init__(self, problem: Problem, bounds: Any, quiet: bool) -> None:
        self.upper, self.p = to_float(bounds.best_upper.value.certified / problem.p), to_float(problem.p)
        self.quiet = quiet
        self.last = 0.0

    def __call__(self, step: Progress) -> None:
        if self.quiet or not (step.improved or step.seconds > self.last + EVERY):
            return
        self.last = step.seconds
        value = step.best.value
        click.echo(
            f"{step.seconds:7.1f} s  start {step.started}/{step.starts}  I/p = {value:.8g}  "
            f"upper/this = {self.upper / value:.6g}  {step.best.label}",
            err=True,
        )
        sys.stderr.flush()


def _json(result: SearchResult, sure: Certified, structure: Structure, out: str | None, digits: int) -> dict[str, Any]:
    """The JSON of ``optimize --json`` (docs/json.md)."""
    from boundcalc.numbers.enclosure import Enclosure

    return {
        "problem": sure.problem.as_json(),
        "digits": digits,
        "improvement": Enclosure.of(sure.improvement).as_json(digits),
        "ratio_to_upper": sure.ratio.as_json(digits),
        "upper": sure.upper_key,
        "beats_closed_forms": sure.beats_closed_forms,
        "not_beaten": list(sure.unbeaten),
        "structure": structure.as_json(),
        "found_from": result.label,
        "interrupted": result.interrupted,
        "seed": result.seed,
        "starts": result.starts,
        "out": out,
    }


def _lines(result: SearchResult, sure: Certified, structure: Structure, out: str | None, digits: int) -> list[str]:
    from boundcalc.bounds.catalog import BOUNDS
    from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor
    from boundcalc.render.terminal import problem_line

    problem, status = sure.problem, BOUNDS[sure.upper_key].status.value
    gap = sure.ratio.upper - 1
    beats = "yes" if sure.beats_closed_forms else "no, it does not exceed " + ", ".join(sure.unbeaten)
    lines = [
        problem_line(problem),
        f"improvement I >= {decimal_floor(sure.improvement, digits)}, certified at the best scale of W",
        f"I/p >= {decimal_floor(sure.improvement / problem.p, digits)}",
        f"best upper bound / this <= {decimal_ceiling(sure.ratio.upper, digits)} ({sure.upper_key}, {status}): "
        f"at most {decimal_ceiling(100 * gap, 3)}% is left",
        f"beats every closed-form lower bound: {beats}",
        f"structure: {structure.sentence}",
        f"found from: {result.label} (seed {result.seed}, {result.starts} local searches, {result.seconds:.1f} s)",
    ]
    return lines if out is None else [*lines, f"written: {out}"]
