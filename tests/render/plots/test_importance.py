"""The phase diagram of importance against activity: what is filled is what is certain, and the caption says so."""

import pytest
from flint import fmpq

from boundcalc.bounds.unequal.transition import transition
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots import importance, save


def test_the_regions_are_those_of_the_transitions(tmp_path):
    figure = importance(n=3, d=2, m=3, laws=("rademacher",), activities=2)
    (panel,) = figure.axes
    drawn = [collection.get_datalim(panel.transData) for collection in panel.collections]
    expected = []
    for p in (fmpq(1, 10**4), fmpq(1)):
        found = transition(3, 2, 3, p, "rademacher")
        if found.none_up_to is not None:
            expected.append((1e-3, float(int(found.none_up_to.p) / int(found.none_up_to.q))))
        if found.helps_from is not None:
            expected.append((float(int(found.helps_from.p) / int(found.helps_from.q)), 1.0))
    assert [end for box in drawn for end in (box.y0, box.y1)] == pytest.approx([end for ends in expected for end in ends])
    assert "helps somewhere up to p = 0.0001" in figure.caption  # at p = 1 it does not
    assert "n = 3 features of importances 1, 1 and" in figure.caption
    save(figure, tmp_path / "importance.svg", 100)
    assert (tmp_path / "importance.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n": 3, "d": 3}, "n = 3 with d = 3"),
        ({"n": 9, "d": 2}, "2 to 8 features"),
        ({"laws": ()}, "one to four laws"),
        ({"laws": ("cauchy",)}, "law"),
        ({"m": 2}, "odd"),
        ({"activities": 1}, "at least 2"),
    ],
)
def test_what_is_refused(given, said):
    with pytest.raises(ParameterError, match=said):
        importance(**given)
