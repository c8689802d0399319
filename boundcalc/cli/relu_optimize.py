"""Runs ``boundcalc optimize --activation relu``: searches for a ReLU network of small loss, and certifies what it found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from boundcalc.model.relu_problem import ReluProblem

if TYPE_CHECKING:
    from boundcalc.render.network import JudgedNetwork
    from boundcalc.search.network import FoundNetwork

MARK = b"activation_relu.npy"
"""What a file of this search holds among its first bytes."""
INTERRUPTED = 130
WIDTH = "1e-6"


def run_relu_optimize(
    problem: ReluProblem,
    *,
    seed: int,
    starts: int | None,
    seconds: float | None,
    out: str | None,
    force: bool,
    quiet: bool,
    digits: int,
    as_json: bool,
) -> int:
    """The command with --activation relu; returns the exit status."""
    from boundcalc.loss.relu.loss import relu_loss
    from boundcalc.numbers.files import check_target
    from boundcalc.render.network import JudgedNetwork
    from boundcalc.search.network import check_searchable, search_network

    check_searchable(problem)
    if out is not None:
        check_target(out, marks=(MARK,), force=force, ending=".npz")
    began = time.monotonic()
    known: list[FoundNetwork] = []

    def progress(found: FoundNetwork) -> None:
        known[:] = [found]
        if not quiet:
            click.echo(f"{time.monotonic() - began:7.1f} s  start {found.starts}  loss about {found.value:.8g}", err=True)

    interrupted = False
    try:
        best = search_network(problem, seed=seed, starts=10 if starts is None else starts, seconds=seconds, progress=progress)
    except KeyboardInterrupt:
        if not known:
            raise
        best, interrupted = known[0], True
    certified = relu_loss(best.weights, bias=best.bias, features=problem.features, width=WIDTH, transpose=False)
    one = JudgedNetwork.of(certified, best.weights, digits)
    if out is not None:
        _save(out, best, one, seed)
    if as_json:
        import json

        content = {"found_from": best.start, "seed": seed, "starts": best.starts, "interrupted": interrupted, "out": out}
        click.echo(json.dumps({**one.to_dict(), **content}, indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(best, one, seed, out)))
    if interrupted:
        click.echo("boundcalc: interrupted; this is the best so far", err=True)
    return INTERRUPTED if interrupted else 0


def _lines(best: FoundNetwork, one: JudgedNetwork, seed: int, out: str | None) -> list[str]:
    lines = str(one).splitlines()
    lines += ["", f"found from: start {best.start} of {best.starts} (seed {seed})"]
    return lines if out is None else [*lines, f"written: {out}"]


def _save(path: str, best: FoundNetwork, one: JudgedNetwork, seed: int) -> None:
    """A .npz file of W, b and, as text, the problem, the seed and the certified loss."""
    import json

    from boundcalc.numbers.enclosure import decimal_ceiling
    from boundcalc.numbers.files import npz, write_whole

    fields = json.dumps(one.found.problem.as_json(), ensure_ascii=False)
    bias = {} if best.bias is None else {"b": best.bias}
    loss = decimal_ceiling(one.found.loss.upper, 30)
    write_whole(path, npz(best.weights, activation_relu="1", problem=fields, seed=str(seed), loss=loss, **bias))
