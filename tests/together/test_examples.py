"""Every public function and class has an example in its docstring, every bound one on its page; all are run."""

import contextlib
import doctest
import io
import re
import sys
from pathlib import Path

import pytest

import boundcalc
from boundcalc.bounds.catalog import BOUNDS

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))
from catalog_pages import example

PUBLIC = [name for name in boundcalc.__all__ if callable(getattr(boundcalc, name))]


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_show_what_is_printed(name):
    known = {public: getattr(boundcalc, public) for public in boundcalc.__all__}
    test = doctest.DocTestParser().get_doctest(getattr(boundcalc, name).__doc__ or "", known, name, None, None)
    assert test.examples, "no example"
    printed: list[str] = []
    assert doctest.DocTestRunner(verbose=False).run(test, out=printed.append).failed == 0, "".join(printed)


@pytest.mark.parametrize("key", BOUNDS)
def test_the_page_of_a_bound_shows_what_is_printed(key):
    code, shown = re.fullmatch(r"```python\n(.*)```\n\n```text\n(.*)```\n", example(BOUNDS[key]), re.DOTALL).groups()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})
    assert output.getvalue() == shown
    low, high = map(float, shown.split())
    assert 0 < low <= high <= low * 1.0001
