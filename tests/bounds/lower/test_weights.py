"""The weights of a witness attain its bound, by the loss of weights, which knows nothing of the bound."""

import json

import numpy as np
import pytest

from boundcalc import Features, Group, dense_loss, exact_loss, frame, report
from boundcalc.bounds.witness_file import write_witness
from boundcalc.numbers.errors import ParameterError

PROBLEMS = (
    (30, 4, 3, "0.03", "rademacher"),
    (120, 8, 3, "1e-6", "rademacher"),
    ("inf", 12, 3, "0.05", "gaussian"),
    (40, 2, 3, "0.01", "uniform"),
    (30, 6, 3, "0.1", "rademacher"),
    (9, 4, 5, "1e-3", "laplace"),
    (3, 5, 1, "1/2", "gaussian"),
    (400, 18, 3, "0.05", "rademacher"),
)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_witnesses_attain_their_bounds(problem):
    answer = report(*problem, digits=12)
    for outcome in answer.lower:
        if outcome.value is None:
            continue
        W = outcome.witness
        value = dense_loss(W, m=problem[2], p=problem[3], law=problem[4], transpose=False)
        assert W.shape[0] <= answer.problem.d
        assert W.shape[1] <= answer.problem.n
        if not any(block.drawn for block in outcome.blocks):
            assert value.improvement == pytest.approx(float(outcome), rel=1e-9)  # as given: it is at its best scale
            assert value.improvement_best_scale == pytest.approx(float(outcome), rel=1e-9)


def test_blocks_are_diagonal_and_named():
    outcome = report(300, 24, 3, "3/100", "gaussian", digits=6, upper=["rank"])["direct_sum"]
    assert outcome.value is not None
    W, rest = outcome.witness, outcome.witness.copy()
    assert len(outcome.blocks) == sum(block["count"] for block in outcome.choice.shown["blocks"]) > 1
    for block in outcome.blocks:
        assert block.name in {each.get("frame", each.get("witness")) for each in outcome.choice.shown["blocks"]}
        assert W[block.dimensions, block.features].any(axis=0).all()
        rest[block.dimensions, block.features] = 0
    assert not rest.any()


@pytest.mark.parametrize("key", ["random_directions", "random_walsh"])
def test_a_draw_is_one_of_those_that_the_bound_averages(key):
    outcome = report(400, 10, 3, "0.05", "rademacher", digits=6)[key]
    W = outcome.witness
    unit = W / np.linalg.norm(W, axis=0)
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), np.linalg.norm(W[:, 0]), rtol=1e-12)
    if key == "random_walsh":
        n, d = outcome.choice.shown["n"], outcome.choice.shown["d"]
        np.testing.assert_allclose(unit @ unit.T, n / d * np.eye(d), atol=1e-9)
        assert len({tuple(np.sign(column)) for column in W.T}) == n
    assert dense_loss(W, m=3, p="0.05", law="rademacher").improvement == pytest.approx(float(outcome), rel=0.1)
    assert [block.drawn for block in outcome.blocks] == [True]


def test_what_applies_not_has_no_weights():
    with pytest.raises(ParameterError, match="witness = half_design: does not apply"):
        report(3, 3, 5, "1/5", "rademacher", digits=6)["half_design"].witness  # noqa: B018


def test_frames_and_entries_of_the_table_by_name():
    W = frame("m3_d4_n10_r_1e-6")
    assert W.shape == (4, 10)
    np.testing.assert_array_equal(W, np.round(W))
    for wrong, near in (
        ("ico", "icosahedron"),
        ("e8", "E8"),
        ("m3_d4_n10_r_1e-7", "m3_d4_n10_r_1e-6"),
        ("m3_d15_n54", "m3_d15_n540"),
    ):
        with pytest.raises(ParameterError, match=near):
            frame(wrong)


def test_a_written_witness_is_read_again(tmp_path):
    outcome = report(30, 4, 3, "0.03", "rademacher", digits=6)["search"]
    line = write_witness(outcome, tmp_path / "W.npz")
    assert line.endswith(f"{outcome.choice.shown['witness']}, 10 features in 4 dimensions")
    with np.load(tmp_path / "W.npz", allow_pickle=False) as loaded:
        value = exact_loss(loaded["W"], m=3, p="0.03", law="rademacher")
        assert json.loads(str(loaded["bound"])) == "search"
        blocks = json.loads(str(loaded["witness"]))
    assert float(value.improvement) == pytest.approx(float(outcome), rel=1e-12)
    assert blocks == [{"name": outcome.choice.shown["witness"], "rows": [0, 4], "columns": [0, 10], "drawn": False}]


@pytest.mark.parametrize("key", ["orthonormal", "search", "direct_sum"])
def test_weights_for_features_that_differ(key):
    """At the best scale they attain the bound; those of a direct sum are one of the placements whose mean it is."""
    groups = (Group(3, "3/10", "1/50", "rademacher"), Group(3, 1, "1/100", "gaussian", 2), Group(2, "1/2", "1/100", "rademacher"))
    answer = report(features=Features(groups), d=3, m=3, digits=12)
    outcome = answer[key]
    shown = outcome.choice.shown
    columns = [column for part in shown.get("blocks", [shown]) for column in part["columns"]]
    each = answer.problem.features.spread(answer.problem.features.groups)
    chosen = tuple(Group(1, g.importance, g.p, g.law, g.scale) for g in (each[column - 1] for column in columns))
    assert outcome.witness.shape == (shown["d"], len(columns))
    attained = dense_loss(outcome.witness, m=3, features=Features(chosen))
    assert attained.improvement == pytest.approx(float(outcome), rel=1e-9)
    assert attained.improvement_best_scale == pytest.approx(attained.improvement, rel=1e-9)
