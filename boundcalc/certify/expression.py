"""Compiles SymPy expressions to functions of jets: a straight-line program, compiled once, each common part computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from flint import fmpq

from boundcalc.certify.jets import maximum, minimum
from boundcalc.numbers.errors import ParameterError


def compile_expression(expression: sympy.Expr, symbols: Sequence[sympy.Symbol]) -> Callable[..., Any]:
    """A callable of the symbols, in their order.

    Sums, products, rational powers, Max and Min with rational constants are understood. A fractional power is that of
    the nonnegative part of its base.

    Raises
    ------
    ParameterError
        For any other operation, a constant that is not rational, or an unknown symbol.
    """
    expression = sympy.sympify(expression)
    places: dict[sympy.Expr, int] = {symbol: k for k, symbol in enumerate(symbols)}
    if len(places) != len(symbols):
        raise ParameterError("symbols", list(symbols), "must be distinct")
    program: list[tuple[Callable[..., Any], tuple[int, ...]]] = []
    pending = [expression]
    while pending:  # depth first, each distinct part once: a shared part would make a tree walk exponential
        node = pending[-1]
        missing = [part for part in node.args if part not in places]
        if missing:
            pending += missing
            continue
        pending.pop()
        if node not in places:
            places[node] = len(symbols) + len(program)
            program.append(_operation(node, places))
    result = places[expression]

    def function(*values: Any) -> Any:
        memory = list(values)
        for operation, arguments in program:
            memory.append(operation(*[memory[k] for k in arguments]))
        return memory[result]

    return function


def _operation(node: Any, places: dict[Any, int]) -> tuple[Callable[..., Any], tuple[int, ...]]:
    arguments = tuple(places[part] for part in node.args)
    if node.is_Rational:
        value = fmpq(int(node.p), int(node.q))
        return lambda: value, ()
    if node.is_Pow and node.exp.is_Rational:
        exponent = fmpq(int(node.exp.p), int(node.exp.q))
        return lambda base: _power(base, exponent), arguments[:1]
    if node.is_Add:
        return lambda *terms: sum(terms[1:], terms[0]), arguments
    if node.is_Mul:
        return _product, arguments
    if isinstance(node, sympy.Max):
        return lambda *values: _fold(maximum, values), arguments
    if isinstance(node, sympy.Min):
        return lambda *values: _fold(minimum, values), arguments
    if node.is_Symbol:
        raise ParameterError("symbols", str(node), "must all be variables of the box")
    raise ParameterError("expression", str(node), "must use + - * /, rational powers, Max, Min and rational constants")


def _power(base: Any, exponent: fmpq) -> Any:
    from flint import arb

    from boundcalc.certify.jets import power

    if isinstance(base, fmpq):
        return base ** int(exponent.p) if exponent.q == 1 else power(arb(base), exponent)
    return power(base, exponent) if isinstance(base, arb) else base**exponent


def _product(*factors: Any) -> Any:
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def _fold(combine: Callable[[Any, Any], Any], values: tuple[Any, ...]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = combine(result, value)
    return result
