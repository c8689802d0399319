"""docs/howto/add_an_engine.md, followed to the letter in a copy of the package: the new engine proves what no other does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from oracles.claims_of_a_copy import checked

import boundcalc

ROOT = Path(__file__).parents[2]
CLAIMS = """\
[hypotheses]
m = 3

[[steps]]
key = "obvious"
claim = "abs(D[i] - C[i]) >= 0"

[[steps]]
key = "false"
claim = "abs(D[i] - C[i]) <= 0"

[[steps]]
key = "empty"
claim = "0 <= sqrt(q[i])"
where = "p > 1"
"""


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(Path(boundcalc.__file__).parent, folder / "boundcalc", ignore=shutil.ignore_patterns("__pycache__"))
    check = folder / "boundcalc" / "check"
    shutil.copy(ROOT / "docs" / "templates" / "shape.py", check)
    for name, old, new in (
        ("verdict.py", '    NONE = "none"\n', '    SHAPE = "shape"\n    NONE = "none"\n'),
        ("engines.py", "PROVERS: tuple[Prover, ...] = (check_symbolically,)", "PROVERS = (check_symbolically, check_by_shape)"),
        (
            "engines.py",
            "from boundcalc.check.verdict",
            "from boundcalc.check.shape import check_by_shape\nfrom boundcalc.check.verdict",
        ),
    ):
        text = (check / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"add_an_engine.md speaks of {old!r} in {name}"
        (check / name).write_text(text.replace(old, new), encoding="utf-8")
    return checked(folder, folder, CLAIMS)


def test_it_proves_what_no_other_engine_does(steps, tmp_path):
    assert checked(ROOT, tmp_path, CLAIMS)["obvious"]["outcome"] == "holds"
    assert (steps["obvious"]["outcome"], steps["obvious"]["engine"]) == ("proven", "shape")
    assert steps["obvious"]["cases"] > 0


def test_it_proves_neither_what_is_false_nor_what_is_about_nothing(steps):
    assert steps["false"]["outcome"] == "refuted"
    assert steps["empty"]["outcome"] == "no_case"
