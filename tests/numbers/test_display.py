"""Result types show themselves through the registry, in the form of their nearest ancestor."""

from __future__ import annotations

import sys

import pytest

from boundcalc.numbers import display
from boundcalc.numbers.display import WIDEST, Displayed, data_frame, show, shows
from boundcalc.numbers.errors import ParameterError


class Shape(Displayed):
    """A type with a text of two lines."""


class Square(Shape):
    """A type that has a text of its own, and no other form."""


@shows(Shape, "text")
def _shape(value):
    return "a shape   of  \n two lines"


@shows(Shape, "html")
def _shape_html(value):
    return "<p>a shape</p>"


@shows(Square, "text")
def _square(value):
    return "s" * (WIDEST + 1)


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch):
    monkeypatch.setattr(display, "load", lambda: None)


def test_text_is_whole_and_repr_its_first_line():
    assert str(Shape()) == "a shape   of  \n two lines"
    assert repr(Shape()) == "<Shape a shape of>"


def test_a_long_line_is_cut_and_says_so():
    assert repr(Square()) == f"<Square {'s' * WIDEST}...>"


def test_a_form_is_taken_from_the_ancestor():
    assert Square()._repr_html_() == "<p>a shape</p>"
    assert show(Square(), "html") == "<p>a shape</p>"


def test_data_frame_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ParameterError, match="pip install pandas"):
        data_frame([{"a": 1}])
