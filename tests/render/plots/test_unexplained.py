"""The unexplained fraction of weights stands where the enumeration of all states puts it, on the right side of the bounds."""

import numpy as np
import pytest
from oracles.enumerated_loss import enumerate_loss

from boundcalc import Features, ParameterError, exact_loss, loss_of, plot
from boundcalc.bounds.evaluate import report
from boundcalc.numbers.enclosure import to_float
from boundcalc.render import plots

W = 0.8 * np.array([[1.0, 0.5, -0.5, 0.25], [0.0, 0.75, 0.75, -1.0]])


def by_gid(figure):
    return {line.get_gid(): line for line in figure.axes[0].lines if line.get_gid()}


@pytest.fixture(scope="module")
def judged():
    return loss_of(W, 3, "1/10", "rademacher")


def test_the_points_are_where_the_states_put_them(judged):
    drawn = by_gid(plot(judged, across="1/20..1/5"))
    given = 1 - to_float(enumerate_loss(W, m=3, p="1/10", law="rademacher").improvement) / (4 * 0.1)
    assert drawn["given"].get_ydata()[0] == pytest.approx(given, rel=1e-12)
    assert drawn["given"].get_xdata()[0] == drawn["best-scale"].get_xdata()[0] == 0.1
    assert drawn["best-scale"].get_ydata()[0] <= drawn["given"].get_ydata()[0]


def test_the_lines_are_the_report_s(judged):
    drawn = by_gid(plot(judged, across="1/20..1/5"))
    x, floor, known, alone = (list(map(float, data)) for data in (
        drawn["floor"].get_xdata(), drawn["floor"].get_ydata(), drawn["known"].get_ydata(), drawn["orthonormal"].get_ydata(),
    ))  # fmt: skip
    assert (x[0], x[-1], len(x)) == (pytest.approx(0.05), pytest.approx(0.2), 25)  # 1/10 is one of them
    assert all(low <= high + 1e-12 <= basis + 2e-12 for low, high, basis in zip(floor, known, alone, strict=True))
    answer = report(4, 2, 3, "1/10", "rademacher")
    k = x.index(0.1)
    assert floor[k] == pytest.approx(float(answer.unexplained.lower), rel=1e-9)
    assert known[k] == pytest.approx(float(answer.unexplained.upper), rel=1e-9)
    assert alone[k] == pytest.approx(1 - 2 / 4)  # p d of p n
    assert floor[k] <= drawn["best-scale"].get_ydata()[0]


def test_a_loss_above_zero_s_has_an_arrow():
    figure = plots.unexplained(loss_of(3 * W, 3, "1/10", "rademacher"), across="1/20..1/5")
    assert by_gid(figure)["given"].get_ydata()[0] == 1
    assert "W as given, above" in [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.parametrize("across", ["1/20", "1/5..1/2", "1/2..1/20", "0..1", "a..b"])
def test_a_range_that_does_not_hold_p_is_refused(judged, across):
    with pytest.raises(ParameterError, match="must be a range of p that holds that of the weights"):
        plots.unexplained(judged, across=across)


def test_untied_weights_have_no_such_figure():
    with pytest.raises(ParameterError, match="must be tied to have bounds"):
        plot(loss_of(W, 3, "1/10", "rademacher", decoder=W))
    with pytest.raises(ParameterError, match="must be one of unexplained, witness, capacities for what loss_of gives"):
        plot(loss_of(W, 3, "1/10", "rademacher"), "training")


def test_features_that_differ_have_their_largest_activity_as_the_axis():
    features = Features.each([1, "1/2"], ["1/10", "1/20"], "rademacher")
    own = loss_of(W[:1, :2], 3, features=features)
    figure = plot(own, across="1/20..1/5")
    drawn = by_gid(figure)
    given = 1 - to_float(exact_loss(W[:1, :2], m=3, features=features).improvement) / (0.1 + 0.025)
    assert drawn["given"].get_xdata()[0] == 0.1
    assert drawn["given"].get_ydata()[0] == pytest.approx(given, rel=1e-9)
    x, floor = (list(map(float, data)) for data in (drawn["floor"].get_xdata(), drawn["floor"].get_ydata()))
    doubled = Features.each([1, "1/2"], ["1/5", "1/10"], "rademacher")
    answer = report(features=doubled, d=1, m=3)
    assert floor[-1] == pytest.approx(1 - float(answer.best_upper) / 0.25, rel=1e-9)
    assert floor[x.index(0.1)] <= given
    assert "the largest activity, the others in proportion" in figure.caption
