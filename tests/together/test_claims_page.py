"""docs/claims.md: its table of names is the vocabulary, its grid the standard one."""

from __future__ import annotations

import re
from pathlib import Path

from boundcalc.check.exact.case_grid import MATRICES, STANDARD
from boundcalc.language.grammar import FUNCTIONS, parse_statement
from boundcalc.model.named.index import QUANTITIES

PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text()


def row(quantity) -> str:
    return f"| `{quantity.form}` | {quantity.meaning} | {'yes' if quantity.random else ''} |".replace("|w_i|", "\\|w_i\\|").replace(
        "|xhat|", "\\|xhat\\|"
    )


def test_the_table_of_names_is_the_vocabulary():
    table = PAGE.split("<!-- names -->")[1].split("<!-- end of names -->")[0].strip().splitlines()[2:]
    rows = [row(quantity) for quantity in QUANTITIES]
    absent = "\n".join(each for each in rows if each not in table) or "none: their order differs, or a row is too much"
    assert table == rows, f"the table of names in docs/claims.md lacks these rows, in the order of QUANTITIES:\n{absent}"


def test_every_function_is_on_the_page():
    for name in (*FUNCTIONS, "sum", "E", "one"):
        assert re.search(rf"\b{name}[(\[]", PAGE)


def test_the_grid_is_the_page_s():
    assert f"{len(MATRICES)} matrices with at most 4 features and 3 dimensions" in PAGE
    assert "p = 0, 1/100, 1/3, 1;" in PAGE
    assert sorted(map(str, STANDARD.probabilities)) == ["0", "1", "1/100", "1/3"]


def test_the_operators_bind_as_the_page_says():
    assert parse_statement("-x^2 = 2^3^2") == parse_statement("-(x^2) == 2**(3**2)")
