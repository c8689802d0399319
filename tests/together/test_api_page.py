"""The page of the API shows examples as examples and signatures that can be read, of every public name and method."""

import ast
import doctest
import inspect
import sys
from pathlib import Path

import pytest

import boundcalc

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))
from docstrings import head_examples, readable

napoleon = pytest.importorskip("sphinx.ext.napoleon")
PUBLIC = {name: found for name in boundcalc.__all__ if callable(found := getattr(boundcalc, name))}
METHODS = {
    f"{name}.{key}": member
    for name, found in PUBLIC.items()
    if inspect.isclass(found)
    for key, member in vars(found).items()
    if not key.startswith("_") and (callable(member) or isinstance(member, property))
}


def fields(text: str) -> list[str]:
    """The lines that Sphinx is given."""
    lines = inspect.cleandoc(text).splitlines()
    head_examples(lines)
    return list(napoleon.NumpyDocstring(lines, napoleon.Config(), what="function").lines())


def test_an_example_would_be_a_parameter():
    """What happens without a heading: the test below can fail."""
    lines = ["Adds.", "", "Raises", "------", "ValueError", "", ">>> add(1)", "2"]
    assert ">>> add(1)" not in napoleon.NumpyDocstring(lines, napoleon.Config(), what="function").lines()


@pytest.mark.parametrize("name", [*PUBLIC, *METHODS])
def test_examples_are_no_parameters(name):
    text = inspect.getdoc((PUBLIC | METHODS)[name]) or ""
    shown = fields(text)
    code = [line for line in text.splitlines() if line.startswith((">>>", "..."))]
    assert [line for line in shown if line.startswith((">>>", "..."))] == code
    assert not [line for line in shown if ">>>" in line and not line.startswith(">>>")]
    for example in doctest.DocTestParser().get_examples(text):
        ast.parse(example.source)


def test_a_function_as_a_default_is_an_ellipsis():
    assert readable("(a: int = 1, f: ~x.Y = <function B.<lambda>>, g=<factory>)") == "(a: int = 1, f: ~x.Y = ..., g=<factory>)"


@pytest.mark.parametrize("name", PUBLIC)
def test_signatures_are_python(name):
    """Else Sphinx shows them letter by letter, with ~ before every type."""
    stringify = pytest.importorskip("sphinx.util.inspect").stringify_signature
    ast.parse(f"def f{readable(stringify(inspect.signature(PUBLIC[name])))}: pass")
