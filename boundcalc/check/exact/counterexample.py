"""Shows a false instance to people: exact numbers, and NumPy code that evaluates both sides of the relation."""

from __future__ import annotations

import builtins
import keyword
from typing import Any

from flint import fmpq

from boundcalc.check.exact.roots import approximate, decimal
from boundcalc.check.exact.tally import Instance
from boundcalc.check.verdict import Counterexample
from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Negation, Node, Operation, Relation, Sum
from boundcalc.language.resolved import Defined, Kind, Known, Resolved, ResolvedRelation, Variable, is_random, walk
from boundcalc.language.text import write
from boundcalc.model.named.index import BY_NAME, QUANTITIES
from boundcalc.model.named.quantity import Quantity

Table = dict[str, tuple[str, tuple[str, ...]]]
_FUNCTIONS = {"sqrt": "np.sqrt", "abs": "np.abs", "plus": "plus", "binom": "binom"}

_SETUP = """\
import itertools
from functools import cache
from math import comb, factorial, prod

import numpy as np
"""


def label(quantity: Quantity) -> str:
    """The name, changed where one with fewer indices has the same."""
    fewest = min(BY_NAME[quantity.name])
    return quantity.form if len(quantity.indices) > fewest else quantity.name


_ENGINE: Table = {
    "states": (
        "states = list(itertools.product([(0, 0, 1 - p)] + [(1, value, p * weight) for value, weight in law], repeat=n))\n"
        "probability = np.array([prod(feature[2] for feature in state) for state in states])\n"
        "s = np.array([[feature[0] for feature in state] for state in states], dtype=float).T\n"
        "x = np.array([[feature[1] for feature in state] for state in states], dtype=float).T\n"
        "E = lambda values: probability @ (values + np.zeros(len(states)))",
        (),
    ),
    "plus": ("plus = lambda value: np.maximum(value, 0)", ()),
    "binom": ("binom = lambda top, k: prod((top - j) / (j + 1) for j in range(int(k)))", ()),
}
_COMMON = _ENGINE | {label(each): (each.code[0], each.code[1:]) for each in QUANTITIES if each.code}
"""How each quantity is computed, and what must be there before it."""
_WITHOUT_STATES = {label(each): (each.without_states[0], each.without_states[1:]) for each in QUANTITIES if each.without_states}
"""The same by cumulants, where there are too many states to list, or no points."""
_MOMENTS = {
    "gaussian": "0 if k % 2 else prod(range(1, k, 2))",
    "uniform": "0 if k % 2 else 1 / (k + 1)",
    "laplace": "0 if k % 2 else factorial(k)",
}
MOST_LISTED = 30
"""Order up to which moments are listed at least."""
MOST_STATES = 20_000
"""States that the code lists."""

_TAKEN = {*_COMMON, *dir(builtins), "W", "E", "d", "law", "m", "n", "np", "p", "s", "state", "x", "left", "right", "probability"}


def counterexample(resolved: Resolved, instance: Instance) -> Counterexample:
    """The instance with the case, the indices (from 1), the free variables and the state where it fails."""
    relation, case = instance.code.relation, instance.case
    values: dict[str, Any] = case.describe()
    indices = {name: case.tell(instance.at[name]) for name in relation.indices}
    if indices:
        values["indices"] = indices
    free = {name: str(fmpq(instance.at[name])) for name in sorted(relation.variables)}
    if free:
        values["variables"] = free
    if instance.state is not None:
        states = case.states
        values["state"] = {
            "x": [str(row[instance.state]) for row in states.x],
            "s": [int(row[instance.state]) for row in states.s],
        }
    return Counterexample(
        values,
        f"{write(relation.left)} {relation.sign} {write(relation.right)}",
        decimal(instance.left),
        decimal(instance.right),
        snippet(resolved, instance),
    )


def snippet(resolved: Resolved, instance: Instance) -> str:
    """Code that prints both sides of the relation; features count from 0 in it."""
    relation, case = instance.code.relation, instance.case
    table = dict(_COMMON)
    if case.grouped or case.state_count > MOST_STATES:
        table |= _WITHOUT_STATES
    weights, own = case.numpy_code(_arity(relation))
    table |= own
    if not case.points and case.own is None:
        table["mu"] = (f"mu = lambda k: {_MOMENTS.get(case.law) or _listed(case)}", ())
    wanted: list[str] = []
    for side in (relation.left, relation.right):
        _collect(side, wanted, table)
    if instance.state is not None:
        _want("states", wanted, table)
    lines = [_SETUP, weights, case.numpy_law()]
    lines += [table[name][0] for name in wanted]
    lines += [f"{_python(name)} = {instance.at[name]}" for name in sorted(relation.variables)]
    lines += [f"{_python(name)} = {case.numpy_index(name, instance.at)}" for name in relation.indices]
    used: list[Defined] = []
    for side in (relation.left, relation.right):
        _definitions(side, used)
    for each in used:
        definition = each.definition
        lines.append(f"def {_function(each)}({', '.join(map(_python, definition.indices))}):\n    return {_code(definition.value)}")
    pick = ""
    if instance.state is not None:
        values = [(int(s[instance.state]), x[instance.state]) for s, x in zip(case.states.s, case.states.x, strict=True)]
        expected = ", ".join(f"({on}, {value})" for on, value in values)
        lines.append(f"state = next(k for k, each in enumerate(states) if [e[:2] for e in each] == [{expected}])")
        pick = "state"
    for side, name in ((relation.left, "left"), (relation.right, "right")):
        lines.append(f"{name} = {_code(side)}" + (f"\n{name} = {name}[{pick}]" if pick and is_random(side) else ""))
    lines.append(f"print(left, right)  # claimed: left {relation.sign} right")
    return "\n".join(line for line in lines if line) + "\n"


def number(value: Any) -> str:
    """A rational as it is, a root as a float."""
    return str(value) if isinstance(value, (int, fmpq)) else repr(approximate(value))


def _listed(case: Any) -> str:
    """The moments of a law that _MOMENTS has no formula for, one by one."""
    orders = range(0, max(4 * case.m, MOST_LISTED) + 1, 2)
    return "0 if k % 2 else {" + ", ".join(f"{k}: {case.moments(k)}" for k in orders) + "}[k]"


def _arity(relation: ResolvedRelation) -> int:
    """2 if the relation is about pairs of features, 1 if about single ones, else 0."""
    found = 0
    pending = [relation.left, relation.right]
    while pending:
        for part in walk(pending.pop()):
            if isinstance(part, Known):
                found = max(found, part.quantity.indices.count("i"))
            elif isinstance(part, Defined):
                pending.append(part.definition.value)
    return found


def _want(name: str, wanted: list[str], table: Table) -> None:
    for earlier in table[name][1]:
        _want(earlier, wanted, table)
    if name not in wanted:
        wanted.append(name)


def _collect(node: Node, wanted: list[str], table: Table) -> None:
    for part in walk(node):
        match part:
            case Known(quantity=quantity):
                name = label(quantity)
                if name in _COMMON:
                    _want(name, wanted, table)
                elif quantity.random:
                    _want("states", wanted, table)
            case Expectation():
                _want("states", wanted, table)
            case Call(function=("plus" | "binom") as function):
                _want(function, wanted, table)
            case Defined(definition=definition):
                _collect(definition.value, wanted, table)


def _definitions(node: Node, used: list[Defined]) -> None:
    for part in walk(node):
        if isinstance(part, Defined):
            _definitions(part.definition.value, used)
            if all(_function(part) != _function(other) for other in used):
                used.append(part)


def _function(node: Defined) -> str:
    return f"{node.definition.name}_{len(node.definition.indices)}"


def _python(name: str) -> str:
    """The name of a variable, where it is taken in the code with an underscore."""
    return f"{name}_" if name in _TAKEN or keyword.iskeyword(name) else name


def _code(node: Node) -> str:
    match node:
        case Literal(value=value):
            return str(value) if value.q == 1 and value >= 0 else f"({value})"
        case Variable(name=name, kind=kind):
            return f"({_python(name)} + 1)" if kind is Kind.FEATURE else _python(name)
        case Known():
            return _known(node)
        case Defined(indices=indices):
            places = (_python(e.name) if isinstance(e, Variable) and e.kind is Kind.FEATURE else _code(e) for e in indices)
            return f"{_function(node)}({', '.join(places)})"
        case Negation(operand=operand):
            return f"(-{_code(operand)})"
        case Operation(sign=sign, left=left, right=right):
            return f"({_code(left)} {'**' if sign == '^' else sign} {_code(right)})"
        case Call(function="min" | "max" as function, arguments=arguments):
            name = "np.minimum" if function == "min" else "np.maximum"
            text = _code(arguments[0])
            for other in arguments[1:]:
                text = f"{name}({text}, {_code(other)})"
            return text
        case Call(function=function, arguments=arguments):
            return f"{_FUNCTIONS[function]}({', '.join(_code(part) for part in arguments)})"
        case Expectation(body=body):
            return f"E({_code(body)})"
        case Indicator(relation=relation):
            return f"(1 * {_relation(relation)})"
        case Sum(variables=names, domain=domain, condition=condition, body=body):
            if domain is None:
                loops = " ".join(f"for {_python(name)} in range(n)" for name in names)
            else:
                stop = f"{_code(domain.last)} + 1"
                loops = f"for {_python(names[0])} in range(int({_code(domain.first)}), int({stop}), int({_code(domain.step)}))"
            if condition is None:
                return f"sum({_code(body)} {loops})"
            if is_random(condition):
                return f"sum({_relation(condition)} * {_code(body)} {loops})"
            return f"sum({_code(body)} {loops} if {_relation(condition)})"
    raise TypeError(type(node).__name__)


def _relation(relation: Relation) -> str:
    sign = {"=": "=="}.get(relation.sign, relation.sign)
    return f"({_code(relation.left)} {sign} {_code(relation.right)})"


def _known(node: Known) -> str:
    quantity = node.quantity
    text = quantity.name if label(quantity) == quantity.name else f"{quantity.name}_row"
    places = []
    for letter, index in zip(quantity.indices, node.indices, strict=True):
        if letter == "k":
            text = f"{text}({_code(index)})"
        else:
            assert isinstance(index, Variable)
            places.append(_python(index.name) if index.kind is Kind.FEATURE else f"{_python(index.name)} - 1")
    return f"{text}[{', '.join(places)}]" if places else text
