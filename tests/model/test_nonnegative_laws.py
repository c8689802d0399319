"""Laws on [0, c]: moments, sampling, what is read and refused."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.model.nonnegative_laws import NonnegativeSupport, UniformFromZero, parse_any_law, parse_nonnegative_law
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError

TEXTS = ["uniform01", "uniform:0:3/2", "support:1:1", "support:0:1/2,1/3:1/4,2:1/4", "exponential", "half-normal"]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_read_back(text):
    law = parse_nonnegative_law(text)
    assert parse_nonnegative_law(law.name) == law
    assert parse_any_law(text) == law


@pytest.mark.parametrize("text", TEXTS)
def test_samples_have_the_moments(text):
    law = parse_nonnegative_law(text)
    drawn = law.sample(np.random.default_rng(0), 200_000)
    for k in (2,) if text == "half-normal" else (1, 2, 3):
        exact = law.moment(k)
        spread = float((drawn**k).std()) / 200_000**0.5
        assert abs(float((drawn**k).mean()) - int(exact.p) / int(exact.q)) <= 5 * spread


def test_moments_by_hand():
    assert UniformFromZero("3/2").moment(2) == fmpq(3, 4)
    assert NonnegativeSupport(((0, "1/2"), (2, "1/2"))).moment(3) == 4


@pytest.mark.parametrize("text", ["uniform(0,1)", "U[0,1]", "Uniform01", "uniform:0:1"])
def test_other_names_of_the_unit_interval(text):
    assert parse_nonnegative_law(text) == UniformFromZero()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rademacher", "takes negative values"),
        ("support:-1:1/2,1:1/2", "takes negative values"),
        ("moments:2=1", "takes negative values"),
        ("gamma", "must be uniform01"),
        ("uniform:1:2", "must be uniform on"),
        ("uniform:0:0", "c > 0"),
        ("support:1:1/2,2:1/3", "sum to 1"),
        ("support:1:1/2,1:1/2", "each point once"),
        ("support:0:1", "other than 0"),
        ("support:1:1,2:0", "positive weights"),
    ],
)
def test_refused_in_a_line(text, message):
    with pytest.raises(ParameterError, match="law = ") as raised:
        parse_nonnegative_law(text)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_power_model_refuses_them():
    for law in TEXTS:
        with pytest.raises(ParameterError, match=r"is for (loss|bounds) --activation relu"):
            Problem(n=3, d=2, m=3, p="1/2", law=law)
        group = Group(3, 1, "1/2", law)
        with pytest.raises(ParameterError, match=r"is for (loss|bounds) --activation relu"):
            FeatureProblem(Features((group,)), d=2, m=3)


@pytest.mark.parametrize(
    ("text", "name"), [("Exponential(1)", "exponential"), ("half normal", "half-normal"), ("HalfNormal", "half-normal")]
)
def test_other_names_of_unbounded_laws(text, name):
    assert parse_nonnegative_law(text).name == name


def test_the_mean_of_a_half_normal_value_is_irrational():
    with pytest.raises(ParameterError, match="irrational moment of order 1"):
        parse_nonnegative_law("half-normal").moment(1)
