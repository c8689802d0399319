"""Monte Carlo agrees with the exact improvement within its standard error."""

import numpy as np
import pytest

from boundcalc.loss import sample
from boundcalc.loss.dense import to_float
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.sample import sample_loss
from boundcalc.numbers.errors import ParameterError

WEIGHTS = np.array([[0.9, -0.4, 0.3, 0.1], [0.2, 0.7, 0.5, -0.6]])
LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-2:1/4,0:1/2,2:1/4")


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("p", ["1/3", "1"])
def test_within_five_standard_errors(law, p):
    truth = to_float(exact_loss(WEIGHTS, m=3, p=p, law=law).improvement)
    found = sample_loss(WEIGHTS, m=3, p=p, law=law, samples=200_000, seed=1)
    assert abs(found.improvement - truth) < 5 * found.standard_error
    if law in ("rademacher", "uniform"):  # laws whose twelfth moments do not swamp the estimate
        assert found.standard_error < 0.05 * max(abs(truth), 0.05)


def test_seed_and_batches(monkeypatch):
    first = sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=3)
    assert first == sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=3)
    assert first != sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=4)
    monkeypatch.setattr(sample, "BATCH_NUMBERS", 999 * 4)
    batched = sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=3)
    assert batched.samples == 5000
    assert batched.standard_error == pytest.approx(first.standard_error, rel=0.2)
    assert abs(batched.improvement - first.improvement) < 5 * (batched.standard_error + first.standard_error)


def test_batches_merge_to_the_plain_mean_and_error(monkeypatch):
    """One feature with weight 1, m = 1, p = 1: the sampled value is u² itself."""
    monkeypatch.setattr(sample, "BATCH_NUMBERS", 7)
    found = sample_loss(np.ones((1, 1)), m=1, p="1", law="gaussian", samples=20, seed=5)
    rng = np.random.default_rng(5)
    draws = []
    for size in (7, 7, 6):
        rng.random((size, 1))
        draws.append(rng.standard_normal((size, 1)))
    squares = np.concatenate(draws).ravel() ** 2
    assert found.improvement == pytest.approx(squares.mean(), rel=1e-13)
    assert found.standard_error == pytest.approx(squares.std(ddof=1) / 20**0.5, rel=1e-13)


@pytest.mark.parametrize(
    ("change", "parameter"),
    [({"samples": 1}, "samples"), ({"law": "moments:2=1,4=1,6=1"}, "law"), ({"m": 2}, "m"), ({"weights": np.ones(3)}, "W")],
)
def test_bad_input(change, parameter):
    with pytest.raises(ParameterError) as refused:
        sample_loss(**{"weights": WEIGHTS, "m": 3, "p": "1/3", "law": "uniform", "samples": 10, "seed": 1, **change})
    assert refused.value.parameter == parameter
