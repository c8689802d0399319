"""What printed forms assume; every bound's expression and LaTeX for every exponent, or one line that says why not."""

from __future__ import annotations

import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.notation import symbol
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.closed_forms.conditions import conditions
from boundcalc.render.statement import hypotheses

UNEXPANDED = {key for key, bound in BOUNDS.items() if bound.general is not None and bound.general.expression_up_to is not None}


@pytest.mark.parametrize("m", [1, 3, 5, 7, 101])
@pytest.mark.parametrize("key", list(BOUNDS))
def test_every_bound_has_latex_or_says_why_not(key, m):
    bound = BOUNDS[key]
    if bound.undefined(m):
        for method in (bound.expression, bound.latex):
            with pytest.raises(ParameterError, match=f"m = {m}: must be .* for the bound {key}"):
                method(m)
        return
    assert bound.latex(m).startswith((r"I^{\ast} \le", r"I^{\ast} \ge"))
    if m == 101 and key in UNEXPANDED:
        with pytest.raises(ParameterError, match=r"m = 101: must be at most \d+ for an expanded form"):
            bound.expression(m)
    else:
        assert bound.expression(m).free_symbols


@pytest.mark.parametrize("key", list(BOUNDS))
def test_even_exponents_are_refused(key):
    for method in (BOUNDS[key].expression, BOUNDS[key].latex):
        with pytest.raises(ParameterError, match="odd"):
            method(4)


WITNESSES = (
    "half_design",
    "known_frame",
    "unbiased_bases",
    "random_walsh",
    "random_chirps",
    "orthogonal_array",
    "direct_sum",
    "search",
)


@pytest.mark.parametrize("key", WITNESSES)
def test_a_witness_is_assumed(key):
    assert conditions(BOUNDS[key], 3)


@pytest.mark.parametrize("key", [key for key, bound in BOUNDS.items() if bound.operator(3)])
def test_the_printed_row_function_assumes_cumulants_of_one_sign(key):
    """For m >= 5 the supremum of capacity is over the rows themselves, whatever the cumulants."""
    for m, last in ((3, 6), (5, 10)) if key != "capacity" else ((3, 6),):
        assert any(f"cumulants $kappa_2, ..., kappa_{{{last}}}$ of the features" in text for text in conditions(BOUNDS[key], m))


def test_the_printed_row_function_is_not_the_bound_without_them():
    """Rademacher, p = 1/2: kappa_4 < 0, and what capacity proves is far above the supremum of the printed function."""
    supremum, certified = printed_and_certified("1/2")
    assert certified > 2 * supremum


def test_the_printed_row_function_is_the_bound_under_them():
    supremum, certified = printed_and_certified("0.01")
    assert abs(certified / supremum - 1) < 1e-6


def printed_and_certified(p: str) -> tuple[float, float]:
    problem = Problem(INFINITY, 1, 3, p, "rademacher")
    value = evaluate_upper(BOUNDS["capacity"], problem, 12).value
    assert value is not None
    values = {symbol("p"): int(problem.p.p) / int(problem.p.q)} | {symbol("mu", k): 1 for k in (2, 4, 6)}
    p1 = values[symbol("p")]
    second, fourth, sixth = p1, p1 - 3 * p1**2, p1 - 15 * p1**2 + 30 * p1**3  # of a Rademacher feature
    found = []
    for k in range(20_001):
        q = 1 + k / 200
        found.append(q * (fourth + 3 * second**2 * q) ** 2 / (sixth + 15 * fourth * second * q + 15 * second**3 * q**3))
    return max(found), int(value.certified.p) / int(value.certified.q)


def test_no_condition_on_m_is_left_once_m_is_known():
    for bound in BOUNDS.values():
        for m in (3, 5, 7, 101):
            if not bound.undefined(m):
                assert not any("2m" in text or text.startswith("$m ") for text in conditions(bound, m))


def test_names_that_the_conditions_define_are_not_in_the_legend():
    from boundcalc.render.statement import statement

    text = statement(BOUNDS["frontier"], 5)
    assert {"x", "y", "s"} <= set(closed_form(BOUNDS["frontier"], 5).symbols)
    assert "$x_k = s_k - h(1)$" in "; ".join(hypotheses(BOUNDS["frontier"], 5))
    assert "weight of" not in text
