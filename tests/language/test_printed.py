"""What is printed of a step is what is put to the test: printed statements are read back and compared with the claims."""

from __future__ import annotations

import random
from itertools import product

import pytest
from flint import fmpq
from oracles.statement_reader import Printed

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.enumeration import compile_statement
from boundcalc.check.steps import distinct_steps
from boundcalc.language.claims import Status, Step
from boundcalc.language.grammar import parse_statement
from boundcalc.language.latex import relations_latex
from boundcalc.language.printed import claim_latex, narrower, stated
from boundcalc.language.statement import Statement, build

STEPS = distinct_steps()
CLAIMED = {name: step for name, step in STEPS.items() if step.claim}
NARROWER = {
    "capacity.least",
    "capacity_welch.shifted_rows",
    "coupled_frontier.energy",
    "coupled_frontier.energy_quintic",
    "coupled_frontier.rows",
    "dense_rows.minorant",
    "frontier.absorb",
    "frontier.below",
    "frontier.energy",
    "frontier.link",
    "frontier.positive_definite",
    "frontier.rows",
    "frontier.split",
    "gaussian_support.projection",
    "linear_program.collect",
    "linear_program.minorant",
    "linear_program.positive_definite",
    "random_chirps.average",
    "random_directions.average",
    "random_walsh.average",
    "row.monotone",
    "direct_sum.sum",
    "universal.constant",
    "universal.interpolant",
    "universal.linear_programming",
    "uniform_in_n.norm",
    "uniform_in_n.tensor",
    "row_sum.mean",
    "pentagon.one",
    "polygon.one",
    "polygon.scale",
}
"""Steps that say more than their claim: the claim is printed below the statement, and what it covers in words beside the status."""


def cases(m: int) -> list[Case]:
    """Random rational weights, activity and law."""
    rng = random.Random(20260 + m)
    law = ((fmpq(-1), fmpq(2, 5)), (fmpq(-2), fmpq(1, 10)), (fmpq(2), fmpq(1, 10)), (fmpq(1), fmpq(2, 5)))
    found = []
    for n, d in ((3, 2), (2, 2)):
        rows = tuple(tuple(fmpq(rng.randint(1, 9), rng.randint(2, 7)) for _ in range(n)) for _ in range(d))
        found.append(Case(rows, m, fmpq(rng.randint(1, 6), 7), law))
    return found


def read_back(step: Step) -> Statement:
    """The statement that the printed claim denotes."""
    constant = next((name for name in ("G_best", "G_universal") if name in " ".join((*step.claim, *step.given))), "G_best")
    printed = Printed(claim_latex(step), constant)
    return build(
        "o", "k", tuple(printed.relations), given=tuple(printed.given), free=tuple(printed.free), define=tuple(printed.define)
    )


def values(statement: Statement, m: int) -> list[object]:
    """Both sides of every relation and condition, and the ends of the ranges, at random exact values."""
    compiled = compile_statement(statement)
    rng, found = random.Random(m), []
    for case in cases(m):
        at: dict[str, object] = {}
        for free in compiled.free:
            ends = [part.run(case, at) for part in (free.first, free.last, free.step)]
            found.append(ends)
            at[free.source.name] = fmpq(rng.randint(1, 8), 9) if free.source.real else ends[0]
        codes = [compiled.relations, compiled.global_conditions, compiled.free_conditions, compiled.index_conditions]
        for code in (each for group in codes for each in group):
            found.append(code.relation.sign)
            for place in product(range(case.n), repeat=len(code.relation.indices)):
                env = {**at, **dict(zip(code.relation.indices, place, strict=True))}
                found.append([side.run(case, env) for side in (code.left, code.right)])
    return found


def equal(left: object, right: object) -> bool:
    if isinstance(left, (list, tuple)):
        return isinstance(right, (list, tuple)) and len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


@pytest.mark.parametrize("name", CLAIMED)
def test_the_printed_claim_is_the_claim(name):
    step = CLAIMED[name]
    claim = build("o", "k", step.claim, given=step.given, free=step.free, define=step.define)
    again = read_back(step)
    only = next((m for m in (3, 5) if f"m = {m}" in step.given), None)
    for m in (only,) if only else (3, 5):
        wanted = values(claim, m)
        assert wanted, "nothing was compared"
        assert equal(values(again, m), wanted)


def test_the_reader_tells_a_wrong_print():
    """A changed exponent, factor or sign is seen: the comparison has teeth."""
    step = CLAIMED["moment_powers.jensen"]
    wanted = values(build("o", "k", step.claim), 3)
    for changed in ("D[i] >= (p*mu[2]*q[i])^(m - 1)", "D[i] >= (p*mu[2]*a[i])^m", "D[i] <= (p*mu[2]*q[i])^m"):
        printed = Printed(relations_latex(parse_statement(changed)), "G_best")
        assert not equal(values(build("o", "k", tuple(printed.relations)), 3), wanted)


def test_the_exceptions_are_listed_and_say_what_was_checked():
    assert {name for name, step in CLAIMED.items() if stated(step) != claim_latex(step)} == NARROWER
    for name in NARROWER:
        assert STEPS[name].checked, name
        assert narrower(STEPS[name]) == claim_latex(STEPS[name])


def test_a_statement_without_a_claim_says_what_was_checked():
    for name, step in STEPS.items():
        assert step.checked or not step.statement, name
        if step.checked:
            assert step.checked in step.standing


def test_a_claim_for_one_exponent_says_so():
    """The bound serves that exponent alone, where the condition is printed, or the status says which m was checked."""
    alone = {name for name, step in STEPS.items() if any(condition.startswith("m = ") for condition in step.given)}
    assert alone == {
        "capacity.least",
        "capacity.negative_sixth",
        "capacity.moments",
        "frontier.energy",
        "frontier.rows",
        "dense.bessel",
        "dense.form",
        "dense.multipliers",
        "coupled_frontier.energy",
        "coupled_frontier.pay_quintic",
        "coupled_frontier.product_quintic",
        "coupled_frontier.energy_quintic",
        "coupled_frontier.rows",
        "dense_rows.split",
        "dense_rows.rows",
        "dense_rows.chaos",
        "dense_rows.paid",
        "uniform_in_n.rows",
        "uniform_in_n.tensor",
    }
    for name in alone:
        step = STEPS[name]
        only = next(condition for condition in step.given if condition.startswith("m = "))
        assert rf"\text{{if }} {only}" in (narrower(step) or stated(step))
        assert only in step.standing or not step.statement


def test_a_name_or_a_place_stands_with_the_status():
    for name, step in STEPS.items():
        assert bool(step.standard) == (step.status is Status.STANDARD), name
        assert bool(step.place) == (step.status is Status.CITED), name
        assert step.status is not Status.OPEN, name
