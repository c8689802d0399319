"""A problem is exact, validated at construction, hashable and picklable."""

from __future__ import annotations

import copy
import pickle
import time
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import UPPER
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.laws import Gaussian, Rademacher
from boundcalc.model.problem import INFINITY, MISSING, Problem
from boundcalc.numbers.errors import ParameterError

GOOD: dict[str, Any] = {"n": 120, "d": 8, "m": 3, "p": "1e-6", "law": "rademacher"}


def test_text_and_exact_numbers_give_the_same_problem() -> None:
    written = Problem(**GOOD)
    assert written == Problem(n="120", d="8", m="3", p=Fraction(1, 10**6), law=Rademacher())  # type: ignore[arg-type]
    assert written.p == fmpq(1, 10**6)
    assert hash(written) == hash(Problem(**GOOD))
    assert written != Problem(**GOOD | {"law": Gaussian()})


@pytest.mark.parametrize("n", ["inf", "INF", " infinity ", "oo", "∞", INFINITY])
def test_infinitely_many_features(n: Any) -> None:
    problem = Problem(**GOOD | {"n": n})
    assert problem.is_infinite
    assert problem.rank == 8
    assert problem.energy is None
    assert problem.as_json()["n"] == "inf"


def test_derived_values() -> None:
    problem = Problem(n=5, d=8, m=3, p="1/3", law="uniform")  # type: ignore[arg-type]
    assert problem.rank == 5
    assert problem.energy == fmpq(5, 9)
    assert problem.as_json() == {"n": "5", "d": 8, "m": 3, "p": "1/3", "law": "uniform"}


def test_the_largest_exact_input_of_the_issue() -> None:
    problem = Problem(n="10^30", d="10^6", m=9, p="1e-400", law="rademacher")  # type: ignore[arg-type]
    assert problem.n == 10**30
    assert problem.p == 1 / fmpq(10) ** 400
    assert problem.energy == 1 / fmpq(10) ** 370


@pytest.mark.parametrize(
    "law", ["rademacher", "gaussian", "uniform", "laplace", "support:-1:1/4,0:1/2,1:1/4", "moments:2=1,4=3,6=15"]
)
def test_problems_survive_pickling_and_copying(law: str) -> None:
    problem = Problem(**GOOD | {"law": law, "n": "inf"})
    for twin in (pickle.loads(pickle.dumps(problem)), copy.deepcopy(problem)):
        assert twin == problem
        assert hash(twin) == hash(problem)
        assert twin.law.moment(6) == problem.law.moment(6)


def test_problems_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Problem(**GOOD).n = 3  # type: ignore[misc]


WHOLE = "must be a whole number, at least 1"
ODD = "must be an odd whole number, 1 to 999, such as 3 or 5 (an even power loses the sign of a feature)"
RANGE = "must be a number with 0 < p <= 1"


@pytest.mark.parametrize(
    ("parameter", "value", "allowed"),
    [
        ("n", 0, f"{WHOLE}, or inf"),
        ("n", -1, f"{WHOLE}, or inf"),
        ("n", "1.5", f"{WHOLE}, or inf"),
        ("n", "nan", f"{WHOLE}, or inf"),
        ("n", "-inf", f"{WHOLE}, or inf"),
        ("n", float("-inf"), f"{WHOLE}, or inf"),
        ("n", float("nan"), f"{WHOLE}, or inf"),
        ("n", True, f"{WHOLE}, or inf"),
        ("n", None, MISSING),
        pytest.param("n", -(10**6000), f"{WHOLE}, or inf", id="huge n"),
        ("n", 10.0, "is a float, which is not exact: write 10"),
        ("d", 0, WHOLE),
        ("d", "-3", WHOLE),
        ("d", "inf", WHOLE),
        ("d", INFINITY, WHOLE),
        ("d", "8.5", WHOLE),
        ("d", "8 8", WHOLE),
        ("m", 2, ODD),
        ("m", 0, ODD),
        ("m", -3, ODD),
        ("m", 1001, ODD),
        ("m", "3/2", ODD),
        ("m", "three", ODD),
        ("p", 0, RANGE),
        ("p", "0", RANGE),
        ("p", "-1e-6", RANGE),
        ("p", "1.0000000001", RANGE),
        pytest.param("p", 10**6000, RANGE, id="huge p"),
        ("p", "nan", f"{RANGE}, such as 1e-6 or 1/3 (one percent is 0.01)"),
        ("p", "inf", f"{RANGE}, such as 1e-6 or 1/3 (one percent is 0.01)"),
        ("p", "1j", f"{RANGE}, such as 1e-6 or 1/3 (one percent is 0.01)"),
        ("p", True, f"{RANGE}, such as 1e-6 or 1/3 (one percent is 0.01)"),
        ("p", "__import__('os').system('true')", f"{RANGE}, such as 1e-6 or 1/3 (one percent is 0.01)"),
        ("p", "1e999999999", "must be a number with a decimal exponent of at most 100000"),
        ("p", 0.5, "is a float, which is not exact: pass text such as p='0.5' or a fraction"),
        ("law", "cauchy", None),
        ("law", "gausian", "did you mean gaussian?)"),
        ("law", 3, "must be a law, such as 'gaussian' or Gaussian()"),
        ("law", None, MISSING),
        ("law", Rademacher, "must be a law, such as 'gaussian' or Gaussian()"),
        ("law", "moments:2=1,4=3", "must list moments up to μ_6 for m = 3"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(parameter: str, value: Any, allowed: str | None) -> None:
    start = time.process_time()
    with pytest.raises(ParameterError) as caught:
        Problem(**GOOD | {parameter: value})
    assert time.process_time() - start < 2  # nothing huge is computed before it is refused
    message = str(caught.value)
    assert message.startswith(f"{parameter} = ")
    assert message.isprintable()
    assert message.endswith(allowed or "or moments:2=1,4=3,6=15")


@pytest.mark.parametrize("digits", [0, -1, 10_001, 1.5, True, "30", None])
def test_bad_digits_are_refused_in_one_line(digits: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        evaluate_upper(UPPER[0], Problem(**GOOD), digits)
    assert str(caught.value) == f"digits = {digits}: must be a whole number, 1 to 10000"
