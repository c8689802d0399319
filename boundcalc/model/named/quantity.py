"""Defines what an entry says of a named quantity: meaning, LaTeX, sign, value in any ring, NumPy code.

A value is a formula over a *case*, which offers the primitives: ``case(name, *indices)`` is another quantity, ``case.n``,
``case.d``, ``case.m`` and ``case.p`` are the parameters, ``case.total(f)`` sums over all features. The same formula gives exact
numbers, floating point with its gradient (dual numbers) and polynomials, as the case computes in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from functools import cached_property
from typing import Any

Formula = Callable[..., Any]
"""(case, *indices) to the value; indices stand in the order of :attr:`Quantity.indices`."""


class Dependence(Flag):
    """What of a case a quantity depends on."""

    SIZES = auto()
    """n and d."""
    DIRECTIONS = auto()
    """W, up to its scale."""
    SCALE = auto()
    """The scale of W."""
    EXPONENT = auto()
    PROBABILITY = auto()
    LAW = auto()
    STATE = auto()
    """Which features are active, and their values."""
    FEATURES = auto()
    """What differs from feature to feature: importance, activity and law of its own."""
    WEIGHTS = DIRECTIONS | SCALE
    LOSS = WEIGHTS | PROBABILITY | LAW

    def within(self, other: Dependence) -> bool:
        """Whether nothing but ``other`` matters."""
        return not self & ~other


NAMES, CUMULANTS, MOMENTS = "names", "cumulants", "moments"
"""How exact algebra writes the loss: in its own names, in the cumulants of x, or in p and the moments of u."""
ALWAYS, NEVER = frozenset({NAMES, CUMULANTS, MOMENTS}), frozenset[str]()
ONLY_NAMES = frozenset({NAMES})


@dataclass(frozen=True)
class GuardedQuotient:
    """above/below, and 0 where below vanishes."""

    above: Formula
    below: Formula

    def __call__(self, case: Any, *indices: Any) -> Any:
        """The value in a case."""
        return case.ratio(self.above(case, *indices), self.below(case, *indices))


@dataclass(frozen=True, eq=False)
class Quantity:
    """One name of the language.

    Parameters
    ----------
    form : str
        The name with its indices, as it is written: ``k`` is an integer, ``i`` and ``j`` are features. One of two features is
        symmetric in them.
    latex : str
        With ``{0}``, ``{1}`` for the indices.
    meaning : str
    of : Dependence
        What it depends on.
    value : Formula or GuardedQuotient
    sign : str
        ``+`` never negative, ``>`` positive, ``?`` any.
    where : (str, str), optional
        A sign at some indices: of an ``even`` order, of the order ``two``, or on the ``diagonal``.
    size : int
        1 if it is at least 1, −1 if it is at most 1, else 0.
    letter : frozenset of str
        In which writings of the loss exact algebra keeps it as a letter; in the others it writes the value out. A guarded
        quotient is a letter in all of them.
    code : tuple of str
        NumPy code that computes it from W, d, n, m, p, law and the names that follow; empty for what is there.
    without_states : tuple of str
        The same by cumulants, where there are too many states to list.
    slow : bool
        Whether its value takes so long that it is not asked for at thousands of sizes.
    """

    form: str
    latex: str
    meaning: str
    of: Dependence
    value: Formula
    sign: str = "?"
    where: tuple[str, str] = ("", "?")
    size: int = 0
    letter: frozenset[str] = NEVER
    code: tuple[str, ...] = ()
    without_states: tuple[str, ...] = ()
    slow: bool = False

    @cached_property
    def name(self) -> str:
        """Without indices."""
        return self.form.partition("[")[0]

    @cached_property
    def indices(self) -> str:
        """One letter an index: ``k`` an integer, ``i`` a feature; empty for a scalar."""
        return "".join("k" if index == "k" else "i" for index in re.findall(r"\w+", self.form.partition("[")[2]))

    @property
    def random(self) -> bool:
        """Whether it depends on the features' state: inside E[...], or pointwise (for every state) outside of it."""
        return Dependence.STATE in self.of

    def is_letter(self, writing: str) -> bool:
        """Whether exact algebra keeps it as a letter where the loss is written in this way."""
        return writing in self.letter or isinstance(self.value, GuardedQuotient)

    def sign_at(self, *indices: Any) -> str:
        """The sign at these indices."""
        match self.where:
            case ("even", sign) if indices[0] % 2 == 0:
                return sign
            case ("two", sign) if indices[0] == 2:
                return sign
            case ("diagonal", sign) if indices[0] == indices[1]:
                return sign
        return self.sign
