"""Sizes (n, d) that the conditions of a step allow, in a list that reaches far."""

from __future__ import annotations

from functools import cache
from math import comb

from flint import fmpq

from boundcalc.check.exact.case_grid import is_discrete
from boundcalc.check.exact.compiler import truth
from boundcalc.check.exact.enumeration import Compiled
from boundcalc.check.wide.case import ClassCase
from boundcalc.check.wide.configuration import ColumnKind, Configuration
from boundcalc.check.wide.known import configurations
from boundcalc.language.grammar import StatementError
from boundcalc.language.nodes import Literal
from boundcalc.language.resolved import walk

LARGEST = 10**9
"""Largest n and d of the list; a number in a condition adds those near it, up to MOST."""
MOST = 10**15
ISOLATED = 2000
"""Largest n of cases where (1 − p)^(n−1) is asked for, a number of n times the digits of p."""


def bare(n: int, d: int, m: int) -> ClassCase:
    """Sizes without weights."""
    return ClassCase(Configuration(f"{n} zero columns", d, (), (ColumnKind(n, fmpq(0), -1, ()),)), m, fmpq(1, 3))


@cache
def candidates(near: tuple[int, ...] = ()) -> tuple[tuple[int, int], ...]:
    """Sizes to look at, few dimensions and features first; also those next to some numbers."""
    around = {value + step for value in near for step in (-1, 0, 1) if 1 <= value + step <= MOST}
    dimensions = {*range(1, 33), 36, 40, 48, 64, 100, 128, 256, 1000, 10**4, 10**6, LARGEST, *around}
    features = {*range(1, 41), 48, 50, 60, 64, 100, 120, 128, 200, 256, 500, 1000, 1024, 2000, 5000, LARGEST, *around}
    features |= {10**k for k in range(4, 9)}
    built = {(each.n, each.d) for each in configurations(3)}
    found = set(built)
    for d in dimensions:
        own = {d * k for k in (1, 2, 3, 4, 5, 6, 8, 10, 16, 20, 50, 100)} | {d + k for k in range(-3, 4)}
        own |= {2 * d - 1, 2 * d + 1, 3 * d - 1, 3 * d + 1, d**2 - 1, d**2, d**2 + 1, d**2 + d, d**2 - d, d**3}
        own |= {comb(d + 1, 2) + k for k in (-1, 0, 1)} | {comb(d, 2), comb(d + 2, 3), comb(d + 3, 4), d // 2}
        own |= {2**d, 2 ** (d - 1)} if d <= 40 else set()
        found |= {(n, d) for n in features | own | {n for n, e in built if e <= d} if 1 <= n <= MOST}
    return tuple(sorted(found, key=lambda size: (size[0] * size[1], size[0])))


def allowed_sizes(compiled: Compiled, m: int) -> list[tuple[int, int]] | None:
    """The sizes that the conditions allow for an exponent; ``None`` if none of them is about sizes."""
    deciding = [code for code in compiled.global_conditions if is_discrete(code.relation) and not code.relation.indices]
    if not deciding:
        return None
    tests = [truth(code).run for code in deciding]
    found = []
    for n, d in candidates(numbers(compiled)):
        case = bare(n, d, m)
        try:
            if all(test(case, {}) for test in tests):
                found.append((n, d))
        except (StatementError, ArithmeticError):
            continue
    return found


def numbers(compiled: Compiled) -> tuple[int, ...]:
    """The whole numbers above 1 in the conditions and relations."""
    found = set()
    for relation in (*compiled.resolved.conditions, *compiled.resolved.relations):
        for side in (relation.left, relation.right):
            for part in walk(side):
                if isinstance(part, Literal) and part.value.q == 1 and 1 < part.value <= MOST:
                    found.add(int(part.value))
    return tuple(sorted(found)[:12])


def require_sizes(compiled: Compiled) -> None:
    """Refuses a step whose conditions leave no size that can be built.

    Raises
    ------
    StatementError
    """
    exponents = compiled.statement.exponents
    for m in exponents:
        found = allowed_sizes(compiled, m)
        if found is None or found:
            return
    code = next(code for code in compiled.global_conditions if is_discrete(code.relation))
    shown = " or ".join(map(str, exponents))
    raise StatementError(
        f"no size meets the conditions: there must be whole n and d from 1 to {MOST} that do, with m = {shown}",
        0,
        code.relation.source,
    )
