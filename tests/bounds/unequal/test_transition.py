"""Where a less important feature comes in, against thresholds that the theory found by search."""

import pytest
from flint import fmpq

from boundcalc.bounds.unequal.transition import features_of_transition, gains_on_a_line, helps, is_left_out, transition
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

STEP = 1000 ** (1 / 59)
"""Between neighbours of the grid of importances."""


def number(text: str) -> fmpq:
    return parse_rational(text, parameter="p")


@pytest.mark.parametrize(
    ("law", "p", "threshold"),
    [
        ("rademacher", "1e-3", 0.0620),
        ("rademacher", "0.06", 0.7579),
        ("uniform", "1e-2", 0.1042),
        ("gaussian", "0.03", 0.1015),
    ],
)
def test_the_thresholds_of_the_theory_lie_between_the_ends(law, p, threshold):
    """n = 3, d = 2, importances 1, 1, ω: theory, section 4, the threshold ω_3 by search."""
    found = transition(3, 2, 3, number(p), law)
    up, low = (float(int(x.p) / int(x.q)) for x in (found.helps_from, found.none_up_to))
    assert threshold * (1 - 1e-3) <= up <= threshold * STEP * (1 + 1e-3)
    assert 0.05 * threshold < low < threshold


def test_one_dimension_never_holds_two_of_these_features():
    for law in ("rademacher", "uniform", "gaussian"):
        found = transition(2, 1, 3, number("0.01"), law)
        assert found.helps_from is None
        assert found.none_up_to > fmpq(999, 1000)


def test_what_is_said_at_one_importance():
    assert helps(FeatureProblem(features_of_transition(3, number("1e-3"), "rademacher", fmpq(1, 10)), 2, 3))
    few = FeatureProblem(features_of_transition(3, number("1/5"), "rademacher", fmpq(1, 2)), 2, 3)
    assert is_left_out(few)
    assert not helps(few)


def test_a_dimension_for_each_feature_is_refused():
    with pytest.raises(ParameterError, match="above d = 3"):
        transition(3, 3, 3, number("1/5"), "rademacher")


@pytest.mark.parametrize(("p", "threshold"), [("0.1", 0.975), ("0.5", 0.875), ("0.8", 0.7812), ("1", 0.7169)])
def test_two_laplace_features_in_one_dimension(p, threshold):
    """Theory, section 3: ω > 1 − p/4 up to the tricritical point p = 2 − √2, and from there on earlier, found by search."""
    found = transition(2, 1, 3, number(p), "laplace")
    low, high = (float(int(x.p) / int(x.q)) for x in (found.none_up_to, found.helps_from))
    assert high - low < 3e-4
    assert low - 1e-4 <= threshold <= high + 1e-4


@pytest.mark.parametrize("omega", ["0.77", "0.79"])
def test_the_polynomial_of_two_features_is_their_exact_loss(omega):
    """Against weights on a grid at p = 0.8, of which some are better than one feature alone only above the threshold."""
    problem = FeatureProblem(features_of_transition(2, number("0.8"), "laplace", number(omega)), 1, 3)
    alone = number("0.8") * fmpq(24**2, 720)
    best = max(exact_loss([[20, k]], m=3, features=problem.features).improvement_best_scale for k in range(1, 21))
    assert gains_on_a_line(problem) == (best > alone)
