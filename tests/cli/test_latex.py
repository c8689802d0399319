"""``boundcalc latex`` and ``boundcalc cite``: what they print, and one line for every wrong input."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from boundcalc import report
from boundcalc.cli.main import main

PROBLEM = ["--n", "120", "--d", "8", "--m", "3", "--p", "1e-6", "--law", "rademacher"]


def run(capsys, *args):
    with pytest.raises(SystemExit) as stopped:
        main(list(args))
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


def test_a_bound_with_its_number(capsys):
    status, out, _ = run(capsys, "latex", "bound", "very_sparse", *PROBLEM, "--digits", "6")
    assert status == 0
    assert r"I^{\ast} \le" in out
    assert "rounded up to 6 significant digits" in out
    shown = Fraction(re.search(r"I\^\{\\ast\} \\le (0\.\d+)", out)[1])
    exact = Fraction(64, 10**6)  # g G p = 64e-6 and a little more
    assert exact < shown < exact * Fraction(1001, 1000)


def test_a_lower_bound_is_rounded_down(capsys):
    _, out, _ = run(capsys, "latex", "bound", "half_design", *PROBLEM, "--digits", "4")
    assert r"I^{\ast} \ge 0.00006397 " in out
    assert "rounded down to 4" in out


def test_a_number_of_another_form_says_so(capsys):
    """Rademacher, p = 1/5: kappa_4 = 2/25 and kappa_6 = 1/5 - 15/25 + 30/125 = -4/25."""
    problem = ["--n", "20", "--d", "4", "--m", "3", "--p", "1/5", "--law", "rademacher"]
    for args in (("latex", "bound", "capacity", *problem), ("latex", "report", *problem)):
        assert r"Here $\kappa_6 = -4/25$, so that the form above is not the one" in run(capsys, *args)[1]
    assert "so that the form above is not the one" not in run(capsys, "latex", "bound", "capacity", *PROBLEM)[1]


def test_a_proof_cites_and_states_its_lemmas(capsys):
    status, out, _ = run(capsys, "latex", "proof", "capacity", "--m", "5")
    assert status == 0
    for part in (r"\begin{lemma}", r"\begin{theorem}", r"\begin{enumerate}", r"\cite{Scherlis2022}", "not peer reviewed"):
        assert part in out
    assert r"\documentclass" not in out


def test_standalone_is_a_document_with_three_packages(capsys):
    _, out, _ = run(capsys, "latex", "proof", "rank", "--standalone")
    assert out.startswith(r"\documentclass{article}")
    assert re.findall(r"\\usepackage\{([^}]*)\}", out) == ["amsmath,amsthm,booktabs"]
    assert r"\bibitem{ChowdhuryWeiner2026}" in out
    assert "mathbb" not in out


def test_a_table_has_every_bound_that_applies(capsys):
    _, out, _ = run(capsys, "latex", "table", *PROBLEM)
    for part in (r"\toprule", r"\bottomrule", "very sparse", "half design$^{\\ast}$", "Bounds that do not apply", "rounded up"):
        assert part in out


def test_a_report_is_complete(capsys):
    _, out, _ = run(capsys, "latex", "report", *PROBLEM, "--notation", r"n=N,d=D,p=\epsilon,W=V")
    for part in (
        r"\section{Problem}",
        r"\section{Witness}",
        "E8",
        r"\begin{thebibliography}",
        r"$\epsilon = 10^{-6}$",
        r"\mathcal{D}",
    ):
        assert part in out
    assert r"\end{document}" in out
    assert "rounded outward to 10 significant digits" in out
    assert run(capsys, "latex", "report", *PROBLEM, "--notation", r"n=N,d=D,p=\epsilon,W=V", "--standalone")[1] == out


def test_a_witness_of_the_table_is_named(capsys):
    _, out, _ = run(capsys, "latex", "report", "--n", "30", "--d", "4", "--m", "3", "--p", "0.03", "--law", "rademacher")
    assert re.search(r"The matrix \\texttt\{m3\\_d4\S*\} of the package's table of witnesses", out)


def test_best_is_the_best_upper_bound_for_the_numbers(capsys):
    numbers = ["--n", "30", "--d", "4", "--m", "3", "--p", "0.03", "--law", "rademacher"]
    key = report(30, 4, 3, "0.03", "rademacher").best_upper.bound.key
    status, out, _ = run(capsys, "latex", "bound", "best", *numbers)
    assert status == 0
    assert out == run(capsys, "latex", "bound", key, *numbers)[1]


BAD = [
    (["bound", "best"], "n = nothing: must be given together with"),
    (["bound", "best", "--flavour", "sympy", *PROBLEM], "flavour = sympy: is for the formula of one bound"),
    (["bound", "capacty"], "did you mean capacity"),
    (["bound", "capacity", "--m", "4"], "m = 4: must be an odd whole number"),
    (["bound", "dense", "--m", "5"], "m = 5: must be 3 for the bound dense"),
    (["bound", "rank", "--n", "5"], "d = nothing: must be given"),
    (["bound", "rank", "--d", "2", "--importance", "0.9^i"], "n = nothing: must be given"),
    (["bound", "rank", "--d", "2", "--groups", "missing.csv"], "groups = missing.csv"),
    (["bound", "tensor_power", "--n", "2", "--d", "1", "--p", "0.1/i", "--law", "gaussian"], "for equal features alone"),
    (["bound", "rank", "--notation", "n=N,d=N"], "n=N and d=N"),
    (["bound", "rank", "--notation", r"n=\frac"], r"n=\frac"),
    (["proof", "nothing"], "key = nothing"),
    (["table", *PROBLEM[:-1], "cauchy"], "law = cauchy"),
]


@pytest.mark.parametrize(("args", "message"), BAD)
def test_bad_input_is_one_line(capsys, args, message):
    status, out, err = run(capsys, "latex", *args)
    assert status == 2
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_large_exponent_gets_the_number_and_the_unexpanded_form(capsys):
    args = ["--n", "50", "--d", "4", "--m", "101", "--p", "1e-3", "--law", "rademacher"]
    status, out, _ = run(capsys, "latex", "bound", "uniform", *args)
    assert status == 0
    assert "not expanded" in out
    assert re.search(r"I\^\{\\ast\} \\le \d", out)


def test_the_flavour_for_sympy_is_the_formula_alone(capsys):
    status, out, _ = run(capsys, "latex", "bound", "rank", "--m", "3", "--flavour", "sympy")
    assert status == 0
    assert out.splitlines()[-2:] == [r"N_{3} = \binom{d + 2}{3}", r"I_{0} \le \mu_{2}*p*\frac{N_{3} + n - |N_{3} - n|}{2}"]
    assert run(capsys, "latex", "bound", "rank", "--flavour", "latex")[1] == run(capsys, "latex", "bound", "rank")[1]
    for args, message in (
        (["--flavour", "maple"], "flavour = maple: must be latex or sympy"),
        (["--flavour", "sympy", "--n", "3", "--notation", "n=N"], "leave out --n, --notation"),
    ):
        status, _, error = run(capsys, "latex", "bound", "rank", *args)
        assert status == 2
        assert message in error
        assert error.count("\n") == 1


def test_cite(capsys):
    status, out, _ = run(capsys, "cite", "capacity")
    assert status == 0
    assert out.count("@") == 1
    assert "Scherlis2022" in out
    assert run(capsys, "cite")[1].count("@") >= 13
    status, out, err = run(capsys, "cite", "trivial")
    assert (status, out) == (0, "")
    assert "cites no literature" in err
    status, _, err = run(capsys, "cite", "rnk")
    assert status == 2
    assert "rank" in err


def test_a_table_of_features_that_differ(capsys):
    """Importances 1/2 and 1/4, p = 1/10, ±1, one dimension: the first alone, 1/20; trivial is 3/40."""
    line = ["latex", "table", "--n", "2", "--d", "1", "--m", "3", "--p", "1/10", "--law", "rademacher", "--importance", "0.5^i"]
    with pytest.raises(SystemExit) as ended:
        main(line)
    printed = capsys.readouterr().out
    assert ended.value.code == 0
    assert "features of 2 kinds" in printed
    assert "trivial & U0 & $0.075$" in printed
    assert "orthonormal" in printed
    assert "$0.05$" in printed


def test_a_bound_with_its_number_for_features_that_differ(capsys, tmp_path):
    """The form for such features, and the number that bounds prints."""
    table = tmp_path / "features.csv"
    table.write_text("count,importance,p,law\n2,1,1/20,gaussian\n4,1/3,0.01,rademacher\n")
    _, said, _ = run(capsys, "latex", "bound", "rank", "--d", "1", "--groups", str(table))
    assert r"\operatorname{top}_N(\omega_iv_i)" in said
    assert "features of 2 kinds" in said
    assert r"I^{\ast} \le 0.05" in said  # N = 1: the largest ω E x²
    _, said, _ = run(capsys, "latex", "bound", "capacity", "--n", "4", "--d", "1", "--p", "0.01/i", "--law", "gaussian", "--m", "5")
    assert "For $n = 4$, $d = 1$, $m = 5$ and features of 4 kinds" in said
    _, one, _ = run(
        capsys, "latex", "bound", "rank", "--n", "4", "--d", "1", "--p", "0.01", "--law", "gaussian", "--importance", "3"
    )
    assert r"I^{\ast} \le 0.03" in one
    assert "multiplied by $3$" in one
