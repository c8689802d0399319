"""Cases of features that differ: states, cumulants and the loss against sums over all states written out here."""

from __future__ import annotations

from itertools import product
from math import comb, prod

import pytest
from flint import fmpq

from boundcalc.check.exact.case_grid import STANDARD, matrix
from boundcalc.check.exact.unequal_case import UnequalCase
from boundcalc.language.grammar import StatementError
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import Features, Group

W = matrix("1 2 -1; 0 1/2 1")


def every_state(own):
    """(x, probability) of every state."""
    each = [[(fmpq(0), 1 - law.p), *((value, law.p * weight) for value, weight in law.points)] for law in own]
    for chosen in product(*each):
        yield [value for value, _ in chosen], prod((chance for _, chance in chosen), start=fmpq(1))


@pytest.mark.parametrize("own", [*STANDARD.profiles, *STANDARD.skewed_profiles], ids=str)
def test_states_and_averages_are_those_of_the_features(own):
    case = UnequalCase(W, 3, own[:3])
    states = list(every_state(own[:3]))
    y = [[sum((a * x for a, x in zip(row, state, strict=True)), fmpq(0)) for row in case.frame.A] for state, _ in states]
    unit, chances = case.probabilities
    assert sum(chances) == unit
    listed = {tuple(case.states.x[i][k] for i in range(3)): fmpq(chance, unit) for k, chance in enumerate(chances)}
    wanted: dict[tuple, fmpq] = {}
    for state, chance in states:
        if chance:
            wanted[tuple(state)] = wanted.get(tuple(state), fmpq(0)) + chance
    assert {state: chance for state, chance in listed.items() if chance} == wanted or len(listed) < len(chances)  # a point at 0
    C = [sum((chance * state[i] * row[i] ** 3 for (state, chance), row in zip(states, y, strict=True)), fmpq(0)) for i in range(3)]
    D = [sum((chance * row[i] ** 6 for (_, chance), row in zip(states, y, strict=True)), fmpq(0)) for i in range(3)]
    assert [case("C", i) for i in range(3)] == C
    assert [case("D", i) for i in range(3)] == D
    assert case("C") == sum(law.importance * value for law, value in zip(own, C, strict=False))
    assert case("I") == sum(law.importance * (2 * c - d) for law, c, d in zip(own, C, D, strict=False))
    moments = [sum((chance * row[1] ** k for (_, chance), row in zip(states, y, strict=True)), fmpq(0)) for k in range(5)]
    cumulants = [fmpq(0)]
    for k in range(1, 5):
        cumulants.append(moments[k] - sum(comb(k - 1, j - 1) * cumulants[j] * moments[k - j] for j in range(1, k)))
    assert [case("K", k, 1) for k in range(1, 5)] == cumulants[1:]


def test_the_loss_is_the_one_of_the_model():
    own = STANDARD.profiles[4][:3]
    groups = [
        Group(1, law.importance, law.p, "support:" + ",".join(f"{value}:{weight}" for value, weight in law.points)) for law in own
    ]
    loss = exact_loss([list(row) for row in W], m=3, features=Features(tuple(groups)), transpose=False)
    case = UnequalCase(W, 3, own)
    assert (case("C"), case("D")) == (loss.C, loss.D)


@pytest.mark.parametrize(("name", "indices"), [("p", ()), ("mu", (2,)), ("kappa", (4,)), ("alpha", ())])
def test_what_equal_features_have_in_common_cannot_be_asked_for(name, indices):
    with pytest.raises(StatementError, match="is of equal features"):
        UnequalCase(W, 3, STANDARD.profiles[0][:3])(name, *indices)
