"""Climbs from first generators of orbits to better ones, within a fixed amount of work, and from a group to a smaller one.

All results are rounded to whole generators, so that a value is that of the numbers that are kept. The climb goes in short
bursts with a rounding between them: what the arithmetic of one machine does in the last bits is forgotten before it grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from math import exp
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from boundcalc.bounds.lower.orbit_search import OrbitPlan, plans
from boundcalc.bounds.lower.witness_table import in_dimensions
from boundcalc.frames.orbits import FEWEST, LARGEST, Symmetry
from boundcalc.loss.orbits import OrbitImprovement
from boundcalc.loss.threads import single_threaded
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.budget import check
from boundcalc.numbers.constants import sphere_moment
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.moments import correlation, moments_from_cumulants
from boundcalc.numbers.rings import EXACT

Array = NDArray[np.float64]
BURST = 12
GRID = 1 << 12
"""Entries between bursts are multiples of the largest one over this."""
WORK = 4e8
"""Operations that a search may take, roughly: a fifth of a second."""
LEAST = 8
"""Evaluations without which a search is not begun."""
BEGUN = 10
"""Each start gets this part of the work, to be compared with others."""
FOLLOWED = 150
"""Evaluations to a start's end at most."""
FURTHER = 1.25
"""What is followed takes at most so many times the work, but for the best start."""
BETTER = 1e-6
"""By so much the value of a later start, rounded to whole numbers, must be larger."""
DIMENSIONS = 8
"""So many dimensions fewer are looked at for weights beside single features, ..."""
FARTHEST = 4
"""... up to this part of all of them where all those leave features, ..."""
MOST_BESIDE = 12
"""... of which so many are followed to their ends."""
CHEAP = WORK / BEGUN / 10
"""Less work than that of an evaluation that takes long."""
NEARLY = 0.995
"""Of the features that may be used."""
LEAST_FLOAT = 1e-200
"""Where p or a cumulant is below nothing is searched."""
CLOSE, CLOSE_ENOUGH = 0.97, 0.93
"""Starts that promise less than this part of what is found are not followed to their ends; the second where that takes little."""
MORE = fmpq(5, 4)
"""Where n is no limit, this many times the number wanted is tried too, and halves of halves while more than one feature is on."""
WORTH = 1 / 3
"""Where a share more of features is worth less than this part of it there are enough: those that orbits leave are not added."""
FEW = 6
"""Starts beside the first ones are tried where so many followed to their ends are within the work."""


def _small(plan: OrbitPlan) -> bool:
    return FEW * FOLLOWED * plan.work <= WORK


def _fewer(listed: list[OrbitPlan]) -> list[OrbitPlan]:
    """Those with an orbit less: where one more has come to fit, what fewer have is not lost."""
    return [replace(plan, count=plan.count - 1) for plan in listed if plan.count > 1 and _small(plan)]


def _finer(listed: list[OrbitPlan]) -> list[OrbitPlan]:
    """What those go on with, from a start of their own."""
    found = [plan.finer for plan in listed if plan.finer is not None]
    return [plan for plan in found if 2 * FOLLOWED * plan.work <= WORK]


def _plans(problem: Problem, n: int, *, below: bool) -> list[OrbitPlan]:
    """The starts to be tried, those with the number of features that is wanted first, none twice."""
    d, first = problem.d, list(plans(problem.d, n, below=below))
    found = _fewer(first)
    if not below:
        counts = [int(MORE * n), *(n >> k for k in range(1, n.bit_length()) if (n >> k - 1) * problem.p > 1)]
        found += [plan for count in counts if count >= FEWEST * d for plan in plans(d, count, below=False)]
    if d > 3:  # where features are on often, more dimensions are worth little, and a search in fewer may come farther
        found += plans(d - 1, n, below=below)
    found += _finer(first + found)
    least = min((plan.work for plan in first), default=0.0)
    listed = first + [plan for plan in found if below or _small(plan) or plan.work < least]
    return [plan for plan in dict.fromkeys(listed) if plan.n <= problem.n]


def _climbs(problem: Problem, starts: Iterable[OrbitPlan]) -> list[Climb]:
    """These starts for the problem; none where its numbers are too small to be searched with."""
    kappa, p = (0.0, *(to_float(kappa) for kappa in Quantities(EXACT, problem).kappa[1:])), to_float(problem.p)
    return [] if min(p, *kappa[1:]) < LEAST_FLOAT else [Climb(plan, problem.m, kappa, p) for plan in starts]


def best(problem: Problem, n: int, *, below: bool) -> End | None:
    """The best of the best starts with about n features or, where n is no limit, fewer, followed to their ends.

    Where n limits them and :func:`filled` goes on from there, that is the best start for n features.
    """
    searches = _climbs(problem, _plans(problem, n, below=below))
    # before its start is made, which may not fit into memory; chirps are good as they are, where nothing else fits
    searches = [one for one in searches if one.climbs or (one.plan.kind == "chirps" and 3 * one.plan.work <= 2 * WORK)]
    fills = below and leaves_room(problem)
    promised = [(one.worth(begun(one)[0], one.plan.n, n if fills else one.features), one) for one in searches]
    promised.sort(key=lambda each: -each[0])
    found, most = None, 0.0
    left = (FURTHER - fills / 2) * WORK
    for promise, one in promised:
        close = CLOSE_ENOUGH if MOST_BESIDE * one.work < WORK else CLOSE
        if found is not None and (promise < close * most or one.work > left):
            break
        left -= one.work
        end = followed(one)
        value = one.worth(end.value, end.features, n if fills else end.features)
        if found is None or value > most * (1 + BETTER):
            found, most = end, value
    return found


@lru_cache(maxsize=64)
def climbs_alone(problem: Problem) -> Climb | None:
    """The climb of a whole matrix, without a group; ``None`` where the work does not allow it."""
    found = _climbs(problem, [OrbitPlan("orbits", Symmetry(1, copies=problem.d), int(problem.n))])
    return found[0] if found and found[0].climbs else None


def leaves_room(problem: Problem) -> bool:
    """Whether such a climb is within the work, and features that orbits leave are worth adding."""
    alone, n = climbs_alone(problem), int(problem.n)
    more = n + -(-n // 8)
    return alone is not None and alone.worth(1, n, more) - 1 >= WORTH * (more / n - 1)


def comes_to_its_end(problem: Problem) -> bool:
    """Whether the work allows such a climb all evaluations that any has."""
    alone = climbs_alone(problem)
    return alone is not None and alone.evaluations == FOLLOWED


def filled(problem: Problem, ends: Sequence[End]) -> End:
    """The best of these weights, climbed on without a group and with the features that their orbits leave.

    Where such a climb comes to its end all are followed, and random directions; else the one that promises most, unless there are
    features enough.
    """
    alone, n = climbs_alone(problem), int(problem.n)
    if alone is None:
        return max(ends, key=lambda end: end.value)
    promised = sorted(ends, key=lambda end: -alone.worth(end.value, end.features, n))
    found, all_followed = [*ends], comes_to_its_end(problem)
    if leaves_room(problem):
        followed_on = (*promised, None) if all_followed else promised[:1]
        found += [alone.end(_completed(end, problem.d, n)) for end in followed_on]
    for end in promised if all_followed else ():  # as they are: where there are features enough, more do harm
        same = climbs_alone(Problem(end.features, end.symmetry.d, problem.m, problem.p, problem.law))
        found += [] if same is None else [same.end(_completed(end, end.symmetry.d, end.features))]
    return max(found, key=lambda end: end.value)


def _completed(end: End | None, d: int, n: int) -> Array:
    """Its weights in d dimensions, and random directions: those for n - 1 features are among those for n."""
    used = 0 if end is None else end.features
    weights = np.random.default_rng([d, used]).standard_normal((n, d)).T
    weights /= np.linalg.norm(weights, axis=0)
    if end is not None:
        found = in_dimensions(end.symmetry, end.symmetry.images(end.generators))
        weights[:, n - used :] = 0
        weights[: len(found), n - used :] = found / np.linalg.norm(found, axis=0).mean()
    return weights


def beside_others(problem: Problem, small: int) -> list[End]:
    """Weights in a few dimensions fewer, more than ``small``, that promise most with a feature alone in each that they leave.

    Which these are hardly depends on the number of dimensions there are: with one more they are nearly always the same. The best
    of those that leave no feature comes first; where there are none in a few dimensions fewer, it is the next one.
    """
    n, alone = int(problem.n), to_float(Quantities(EXACT, problem).g)
    d = min(problem.d, n)  # more dimensions than features are not used
    window = max(d - DIMENSIONS, small + 1)

    def begins(dimensions: Iterable[int]) -> Iterator[tuple[Climb, int]]:
        for e in dimensions:  # and the number of features with those alone
            listed = list(plans(e, n, below=True))
            for one in _climbs(problem, dict.fromkeys([*listed, *_fewer(listed), *_finer(listed)])):
                if one.climbs:
                    yield one, min(one.features + d - e, n)

    climbs = list(begins(range(d - 1, window - 1, -1)))
    if all(k < n for _, k in climbs):
        climbs += islice((each for each in begins(range(window - 1, max(d - d // FARTHEST, small), -1)) if each[1] == n), 1)
    # where an evaluation takes long only those that leave few features are begun
    enough = NEARLY * max((k for _, k in climbs), default=0)
    kept = [(one, k) for one, k in climbs if one.plan.work < CHEAP or k >= enough]
    promised = [(one.promise + alone * (k - one.features), k, one) for one, k in kept]
    promised.sort(key=lambda each: -each[0])
    full = next((each for each in promised if each[1] == n), None)
    promised.sort(key=lambda each: each is not full)
    ends: list[End] = []
    left = WORK
    for _, _, one in promised[:MOST_BESIDE]:
        if len(ends) > 1 and one.work > left:
            break
        left -= one.work
        ends.append(followed(one))
    return ends


@dataclass(frozen=True)
class Climb:
    """A start for features of one kind; what is found depends on nothing else, so that numbers n of features share it."""

    plan: OrbitPlan
    m: int
    kappa: tuple[float, ...]
    p: float

    @property
    def climbs(self) -> bool:
        """Whether the work allows for enough evaluations."""
        return LEAST * self.plan.work <= WORK

    @property
    def evaluations(self) -> int:
        """To its end, at most."""
        return min(FOLLOWED, int(WORK / 2 / self.plan.work)) if self.climbs else 0

    @property
    def finer(self) -> Climb | None:
        """What goes on where this one ends."""
        found = None if self.plan.finer is None else Climb(self.plan.finer, self.m, self.kappa, self.p)
        return found if found is not None and found.climbs else None

    @property
    def work(self) -> float:
        """To its end, at most."""
        return self.evaluations * self.plan.work + (self.finer.work if self.finer else 0.0)

    @property
    def promise(self) -> float:
        """The value after a few evaluations, for as many features as it ends with."""
        return self.worth(begun(self)[0], self.plan.n, self.features)

    def worth(self, value: float, n: int, features: int) -> float:
        """A value of n features for another number of them, which are worth what random directions are.

        Of values that differ in last bits alone, the earlier start's is the better one.
        """
        plain, more = self.random(n), self.random(features)
        return float(f"{value * (more / plain if plain > 0 else features / n):.6g}")

    def random(self, n: int) -> float:
        """C²/(D p) of n random directions; not positive where the cumulants of large m leave nothing but rounding."""
        spread = [(n - 1) * to_float(sphere_moment(fmpq(self.plan.symmetry.d), k)) for k in range(1, self.m + 1)]
        moments = moments_from_cumulants([0.0, *(own * (1 + others) for own, others in zip(self.kappa[1:], spread, strict=True))])
        moments[0] = 1.0
        c, power = correlation(self.m, self.kappa, 1.0, moments), moments[self.m]
        return n * (c / self.p) * (c / power) if power > 0 else 0.0

    @property
    def features(self) -> int:
        """At its end."""
        return (self.finer or self).plan.n

    def risen(self, generators: Array, evaluations: int) -> tuple[float, Array]:
        """I/p and the generators after at most so many evaluations from there."""
        return climb(OrbitImprovement(self.plan.symmetry, self.m, list(self.kappa), self.p), generators, evaluations)

    def end(self, generators: Array) -> End:
        """Followed to its end from there, in whole numbers."""
        symmetry = self.plan.symmetry
        if self.climbs:
            _, generators = self.risen(generators, self.evaluations)
        whole = symmetry.rounded(generators, LARGEST if symmetry.order > 1 else GRID)
        return End(symmetry, whole, self.risen(whole.astype(float), 0)[0] if self.climbs else 0.0)


@dataclass(frozen=True, eq=False)
class End:
    """Whole generators that a search ended with, and their I/p."""

    symmetry: Symmetry
    generators: NDArray[np.int64]
    value: float

    @property
    def features(self) -> int:
        return self.symmetry.order * self.generators.shape[1]


@lru_cache(maxsize=512)
def begun(of: Climb) -> tuple[float, Array]:
    """The value and the generators after a few evaluations."""
    if not of.climbs:
        return 0.0, of.plan.start()
    return of.risen(of.plan.start(), max(LEAST // 3, min(20, int(WORK / BEGUN / of.plan.work))))


@lru_cache(maxsize=256)
def followed(of: Climb) -> End:
    """Its end, or that of the finer plan that goes on from there."""
    found, finer = of.end(begun(of)[1]), of.finer
    if finer is None:
        return found
    more = finer.end(finer.plan.refined(found.symmetry, found.generators.astype(float)))
    return max(found, more, key=lambda each: each.value)


def climb(objective: OrbitImprovement, start: Array, evaluations: int, tolerance: float = 1e-7) -> tuple[float, Array]:
    """I/p and the generators after at most so many evaluations, on one thread: on a busy machine several wait for each other."""
    from scipy.optimize import minimize

    def descent(flat: Array) -> tuple[float, Array]:
        value, gradient = objective(flat.reshape(start.shape))
        return -value, -gradient.ravel()

    with single_threaded(), np.errstate(all="ignore"):
        best, found, value = start, start, objective(start)[0]
        while evaluations > 0:
            check()
            burst = min(BURST, evaluations)
            options: Any = {"maxiter": burst, "maxfun": burst, "maxcor": 10, "ftol": tolerance / 10, "gtol": 1e-12}
            result: Any = minimize(descent, found.ravel(), jac=True, method="L-BFGS-B", options=options)
            evaluations -= burst
            if not np.isfinite(result.fun) or not np.isfinite(result.x).all():
                break
            found = on_grid(result.x.reshape(start.shape))
            if -result.fun <= value + tolerance:
                break
            best, value = found, -result.fun
    return (exp(value) if np.isfinite(value) else 0.0), best


def on_grid(generators: Array) -> Array:
    """Rounded to the grid between bursts."""
    largest = float(2.0 ** np.ceil(np.log2(max(float(np.abs(generators).max()), 1e-300))))
    return np.rint(generators * (GRID / largest)) * (largest / GRID)
