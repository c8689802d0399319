"""Describes features that differ: groups of equal ones, each with its count, importance, activity, law and scale.

The loss is Σ_i ω_i E(x_i − x̂_i)² with x_i = s_i c_i u_i: s_i Bernoulli(p_i), u_i of the group's law, c_i its scale and ω_i
its importance. :class:`boundcalc.model.problem.Problem` is the case of one group of importance 1 and scale 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from flint import fmpq

from boundcalc.model.laws import Law
from boundcalc.model.nonnegative_laws import parse_any_law
from boundcalc.model.problem import Exact, Problem, Whole, check_law, read_exponent, read_law
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import cumulants_from_moments
from boundcalc.numbers.parsing import as_rational, whole_number

T = TypeVar("T")
MAX_FEATURES = 10**9
"""Most features that groups may add up to."""


@dataclass(frozen=True, init=False)
class Group:
    """Equal features.

    Parameters
    ----------
    count : int or text
        How many, at least 1.
    importance : int, ``Fraction``, ``fmpq`` or text
        ω > 0, the weight of each feature's squared error.
    p : int, ``Fraction``, ``fmpq`` or text
        Probability that a feature is active, 0 < p ≤ 1.
    law : Law or text
        Law of u; see :mod:`boundcalc.model.laws`, and :mod:`boundcalc.model.nonnegative_laws` for the activation ReLU.
    scale : int, ``Fraction``, ``fmpq`` or text
        c > 0: an active feature has the value c u.

    Raises
    ------
    ParameterError
        One line with the parameter, its value and what is allowed.

    >>> Group(2, 1, "1/10", "rademacher").p
    1/10
    """

    count: int
    importance: fmpq
    p: fmpq
    law: Law
    scale: fmpq

    def __init__(self, count: Whole, importance: Exact, p: Exact, law: Law | str, scale: Exact = 1) -> None:
        given = {
            "count": whole_number(count, parameter="count", least=1, most=MAX_FEATURES),
            "importance": as_rational(
                importance, parameter="importance", allowed="must be an exact number > 0, such as 1, 0.9 or 1/3"
            ),
            "p": as_rational(p, parameter="p", allowed="must be a number with 0 < p <= 1, such as 1e-6 or 1/3"),
            "law": parse_any_law(law) if isinstance(law, str) else law,
            "scale": as_rational(scale, parameter="scale", allowed="must be an exact number > 0, such as 1 or 1/2"),
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)
        for name, value in (("importance", self.importance), ("scale", self.scale)):
            if value <= 0:
                raise ParameterError(name, str(value), "must be > 0 (leave out a feature that does not count)")
        if not 0 < self.p <= 1:
            raise ParameterError("p", str(self.p), "must be a number with 0 < p <= 1")
        check_law(self.law)

    def moment(self, k: int) -> fmpq:
        """E (c u)^k."""
        return self.scale**k * self.law.moment(k)

    def variance(self) -> fmpq:
        """E x² = p c² μ_2."""
        return self.p * self.moment(2)

    def cumulants(self, m: int) -> tuple[fmpq, ...]:
        """Even cumulants of x up to order 2m: entry j is κ_{2j}, entry 0 is 0."""
        return tuple(fmpq(value) for value in cumulants_from_moments([1, *(self.p * self.moment(2 * j) for j in range(1, m + 1))]))

    def as_json(self) -> dict[str, object]:
        """Its entry in the JSON outputs."""
        exact = {"importance": self.importance, "p": self.p, "scale": self.scale}
        return {"count": self.count, "law": self.law.name, **{name: str(value) for name, value in exact.items()}}


@dataclass(frozen=True)
class Features:
    """Groups of features in the order of the columns of W.

    Raises
    ------
    ParameterError
        For no group, or more features than 10^9.

    >>> Features((Group(2, 1, "1/10", "rademacher"), Group(1, "1/2", "1/3", "gaussian"))).n
    3
    """

    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        groups = tuple(self.groups) if isinstance(self.groups, (list, tuple)) else ()
        if not groups or not all(isinstance(group, Group) for group in groups):
            raise ParameterError(
                "features", self.groups, "must be one or more groups, such as Features([Group(5, 1, '1/20', 'gaussian')])"
            )
        object.__setattr__(self, "groups", merged(groups))
        if self.n > MAX_FEATURES:
            raise ParameterError("features", self.n, f"must be at most {MAX_FEATURES} features")

    def __hash__(self) -> int:
        """Of a few groups: what is computed is kept by problem, and that of hundreds of fractions takes milliseconds."""
        return hash((len(self.groups), self.groups[0], self.groups[-1]))

    @classmethod
    def each(cls, importance: Sequence[Exact], p: Sequence[Exact], law: Law | str, scale: Exact = 1) -> Features:
        """One feature for each pair of importance and activity; equal neighbours become a group."""
        if len(importance) != len(p):
            raise ParameterError("p", f"{len(p)} values", f"must be as many as there are importances, {len(importance)}")
        known = parse_any_law(law) if isinstance(law, str) else law
        return cls(tuple(Group(1, weight, activity, known, scale) for weight, activity in zip(importance, p, strict=True)))

    @cached_property
    def n(self) -> int:
        """The number of features."""
        return sum(group.count for group in self.groups)

    @cached_property
    def kept(self) -> dict[tuple[str, int], Any]:
        """What was computed from these features, by name and exponent: weights are judged by the same ones many times."""
        return {}

    def cumulants(self, m: int) -> list[tuple[fmpq, ...]]:
        """Even cumulants of each group up to order 2m: [group][j] is κ_{2j}."""
        found: list[tuple[fmpq, ...]] = self.kept.setdefault(("cumulants", m), [])
        if not found:
            found.extend(group.cumulants(m) for group in self.groups)
        return found

    def spread(self, values: Iterable[T]) -> list[T]:
        """A value a feature from a value a group."""
        return [value for group, value in zip(self.groups, values, strict=True) for _ in range(group.count)]

    @property
    def energy(self) -> fmpq:
        """Σ ω_i E x_i², the loss of answering zero."""
        return sum((group.count * group.importance * group.variance() for group in self.groups), fmpq(0))

    def as_json(self) -> list[dict[str, object]]:
        """The ``features`` of the JSON outputs."""
        return [group.as_json() for group in self.groups]


@dataclass(frozen=True, init=False)
class FeatureProblem:
    """Features that differ, d hidden dimensions and the activation t ↦ t^m.

    Parameters
    ----------
    features : Features or sequence of Group
    d : int or text
        Hidden dimensions, at least 1.
    m : int or text
        Odd exponent of the activation, 1 ≤ m ≤ 999.

    >>> two = Features((Group(2, 1, "1/10", "rademacher"), Group(1, "1/2", "1/3", "gaussian")))
    >>> FeatureProblem(two, d=2, m=3).n
    3
    """

    features: Features
    d: int
    m: int

    is_infinite = False

    def __init__(self, features: Features | Sequence[Group], d: Whole, m: Whole) -> None:
        object.__setattr__(self, "features", features if isinstance(features, Features) else Features(features))  # type: ignore[arg-type]
        object.__setattr__(self, "d", whole_number(d, parameter="d", least=1))
        object.__setattr__(self, "m", read_exponent(m))
        for group in self.features.groups:
            read_law(group.law, self.m)

    @property
    def n(self) -> int:
        """The number of features."""
        return self.features.n

    @property
    def rank(self) -> int:
        """r = min(n, d)."""
        return min(self.n, self.d)

    @property
    def energy(self) -> fmpq:
        """Σ ω_i E x_i²."""
        return self.features.energy

    @cached_property
    def equal(self) -> tuple[Problem, fmpq] | None:
        """For features of one kind, their problem and the factor ω c² from its I* to this one's; ``None`` for others.

        With x = c x', the weights s W with s^{2m} = c^{1−m} make x̂ = c (A x')^m, and the loss ω c² times that of x'.
        """
        first = self.features.groups[0]
        if any(same_kind(group) != same_kind(first) for group in self.features.groups):
            return None
        return Problem(self.n, self.d, self.m, first.p, first.law), first.importance * first.scale**2

    def as_json(self) -> dict[str, object]:
        """The ``problem`` object of the JSON outputs."""
        return {"n": str(self.n), "d": self.d, "m": self.m, "features": self.features.as_json()}


AnyProblem = Problem | FeatureProblem
"""What the loss takes: equal features, or features that differ."""


def features_of(problem: AnyProblem) -> Features:
    """The features of either kind of problem; n must be finite."""
    if isinstance(problem, FeatureProblem):
        return problem.features
    return Features((Group(int(problem.n), 1, problem.p, problem.law),))


def finite_energy(problem: AnyProblem) -> fmpq:
    """E‖x‖² of the problem of a matrix, which has finitely many columns."""
    assert problem.energy is not None
    return problem.energy


def problem_of(n: int, d: int, m: Whole, p: Exact | None, law: Law | str | None, features: Features | None) -> AnyProblem:
    """The problem that a weight matrix of shape (d, n) is judged by.

    Raises
    ------
    ParameterError
        Where neither p and law nor features are given, or both, or where the features are not as many as the columns.
    """
    if features is None:
        return Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
    for name, value in (("p", p), ("law", law)):
        if value is not None:
            raise ParameterError(name, value, "must be left out where features are given, which hold it")
    features = features if isinstance(features, Features) else Features(features)
    if features.n != n:
        raise ParameterError("features", f"{features.n} features", f"must be as many as the columns of W, {n}")
    return FeatureProblem(features, d, m)


def keywords_of(problem: AnyProblem) -> dict[str, Any]:
    """What of a problem the functions of the loss take: p and law, or features."""
    return {"features": problem.features} if isinstance(problem, FeatureProblem) else {"p": problem.p, "law": problem.law}


def merged(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Equal neighbours as one group; the order of the features stays."""
    found: list[Group] = []
    for group in groups:
        if found and same_kind(found[-1]) == same_kind(group):
            found[-1] = Group(found[-1].count + group.count, group.importance, group.p, group.law, group.scale)
        else:
            found.append(group)
    return tuple(found)


def same_kind(group: Group) -> tuple[object, ...]:
    """What two groups of equal features have in common: importance, activity, law and scale."""
    return (group.importance, group.p, group.law, group.scale)
