"""Certificates of the ReLU loss: each kind of floor is re-proved, and changed ones are refused."""

from __future__ import annotations

import copy

import pytest
from flint import fmpq
from oracles.tampering import changed, places

from boundcalc.bounds.relu import floors as module
from boundcalc.bounds.relu.floors import Floor
from boundcalc.bounds.relu.pair_floor import PairFloor
from boundcalc.bounds.relu.row_table import RowTable, Side
from boundcalc.certificate import write_relu
from boundcalc.certificate.verify import CertificateError, verify
from boundcalc.certificate.write_relu import relu_certificate
from boundcalc.model.features import Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational


def problem(n: int, d: int, p: str, *, bias: bool = True, law: str = "uniform01") -> ReluProblem:
    return ReluProblem((Group(n, 1, p, law),), d, bias=bias)


def verdict(data):
    with precision(64):
        return verify(data)


@pytest.mark.parametrize(
    ("n", "d", "p", "bias", "key"),
    [
        (12, 5, "1/20", True, "scalar_decoder"),
        (30, 3, "9/10", True, "any_decoder"),
        (6, 2, "1/1000", False, "pentagon"),
        (9, 3, "1/1000", False, "one_active"),
        (4, 3, "1", True, "any_decoder"),
        (5, 2, "1/20", True, "scalar_decoder"),
    ],
)
def test_each_floor_is_accepted_and_a_larger_one_is_not(n, d, p, bias, key):
    data = relu_certificate(problem(n, d, p, bias=bias), 12, key, pairs=False)
    done = verdict(data)
    assert done.accepted, done.failure
    assert any(key in step for step in done.steps)
    for end in (("floor", "loss"), ("network", "loss")):
        wrong = data
        for side in ("lower", "upper"):
            value = parse_rational(data[end[0]][end[1]][side], parameter="x")
            wrong = changed(wrong, (*end, side), str(value * fmpq(1001, 1000)))
        assert "outside" in verdict(wrong).failure


def test_the_pentagon_after_any_change_of_a_coefficient():
    data = relu_certificate(problem(7, 2, "1/100", bias=False), 12, "pentagon", pairs=False)
    spots = [path for path in places(data) if path[:3] == ("floor", "parameters", "h")]
    assert len(spots) == 16
    for path in spots:
        entry = data
        for step in path:
            entry = entry[step]
        for change in (fmpq(1, 10**9), fmpq(-1, 10**9)):
            wrong = changed(data, path, str(parse_rational(entry, parameter="x") + change))
            assert "pentagon" in verdict(wrong).failure
    # a pair of changes that keeps h(1) = 1
    wrong = changed(changed(data, (*spots[6][:-1], 0), "8501/100000"), (*spots[12][:-1], 0), "499/100000")
    assert not verdict(wrong).accepted


def test_one_active_after_changes():
    data = relu_certificate(problem(9, 3, "1/100", bias=False), 12, "one_active", pairs=False)
    for k, text in enumerate(data["floor"]["parameters"]["h"]):
        wrong = changed(data, ("floor", "parameters", "h", k), str(parse_rational(text, parameter="x") + fmpq(1, 1000)))
        assert "one_active" in verdict(wrong).failure
        wrong = changed(data, ("floor", "parameters", "h", k), "-1")
        assert "negative" in verdict(wrong).failure


def test_fields_are_checked():
    data = relu_certificate(problem(5, 2, "1/20"), 10, pairs=False)
    for path, value, message in (
        (("problem", "law"), "gaussian", "problem.law"),
        (("problem", "p"), "2", "problem.p"),
        (("problem", "n"), "2", "problem.n"),
        (("floor", "key"), "other", "floor.key"),
    ):
        with pytest.raises(CertificateError, match=message):
            verdict(changed(data, path, value))
    more = copy.deepcopy(data)
    more["upper"] = {}
    with pytest.raises(CertificateError, match="upper is unknown"):
        verdict(more)
    for name, value in (("dropped", "7"), ("planes", "0")):
        wrong = changed(data, ("network", name), value)
        assert "blocks" in verdict(wrong).failure


def test_what_has_no_certificate():
    with pytest.raises(ParameterError, match="equal features"):
        relu_certificate(problem(5, 2, "1/20", law="uniform:0:2"))
    with pytest.raises(ParameterError, match="no floor above 0"):
        relu_certificate(problem(3, 3, "1/20"))


@pytest.mark.slow
@pytest.mark.parametrize(("n", "d", "p"), [(4, 2, "1/4000"), (10, 8, "1/100"), (9, 3, "1/50")])
def test_pairs_are_re_proved_and_refused_after_changes(n, d, p):
    """Any cost of a row that is raised by a tenth, a larger kappa or h, and a wrong part are refused."""
    data = relu_certificate(problem(n, d, p), 10, "pairs")
    assert verdict(data).accepted
    parameters = data["floor"]["parameters"]
    middle = len(parameters["left"]["values"]) // 2
    spots = [("left", "values", middle), ("right", "values", middle), ("left", "tail"), ("right", "tail")]
    spots += [("kappa",)] if "kappa" in parameters else [("h", 0), ("h", 2)]
    for spot in spots:
        entry = parameters
        for step in spot:
            entry = entry[step]
        wrong = changed(data, ("floor", "parameters", *spot), str(parse_rational(entry, parameter="x") * fmpq(11, 10)))
        assert not verdict(wrong).accepted, spot
    assert not verdict(changed(data, ("floor", "parameters", "part"), str(d))).accepted


def test_a_coarse_table_is_refused_in_a_moment(monkeypatch):
    """A table that claims too much at one node is refused before all of it is gone through."""
    side = Side(-1, (fmpq(1, 20), fmpq(1), fmpq(16)), (fmpq(1, 5), fmpq(1, 5), fmpq(1, 5)), fmpq(1, 5))
    table = RowTable(4, fmpq(1, 100), side, Side(1, side.nodes, side.values, side.tail))
    pairs = PairFloor(4, 2, table, kappa=fmpq(1, 5))
    value = module.Enclosure.of(pairs.value)
    monkeypatch.setattr(write_relu, "floors", lambda problem, digits, **asked: [Floor("pairs", value, "", pairs=pairs)])
    failure = verdict(relu_certificate(problem(4, 2, "1/100"))).failure
    assert "the claimed cost of a row could not be proven" in failure
