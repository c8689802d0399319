"""A reader's notation: applied to letters only, and refused where it would be ambiguous."""

from __future__ import annotations

import pytest

from boundcalc.numbers.errors import ParameterError
from boundcalc.render.prose import prose
from boundcalc.render.renaming import parse_renaming
from boundcalc.render.tokens import LatexError, read, write

THEIRS = parse_renaming(r"n=N,d=D,p=\epsilon,W=V")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (r"\min(n, d)", r"\min(N, D)"),
        (r"p\,n\,\mu_{2}", r"\epsilon\,N\,\mu_{2}"),
        (r"\operatorname{Bin}(n, p)", r"\operatorname{Bin}(N, \epsilon)"),
        (r"\text{ind } d", r"\text{ind } D"),
        (r"\hat x_i = d", r"\hat x_i = D"),
        (r"N_{3}(d)", r"{\mathcal{N}}_{3}(D)"),
        (r"\tilde D^2", r"\tilde{\mathcal{D}}^2"),
        (r"W^{\mathsf{T}}W", r"V^{\mathsf{T}}V"),
        (r"n'", "N'"),
    ],
)
def test_letters_are_replaced_and_commands_are_not(ours, theirs):
    assert read(THEIRS(ours)) == read(theirs)


def test_a_swap_is_simultaneous():
    assert parse_renaming("n=d,d=n")(r"n + d^2") == "d + n^2"


def test_a_target_with_an_index_takes_a_power():
    assert read(parse_renaming("a=b_h")(r"a_i^{2}")) == read(r"{b_h}_i^{2}")


def test_sentences_follow():
    assert read(prose("$d -> infinity$", THEIRS).strip("$")) == read(r"D \to \infty")
    assert prose("a design of $n$ lines in $R^d$", THEIRS) == r"a design of $N$ lines in $\mathbf{R}^D$"
    assert prose("moment_powers and $E Z_i^{2m} <= D_i$", THEIRS).startswith("moment powers and $")


@pytest.mark.parametrize(
    ("text", "entry", "why"),
    [
        ("n=N,d=N", "n=N and d=N", "two symbols"),
        ("n=N,n=K", "n=K", "once"),
        ("n=3", "n=3", "letter"),
        (r"n=\frac", r"n=\frac", "letter"),
        (r"n=\input", r"n=\input", "letter"),
        ("n=ab", "n=ab", "letter"),
        ("n=N_{x", "n=N_{x", "letter"),
        ("n=", "n=", "letter"),
        ("n", "= n:", "ours=yours"),
        ("foo=x", "foo=x", "is no symbol of ours"),
        ("n=p", "n=p", "probability that a feature is active"),
        ("p=q", "p=q", "energy of row"),
        (r"p=\kappa", r"p=\kappa", "cumulant"),
    ],
)
def test_what_is_ambiguous_is_refused_with_its_entry(text, entry, why):
    with pytest.raises(ParameterError) as caught:
        parse_renaming(text)
    assert entry in str(caught.value)
    assert why in str(caught.value)


def test_the_reader_says_which_symbol_stepped_aside():
    assert THEIRS.displaced == {"D": r"\mathcal{D}", "N": r"\mathcal{N}", "V": r"\mathcal{V}"}


def test_every_formula_of_the_catalog_survives_reading_and_writing():
    from boundcalc.bounds.catalog import BOUNDS

    for bound in BOUNDS.values():
        for proof in (bound.proof, *(lemma.proof for lemma in bound.lemmas)):
            for step in proof:
                assert read(write(read(step.statement))) == read(
                    step.statement.replace(r"\mathbb{E}", r"\mathsf{E}").replace("\\mathbb", "\\mathbf")
                )


@pytest.mark.parametrize("text", ["{", "}", r"\text{", "a{b"])
def test_unmatched_braces_are_an_error(text):
    with pytest.raises(LatexError):
        read(text)
