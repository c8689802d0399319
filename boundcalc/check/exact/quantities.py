"""The quantities of the vocabulary as functions of a case: how the evaluator looks each of them up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.states import simplest
from boundcalc.language.grammar import StatementError
from boundcalc.language.vocabulary import Quantity

MAX_ORDER = 400
"""Highest order of a moment, a power sum or a tensor."""

Run = Callable[[Case, dict[str, Any]], Any]

SCALARS: dict[str, Callable[[Case], Any]] = {
    "n": lambda case: case.n,
    "d": lambda case: case.d,
    "m": lambda case: case.m,
    "p": lambda case: case.p,
    "r": lambda case: case.r,
    "rank": lambda case: case.frame.rank,
    "alpha": lambda case: case.alpha,
    "beta": lambda case: case.beta,
    "g": lambda case: case.g,
    "isolation": lambda case: case.isolation,
    "rho": lambda case: case.rho,
    "G_best": lambda case: case.G_best,
    "G_universal": lambda case: case.G_universal,
    "S": lambda case: case.S,
    "T": lambda case: case.T,
    "C": lambda case: case.C,
    "D": lambda case: case.D,
    "I": lambda case: case.improvement,
}
ORDERS: dict[str, Callable[[Case, int], Any]] = {
    "mu": lambda case, k: case.mu(k),
    "kappa": lambda case, k: case.kappa(k),
    "N": lambda case, k: case.N(k),
    "c": lambda case, k: case.c(k),
    "tau": lambda case, k: case.tau(k),
}
ROWS: dict[str, Callable[[Case], Any]] = {
    "a": lambda case: case.frame.a,
    "q": lambda case: case.frame.Q(2),
    "l": lambda case: case.leverage_rows(),
    "t": lambda case: case.frame.t,
    "C": lambda case: case.C_row,
    "D": lambda case: case.D_row,
}
ORDER_ROWS: dict[str, Callable[[Case, int], Any]] = {
    "Q": lambda case, k: case.frame.Q(k),
    "M": lambda case, k: [case.M(k, i) for i in case.rows],
}
RANDOM_ROWS: dict[str, Callable[[Case, int], list[Any]]] = {
    "x": lambda case, i: case.states.x[i],
    "s": lambda case, i: case.states.s[i],
    "y": lambda case, i: case.states.y[i],
    "Z": lambda case, i: case.states.Z[i],
    "xhat": lambda case, i: case.states.xhat(case.m, i),
}
RANDOM: dict[str, Callable[[Case], list[Any]]] = {
    "active": lambda case: case.states.active,
    "visible": lambda case: case.states.visible,
}


def known(quantity: Quantity, indices: list[Run], at: int) -> Run:
    """A function to the value of the quantity: a list over the states if it is random.

    ``indices`` are functions to integers, 0-based where the quantity has a feature.
    """
    name = quantity.name
    match quantity.indices, quantity.random:
        case "", True:
            every = RANDOM[name]
            return lambda case, env: every(case)
        case "i", True:
            row, place = RANDOM_ROWS[name], indices[0]
            return lambda case, env: row(case, case.feature(place(case, env), at))
        case "", False:
            scalar = SCALARS[name]
            return lambda case, env: _table(case, name, scalar)
        case "k", False:
            by_order, order = ORDERS[name], indices[0]
            return lambda case, env: _table_at(case, name, _order(order(case, env), name, at), by_order)
        case "i", False:
            by_row, place = ROWS[name], indices[0]
            key = f"{name}[i]"
            return lambda case, env: case.row(name, _table(case, key, by_row), place(case, env), at)
        case "ii", False:
            first, second = indices
            return lambda case, env: case.pair(name, first(case, env), second(case, env), at)
        case "ki", False:
            rows, (order, place) = ORDER_ROWS[name], indices

            def at_order(case: Case, env: dict[str, Any]) -> Any:
                table = _table_at(case, name, _order(order(case, env), name, at), rows)
                return case.row(name, table, place(case, env), at)

            return at_order
    raise KeyError(name)


def _order(value: Any, name: str, at: int) -> int:
    if isinstance(value, fmpq) and value.q == 1:
        value = int(value.p)
    if not isinstance(value, int) or not 0 <= value <= MAX_ORDER:
        raise StatementError(f"{name}[{value}]: expected a whole number from 0 to {MAX_ORDER}", at)
    return value


def _simplest(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_simplest(part) for part in value]
    return simplest(value) if isinstance(value, fmpq) else value


def _table(case: Case, key: str, compute: Callable[[Case], Any]) -> Any:
    value = case.memo.get(key)
    if value is None:
        value = case.memo[key] = _simplest(compute(case))
    return value


def _table_at(case: Case, name: str, k: int, compute: Callable[[Case, int], Any]) -> Any:
    key = (name, k)
    value = case.memo.get(key)
    if value is None:
        value = case.memo[key] = _simplest(compute(case, k))
    return value
