"""Every bound, its limits, proof, table and report compile under pdflatex with amsmath, amsthm and booktabs, no line too wide."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.declaration import UpperBound
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.model.features import Features
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.asymptotics import asymptotics
from boundcalc.render.bibliography import entries
from boundcalc.render.document import standalone
from boundcalc.render.fragments import latex
from boundcalc.render.renaming import parse_renaming
from boundcalc.render.report import report_document
from boundcalc.render.statement import numbers, statement
from boundcalc.render.table import table
from boundcalc.render.theorem import lemma, theorem
from boundcalc.render.unequal import unequal_theorem
from boundcalc.render.vocabulary import vocabulary

NOTATIONS = {"ours": None, "theirs": r"n=N,d=D,p=\epsilon,W=V"}
ALONE = {"dense": 3, "random_walsh": 3, "random_chirps": 3, "orthogonal_array": 3, "uniform_in_n": 3, "dense_rows": 5}
"""They exist for this m alone."""
WIDEST = 1.0
PROBLEMS = {3: (120, 8, 3, "1e-6", "rademacher"), 5: (60, 4, 5, "1/30000", "gaussian")}
needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


@pytest.fixture(scope="module")
def reports():
    return {m: report(Problem(*values), digits=12) for m, values in PROBLEMS.items()}


def compiled(folder, source: str) -> str:
    """The log of the last of two runs."""
    (folder / "page.tex").write_text(source, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    return (folder / "page.log").read_text(errors="replace")


def assert_clean(log: str) -> None:
    wide = [float(found) for found in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert [found for found in wide if found > WIDEST] == []
    assert "undefined" not in log
    assert "multiply" not in log


@needs_pdflatex
@pytest.mark.parametrize("m", [3, 5])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_bound_and_proof_compiles(tmp_path, notation, m):
    renaming = parse_renaming(NOTATIONS[notation])
    lemmas = {found.key: found for bound in BOUNDS.values() for found in bound.lemmas}
    parts = [lemma(found, renaming) for found in lemmas.values()]
    shown = 0
    for bound in BOUNDS.values():
        try:
            parts += [
                statement(bound, m, renaming),
                asymptotics(bound, m, renaming),
                vocabulary([bound], renaming),
                theorem(bound, m, renaming),
            ]
        except ParameterError:
            assert ALONE[bound.key] != m
            continue
        shown += 1
        problem = Problem(*PROBLEMS[m])
        cheap = bound.certifier is None and bound.key not in {"linear_program", "direct_sum", "search"}
        if cheap:
            evaluated = evaluate_upper(bound, problem) if isinstance(bound, UpperBound) else evaluate_lower(bound, problem)
            parts.append(numbers(evaluated, 12, renaming))
    assert shown >= len(BOUNDS) - len(ALONE)
    assert_clean(compiled(tmp_path, standalone("\n\n".join(parts), entries())))


@needs_pdflatex
@pytest.mark.parametrize("m", [3, 5])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_table_and_report_compile(tmp_path, notation, m, reports):
    renaming = parse_renaming(NOTATIONS[notation])
    whole = report_document(reports[m], renaming)
    log = compiled(tmp_path, whole.replace("\\end{document}", table(reports[m], renaming) + "\n\\end{document}"))
    assert_clean(log)
    loaded = set(re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", whole))
    assert loaded == {"amsmath,amsthm,booktabs"}


@needs_pdflatex
def test_general_forms_and_awkward_problems_compile(tmp_path):
    parts = [statement(bound, 101) for bound in BOUNDS.values() if not bound.undefined(101)]
    for values in (
        ("inf", 3, 3, "0.03", "moments:2=1,4=3,6=15"),
        ("10^30", "10^6", 3, "1e-400", "uniform"),
        (7, 2, 3, "123456789/987654321", "support:-3:1/8,-1:3/8,1:3/8,3:1/8"),
    ):
        parts.append(table(report(Problem(*values), digits=8)))
    assert_clean(compiled(tmp_path, standalone("\n\n".join(parts))))


def test_a_wide_line_is_seen():
    with pytest.raises(AssertionError):
        assert_clean(r"Overfull \hbox (1.5pt too wide) in paragraph")


def test_the_report_names_what_is_not_reviewed(reports):
    text = report_document(reports[3])
    assert "not peer reviewed" in text
    assert "without peer review" in text
    assert r"\begin{thebibliography}" in text
    for key in re.findall(r"\\cite\{([^}]*)\}", text):
        for one in key.split(","):
            assert rf"\bibitem{{{one}}}" in text


@needs_pdflatex
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_forms_for_features_that_differ_compile(tmp_path, notation):
    renaming = parse_renaming(NOTATIONS[notation])
    covered = [bound for bound in BOUNDS.values() if bound.unequal is not None]
    assert len(covered) >= 9
    parts = [unequal_theorem(bound, renaming) for bound in covered]
    assert_clean(compiled(tmp_path, standalone("\n\n".join(parts), ())))


FEATURES = {
    "superposition": (("3", "2", "1/2", "1/5"), ("0.01", "1/200", "0.01", "0.01"), 2),
    "none": (("3", "2", "1/2", "1/5"), ("1/5", "1/5", "1/4", "1/4"), 2),
}


@needs_pdflatex
@pytest.mark.parametrize("name", FEATURES)
def test_reports_of_features_that_differ_compile(tmp_path, name):
    importances, activities, d = FEATURES[name]
    answer = report(features=Features.each(importances, activities, "rademacher"), d=d, m=3, digits=10)
    source = report_document(answer)
    assert "importances $\\omega_i$" in source
    assert_clean(compiled(tmp_path, source))
    assert_clean(compiled(tmp_path, standalone(table(answer), ())))


@needs_pdflatex
def test_a_table_of_several_p_and_words_in_the_notation_compile(tmp_path):
    answers = [report(30, 4, 3, p, "gaussian", digits=5) for p in ("1e-6", "0.03", "1/3")]
    words = r"n=n_{sae},d=d_{\mathrm{hidden}},p=\mathrm{act}"
    assert_clean(compiled(tmp_path, latex(answers, notation=words, standalone=True)))
    assert_clean(compiled(tmp_path, latex(answers[1]["frontier"], notation=words, standalone=True)))


@needs_pdflatex
@pytest.mark.parametrize("key", ["frontier", "capacity_welch"])
@pytest.mark.parametrize("problem", [(6000, 15, 3, "1e-3", "gaussian"), (30, 4, 3, "1/10", "laplace")])
def test_a_bound_with_numbers_compiles(tmp_path, key, problem):
    """Long decimals in a paragraph leave TeX few places to break a line at."""
    found = evaluate_upper(BOUNDS[key], Problem(*problem), 10)
    assert_clean(compiled(tmp_path, latex(found, standalone=True)))
