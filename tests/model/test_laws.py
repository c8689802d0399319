"""Laws: exact moments, which moment lists exist, samplers, and text."""

from __future__ import annotations

import time
from fractions import Fraction
from math import factorial
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.certificate.verifier import problem as verifier
from boundcalc.cli.options import LAW_HELP
from boundcalc.model.laws import FORMS, FiniteSupport, Gaussian, Laplace, Law, MomentList, Rademacher, Uniform, parse_law
from boundcalc.model.laws import NAMED as LAWS
from boundcalc.numbers.errors import ParameterError

NAMED: dict[str, Law] = {"rademacher": Rademacher(), "gaussian": Gaussian(), "uniform": Uniform(), "laplace": Laplace()}
DENSITIES = {
    "gaussian": lambda u: mpmath.exp(-(u**2) / 2) / mpmath.sqrt(2 * mpmath.pi),
    "uniform": lambda u: mpmath.mpf(1) / 2 if u <= 1 else mpmath.mpf(0),
    "laplace": lambda u: mpmath.exp(-u) / 2,
}


def refusal(call: Any, *arguments: Any) -> str:
    start = time.process_time()
    with pytest.raises(ParameterError) as caught:
        call(*arguments)
    assert time.process_time() - start < 2  # nothing huge is computed before it is refused
    message = str(caught.value)
    assert message.startswith("law = ")
    assert message.isprintable()
    assert len(message) < 300
    return message


@pytest.mark.parametrize("name", DENSITIES)
@pytest.mark.parametrize("k", [0, 2, 4, 6, 10, 18])
def test_moments_are_integrals_of_the_density(name: str, k: int) -> None:
    with mpmath.workdps(30):
        end = [0, 1] if name == "uniform" else [0, 1, 5, 20, 60, mpmath.inf]
        integral = 2 * mpmath.quad(lambda u: u**k * DENSITIES[name](u), end)
        moment = NAMED[name].moment(k)
        assert abs(integral / (mpmath.mpf(int(moment.p)) / int(moment.q)) - 1) < mpmath.mpf(10) ** -20


@pytest.mark.parametrize("name", NAMED)
def test_odd_moments_vanish_and_the_zeroth_is_one(name: str) -> None:
    assert [NAMED[name].moment(k) for k in (1, 3, 7)] == [0, 0, 0]
    assert NAMED[name].moment(0) == 1


def test_what_lists_laws_by_name_has_them_all() -> None:
    """docs/howto/add_a_law.md says where; the verifier imports nothing of ours, and the command line imports laws late."""
    assert LAW_HELP == f"{FORMS}."
    assert set(LAWS) == set(NAMED) == set(verifier.LAWS)


@st.composite
def supports(draw: st.DrawFn) -> dict[Fraction, Fraction]:
    """A symmetric finite law, as Fractions."""
    values = draw(
        st.lists(st.fractions(min_value=Fraction(1, 50), max_value=20, max_denominator=50), min_size=1, max_size=4, unique=True)
    )
    parts = [draw(st.integers(1, 20)) for _ in values]
    centre = draw(st.integers(0, 10))
    total = 2 * sum(parts) + centre
    law = {sign * v: Fraction(w, total) for v, w in zip(values, parts, strict=True) for sign in (1, -1)}
    return law | ({Fraction(0): Fraction(centre, total)} if centre else {})


@given(supports(), st.integers(0, 20))
def test_finite_support_moments(points: dict[Fraction, Fraction], k: int) -> None:
    law = FiniteSupport(tuple(points.items()))  # type: ignore[arg-type]
    expected = sum(w * v**k for v, w in points.items())
    assert law.moment(k) == fmpq(expected.numerator, expected.denominator)


@given(supports())
def test_support_text_round_trips(points: dict[Fraction, Fraction]) -> None:
    law = parse_law("support:" + ",".join(f"{v}:{w}" for v, w in points.items()))
    assert law == FiniteSupport(tuple(points.items()))  # type: ignore[arg-type]
    assert parse_law(law.name) == law


@pytest.mark.parametrize("name", NAMED)
def test_names_round_trip(name: str) -> None:
    assert parse_law(name) == parse_law(f"  {name.upper()} ") == NAMED[name]
    assert parse_law(name).name == name


def test_moment_list_text_round_trips() -> None:
    law = parse_law("moments:6=15, 2=1, 4=3")
    assert law == MomentList((fmpq(1), fmpq(3), fmpq(15)))
    assert law.name == "moments:2=1,4=3,6=15"
    assert parse_law(law.name) == law
    assert law.max_order == 7
    assert "μ_8 is needed" in refusal(law.moment, 8)


@pytest.mark.parametrize("count", [1, 2, 3, 9, 30])
@pytest.mark.parametrize("name", NAMED)
def test_moments_of_every_law_pass_the_hankel_check(name: str, count: int) -> None:
    law = MomentList(tuple(NAMED[name].moment(2 * j) for j in range(1, count + 1)))
    assert law.moment(2 * count) == NAMED[name].moment(2 * count)


@given(supports(), st.integers(1, 10))
def test_moments_of_a_finite_support_pass_the_hankel_check(points: dict[Fraction, Fraction], count: int) -> None:
    """With many moments both Hankel matrices are singular."""
    moments = tuple(sum(w * v ** (2 * j) for v, w in points.items()) for j in range(1, count + 1))
    assert MomentList(moments).moment(2) == fmpq(moments[0].numerator, moments[0].denominator)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(supports(), st.integers(1, 6), st.fractions(min_value=Fraction(1, 10**6), max_value=1))
def test_a_list_beyond_the_support_is_rigid(points: dict[Fraction, Fraction], extra: int, change: Fraction) -> None:
    """k positive squares (and 0 or not) are fixed by their first moments: then no later moment may change."""
    atoms = len({v * v for v in points})
    count = 2 * atoms - (Fraction(0) in points) + extra
    moments = [sum(w * v ** (2 * j) for v, w in points.items()) for j in range(1, count + 1)]
    for sign in (1, -1):
        with pytest.raises(ParameterError):
            MomentList((*moments[:-1], moments[-1] + sign * change))  # type: ignore[arg-type]


@given(st.fractions(min_value=Fraction(1, 9), max_value=9), st.fractions(min_value=0, max_value=90))
def test_two_moments_exist_exactly_by_cauchy_schwarz(mu_2: Fraction, mu_4: Fraction) -> None:
    if mu_4 >= mu_2**2:
        MomentList((mu_2, mu_4))  # type: ignore[arg-type]
    else:
        assert "not positive semidefinite" in refusal(MomentList, (mu_2, mu_4))


@given(st.tuples(*[st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=8)] * 3))
def test_three_moments_exist_exactly_by_two_determinants(moments: tuple[Fraction, Fraction, Fraction]) -> None:
    """s = u²: 1, s_1, s_2 and s_1, s_2, s_3 positive semidefinite; at s_2 = s_1² the law is ±√s_1, so s_3 = s_1³."""
    s_1, s_2, s_3 = moments
    exists = s_2 >= s_1**2 and s_1 * s_3 >= s_2**2 and (s_2 > s_1**2 or s_3 == s_1**3)
    try:
        MomentList(moments)  # type: ignore[arg-type]
    except ParameterError:
        assert not exists
    else:
        assert exists


@pytest.mark.parametrize(
    "text", ["2=1,4=1,6=2", "2=1,4=1/2", "2=1,4=3,6=8", "2=1,4=2,6=4,8=7", "2=2,4=4,6=8,8=17", "2=1,4=1,6=1,8=1,10=2"]
)
def test_infeasible_lists_are_refused(text: str) -> None:
    assert "must be the moments of a symmetric law" in refusal(parse_law, f"moments:{text}")


def test_the_singular_list_that_exists_is_accepted() -> None:
    assert parse_law("moments:2=1,4=1,6=1").moment(6) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must be rademacher"),
        ("cauchy", "must be rademacher, gaussian, uniform, laplace, "),
        ("laplase", "(did you mean laplace?)"),
        ("gaussian:1", "(did you mean gaussian?)"),
        ("x" * 10**6, "at most 20000 characters"),
        ("support:" + "1:1," * 10**5, "at most 20000 characters"),
        ("support:", "must have the form support:VALUE:WEIGHT"),
        ("support:-1:1/2:3,1:1/2", "must have the form support:VALUE:WEIGHT"),
        ("support:a:1/2,1:1/2", "must be a number"),
        ("support:-1:1/4,1:1/2", "sum to 1, they sum to 3/4"),
        ("support:-1:1/2,1:1/4,0:1/4", "must be symmetric, -1 and 1 differ"),
        ("support:1:1", "must be symmetric"),
        ("support:-1:1/2,-1:1/2", "-1 stands twice"),
        ("support:-1:-1/2,1:-1/2,0:2", "must have positive weights"),
        ("support:-1:1/2,1:1/2,0:0", "must have positive weights"),
        ("support:0:1", "must have a point other than 0"),
        ("support:" + ",".join(f"{i}:1" for i in range(1200)), "at most 1000 points"),
        ("support:1e-99999:1,-1e-99999:1", "they sum to 2"),
        ("support:1:1e-9999,-1:1e-9999", "sum to 1, they sum to"),
        ("support:__import__('os'):1/2,1:1/2", "must be a number"),
        ("moments:", "must list each even moment once"),
        ("moments:2=0,4=0", "must have μ_2 > 0"),
        ("moments:2=-1,4=1", "must have μ_2 > 0"),
        ("moments:2=1,2=1", "must list each even moment once"),
        ("moments:2=1,6=1", "μ_4 is missing"),
        ("moments:2=1,3=0,4=3", "is missing"),
        ("moments:2=1,4=nan", "must be a number"),
        ("moments:" + ",".join(f"{2 * j}=1" for j in range(1, 1000)), "at most 100 even moments"),
        ("__import__('os').system('true')", "must be rademacher"),
    ],
)
def test_bad_text_is_refused(text: str, why: str) -> None:
    assert why in refusal(parse_law, text)


@pytest.mark.parametrize(
    "points",
    [5, ((1,),), "abc", ((0.5, fmpq(1, 2)), (fmpq(-1, 2), fmpq(1, 2))), ((True, 1),), ((None, 1),), (), ((1, 0.5), (-1, 0.5))],
)
def test_bad_supports_of_the_api_are_refused(points: Any) -> None:
    refusal(FiniteSupport, points)


@pytest.mark.parametrize("even", [5, (), (0.5,), ("x",), ("1", None), "13"])
def test_bad_lists_of_the_api_are_refused(even: Any) -> None:
    refusal(MomentList, even)


@pytest.mark.parametrize(
    "law", [*NAMED.values(), parse_law("support:-3:1/8,-1/3:1/4,0:1/4,1/3:1/4,3:1/8")], ids=lambda law: law.name
)
@pytest.mark.parametrize("k", [1, 2, 3, 4, 6])
def test_samples_have_the_moments(law: Law, k: int) -> None:
    size = 200_000
    draws = law.sample(np.random.default_rng(7), size)
    assert draws.shape == (size,)
    assert draws.dtype == np.float64
    deviation = float(law.moment(2 * k) - law.moment(k) ** 2) ** 0.5
    assert abs(np.mean(draws**k) - float(law.moment(k))) <= 5 * deviation / size**0.5 + 1e-12


def test_samples_have_the_asked_shape_and_follow_the_seed() -> None:
    for law in NAMED.values():
        draws = law.sample(np.random.default_rng(3), (4, 5))
        assert draws.shape == (4, 5)
        np.testing.assert_array_equal(draws, law.sample(np.random.default_rng(3), (4, 5)))


def test_a_moment_list_cannot_be_sampled() -> None:
    refusal(parse_law("moments:2=1").sample, np.random.default_rng(0), 3)


def test_gaussian_moments_by_the_double_factorial_recursion() -> None:
    assert [Gaussian().moment(k) for k in range(0, 11, 2)] == [1, 1, 3, 15, 105, 945]
    assert Laplace().moment(12) == factorial(12)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("normal", "did you mean gaussian?"),
        ("N(0, 1)", "did you mean gaussian?"),
        ("sign", "did you mean rademacher?"),
        ("uniform(-1,1)", "did you mean uniform?"),
        ("gausian", "did you mean gaussian?"),
        ("uniform(0,1)", "those on [0, 1] are for loss --activation relu"),
    ],
)
def test_names_from_elsewhere_get_advice(text, advice):
    with pytest.raises(ParameterError) as caught:
        parse_law(text)
    assert advice in str(caught.value)
