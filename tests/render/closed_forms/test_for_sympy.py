"""What ``latex bound --flavour sympy`` prints, read by both readers of SymPy, has the value of the closed form.

The closed form's own LaTeX is evaluated by a reader of another kind, with mpmath.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

import pytest
import sympy
from mpmath import mp, mpf
from oracles.latex_reader import value_of
from sympy.parsing.latex import parse_latex

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.closed_forms.for_sympy import for_sympy
from boundcalc.render.renaming import NONE

SLOW = {5: pytest.mark.slow}  # lark takes seconds for a long line
FORMS = [
    pytest.param(bound, m, marks=SLOW.get(m, ()), id=f"{bound.key}-{m}")
    for bound in BOUNDS.values()
    for m in (3, 5)
    if not bound.undefined(m)
]
SUPREMUM = re.compile(r"\\,\s*\\sup_\{(?:[^{}]|\{[^{}]*\})*\}")
INDEXED = (r"\mu", r"\nu", r"\eta", "Q", "x", "y", "s", "I")
SINGLE = ("n", "d", "p", "n'", "G", r"\lambda", r"\theta", r"\xi", r"\zeta", r"\Lambda", "z", "z'", "C", "D", "E(h)")


@cache
def read(line: str, backend: str) -> sympy.Basic:
    found = parse_latex(line, backend=backend)
    assert isinstance(found, sympy.Basic), f"{backend} sees several readings of {line}"
    return found


def values(rng: random.Random) -> dict[str, sympy.Rational]:
    """A number for every name of ours by its LaTeX; n and d whole, d at most n or above."""
    found = {name: sympy.Rational(rng.randint(1, 40), rng.randint(41, 60)) for name in SINGLE}
    found |= {f"{name}_{{{k}}}": sympy.Rational(rng.randint(1, 90), 30) for name in INDEXED for k in range(1, 11)}
    found["n"], found["d"] = sympy.Integer(rng.choice((2, 5, 9, 60, 400))), sympy.Integer(rng.choice((2, 3, 4, 7)))
    return found | {"n'": found["n"] + 9}


def value_read(text: str, known: dict[str, sympy.Rational], backend: str) -> mpf:
    """The right side of the last line of a printed form, with what stands before it put in."""
    numbers = {name: value if value.is_Integer else sympy.Float(value, 60) for name, value in known.items()}
    holds: Callable[[], bool] = lambda: True  # noqa: E731
    defined = False
    for line in text.splitlines():
        if match := re.fullmatch(r"% (\S+) stands for (\S+)", line):
            numbers[match[1]] = numbers.pop(match[2]) if match[2] in numbers else None
        elif match := re.fullmatch(r"% (else )?where (.*):", line):
            condition = match[2].replace(">=", r"\ge")
            defined = defined and bool(match[1])
            holds = lambda condition=condition: bool(number(read(condition, backend), numbers))  # noqa: E731
        elif not line.startswith("%"):
            relation = read(line, backend)
            name, turned = (str(1 / relation.lhs), True) if relation.lhs.is_Pow else (str(relation.lhs), False)
            if not turned or (not defined and holds()):
                value = number(relation.rhs, numbers)
                numbers["\\" * (len(name.split("_")[0]) > 1) + name] = 1 / value if turned else value
                defined = turned or defined
    return numbers["F_{0}" if "F_{0}" in numbers else "I_{0}"]


def number(expression: sympy.Basic, numbers: dict[str, object]) -> sympy.Basic:
    """An expression of a reader with numbers for its symbols, whatever each reader assumes of them."""
    put = {sign: numbers["\\" + sign.name if "\\" + sign.name in numbers else sign.name] for sign in expression.free_symbols}
    return expression.subs(put).doit()


@pytest.mark.parametrize("backend", ["antlr", "lark"])
@pytest.mark.parametrize(("bound", "m"), FORMS)
def test_both_readers_read_the_closed_form(bound, m, backend):
    form, text = closed_form(bound, m), for_sympy(bound, m)
    rng = random.Random(f"{bound.key} {m}")
    for _ in range(2):
        known = values(rng)
        with mp.workdps(40):
            put = {name: mpf(value.p) / mpf(value.q) for name, value in known.items()}
            n, d, p = int(known["n"]), int(known["d"]), put["p"]
            put["expected_minimum"] = sum(min(d, k) * mp.binomial(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1))
            under = SUPREMUM.sub(" ", NONE(form.inequality))  # of a supremum, what it is taken of
            expected = value_of(under, [(NONE(name), NONE(value)) for name, value in form.definitions], put)
            found = sympy.N(value_read(text, known, backend), 40)
            assert abs(mpf(str(found)) - expected) <= abs(expected) * mpf(10) ** -30


@pytest.mark.parametrize(("bound", "m"), FORMS)
def test_names_stay_apart(bound, m):
    pairs = re.findall(r"^% (\S+) stands for (\S+)$", for_sympy(bound, m), re.MULTILINE)
    names, meant = [name for name, _ in pairs], [ours for _, ours in pairs]
    assert len(set(names)) == len(names)
    own = closed_form(bound, m)
    printed = " ".join([NONE(own.inequality), *(NONE(value) for _, value in own.definitions)])
    assert all(ours.split("_")[0].rstrip("}") in printed for ours in meant)
    for name in names:  # a name that is put for another is not a name of the form
        assert name in (r"\mu_{a}", r"\kappa_{a}", "Q_{a}", "K_{a}") or f"{name} " not in f"{printed} "


def test_recursions_are_refused():
    with pytest.raises(ParameterError, match="at most 5"):
        for_sympy(BOUNDS["universal"], 7)
    with pytest.raises(ParameterError, match="m"):
        for_sympy(BOUNDS["dense"], 5)
