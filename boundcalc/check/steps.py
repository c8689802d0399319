"""Turns the proof steps of the catalog into statements that the engines can check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
from boundcalc.language.claims import Lemma, Step, plain
from boundcalc.language.printed import claim_latex
from boundcalc.language.statement import Statement, build
from boundcalc.numbers.errors import ParameterError, meant, nearest

EXPONENTS = (3, 5, 7)
"""The m that are tried, unless a step is about one of them."""


def lemmas() -> dict[str, Lemma]:
    """Every lemma that a bound uses, by key, in the order of the bounds."""
    return {lemma.key: lemma for bound in BOUNDS.values() for lemma in bound.lemmas}


def owners() -> Iterator[Bound | Lemma]:
    """Every bound, every lemma, every floor of the ReLU loss. Some have one key; names ``owner.step`` are unique all the same."""
    yield from BOUNDS.values()
    yield from lemmas().values()
    yield from FLOOR_PROOFS.values()


def distinct_steps() -> dict[str, Step]:
    """The steps by name ``owner.step``, each once: a step that several proofs share belongs to the first of them."""
    found: dict[str, Step] = {}
    seen: set[int] = set()
    for owner in owners():
        for step in owner.proof:
            if id(step) not in seen:
                seen.add(id(step))
                found[f"{owner.key}.{step.key}"] = step
    return found


def unequal_steps() -> dict[str, Step]:
    """The steps of what bounds say of features that differ which have a claim, by name ``owner.unequal.step``, each once."""
    found: dict[str, Step] = {}
    seen: set[int] = set()
    for bound in BOUNDS.values():
        for step in bound.unequal.proof if bound.unequal is not None else ():
            if step.claim and id(step) not in seen:
                seen.add(id(step))
                found[f"{bound.key}.unequal.{step.key}"] = step
    return found


def every_step() -> dict[str, Step]:
    """Both."""
    return distinct_steps() | unequal_steps()


def names_of(keys: Sequence[str] | None) -> list[str]:
    """The names of the steps that bounds or lemmas rest on: their own, and those of the lemmas that a bound uses.

    Parameters
    ----------
    keys : sequence of str, optional
        Bounds, lemmas or single steps ``owner.step``; all steps if absent.

    Raises
    ------
    ParameterError
        For a key that is none of these, naming the nearest.
    """
    steps = every_step()
    if keys is None:
        return list(steps)
    by_identity = {id(step): name for name, step in steps.items()}
    found: dict[str, None] = {}
    for key in keys:
        for step in _steps_of(key):
            found[by_identity[id(step)]] = None
    return list(found)


def _steps_of(key: str) -> Iterator[Step]:
    named = [owner for owner in owners() if owner.key == key]
    if named:
        for owner in named:
            yield from owner.proof
            for lemma in owner.lemmas if isinstance(owner, Bound) else ():
                yield from lemma.proof
            if isinstance(owner, Bound) and owner.unequal is not None:
                yield from (step for step in owner.unequal.proof if step.claim)
        return
    if key in unequal_steps():
        yield unequal_steps()[key]
        return
    name, _, last = key.rpartition(".")
    step = next((step for owner in owners() if owner.key == name for step in owner.proof if step.key == last), None)
    if step is None:
        known = [*(owner.key for owner in owners()), *every_step()]
        hint = meant(key, known) if nearest(key, known) else f"must be one of {', '.join(BOUNDS)}"
        raise ParameterError("key", key, f"is no bound, lemma or step; {hint}")
    yield step


def single_exponent(condition: str) -> int | None:
    """K of a condition ``m = K``."""
    left, _, right = condition.partition("=")
    return int(right) if left.strip() == "m" and right.strip().isdecimal() else None


def statement_of(name: str, step: Step, exponents: Sequence[int] = EXPONENTS) -> Statement:
    """The statement of a step that has a claim.

    Parameters
    ----------
    name : str
        ``owner.step``.
    exponents : sequence of int
        The m to be tried, unless the step is about a single one.
    """
    owner = name.rpartition(".")[0]
    alone = tuple(m for condition in step.given if (m := single_exponent(condition)) is not None)
    return build(
        owner,
        step.key,
        step.claim,
        latex=claim_latex(step),
        given=step.given,
        free=step.free,
        define=step.define,
        exponents=alone or tuple(exponents),
        reason=plain(step.reason),
    )


def statements(keys: Sequence[str] | None = None, exponents: Sequence[int] = EXPONENTS) -> list[Statement]:
    """The claims of these bounds and lemmas (all if ``keys`` is ``None``), each step once.

    Raises
    ------
    ParameterError
        For a key that is neither a bound, a lemma nor a step.
    """
    steps = every_step()
    return [statement_of(name, steps[name], exponents) for name in names_of(keys) if steps[name].claim]
