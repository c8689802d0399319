"""Features that differ: what is accepted, and what follows from the groups."""

import pytest
from flint import fmpq

from boundcalc.model.features import FeatureProblem, Features, Group, features_of, problem_of
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError


def test_groups_are_exact_and_equal_neighbours_merge():
    features = Features((Group(2, "0.9", "1/3", "uniform"), Group(3, fmpq(9, 10), "1/3", "uniform"), Group(1, 1, "1/3", "uniform")))
    assert [(group.count, group.importance) for group in features.groups] == [(5, fmpq(9, 10)), (1, fmpq(1))]
    assert features.n == 6
    assert features.energy == (5 * fmpq(9, 10) + 1) * fmpq(1, 3) * fmpq(1, 3)
    assert features.spread("ab") == ["a"] * 5 + ["b"]


def test_moments_and_cumulants_of_a_scaled_law():
    group = Group(1, 1, "1/2", "rademacher", 3)
    assert (group.moment(2), group.moment(4), group.variance()) == (9, 81, fmpq(9, 2))
    # κ_4 = E x⁴ − 3 (E x²)²
    assert group.cumulants(3)[1:3] == (fmpq(9, 2), fmpq(81, 2) - 3 * fmpq(81, 4))


def test_a_problem_is_one_group():
    assert features_of(Problem(n=7, d=2, m=3, p="1/5", law="laplace")) == Features((Group(7, 1, "1/5", "laplace"),))


def test_json_names_every_group():
    problem = FeatureProblem([Group(2, "1/3", "1/7", "gaussian", 2)], d=1, m=3)
    assert problem.as_json() == {
        "n": "2",
        "d": 1,
        "m": 3,
        "features": [{"count": 2, "importance": "1/3", "p": "1/7", "law": "gaussian", "scale": "2"}],
    }
    assert (problem.rank, FeatureProblem([Group(2, 1, 1, "uniform")], d=5, m=1).rank) == (1, 2)


@pytest.mark.parametrize(
    ("make", "parameter", "said"),
    [
        (lambda: Group(0, 1, "1/2", "uniform"), "count", "1 to 1000000000"),
        (lambda: Group("1/2", 1, "1/2", "uniform"), "count", "whole number"),
        (lambda: Group(1, 0, "1/2", "uniform"), "importance", "> 0"),
        (lambda: Group(1, "-2", "1/2", "uniform"), "importance", "> 0"),
        (lambda: Group(1, 0.9, "1/2", "uniform"), "importance", "float"),
        (lambda: Group(1, 1, "3/2", "uniform"), "p", "0 < p <= 1"),
        (lambda: Group(1, 1, 0, "uniform"), "p", "0 < p <= 1"),
        (lambda: Group(1, 1, "1/2", "cauchy"), "law", "rademacher"),
        (lambda: Group(1, 1, "1/2", "uniform", 0), "scale", "> 0"),
        (lambda: Features(()), "features", "one or more groups"),
        (lambda: Features(((1, 1, "1/2", "uniform"),)), "features", "Group("),
        (lambda: Features.each([1, 2], ["1/2"], "uniform"), "p", "as many as"),
        (lambda: FeatureProblem([Group(1, 1, 1, "moments:2=1,4=2")], 1, 3), "law", "μ_6"),
        (lambda: FeatureProblem([Group(1, 1, 1, "uniform")], 0, 3), "d", "at least 1"),
        (lambda: FeatureProblem([Group(1, 1, 1, "uniform")], 1, 2), "m", "odd"),
        (lambda: problem_of(3, 1, 3, None, None, Features((Group(2, 1, 1, "uniform"),))), "features", "columns of W, 3"),
        (lambda: problem_of(2, 1, 3, "1/2", None, Features((Group(2, 1, 1, "uniform"),))), "p", "left out"),
        (lambda: problem_of(2, 1, 3, "1/2", None, None), "law", "must be given"),
    ],
)
def test_what_is_refused_says_what_is_allowed(make, parameter, said):
    with pytest.raises(ParameterError) as caught:
        make()
    assert caught.value.parameter == parameter
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
