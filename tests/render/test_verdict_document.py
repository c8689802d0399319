"""Reports: everything they must tell is in them, they need no network, and pdflatex compiles the other one."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from boundcalc.check.claim_file import parse_claims
from boundcalc.check.engines import check
from boundcalc.check.falsify.shrink import minimal
from boundcalc.check.steps import distinct_steps
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language import printed
from boundcalc.language.mathml import mathml
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.verdict_document import histogram, html_report, tex_report, write_report

CLAIMS = r"""
[hypotheses]
m = 3
[quantities]
"odd_name[i]" = "q[i] - a[i]^2"
[[steps]]
key = "true_one"
claim = ["a[i]^2 <= q[i]", "odd_name[i] >= 0"]
[[steps]]
key = "false_one"
claim = "C <= p*mu[m + 1]*S"
[[steps]]
key = "nobody"
claim = "n = n"
where = ["p > 1"]
"""


@pytest.fixture(scope="module")
def verdicts():
    return [minimal(statement, check(statement)) for statement in parse_claims(CLAIMS, "a & b_<c>.toml").statements]


class Balance(HTMLParser):
    """Open elements, and every address."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_html_tells_everything_and_needs_no_network(verdicts):
    page = html_report(verdicts, "a title & more")
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    assert all(address.startswith("#") for address in reader.addresses)
    assert "@import" not in page
    assert "<script" not in page
    for verdict in verdicts:
        assert verdict.key in reader.text
        assert verdict.outcome.value in reader.text
        assert str(verdict.cases) in reader.text
    assert "a & b_<c>.true_one" in reader.text
    assert page.count("<math") == 3
    assert page.count("<svg") == sum(any(verdict.slack) for verdict in verdicts) >= 1
    assert "np.array([[1, 1]], dtype=float)" in reader.text
    assert "1 without an admissible case" in reader.text


def test_the_histogram_counts():
    bars = [int(height) for height in re.findall(r'<rect[^>]* height="(\d+)"', histogram((0, 1, 30, 60, 0, 0, 0, 0, 0, 1000)))]
    assert bars == [0, 1, 2, 4, 0, 0, 0, 0, 0, 60]


def test_tex_tells_everything(verdicts):
    text = tex_report(verdicts, "a title & more_of 100%")
    assert r"a title \& more\_of 100\%" in text
    for verdict in verdicts:
        assert re.split(r",?\\quad ", verdict.statement)[0] in text
        assert verdict.key.replace("_", r"\_") in text
    assert "np.array([[1, 1]], dtype=float)" in text
    assert r"b\_\textless{}c\textgreater{}.toml" not in text  # the owner is the file's stem
    assert r"b\_\textless{}c\textgreater{}.true\_one" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_pdflatex_compiles_the_report(verdicts, tmp_path):
    write_report(verdicts, "a title & more_of 100%", str(tmp_path / "report.tex"))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "report.pdf").stat().st_size > 1000


def test_files(verdicts, tmp_path):
    write_report(verdicts, "t", str(tmp_path / "report.html"))
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for path, message in ((tmp_path / "report.pdf", "must end with"), (tmp_path / "no" / "report.html", "cannot be written")):
        with pytest.raises(ParameterError, match=message):
            write_report(verdicts, "t", str(path))


def test_a_verdict_without_anything():
    bare = Verdict("o", "k", Outcome.CITED, Engine.NONE, "n = n")
    assert "<svg" not in html_report([bare], "t")
    assert "tabular" not in tex_report([bare], "t")


def test_every_statement_of_the_catalog_becomes_mathml():
    for name, step in distinct_steps().items():
        for latex in filter(None, (printed.stated(step), printed.narrower(step))):
            shown = mathml(latex)
            assert shown.startswith("<math"), name
            assert "\\" not in re.sub(r'alttext="[^"]*"', "", shown), name
