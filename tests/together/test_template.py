"""docs/howto/add_a_bound.md, followed to the letter in a copy of the package: the new bound is everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import boundcalc

ROOT = Path(__file__).parents[2]
PACKAGE = Path(boundcalc.__file__).parent


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, folder / "boundcalc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "docs" / "templates" / "halfway.py", folder / "boundcalc" / "bounds" / "upper")
    catalog = folder / "boundcalc" / "bounds" / "catalog.py"
    text = catalog.read_text(encoding="utf-8")
    assert text.count("    gaussian_support,\n") == 1
    assert text.count("    dense.BOUND,\n") == 1
    text = text.replace("    gaussian_support,\n", "    gaussian_support,\n    halfway,\n")
    catalog.write_text(text.replace("    dense.BOUND,\n", "    dense.BOUND,\n    halfway.BOUND,\n"), encoding="utf-8")
    return folder


def run(copy: Path, *words: str, module: str = "boundcalc") -> str:
    path = os.pathsep.join([str(copy), str(ROOT / "docs" / "_ext")])
    arguments = ["-c", words[0]] if module == "-c" else ["-m", module, *words]
    done = subprocess.run(
        [sys.executable, *arguments], env=os.environ | {"PYTHONPATH": path}, cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_among_the_bounds(copy):
    # p mu_2 (n + N)/2 = (1/100) (30 + 20)/2 = 1/4
    shown = run(copy, "bounds", "--n", "30", "--d", "4", "--m", "3", "--p", "0.01", "--law", "rademacher")
    assert "I <= halfway T1 0.25 argued" in [" ".join(line.split()) for line in shown.splitlines()]


def test_it_has_latex_and_an_explanation(copy):
    assert r"I^{\ast} \le" in run(copy, "latex", "bound", "halfway")
    assert r"\begin{proof}" in run(copy, "latex", "proof", "halfway")
    assert r"\[ \frac{\mu_{2} \left(\frac{d(d + 1)(d + 2)}{6} + n\right)}{2} \,p \]" in run(copy, "latex", "limits", "halfway")
    assert "at most their mean" in run(copy, "explain", "halfway")


def test_it_is_in_the_documentation(copy):
    page = run(copy, "from catalog_pages import theory; print(theory())", module="-c")
    assert "### T1 `halfway`: halfway between trivial and rank" in page


def test_its_proof_is_checked(copy):
    assert "halfway.mean" in run(copy, "check", "halfway")
