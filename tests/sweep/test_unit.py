"""Units: the numbers of ``bounds --json``, independence, and errors as outcomes."""

from __future__ import annotations

import json
import pickle

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS, find
from boundcalc.cli.main import main
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.parsing import parse_rational
from boundcalc.sweep import unit as unit_module
from boundcalc.sweep.plan import Plan, Search
from boundcalc.sweep.unit import Unit, evaluate, evaluate_all, seed_of

ALL = Plan(tuple(BOUNDS), 15)
CLOSED = Plan(("rank", "universal", "orthonormal", "known_frame"), 12)


def same(outcome):
    """What must not depend on when and where it was evaluated."""
    return {name: getattr(outcome, name) for name in outcome.__slots__ if name not in ("seconds",)}


@pytest.mark.parametrize(
    "problem",
    [("120", "8", "3", "1/1000000", "rademacher"), ("inf", "3", "3", "1/10", "gaussian"), ("16", "4", "5", "1/3", "laplace")],
)
def test_agrees_with_the_command_bounds(capsys, problem):
    outcome = evaluate(Unit(7, *problem), ALL)
    options = [f"--{name}={value}" for name, value in zip(("n", "d", "m", "p", "law"), problem, strict=True)]
    with pytest.raises(SystemExit):
        main(["bounds", *options, "--digits=15", "--json"])
    content = json.loads(capsys.readouterr().out)
    best = content["best"]
    assert (outcome.unit, outcome.status, outcome.error, outcome.seed) == (7, "done", None, 0)
    assert (outcome.n, outcome.d, outcome.m, outcome.p, outcome.law) == problem
    assert outcome.best_upper_key == best["upper"]["key"]
    assert {"lower": outcome.best_upper_lower, "upper": outcome.best_upper_upper} == best["upper"]["improvement"]
    assert outcome.best_lower_key == best["lower"]["key"]
    assert {"lower": outcome.best_lower_lower, "upper": outcome.best_lower_upper} == best["lower"]["improvement"]
    assert {"lower": outcome.ratio_lower, "upper": outcome.ratio_upper} == best["ratio"]
    assert {"lower": outcome.gain_lower, "upper": outcome.gain_upper} == best["gain"]
    assert (outcome.verdict or "", outcome.optimality or "") == (best["verdict"], best["optimality"])
    details = json.loads(outcome.details)
    assert (details["upper"], details["lower"], details["witness"]) == (
        content["upper"],
        content["lower"],
        best["lower"]["witness"],
    )
    assert (details["loss"], details["unexplained_fraction"]) == (best.get("loss"), best.get("unexplained_fraction"))


def test_the_best_are_the_extremes_of_the_items():
    """Recomputed from the printed items, outward."""
    outcome = evaluate(Unit(0, "240", "8", "3", "1/20", "rademacher"), ALL)
    details = json.loads(outcome.details)

    def number(text: str):
        return parse_rational(text, parameter="printed")

    uppers = {item["key"]: number(item["improvement"]["upper"]) for item in details["upper"] if item["applies"]}
    lowers = {item["key"]: number(item["improvement"]["lower"]) for item in details["lower"] if item["applies"]}
    assert uppers[outcome.best_upper_key] == min(uppers.values()) == number(outcome.best_upper_upper)
    assert lowers[outcome.best_lower_key] == max(lowers.values()) == number(outcome.best_lower_lower)
    outward = min(uppers.values()) / max(lowers.values())
    assert outward * (1 - fmpq(1, 10**13)) < number(outcome.ratio_lower) <= number(outcome.ratio_upper)
    assert number(outcome.ratio_upper) <= outward * (1 + fmpq(1, 10**14))


def test_a_unit_does_not_depend_on_what_came_before():
    units = [Unit(k, n, d, "3", p, law) for k, (n, d, p, law) in enumerate(ORDERS)]
    forward, backward = evaluate_all(units, ALL), evaluate_all(units[::-1], ALL)[::-1]
    assert [same(outcome) for outcome in forward] == [same(outcome) for outcome in backward]


ORDERS = [
    ("inf", "3", "1/7", "rademacher"),
    ("9", "3", "1/100000", "gaussian"),
    ("64", "8", "1/30", "rademacher"),
    ("inf", "3", "1/8", "uniform"),
]


def test_units_travel_between_processes():
    outcome = evaluate(Unit(0, "4", "2", "3", "1/10", "rademacher"), CLOSED)
    assert pickle.loads(pickle.dumps(outcome)) == outcome


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        (Unit(0, "4", "2", "3", "2", "rademacher"), "p = 2: must be a number with 0 < p <= 1"),
        (Unit(0, "9/2", "2", "3", "1/2", "rademacher"), "n = 9/2: must be a whole number"),
        (Unit(0, "4", "2", "3", "1/2", "moments:2=1,4=3"), "must list moments up to"),
        (Unit(0, "?", "0", "3", "1/2", "gaussian", "n = 1/d: must not divide by zero; here d = 0"), "must not divide by zero"),
    ],
)
def test_no_valid_problem(unit, says):
    outcome = evaluate(unit, CLOSED)
    assert outcome.status == "invalid"
    assert says in outcome.error
    assert outcome.best_upper_key is outcome.details is None


@pytest.mark.parametrize("error", [CertificationError("no finite enclosure"), MemoryError(), ZeroDivisionError("x\ny")])
def test_an_error_is_an_outcome(monkeypatch, error):
    def fails(*arguments):
        raise error

    monkeypatch.setattr(unit_module, "_answer", fails)
    outcome = evaluate(Unit(3, "4", "2", "3", "1/2", "rademacher"), CLOSED)
    assert (outcome.unit, outcome.status) == (3, "failed")
    assert type(error).__name__ in outcome.error
    assert "\n" not in outcome.error


def test_an_interrupt_is_not_an_outcome(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(unit_module, "_answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate(Unit(3, "4", "2", "3", "1/2", "rademacher"), CLOSED)


def test_seeds_are_of_the_problem_and_the_sweep():
    plans = [Plan(("rank",), 12, Search(3, None, seed, 2000)) for seed in (0, 1)]
    units = [Unit(0, "4", "2", "3", "1/2", "gaussian"), Unit(1, "4", "2", "3", "1/3", "gaussian")]
    seeds = {seed_of(unit, plan) for unit in units for plan in plans}
    assert len(seeds) == 4
    assert all(0 <= seed < 1 << 63 for seed in seeds)
    assert seed_of(Unit(99, "4", "2", "3", "1/2", "gaussian"), plans[0]) == seed_of(units[0], plans[0])
    assert seed_of(units[0], CLOSED) == 0


def test_a_search_finds_the_frame_that_the_bounds_left_out():
    plan = Plan(("rank", "linear_program", "orthonormal"), 12, Search(6, None, 1, 2000))
    unit = Unit(0, "4", "2", "3", "1/1000000", "rademacher")
    first, second = evaluate(unit, plan), evaluate(unit, plan)
    assert same(first) == same(second)
    assert first.best_lower_key == "search"
    # four lines in the plane are optimal there, by the half-design bound: I = 3.2e-6 (1 - 2.5e-6 + ...)
    known = evaluate(unit, ALL)
    assert known.best_lower_key == "half_design"
    lower, upper = (parse_rational(text, parameter="I") for text in (first.best_lower_lower, known.best_upper_upper))
    assert upper * (1 - fmpq(1, 10**5)) < lower <= upper


def test_a_search_is_that_of_the_command_with_the_seed_of_the_unit(capsys):
    plan = Plan(tuple(BOUNDS), 12, Search(4, None, 1, 2000))
    outcome = evaluate(Unit(0, "5", "2", "3", "1/100", "gaussian"), plan)
    problem = ["--n=5", "--d=2", "--m=3", "--p=1/100", "--law=gaussian"]
    with pytest.raises(SystemExit):
        main(["optimize", *problem, "--digits=12", "--json", "--quiet", "--workers=1", "--starts=4", f"--seed={outcome.seed}"])
    content = json.loads(capsys.readouterr().out)
    search = json.loads(outcome.details)["search"]
    assert search["structure"] == content["structure"]
    assert search["improvement"] == content["improvement"]
    assert search["starts"] == content["starts"]


def test_what_is_too_large_is_not_searched():
    plan = Plan(("rank", "orthonormal"), 12, Search(2, None, 1, 10))
    for n in ("inf", "100"):
        outcome = evaluate(Unit(0, n, "2", "3", "1/1000000", "rademacher"), plan)
        assert outcome.status == "done"
        assert json.loads(outcome.details)["search"] == {"why_not": "n d exceeds 10"}
        assert outcome.best_lower_key == "orthonormal"


def test_keys_of_plans_are_bounds():
    assert [find(key).key for key in ALL.bounds] == list(ALL.bounds)


def test_features_that_differ_agree_with_the_command_bounds(capsys):
    unit = Unit(0, "4", "2", "3", "1/10", "rademacher", importance="0.7^i", activity="p/i")
    outcome = evaluate(unit, Plan(("rank", "capacity", "orthonormal"), 12))
    options = ["--n=4", "--d=2", "--m=3", "--p=1/10*1/i", "--law=rademacher", "--importance=0.7^i", "--digits=12", "--json"]
    with pytest.raises(SystemExit):
        main(["bounds", *options])
    printed = json.loads(capsys.readouterr().out)
    content = {item["key"]: item["improvement"] for side in ("upper", "lower") for item in printed[side]}
    details = json.loads(outcome.details)
    assert (outcome.status, outcome.importance, outcome.activity) == ("done", "0.7^i", "p/i")
    assert len(details["upper"]) + len(details["lower"]) == 3
    for item in (*details["upper"], *details["lower"]):
        assert item["improvement"] == content[item["key"]]


@pytest.mark.parametrize(
    ("n", "importance", "reason"),
    [
        ("4", "3-i", "importance = 3-i at i = 3, which is 0"),
        ("inf", "0.9^i", "n = inf: must be finite"),
        ("4", "1/(i-2)", "at i = 2"),
    ],
)
def test_formulas_without_features_are_invalid_units(n, importance, reason):
    outcome = evaluate(Unit(0, n, "2", "3", "1/10", "rademacher", importance=importance), CLOSED)
    assert outcome.status == "invalid"
    assert reason in outcome.error


def test_a_search_for_features_that_differ_enters_where_it_is_better():
    """Importances 1, 0.9 and 0.8, p = 10⁻³: superposition helps, and the report's own short search is left out."""
    unit = Unit(0, "3", "2", "3", "1/1000", "gaussian", importance="1.1-0.1*i")
    outcome = evaluate(unit, Plan(("rank", "orthonormal"), 12, Search(6, None, 1, 100)))
    details = json.loads(outcome.details)
    assert outcome.best_lower_key == "search"
    assert details["search"]["represented"] == [1, 2, 3]
    assert parse_rational(outcome.best_lower_lower, parameter="lower") > fmpq(1, 1000) * fmpq(19, 10) * fmpq(3, 5)
    assert seed_of(unit, Plan((), 12, Search(6, None, 1, 100))) != seed_of(
        Unit(0, "3", "2", "3", "1/1000", "gaussian"), Plan((), 12, Search(6, None, 1, 100))
    )
