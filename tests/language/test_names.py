"""Names: what is found, what is free, and one clear error for each mistake."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from boundcalc.language.grammar import StatementError, parse_expression
from boundcalc.language.names import resolve
from boundcalc.language.resolved import Kind
from boundcalc.language.statement import Definition, Statement, build


def statement(*claim: str, define: dict[str, str] | None = None, **options: object) -> Statement:
    definitions = []
    for head, value in (define or {}).items():
        name, _, indices = head.partition("[")
        symbols = tuple(part.strip() for part in indices.rstrip("]").split(",")) if indices else ()
        definitions.append(Definition(name, symbols, parse_expression(value)))
    return replace(build("test", "step", claim, **options), definitions=tuple(definitions))  # type: ignore[arg-type]


def test_free_feature_indices_are_for_all():
    relation = resolve(statement("A[i, l]^2 <= q[i]*a[l]")).relations[0]
    assert relation.indices == ("i", "l")
    assert not relation.random


def test_bound_indices_are_not_free():
    assert resolve(statement("sum(i: a[i]) <= n*sum(j: q[j])")).relations[0].indices == ()


def test_random_outside_an_expectation_is_for_every_state():
    assert resolve(statement("x[i]^2 >= 0")).relations[0].random
    assert not resolve(statement("E[x[i]^2] >= 0")).relations[0].random


def test_a_letter_may_be_an_index_and_a_quantity():
    relation = resolve(statement("l[l] <= 1")).relations[0]
    assert relation.indices == ("l",)


def test_a_condition_on_indices_alone_restricts_them():
    resolved = resolve(statement("A[i, j]^2 <= q[i] - a[i]^2", given=("i != j", "a[i] > 0")))
    assert [condition.restricts for condition in resolved.conditions] == [True, False]


def test_free_variables_are_known_in_later_ranges():
    resolved = resolve(statement("u <= v", free=(("v", "0..1 real"), ("u", "0..v real"))))
    assert resolved.relations[0].variables == {"u", "v"}


def test_kinds_of_the_indices_of_a_definition():
    definition = resolve(statement("f[2, i] >= 0", define={"f[k, j]": "mu[k]*a[j]"})).definitions[0]
    assert definition.kinds == (Kind.INTEGER, Kind.FEATURE)
    assert resolve(statement("f[i] >= 0", define={"h[j]": "a[j]", "f[i]": "h[i]"})).definitions[1].kinds == (Kind.FEATURE,)


@pytest.mark.parametrize(
    ("claim", "options", "words"),
    [
        ("alhpa <= 1", {}, "unknown name 'alhpa' .did you mean alpha"),
        ("zzzzzz <= 1", {}, "unknown name 'zzzzzz'$"),
        ("Q[i] <= 1", {}, "Q has 2 indices, not 1"),
        ("a <= 1", {}, "a has 1 index, not 0"),
        ("C[i, j] <= 1", {}, "C has no index or 1 index, not 2"),
        ("a[i + 1] <= 1", {}, "expected the name of an index|unknown name 'i'"),
        ("a[1] <= 1", {}, "expected the name of an index"),
        ("a[n] <= 1", {}, "expected the name of an index"),
        ("mu[x[i]] = 1", {}, "cannot depend on the state"),
        ("Q[i, i] = 1", {}, "has an integer here"),
        ("E[E[x[i]]] = 0", {}, "an expectation inside an expectation"),
        ("E[f] = 0", {"define": {"f": "E[active]"}}, "f contains one"),
        ("f <= 1", {"define": {"f": "f + 1"}}, "f is not defined yet"),
        ("f <= 1", {"define": {"f": "h + 1", "h": "1"}}, "h is not defined yet"),
        ("f <= 1", {"define": {"f": "a[i]"}}, "'i' is not an index of f"),
        ("p <= 1", {"define": {"p": "1"}}, "'p' is a word of the language"),
        ("sum(i: sum(i: a[i])) = 1", {}, "'i' is in use already"),
        ("sum(n: 1) = 1", {}, "'n' is a word of the language"),
        ("theta <= 1", {"free": (("theta", "0..x[i] real"),)}, "unknown name 'i'|cannot depend on the state"),
        ("p <= 1", {"free": (("p", "0..1 real"),)}, "'p' is a word of the language"),
        ("sum(k in 1..active: k) = 1", {}, "cannot depend on the state"),
        ("mu[theta] = 1", {"free": (("theta", "0..1 real"),)}, "theta is a real number"),
    ],
)
def test_one_clear_error(claim, options, words):
    with pytest.raises(StatementError, match=words) as error:
        resolve(statement(claim, **options))
    assert "\n" not in str(error.value)
    assert error.value.part is not None


def test_the_error_names_its_part_and_crosses_processes():
    step = statement("a[i] >= 0", "b[i] >= 0")
    with pytest.raises(StatementError) as error:
        resolve(step)
    assert error.value.part is step.relations[1]
    again = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.offset) == (str(error.value), error.value.offset)


def test_a_tree_too_deep_is_refused():
    text = "n"
    for _ in range(20):
        text = f"({text}{'+n' * 80})"
    with pytest.raises(StatementError, match="deep"):
        resolve(statement(f"{text} = 1"))
