"""Certified enclosures against mpmath at twice the digits, on random problems over every law."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterator
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from flint import fmpq
from oracles.mpmath_arithmetic import evaluate, to_rational

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.model.laws import FiniteSupport, Gaussian, Laplace, Law, MomentList, Rademacher, Uniform
from boundcalc.model.problem import INFINITY, Problem

CLOSED = [bound for bound in BOUNDS.values() if bound.certifier is None]
DIGITS = (15, 50, 200)
FOUNDATION = ("trivial", "rank", "very_sparse", "universal", "uniform", "gaussian_support", "half_design", "random_directions")
RARELY = ("direct_sum",)
"""Bounds whose choice takes long: on every fourth problem of the short test, every tenth of the long one."""


def random_support(rng: random.Random) -> FiniteSupport:
    values = rng.sample(range(1, 30), rng.randint(1, 3))
    parts = [rng.randint(1, 9) for _ in values]
    centre = rng.choice([0, 0, rng.randint(1, 9)])
    total = 2 * sum(parts) + centre
    scale = rng.randint(1, 12)
    points = [(fmpq(sign * v, scale), fmpq(w, total)) for v, w in zip(values, parts, strict=True) for sign in (-1, 1)]
    return FiniteSupport(tuple(points + ([(fmpq(0), fmpq(centre, total))] if centre else [])))


def random_moments(rng: random.Random, order: int) -> MomentList:
    """Moments of a mixture of two random laws, known up to ``order``."""
    named: list[Law] = [Gaussian(), Uniform(), Laplace()]
    first, second = rng.choice(named), random_support(rng)
    share = fmpq(rng.randint(0, 9), 9)
    return MomentList(tuple(share * first.moment(k) + (1 - share) * second.moment(k) for k in range(2, order + 1, 2)))


def random_law(rng: random.Random, m: int) -> Law:
    kind = rng.randrange(6)
    named: list[Law] = [Rademacher(), Gaussian(), Uniform(), Laplace()]
    return named[kind] if kind < 4 else random_support(rng) if kind == 4 else random_moments(rng, 2 * m)


def log_uniform(rng: random.Random, digits: int) -> int:
    """A whole number from 1 to 10^digits, its logarithm uniform; every size of leading digits."""
    scale: int = 10 ** rng.randint(0, digits)
    top: int = 10**digits
    return min(rng.randint(1, 9) * scale + rng.randint(0, scale - 1), top)


def random_p(rng: random.Random) -> Any:
    kind = rng.randrange(10)
    if kind == 0:
        return "1"
    if kind <= 2:
        denominator = log_uniform(rng, 40)
        return f"{rng.randint(1, denominator)}/{denominator}"
    return f"{rng.randint(1, 9)}.{rng.randint(0, 999)}e-{rng.randint(1, 300)}"


def random_n(rng: random.Random, d: int, m: int) -> int | float:
    kind = rng.randrange(8)
    if kind == 0:
        return INFINITY
    if kind <= 2:  # where the pieces of U3 begin and end
        k = rng.randint(1, m)
        return min(max(comb(d + k - 1, k) + rng.randint(-1, 1), 1), 10**40)
    return log_uniform(rng, 40)


def random_problems(count: int, seed: int) -> Iterator[tuple[Problem, int]]:
    rng = random.Random(seed)
    for index in range(count):
        m, d = rng.choice((1, 3, 5, 7, 9)), log_uniform(rng, 5)
        n, p = random_n(rng, d, m), random_p(rng)
        yield Problem(n, d, m, p, random_law(rng, m)), DIGITS[index % 3]


def check(problem: Problem, digits: int, tried: Counter[str], skipped: Collection[str] = ()) -> None:
    for bound in CLOSED:
        if bound.key in skipped or bound.why_not(problem) is not None:
            continue
        choice = bound.choose(problem)
        assert choice is not None
        enclosure = bound.enclose(problem, choice, digits)
        value = to_rational(evaluate(bound, problem, choice, digits))
        where = f"{bound.key} at {digits} digits of {problem}"
        error = abs(value) * fmpq(1, 10 ** (2 * digits))  # mpmath's value is itself known to twice the digits
        assert enclosure.lower - error <= value <= enclosure.upper + error, where
        assert enclosure.lower > 0, where
        assert (enclosure.upper - enclosure.lower) * 10**digits < enclosure.lower, where
        tried[bound.key] += 1


def test_enclosures_hold_mpmath_values() -> None:
    tried: Counter[str] = Counter()
    for index, (problem, digits) in enumerate(random_problems(600, seed=20240611)):
        check(problem, digits, tried, skipped=RARELY if index % 4 else ())
    assert set(tried) == {bound.key for bound in CLOSED}
    assert min(tried[key] for key in FOUNDATION) >= 80, tried


@pytest.mark.slow
def test_enclosures_hold_mpmath_values_on_ten_thousand_problems() -> None:
    tried: Counter[str] = Counter()
    for index, (problem, digits) in enumerate(random_problems(10_000, seed=1)):
        check(problem, digits, tried, skipped=RARELY if index % 10 else ())
    assert min(tried[key] for key in FOUNDATION) >= 1000, tried
    assert min(tried.values()) >= 20, tried


def test_problems_reach_every_law_exponent_and_size() -> None:
    problems = [problem for problem, _ in random_problems(600, seed=20240611)]
    kinds = Counter(type(problem.law).__name__ + ("" if problem.law.name != "rademacher" else "1") for problem in problems)
    assert len(kinds) == 6
    assert min(kinds.values()) > 50
    assert {problem.m for problem in problems} == {1, 3, 5, 7, 9}
    assert min(problem.p for problem in problems) < fmpq(1, 10**290)
    assert max(problem.p for problem in problems) == 1
    assert sum(problem.is_infinite for problem in problems) > 40
    assert max(problem.n for problem in problems if not problem.is_infinite) > 10**38
    assert max(problem.d for problem in problems) > 5 * 10**4


@pytest.mark.parametrize("law", [Rademacher(), Gaussian(), Laplace()], ids=["rademacher", "gaussian", "laplace"])
def test_the_extreme_problem_of_exact_input(law: Law) -> None:
    n: Any = "10^30"
    d: Any = "10^6"
    p: Any = "1e-400"
    tried: Counter[str] = Counter()
    check(Problem(n, d, 9, p, law), 50, tried, skipped=RARELY)
    assert len(tried) >= 11


def test_one_dimension_and_many_rare_features() -> None:
    p: Any = "1e-6"
    check(Problem(10**12, 1, 3, p, Rademacher()), 50, Counter())


@pytest.mark.parametrize(("key", "law"), [("uniform", "rademacher"), ("very_sparse", "1/3-support")])
def test_ten_thousand_digits(key: str, law: str) -> None:
    support = FiniteSupport(((fmpq(-3, 7), fmpq(1, 3)), (fmpq(0), fmpq(1, 3)), (fmpq(3, 7), fmpq(1, 3))))
    p: Any = Fraction(1, 7 * 10**19)
    problem = Problem(10**20, 12, 5, p, Rademacher() if law == "rademacher" else support)
    bound = BOUNDS[key]
    choice = bound.choose(problem)
    assert choice is not None
    enclosure = bound.enclose(problem, choice, 10_000)
    value = to_rational(evaluate(bound, problem, choice, 5_020))  # 10,040 digits are correct
    error = abs(value) * fmpq(1, 10**10_040)
    assert not enclosure.is_exact
    assert enclosure.digits >= 9_999
    assert enclosure.lower - error <= value <= enclosure.upper + error
    assert (enclosure.upper - enclosure.lower) * 10**10_000 < enclosure.lower
