"""A training's losses are drawn as they are, beside the certified interval of the best loss."""

import numpy as np
import pytest
from oracles.enumerated_loss import enumerate_loss

from boundcalc import Features, ParameterError, exact_loss, plot, report
from boundcalc.numbers.enclosure import to_float
from boundcalc.render import plots
from boundcalc.render.plots.training import load_losses

MODEL = {"n": 4, "d": 2, "m": 3, "p": "1/10", "law": "rademacher"}
SHAPE = {"m": 3, "p": "1/10", "law": "rademacher"}


def by_gid(figure):
    return {line.get_gid(): line for line in figure.axes[0].lines if line.get_gid()}


def height(line):
    return line.get_ydata()[0]


def test_losses_and_bounds():
    losses = [0.5, 0.3, 0.25]
    drawn = by_gid(plot(losses, "training", **MODEL))
    assert list(drawn["training"].get_ydata()) == losses
    assert list(drawn["training"].get_xdata()) == [0, 1, 2]
    answer = report(**MODEL)
    assert height(drawn["floor"]) == pytest.approx(float(answer.loss.lower), rel=1e-9)
    assert height(drawn["known"]) == pytest.approx(float(answer.loss.upper), rel=1e-9)
    assert height(drawn["zero"]) == pytest.approx(0.4)
    assert height(drawn["orthonormal"]) == pytest.approx(0.2)  # two of four features
    steps = by_gid(plot(np.array([[10, 0.5], [20, 0.3]]), "training", **MODEL))["training"]
    assert (list(steps.get_xdata()), list(steps.get_ydata())) == ([10, 20], [0.5, 0.3])


def test_means_over_features_are_a_quarter():
    whole, means = (by_gid(plots.training([0.1, 0.05], per_feature=each, **MODEL)) for each in (False, True))
    for name in ("floor", "known", "zero", "orthonormal"):
        assert height(means[name]) == pytest.approx(height(whole[name]) / 4)
    assert list(means["training"].get_ydata()) == [0.1, 0.05]


def test_the_losses_of_weights_are_those_of_all_states():
    stack = np.random.default_rng(3).normal(size=(3, 2, 4)) / 2
    drawn = by_gid(plot(stack, "training", **SHAPE))["training"].get_ydata()
    assert drawn == pytest.approx([0.4 - to_float(enumerate_loss(W, **SHAPE).improvement) for W in stack], rel=1e-9)
    with pytest.raises(ParameterError, match="n = 5: must be that of the weights, 4"):
        plots.training(stack, n=5, **SHAPE)


def test_features_that_differ():
    """The bounds are those of a report on the features; losses of weights are theirs, by the exact loss."""
    features = Features.each([1, "1/2", "1/4"], ["1/10", "1/20", "1/5"], "gaussian")
    figure = plots.training([0.5, 0.2], m=3, d=2, features=features)
    drawn, answer = by_gid(figure), report(features=features, d=2, m=3)
    assert height(drawn["floor"]) == pytest.approx(float(answer.loss.lower), rel=1e-9)
    assert height(drawn["zero"]) == pytest.approx(0.1 + 0.025 + 0.05)
    assert "features that differ" in figure.caption
    stack = np.random.default_rng(5).normal(size=(2, 2, 3)) / 2
    curve = by_gid(plots.training(stack, m=3, features=features))["training"].get_ydata()
    assert curve == pytest.approx([to_float(exact_loss(W, m=3, features=features).loss) for W in stack], rel=1e-9)
    with pytest.raises(ParameterError, match="features = 3 features: must be as many"):
        plots.training([0.5, 0.2], m=3, n=4, d=2, features=features)
    with pytest.raises(ParameterError, match="d = nothing"):
        plots.training([0.5, 0.2], m=3, features=features)


def test_a_sample_below_the_floor_is_said_to_be_one():
    assert "is that of a sample" in plots.training([0.3, 0.01], **MODEL).caption
    assert "is that of a sample" not in plots.training([0.5, 0.4], **MODEL).caption


@pytest.mark.parametrize(
    ("losses", "options", "said"),
    [
        ([0.5], {}, "two steps or more"),
        (np.zeros((3, 4)), {}, r"shape \(steps, 2\)"),
        ([0.5, float("nan")], {}, "leave out the steps that diverged"),
        (["a", "b"], {}, "must be losses"),
        ([0.5, 0.4], {"steps": [1]}, "as many as the losses, 2"),
        ([0.5, 0.4], {"n": "inf"}, "must be finite"),
        ([0.5, 0.4], {"d": None}, "must be given"),
        (np.ma.masked_greater([0.5, 0.4], 0.45), {}, "it is masked"),
    ],
)
def test_what_is_no_training_is_refused(losses, options, said):
    with pytest.raises(ParameterError, match=said):
        plots.training(losses, **{**MODEL, **options})


def test_files_of_losses(tmp_path):
    wanted = np.array([[0, 0.5], [1, 0.25]])
    for name, text in (("a.csv", "step,loss\n0,0.5\n1,0.25\n"), ("b.txt", "0 0.5\n1 0.25\n"), ("c.tsv", "0\t0.5\n1\t0.25\n")):
        (tmp_path / name).write_text(text)
        assert load_losses(tmp_path / name) == pytest.approx(wanted)
    np.save(tmp_path / "d.npy", wanted)
    assert load_losses(tmp_path / "d.npy") == pytest.approx(wanted)
    np.savez(tmp_path / "e.npz", loss=wanted, other=wanted)
    assert load_losses(tmp_path / "e.npz", "loss") == pytest.approx(wanted)
    with pytest.raises(ParameterError, match=r"--name .* of one of its arrays: loss, other"):
        load_losses(tmp_path / "e.npz")
    (tmp_path / "f.csv").write_text("step,loss\n0,half\n")
    with pytest.raises(ParameterError, match="a loss, or a step and a loss, a line; row 2, column 2 is half"):
        load_losses(tmp_path / "f.csv")
    for text in ("", "step,loss\n", "# nothing\n"):
        (tmp_path / "g.csv").write_text(text)
        with pytest.raises(ParameterError, match="it is empty"):
            load_losses(tmp_path / "g.csv")
