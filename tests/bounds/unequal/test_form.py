"""One model: features of one kind have the bounds of equal features, and features that hardly differ nearly the same."""

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS, LOWER, UPPER
from boundcalc.bounds.evaluate import report
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.model.problem import Problem

FORMS = sorted(key for key, bound in BOUNDS.items() if bound.unequal is not None)


def test_which_bounds_cover_features_that_differ():
    assert FORMS == [
        "capacity", "dense", "direct_sum", "frontier", "orthonormal", "rank", "search", "trivial", "very_sparse"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n", "d", "m", "p", "law"), [(6, 3, 3, "1/50", "rademacher"), (5, 2, 5, "1e-3", "uniform"), (4, 2, 3, "1/2", "rademacher")]
)
def test_one_kind_has_the_values_of_equal_features_times_importance_and_square_of_the_scale(n, d, m, p, law):
    # two runs of one kind, which are no neighbours' group at first
    features = Features((Group(n - 1, "3/7", p, law, "5/2"), Group(1, "3/7", p, law, "5/2")))
    found, equal = report(features=features, d=d, m=m, digits=12), report(n, d, m, p, law, digits=12)
    factor = fmpq(3, 7) * fmpq(5, 2) ** 2
    for mine, known in zip((*found.upper, *found.lower), (*equal.upper, *equal.lower), strict=True):
        assert mine.bound is known.bound
        assert (mine.why_not, mine.status) == (known.why_not, known.status)
        if known.value is not None:
            assert mine.value.enclosure.lower == factor * known.value.enclosure.lower
            assert mine.value.enclosure.upper == factor * known.value.enclosure.upper
    assert found.baseline == factor * equal.baseline
    assert found.ratio == equal.ratio


def test_the_factor_of_one_kind_is_that_of_the_exact_loss():
    W = [[1, 2, 0, 1], [0, 1, 1, -1]]
    for m in (1, 3, 5):
        features = Features((Group(4, "3/7", "1/5", "gaussian", "5/2"),))
        problem, factor = FeatureProblem(features, 2, m).equal
        assert problem == Problem(4, 2, m, "1/5", "gaussian")
        mine, known = exact_loss(W, m=m, features=features), exact_loss(W, m=m, p="1/5", law="gaussian")
        assert mine.improvement_best_scale == factor * known.improvement_best_scale


@pytest.mark.parametrize(
    ("n", "d", "p", "law"),
    [(6, 3, "1/50", "rademacher"), (7, 2, "1e-4", "gaussian"), (12, 3, "1/20", "uniform"), (5, 1, "1/100", "rademacher")],
)
def test_features_that_hardly_differ_have_nearly_the_bounds_of_equal_ones(n, d, p, law):
    """Upper bounds are at most those of equal features of the larger importance, the solver's grid apart."""
    more = fmpq(10**9 + 1, 10**9)
    found = report(features=Features((Group(1, 1, p, law), Group(n - 1, more, p, law))), d=d, m=3, digits=12)
    equal = report(n, d, 3, p, law, digits=12)
    for key in ("trivial", "rank", "very_sparse", "capacity", "frontier"):
        assert found[key].value.certified <= equal[key].value.certified * fmpq(10**5 + 1, 10**5), key
    assert found.best_lower.value.certified >= equal["orthonormal"].value.certified
    assert found.best_upper.value.certified >= found.best_lower.value.certified


def test_bounds_for_equal_features_alone_say_so():
    found = report(features=Features((Group(1, 1, "1/9", "uniform"), Group(2, 2, "1/9", "uniform"))), d=1, m=3, digits=6)
    alone = [o.bound.key for o in (*found.upper, *found.lower) if o.why_not == "features that differ: the bound is for equal ones"]
    assert sorted(alone) == sorted(bound.key for bound in (*UPPER, *LOWER) if bound.unequal is None)
