"""An attack on every upper bound at its own hypotheses: weights, p and law are moved to bring an improvement up to the bound.

The improvement of W at its best scale, C²/D, is maximised by L-BFGS; p, n and the law by sampling and by moves from the best
found. The bound is certified; a case is called a violation only if the exact improvement of rational weights exceeds it. The
nearest case is kept twice: among all, and among those with superposition, that is more columns than dimensions, d ≥ 2.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq

from boundcalc.bounds.catalog import UPPER
from boundcalc.bounds.declaration import UpperBound
from boundcalc.loss.rounding import round_witness
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.numbers.enclosure import decimal_floor, to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.climb import maximise
from boundcalc.search.moves import present
from boundcalc.search.objective import Array, Improvement
from boundcalc.search.starts import fitted, frame_weights, known_frames, random_start

LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-1:1/4,0:1/2,1:1/4", "support:-3:1/10,-1:2/5,1:2/5,3:1/10")
ACTIVITIES = ("1", "4/5", "1/2", "1/3", "0.16", "1/10", "0.06", "0.03", "1/100", "1e-3", "1e-4", "1e-6", "1e-9")
LARGEST_D, LARGEST_N = 5, 40
EVALUATIONS = 400
"""Of one climb."""
DIGITS = 12
SUSPECTED = 1 - 1e-9
"""Ratio in floating point from which on a case is decided exactly."""
DRAWS = 400
"""Problems drawn before a bound's hypotheses are taken to be out of reach."""
SLOW = {"linear_program": (3,)}
"""Exponents drawn for the bounds whose value takes a solver."""


@dataclass(frozen=True)
class Attack:
    """The case that came nearest to a bound.

    Attributes
    ----------
    key : str
        The bound.
    ratio : float
        Improvement over bound, in floating point.
    problem : Problem
    weights : (d, k) array
        W, k ≤ n.
    start : str
        What W was climbed from.
    superposed : bool
        Whether W has more columns that are not negligible than dimensions, and d ≥ 2.
    cases : int
        Weights whose improvement was compared with this bound.
    """

    key: str
    ratio: float
    problem: Problem
    weights: Array
    start: str
    superposed: bool
    cases: int = 0


@dataclass(frozen=True)
class Certified:
    """An attack decided in exact arithmetic.

    Attributes
    ----------
    ratio : fmpq
        Exact improvement of rational weights over the upper end of the bound's enclosure: not above the true ratio.
    attained : bool
        Whether the two are the same number.
    violated : bool
        Whether the improvement exceeds the bound, proven.
    """

    attack: Attack
    ratio: fmpq
    attained: bool
    violated: bool


def attack(
    keys: Sequence[str] | None = None,
    *,
    seconds: float | None = 60.0,
    turns: int | None = None,
    seed: int = 0,
    progress: Callable[[Attack], None] | None = None,
) -> list[Attack]:
    """The nearest case to each upper bound, in the order of the catalog; a second one if the first has no superposition.

    Parameters
    ----------
    keys : sequence of str, optional
        Upper bounds; all if absent.
    seconds : float, optional
        In total; every bound gets the same share of it.
    turns : int, optional
        Problems in total, each bound in turn; without ``seconds`` the result depends on the seed alone.
    seed : int
    progress : callable, optional
        Called with each case that is nearer than those before.

    Raises
    ------
    ParameterError
        For a key that is no upper bound.
    """
    if seconds is None and turns is None:
        raise ParameterError("turns", None, "must be given where there is no limit of time")
    bounds = _chosen(keys)
    rng = np.random.default_rng(seed)
    best: dict[tuple[str, bool], Attack] = {}
    spent = dict.fromkeys((bound.key for bound in bounds), 0.0)
    counts = dict.fromkeys(spent, 0)
    started, turn = time.monotonic(), 0
    while (turns is None or turn < turns) and (seconds is None or time.monotonic() - started < seconds):
        bound = bounds[turn % len(bounds)] if seconds is None else min(bounds, key=lambda each: spent[each.key])
        turn += 1
        begun = time.monotonic()
        old = best.get((bound.key, bool(rng.random() < 0.7)))
        for found in _turn(bound, old, rng):
            counts[bound.key] += 1
            place = bound.key, found.superposed
            if place not in best or found.ratio > best[place].ratio:
                best[place] = found
                if progress is not None:
                    progress(found)
        spent[bound.key] += max(time.monotonic() - begun, 1e-3)
    return merged([[replace(found, cases=counts[found.key]) for found in best.values()]])


def _chosen(keys: Sequence[str] | None) -> list[UpperBound]:
    by_key = {bound.key: bound for bound in UPPER}
    for key in keys or ():
        if key not in by_key:
            raise ParameterError("key", key, f"must be an upper bound: {', '.join(by_key)}")
    return [by_key[key] for key in keys] if keys else list(UPPER)


# ---- one turn


def _turn(bound: UpperBound, best: Attack | None, rng: np.random.Generator) -> Iterator[Attack]:
    """Climbs at a new problem or near the best one so far, and the bound there."""
    problem = _near(bound, best, rng) if best is not None and rng.random() < 0.6 else _drawn(bound, rng)
    if problem is None:
        return
    from boundcalc.bounds.outcome import evaluate_upper

    value = evaluate_upper(bound, problem, DIGITS).value
    if value is None:
        return
    limit = to_float(value.enclosure.upper)
    columns = int(problem.n) if problem.n != INFINITY else int(rng.integers(1, LARGEST_N + 1))
    finite = Problem(columns, problem.d, problem.m, problem.p, problem.law)
    objective = Improvement(finite)
    for label, start in _starts(finite, best, rng):
        try:
            with np.errstate(all="ignore"):
                log_value, weights, _ = maximise(objective, start, EVALUATIONS, 1e-14)
        except (ZeroDivisionError, ValueError):  # C or D vanished in floating point
            continue
        if math.isfinite(log_value) and np.isfinite(weights).all():
            ratio = math.exp(log_value) * to_float(problem.p) / limit
            yield Attack(bound.key, ratio, problem, weights, label, problem.d >= 2 and len(present(weights)) > problem.d)


def _drawn(bound: UpperBound, rng: np.random.Generator) -> Problem | None:
    """A problem that meets the hypotheses."""
    for _ in range(DRAWS):
        m = int(rng.choice(SLOW.get(bound.key, (3, 3, 5))))
        d = int(rng.integers(1, LARGEST_D + 1))
        n = INFINITY if rng.random() < 0.3 else int(rng.integers(1, LARGEST_N + 1))
        p = str(rng.choice(ACTIVITIES)) if rng.random() < 0.5 else f"{10 ** rng.uniform(-9, 0):.3g}"
        problem = Problem(n, d, m, p, str(rng.choice(LAWS)))
        if all(hypothesis.holds(problem) for hypothesis in bound.hypotheses):
            return problem
    return None


def _near(bound: UpperBound, best: Attack, rng: np.random.Generator) -> Problem | None:
    """A problem beside the one of the best case: another p, number of features or law."""
    old = best.problem
    n: int | float = old.n
    p, law = old.p, old.law.name
    match int(rng.integers(0, 4)):
        case 0 if n != INFINITY:
            n = max(1, int(n) + int(rng.integers(-3, 4)))
        case 1:
            law = str(rng.choice(LAWS))
        case _:
            moved = to_float(p) * 10 ** (float(rng.choice((1.0, 0.1, 0.01))) * rng.standard_normal())
            p = fmpq(1) if moved >= 1 else fmpq(round(moved * 10**15), 10**15) if moved > 1e-11 else p
    problem = Problem(n, old.d, old.m, p, law)
    return problem if all(hypothesis.holds(problem) for hypothesis in bound.hypotheses) else None


def _starts(problem: Problem, best: Attack | None, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """The best weights so far, a frame, a structured matrix and random columns."""
    n, d = int(problem.n), problem.d
    if best is not None and best.weights.shape[0] == d:
        yield best.start, fitted(best.weights, n, d, rng, spare=bool(rng.random() < 0.3))
    keys = [key for key in known_frames(n, d)[:6] if not key.startswith("plane_lines")]
    if d == 2:
        keys.append(f"plane_lines_{int(rng.integers(3, 9))}")
    if keys:
        key = str(rng.choice(keys))
        yield key, fitted(frame_weights(key), n, d, rng, spare=bool(rng.random() < 0.5))
    eye = np.zeros((d, n))
    eye[: min(n, d), : min(n, d)] = np.eye(min(n, d))
    yield "orthonormal", eye
    structured = str(rng.choice(("equal columns", "rank one", "one long column", "random columns")))
    weights = random_start(int(rng.integers(1 << 30)), int(rng.integers(12)), n, d)
    match structured:
        case "equal columns":
            weights = weights[:, np.arange(n) % max(1, n // 2)]
        case "rank one":
            weights = np.outer(weights[:, 0], rng.uniform(0.2, 1.0, n))
        case "one long column":
            weights = weights.copy()
            weights[:, 0] *= 10
    yield structured, weights


# ---- exact


def certified(found: Attack) -> Certified:
    """The case in exact arithmetic: improvement of rational weights against the certified bound."""
    bound = next(each for each in UPPER if each.key == found.key)
    problem = found.problem
    kept = present(found.weights)
    candidates = [found.weights, found.weights[:, kept]]
    exact_basis = np.eye(problem.d)[:, : min(problem.d, len(kept))]
    if found.ratio > SUSPECTED:
        candidates.append(exact_basis)
    improvement = fmpq(0)
    for weights in candidates:
        finite = Problem(weights.shape[1], problem.d, problem.m, problem.p, problem.law)
        improvement = max(improvement, round_witness(weights, finite).value.improvement_best_scale)
    choice = bound.choose(problem)
    assert choice is not None  # the bound was evaluated here
    digits = DIGITS if found.ratio < SUSPECTED else 60
    enclosure = bound.enclose(problem, choice, digits)
    exact = bound.exact(problem, choice)
    attained = exact is not None and exact == improvement
    return Certified(found, improvement / enclosure.upper, attained, bool(improvement > enclosure.upper))


def merged(runs: Sequence[Sequence[Attack]]) -> list[Attack]:
    """The nearest case of several runs to each bound, with superposition and without; the cases of the runs are added."""
    found: dict[tuple[str, bool], Attack] = {}
    cases: dict[str, int] = {}
    for run in runs:
        for key in {each.key for each in run}:
            cases[key] = cases.get(key, 0) + max(each.cases for each in run if each.key == key)
        for each in run:
            old = found.get((each.key, each.superposed))
            if old is None or each.ratio > old.ratio:
                found[each.key, each.superposed] = each
    order = [bound.key for bound in UPPER]
    listed = sorted(found.values(), key=lambda each: (order.index(each.key), each.superposed))
    return [replace(each, cases=cases[each.key]) for each in listed]


def table(attacks: Sequence[Certified]) -> str:
    """The nearest case to each bound, as Markdown; ratios are rounded down."""
    lines = ["| bound | largest ratio | m | d | n | p | law | columns of W | climbed from | cases |", "|---" * 10 + "|"]
    for each in attacks:
        found, problem = each.attack, each.attack.problem
        shown = "1 (attained)" if each.attained else decimal_floor(each.ratio, 6)
        shown = f"**violated**: {shown}" if each.violated else shown
        n = "∞" if problem.is_infinite else str(problem.n)
        p = str(problem.p) if len(str(problem.p)) < 12 else f"{to_float(problem.p):.4g}"
        columns = len(present(found.weights))
        cells = (f"`{found.key}`", shown, problem.m, problem.d, n, p, problem.law.name, columns, found.start, found.cases)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
