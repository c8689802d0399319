"""U10 for importances that differ: equality for Rademacher features from p = 1/3 on, and when it does not apply."""

import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.model.features import Features, Group


@pytest.mark.parametrize("p", ["1/3", "0.6", "1"])
def test_rademacher_features_keep_the_most_important_ones(p):
    features = Features.each(["1", "5", "1/2", "3"], [p] * 4, "rademacher")
    found = report(features=features, d=2, m=3, digits=8)
    assert found["dense"].value.certified == found["orthonormal"].value.certified == fmpq(8) * features.groups[0].p
    assert found.is_sharp
    assert found.selection.represented == (2, 4)


def test_what_it_needs():
    several = Features((Group(1, 1, "1/2", "rademacher"), Group(1, 1, "2/3", "rademacher")))
    assert "one activity, law and scale" in report(features=several, d=1, m=3, digits=5)["dense"].why_not
    sparse = Features((Group(1, 1, "1/5", "rademacher"), Group(1, 2, "1/5", "rademacher")))
    assert report(features=sparse, d=1, m=3, digits=5)["dense"].why_not == "needs kappa_4 <= 0; here kappa_4 = 2/25"
    assert report(features=several, d=1, m=5, digits=5)["dense"].why_not == "needs m = 3; here m = 5"
