"""docs/howto/add_a_quantity.md, followed to the letter in a copy of the package: claims may use the new quantity."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from oracles.claims_of_a_copy import checked

import boundcalc

ROOT = Path(__file__).parents[2]
CLAIMS = """\
[[steps]]
key = "share"
claim = "crowding[i]*t[i] = 1 - t[i]"
where = "a[i] > 0"

[[steps]]
key = "product"
claim = "crowding[i]*t[i] <= 1"

[[steps]]
key = "small"
claim = "crowding[i] <= 1"
"""


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(Path(boundcalc.__file__).parent, folder / "boundcalc", ignore=shutil.ignore_patterns("__pycache__"))
    named = folder / "boundcalc" / "model" / "named"
    shutil.copy(ROOT / "docs" / "templates" / "crowding.py", named)
    text = (named / "index.py").read_text(encoding="utf-8").replace("*FEATURES)", "*FEATURES, CROWDING)")
    text = text.replace(
        "from boundcalc.model.named.dim", "from boundcalc.model.named.crowding import CROWDING\nfrom boundcalc.model.named.dim"
    )
    (named / "index.py").write_text(text, encoding="utf-8")
    return checked(folder, folder, CLAIMS)


def test_claims_about_it_are_checked(steps):
    assert {key: step["outcome"] for key, step in steps.items()} == {"share": "holds", "product": "holds", "small": "refuted"}
    assert steps["share"]["attained"] is None
    assert steps["share"]["comparisons"] > 100


def test_it_is_printed_in_its_letters(steps):
    assert steps["share"]["statement"] == r"w_i t_i = 1 - t_i\quad \text{if } a_i > 0"


def test_the_code_of_the_counterexample_computes_it(steps):
    code = steps["small"]["counterexample"]["numpy"]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    left, right = map(float, done.stdout.split())
    assert left > right == 1
