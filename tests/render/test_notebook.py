"""What notebooks show is rounded outward and well formed."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from flint import fmpq

from boundcalc import BOUNDS, Features, Group, Problem, exact_loss, report
from boundcalc.numbers.enclosure import Enclosure


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def shown():
    answer = report(Problem(6, 3, 3, "1/1000", "rademacher"), digits=12)
    loss = exact_loss([[1, 0, "1/2"], [0, 1, "1/3"]], m=3, p="1/10", law="uniform")
    return [answer, *answer.upper, *answer.lower, answer.ratio, loss, *BOUNDS.values()]


def test_latex_is_one_formula_and_html_is_balanced(shown):
    for value in shown:
        latex = value._repr_latex_()
        assert latex.startswith("$")
        assert latex.endswith("$")
        assert latex.count("$") == 2
        assert latex.count("{") == latex.count("}")
        parser = Balanced()
        parser.feed(value._repr_html_())
        assert parser.open == []


def test_html_needs_nothing_that_looks_for_dollars(shown):
    """myst-nb 1.4 takes the HTML of an output before its LaTeX, and leaves what stands in it as it is."""
    for value in shown:
        page = value._repr_html_()
        assert "$" not in page
        assert "\\" not in page
    assert all("<math" in bound._repr_html_() for bound in BOUNDS.values())
    third = report(Problem(6, 3, 3, "1/1000", "rademacher"), digits=12).best_upper
    plain = re.sub(r"<[^>]*>", "", third._repr_html_())
    assert re.findall(r"0\.\d+", plain) == re.findall(r"0\.\d+", third._repr_latex_())


def test_ends_are_rounded_outward():
    third = Enclosure(fmpq(1, 3), fmpq(2, 3))
    low, high = re.findall(r"0\.\d+", third._repr_latex_())
    assert low == "0." + "3" * 12
    assert high == "0." + "6" * 11 + "7"
    assert "rounded outward to 12" in third._repr_html_()
    assert Enclosure.of(fmpq(1, 2))._repr_latex_() == "$0.5$"


def test_a_report_shows_its_interval():
    answer = report(Problem(6, 3, 3, "1/1000", "rademacher"), digits=12)
    low, high = (float(found) for found in re.findall(r"0\.\d+", answer._repr_latex_()))
    exact = answer.best_lower.value.certified, answer.best_upper.value.certified
    assert low == pytest.approx(float(exact[0].p) / float(exact[0].q), rel=1e-11)
    assert low <= high
    assert answer.best_upper.bound.key in answer._repr_html_()


def test_html_of_a_report_says_what_its_text_says():
    """Best bounds first, ratio, gain, loss and verdict; bold rows stood among 22 in the order of the catalog."""
    features = Features((Group(2, 1, "1/10", "rademacher"), Group(1, "1/2", "1/3", "gaussian")))
    for answer in (report(6, 3, 3, "1/1000", "rademacher"), report(d=2, m=3, features=features)):
        page = html.unescape(answer._repr_html_())
        text = str(answer).splitlines()
        rows = re.findall("<tr><td>(?:<b>)?([a-z_]+)", page)
        assert rows == [line.split()[2] for line in text if line.startswith("I ")]
        told = re.sub("<[^>]*>", "\n", page).splitlines()
        for line in text[text.index("") + 1 :]:
            assert line.strip() in told or not line or line.startswith("status of a bound")
        assert text[0] in told
        assert any(line.startswith("best upper / best lower: ") for line in told)


def test_the_best_bounds_are_bold_whatever_a_page_makes_of_heading_cells(shown):
    """VS Code shows heading cells in the body of a table in plain type."""
    body = re.search("<tbody>(.*)</tbody>", shown[0]._repr_html_()).group(1)
    assert "<th" not in body
    bold = re.findall("<td><b>([^<]*)</b></td>", body)
    assert len(bold) == 8
    assert [bold[0], bold[4]] == [shown[0].best_upper.bound.key, shown[0].best_lower.bound.key]


def test_hypotheses_are_formulas():
    html = BOUNDS["very_sparse"]._repr_html_().partition("hypotheses: ")[2]
    assert "<msubsup><mi>A</mi><mrow><mi>i</mi><mi>j</mi></mrow><mrow><mn>6</mn></mrow></msubsup>" in html
    for bound in BOUNDS.values():
        text = re.sub("<math.*?</math>", "", bound._repr_html_().partition("hypotheses: ")[2])
        assert "$" not in text
        assert "^" not in text
