"""What declarations say beyond the formula: which bounds are never worse than which, and that keys named there exist."""

from __future__ import annotations

import pytest

from boundcalc.bounds.catalog import BOUNDS, UPPER
from boundcalc.bounds.declaration import UpperBound
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.render.closed_forms.limits import REGIMES

PAIRS = [(bound.key, other) for bound in BOUNDS.values() for other in bound.dominates]
PROBLEMS = [
    Problem(n, d, m, p, law)
    for n, d in ((2, 3), (5, 3), (9, 4), (40, 5), (300, 8), (INFINITY, 4))
    for m in (3, 5)
    for p in ("1e-6", "1/50", "1/5", "1")
    for law in ("rademacher", "gaussian", "laplace")
]


@pytest.mark.parametrize(("key", "other"), PAIRS)
def test_a_bound_that_dominates_is_never_worse(key, other):
    bound, weaker, met = BOUNDS[key], BOUNDS[other], 0
    assert type(bound) is type(weaker)
    for problem in PROBLEMS:
        if bound.why_not(problem) or weaker.why_not(problem):
            continue
        met += 1
        first, second = (b.enclose(problem, b.choose(problem), 15) for b in (bound, weaker))
        if isinstance(bound, UpperBound):
            assert first.lower <= second.upper, problem
        else:
            assert first.upper >= second.lower, problem
    assert met >= 3


def test_very_sparse_has_companions_that_it_does_not_dominate():
    """The test above can fail: equiangular is above rank for many features."""
    problem = Problem(10**6, 4, 3, "1e-9", "rademacher")
    values = [BOUNDS[key].enclose(problem, BOUNDS[key].choose(problem), 12) for key in ("equiangular", "rank")]
    assert values[0].lower > values[1].upper


@pytest.mark.parametrize("bound", UPPER, ids=lambda bound: bound.key)
def test_every_upper_bound_says_what_its_certificate_holds(bound):
    assert bound.certificate is not None, f"{bound.key} declares no certificate: `nothing` where its formula is enough"


def test_reasons_name_limits_that_exist():
    for bound in BOUNDS.values():
        unknown = set(bound.limits.none) - {"", *REGIMES}
        assert not unknown, f"{bound.key}: Limits(none=...) names no limit: {unknown}; the limits are {', '.join(REGIMES)}"


def test_a_form_for_every_exponent_is_needed_where_the_expanded_one_grows():
    for bound in BOUNDS.values():
        if bound.general is not None:
            assert bound.general.inequality.startswith((r"I^{\ast} \le", r"I^{\ast} \ge"))
            assert bound.latex(bound.general.up_to + 2).startswith(bound.general.inequality[:11])
