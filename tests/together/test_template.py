"""CONTRIBUTING and docs/howto/add_a_bound.md, followed to the letter in a copy of the package: what is added is everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import boundcalc

ROOT = Path(__file__).parents[2]
PACKAGE = Path(boundcalc.__file__).parent


TEMPLATES = ROOT / "docs" / "templates"


def replace(path: Path, old: str, new: str) -> None:
    """One place of a file changed, which is to be there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    package = folder / "boundcalc"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    homes = {"halfway": "bounds/upper", "triangular": "model", "cuboctahedron": "frames"}
    for name, home in homes.items():
        shutil.copy(TEMPLATES / f"{name}.py", package / home)
    replace(package / "bounds" / "catalog.py", "    gaussian_support,\n", "    gaussian_support,\n    halfway,\n")
    replace(package / "bounds" / "catalog.py", "    dense.BOUND,\n", "    dense.BOUND,\n    halfway.BOUND,\n")
    laws = package / "model" / "laws.py"
    errors = "from boundcalc.numbers.errors"
    replace(laws, errors, f"from boundcalc.model.triangular import Triangular\n{errors}")
    replace(laws, '"laplace": Laplace', '"laplace": Laplace, "triangular": Triangular')
    replace(package / "cli" / "options.py", "uniform, laplace, ", "uniform, laplace, triangular, ")
    verifier = package / "certificate" / "verifier" / "problem.py"
    replace(verifier, '"uniform", "laplace")', '"uniform", "laplace", "triangular")')
    moments = '        case "triangular":\n            return [fmpq(2, (k + 1) * (k + 2)) for k in orders]\n'
    replace(verifier, '        case "laplace":\n', f'{moments}        case "laplace":\n')
    row = '    _frame("cuboctahedron", 3, 6, {"0": 1, "1/4": 4}, 2, WALDRON),\n'
    assert row.strip(" ,\n") in (TEMPLATES / "cuboctahedron.py").read_text(encoding="utf-8")
    replace(package / "frames" / "catalog.py", "FRAMES = (\n", f"FRAMES = (\n{row}")
    library = package / "frames" / "library.py"
    replace(library, "from boundcalc.frames import equiangular", "from boundcalc.frames import cuboctahedron, equiangular")
    replace(library, '    "icosahedron": ', '    "cuboctahedron": cuboctahedron.columns,\n    "icosahedron": ')
    return folder


def run(copy: Path, *words: str, module: str = "boundcalc", fails: bool = False) -> str:
    path = os.pathsep.join([str(copy), str(ROOT / "docs" / "_ext")])
    arguments = ["-c", words[0]] if module == "-c" else ["-m", module, *words]
    done = subprocess.run(
        [sys.executable, *arguments], env=os.environ | {"PYTHONPATH": path}, cwd=copy, capture_output=True, text=True, check=False
    )
    assert bool(done.returncode) == fails, done.stderr
    return done.stdout + done.stderr if fails else done.stdout


def test_it_is_among_the_bounds(copy):
    # p mu_2 (n + N)/2 = (1/100) (30 + 20)/2 = 1/4
    shown = run(copy, "bounds", "--n", "30", "--d", "4", "--m", "3", "--p", "0.01", "--law", "rademacher", "--all")
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


def test_a_law_is_known_by_its_name(copy):
    # mu_2 = 1/6 and mu_4 = 1/15: the gain of orthonormal weights is p d mu_4^2/mu_6 with mu_6 = 1/28
    shown = run(copy, "bounds", "--n", "3", "--d", "3", "--m", "3", "--p", "0.01", "--law", "triangular")
    exact = run(
        copy, "from boundcalc import *; print(parse_law('triangular').moment(6), parse_law('trianglar'))", module="-c", fails=True
    )
    assert "I >= orthonormal L0 0.00373333" in [" ".join(line.split())[:30] for line in shown.splitlines()]
    assert "did you mean triangular?" in exact


def test_a_certificate_with_the_new_law_is_accepted(copy):
    run(copy, "bounds", "--n", "6", "--d", "3", "--m", "3", "--p", "1e-4", "--law", "triangular", "--certificate", "law.json")
    assert "accepted" in run(copy, "certificate", "verify", "law.json")


def test_a_counterexample_may_have_the_new_law(copy):
    claim = "C <= p*mu[m + 1]*S/100"
    step = f'[hypotheses]\nm = 3\n[[steps]]\nkey = "little"\nclaim = "{claim}"\nwhere = "mu[2] = 1/6"\n'
    (copy / "law.toml").write_text(step, encoding="utf-8")
    shown = run(copy, "check", "--claim", "law.toml", fails=True)
    assert "law = triangular" in shown
    code = dedent(shown.partition("In NumPy:\n")[2].partition("1 step,")[0])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    left, right = map(float, done.stdout.split())
    assert left > right > 0


def test_a_claim_with_an_unknown_name_is_one_line_with_its_step(copy):
    template = copy / "boundcalc" / "bounds" / "upper" / "halfway.py"
    replace(template, "<= p*mu[2]*(n + N[m])/2", "<= p*mu[2]*(n + NN[m])/2")
    shown = run(copy, "check", "halfway.mean", fails=True)
    replace(template, "(n + NN[m])", "(n + N[m])")
    assert shown.count("\n") == 1
    assert "step = halfway.mean: unknown name 'NN'" in shown


def test_a_frame_is_listed_constructed_and_used(copy):
    code = (
        "from boundcalc.frames.catalog import FRAMES; from boundcalc.frames.library import construct; "
        "from boundcalc.frames.gram import power_sum; f = next(f for f in FRAMES if f.key == 'cuboctahedron'); "
        "print(all(power_sum(construct(f.key), row, j).a == f.power_sum(j) for row in range(6) for j in (1, 2, 3)), f.power_sum(1))"
    )
    assert run(copy, code, module="-c").split() == ["True", "2"]  # n/d: it is tight
    assert "cuboctahedron" in run(copy, "frames")


def test_an_executor_evaluates_a_sweep(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, str(TEMPLATES / "serial.py")], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("2\n", "")
