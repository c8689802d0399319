"""Reports bounds on random problems over all laws, m <= 9 and p from 1e-300 to 1: none may warn, fail or take over 20 s.

``python -m tools.random_problems --count 10000 --seed 0`` prints a line for each problem that does, and a summary. A problem is
drawn from its seed and number alone, so that ``--first 1234 --count 1`` repeats one. ``--records FILE`` appends a line of JSON for
each, so that runs add up. ``--kind features`` draws features that differ, ``--kind relu`` networks with the activation ReLU.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.report_json import report_json
from boundcalc.cli.relu_bounds import run_relu_bounds
from boundcalc.model.features import AnyProblem, FeatureProblem, Group
from boundcalc.model.problem import Problem
from boundcalc.model.relu_problem import ReluProblem

LIMIT = 20.0
"""Seconds of processor time that no problem may take."""
EXPONENTS = (1, 3, 3, 3, 5, 5, 7, 9)
NAMED = ("rademacher", "gaussian", "uniform", "laplace")


@dataclass(frozen=True)
class Answered:
    """One problem, how long it took, and what went wrong: empty, a warning, or the last line of a traceback."""

    number: int
    problem: AnyProblem | ReluProblem
    seconds: float
    wrong: str

    def as_json(self, seed: int) -> str:
        """A line of a file of records."""
        values = {"seed": seed, "number": self.number, "problem": repr(self.problem), "seconds": round(self.seconds, 3)}
        return json.dumps(values | {"wrong": self.wrong})


def random_law(rng: random.Random, m: int) -> str:
    """A named law, one of two to four points, or the moments of one as far as m needs them."""
    if rng.random() < 0.6:
        return rng.choice(NAMED)
    sides = rng.randint(1, 2)
    points = sorted(rng.sample(range(1, 12), sides))
    weights = [rng.randint(1, 9) for _ in points]
    centre = rng.choice((0, 0, rng.randint(1, 9)))
    total = 2 * sum(weights) + centre
    pairs = [(sign * v, w) for v, w in zip(points, weights, strict=True) for sign in (-1, 1)] + ([(0, centre)] if centre else [])
    if rng.random() < 0.8:
        return "support:" + ",".join(f"{v}:{w}/{total}" for v, w in sorted(pairs))
    moments = [sum(w * v**k for v, w in pairs) for k in range(2, 2 * m + 1, 2)]
    return "moments:" + ",".join(f"{2 * j + 2}={value}/{total}" for j, value in enumerate(moments))


def random_activity(rng: random.Random) -> str:
    """p: over all magnitudes down to 1e-300, over those that matter, or near 1."""
    kind = rng.random()
    mantissa = rng.randint(100, 999)
    if kind < 0.3:
        return f"{mantissa}e-{rng.randint(3, 302)}"
    if kind < 0.75:
        return f"{mantissa}e-{rng.randint(3, 11)}"
    if kind < 0.9:
        return f"{rng.randint(1, 1000)}/1000"
    return "1" if kind < 0.92 else f"0.{'9' * rng.randint(2, 40)}{rng.randint(1, 8)}"


def random_problem(seed: int, number: int) -> Problem:
    """The problem of that number: n to 10^6 or infinite, d to 10^4, small ones the more likely."""
    rng = random.Random(f"{seed}/{number}")
    m = rng.choice(EXPONENTS)
    d = round(10 ** rng.uniform(0, rng.choice((1, 1, 2, 4))))
    n: int | str = "inf" if rng.random() < 0.15 else max(1, round(d ** rng.uniform(0.5, 3) * rng.uniform(0.5, 3)))
    return Problem(n, d, m, random_activity(rng), random_law(rng, m))


def random_features(seed: int, number: int) -> FeatureProblem:
    """A problem of up to four groups of features that differ in importance, p, law or scale, d to 100."""
    rng = random.Random(f"features/{seed}/{number}")
    m = rng.choice((1, 3, 3, 3, 5, 5))
    common_p, common_law = random_activity(rng), random_law(rng, m)

    def group() -> Group:
        importance = rng.choice(("1", str(rng.randint(1, 30)), f"1/{rng.randint(2, 30)}", f"1e{rng.randint(-30, 30)}"))
        p = common_p if rng.random() < 0.5 else random_activity(rng)
        law = common_law if rng.random() < 0.6 else random_law(rng, m)
        scale = "1" if rng.random() < 0.6 else f"{rng.randint(1, 50)}/{rng.randint(1, 50)}"
        return Group(round(10 ** rng.uniform(0, rng.choice((0.5, 1, 2)))), importance, p, law, scale)

    groups = [group() for _ in range(rng.choice((1, 2, 2, 3, 4)))]
    return FeatureProblem(groups, round(10 ** rng.uniform(0, rng.choice((0.7, 0.7, 1.3, 2)))), m)


def random_network(seed: int, number: int) -> ReluProblem:
    """A problem with the activation ReLU: one group of features, or two that differ."""
    rng = random.Random(f"relu/{seed}/{number}")

    def law() -> str:
        points = sorted(rng.sample(range(1, 12), rng.randint(1, 3)))
        weights = [rng.randint(1, 9) for _ in points]
        support = ",".join(f"{v}:{w}/{sum(weights)}" for v, w in zip(points, weights, strict=True))
        return rng.choice(("uniform01", "uniform01", f"uniform:0:{rng.randint(1, 9)}/{rng.randint(1, 9)}", f"support:{support}"))

    def group() -> Group:
        importance = rng.choice(("1", f"1/{rng.randint(2, 30)}", f"1e{rng.randint(-30, 30)}"))
        return Group(round(10 ** rng.uniform(0, rng.choice((1, 2, 4)))), importance, random_activity(rng), law())

    d = round(10 ** rng.uniform(0, rng.choice((0.7, 1.3, 2.5))))
    bias = rng.random() < 0.7
    m = 1 if bias else rng.choice((1, 1, 2, 3))
    return ReluProblem([group() for _ in range(rng.choice((1, 1, 2)))], d, bias=bias, tied=rng.random() < 0.8, m=m)


DRAWN: dict[str, Callable[[int, int], AnyProblem | ReluProblem]] = {
    "power": random_problem,
    "features": random_features,
    "relu": random_network,
}


def answered(problem: AnyProblem | ReluProblem, number: int = 0) -> Answered:
    """Every bound of the catalog, and its JSON, with warnings taken for errors."""
    began, wrong = time.process_time(), ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            if isinstance(problem, ReluProblem):
                with contextlib.redirect_stdout(io.StringIO()):
                    run_relu_bounds(problem, 10, True, f"{LIMIT:.0f}")
            else:
                report_json(report(problem))
        except Exception:
            wrong = traceback.format_exc().strip().replace("\n", " | ")
    return Answered(number, problem, time.process_time() - began, wrong)


def answers(seed: int, numbers: range, kind: str = "power") -> Iterator[Answered]:
    """One after the other."""
    for number in numbers:
        yield answered(DRAWN[kind](seed, number), number)


def main() -> int:
    """Runs them; exit status 1 where one is over the limit, warns or fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--records", type=Path)
    parser.add_argument("--kind", choices=DRAWN, default="power")
    given = parser.parse_args()
    slowest, bad, total = 0.0, 0, 0.0
    for done, each in enumerate(answers(given.seed, range(given.first, given.first + given.count), given.kind), 1):
        if given.records is not None:
            with given.records.open("a") as records:
                records.write(each.as_json(given.seed) + "\n")
        slowest, total = max(slowest, each.seconds), total + each.seconds
        if each.wrong or each.seconds > LIMIT:
            bad += 1
            print(f"{each.number}: {each.seconds:.1f} s, {each.problem!r} {each.wrong}", flush=True)
        if done % 100 == 0:
            print(f"{done} problems, {total / done:.2f} s each, slowest {slowest:.1f} s, {bad} wrong", flush=True)
    print(f"{given.count} problems of seed {given.seed}, slowest {slowest:.1f} s, {bad} wrong")
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
