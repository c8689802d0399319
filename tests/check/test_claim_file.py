"""Claim files: what they say is read, and everything wrong with one is a line with its place."""

from __future__ import annotations

import pytest

from boundcalc.check.claim_file import parse_claims, read_claims
from boundcalc.check.claim_place import ClaimError
from boundcalc.language.grammar import StatementError
from boundcalc.numbers.errors import ParameterError

GOOD = '''title = "a proof"
[hypotheses]
m = [3]
symmetric = true
where = ["kappa[4] >= 0"]
[quantities]
"v[i]" = "p*mu[2]*(q[i] - a[i]^2)"
"total" = "sum(i: v[i])"
[[steps]]
key = "one"
claim = "v[i] <= total"
because = "terms are nonnegative"
[[steps]]
key = "two"
claim = ["D >= C*theta", """
  k <= m"""]
where = ["n > 1"]
for = { theta = "0..1 real", k = "1..m step 2" }
'''


def test_a_good_file():
    claims = parse_claims(GOOD, "proof.toml")
    assert claims.title == "a proof"
    one, two = claims.statements
    assert (one.owner, one.key, one.reason, one.exponents, one.symmetric) == ("proof", "one", "terms are nonnegative", (3,), True)
    assert [definition.name for definition in one.definitions] == ["v", "total"]
    assert two.definitions == ()
    assert len(one.conditions) == 1
    assert len(two.conditions) == 2
    assert [(variable.name, variable.real) for variable in two.free] == [("theta", True), ("k", False)]
    assert len(two.relations) == 2
    assert r"v_i \le \mathit{total}" in one.latex


def test_defaults():
    statement = parse_claims('[[steps]]\nkey = "a"\nclaim = "n = n"\n', "x/my proof.toml").statements[0]
    assert statement.owner == "my proof"
    assert statement.exponents == (3, 5)
    assert statement.symmetric


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message"),
    [
        ('"p*mu[2]*', '"p*my[2]*', 7, 13, "unknown name 'my'"),
        ("sum(i: v[i])", "sum(i: w[i])", 8, 19, "unknown name 'w'"),
        ("v[i] <= total", "v[i] <= totl", 11, 18, "did you mean total?"),
        ("v[i] <= total", "v[i] + total", 11, 22, "neither an equality nor an inequality"),
        ("v[i] <= total", "v[i] <= total <= ", 11, 27, "expected a number"),
        ("v[i] <= total", "v[i] <= " + "(" * 1_000_000 + "1", 11, 10, "at most 20000 characters"),
        ("v[i] <= total", "v[i] <= " + "(" * 1_000 + "1", 11, 0, "nested more than"),
        ("v[i] <= total", "v[i] != total", 11, 15, "!= is for conditions"),
        ("v[i] <= total", "v <= total", 11, 10, "v has 1 index, not 0"),
        ('"p*mu[2]*(q[i]', '"v[i]*(q[i]', 7, 11, "v is not defined yet"),
        ('"p*mu[2]*(q[i]', '"total*(q[i]', 7, 11, "total is not defined yet"),
        ("  k <= m", "  k <= mm", 16, 8, "unknown name 'mm'"),
        ('where = ["n > 1"]', 'where = ["n"]', 17, 12, "expected one of"),
        ('where = ["n > 1"]', "where = 3", 17, 1, "where must be text"),
        ("0..1 real", "0,1 real", 18, 18, "expected a range"),
        ("1..m step 2", "1..m step x[i]", 18, 0, ""),
        ("because =", "becuase =", 12, 1, "did you mean because?"),
        ("symmetric = true", "symetric = true", 4, 1, "did you mean symmetric?"),
        ("symmetric = true", 'symmetric = "yes"', 4, 1, "true or false"),
        ("m = [3]", "m = [4]", 3, 1, "must be odd"),
        ("m = [3]", "m = []", 3, 1, "must be odd"),
        ("m = [3]", "m = [true]", 3, 1, "must be odd"),
        ('title = "a proof"', "title = 1", 1, 1, "title must be text"),
        ('title = "a proof"', "title = ", 1, 9, "not TOML"),
        ('title = "a proof"', "title = " + "9" * 5000, 1, 9, "not TOML"),
        ('key = "two"', 'key = "one"', 14, 1, "two steps have the key 'one'"),
        ('key = "two"\n', "", 13, 1, "a step needs its key"),
        ('claim = "v[i] <= total"\n', "", 9, 1, "a step needs its claim"),
        ('claim = "v[i] <= total"\n', "claim = 3\n", 11, 1, "claim must be text"),
        ("[[steps]]", "[[stesp]]", 9, 3, "did you mean steps?"),
        ('"v[i]" =', '"v[2]" =', 7, 1, "not the name of a quantity"),
        ('"v[i]" =', '"mu[i]" = "1"\n"v[i]" =', 7, 0, "quantity of the language"),
        ('"total" = "sum(i: v[i])"', '"unused" = "zz"\n"total" = "sum(i: v[i])"', 8, 13, "unknown name 'zz'"),
    ],
)
def test_every_error_is_one_line_with_its_place(old, new, line, column, message):
    assert old in GOOD
    with pytest.raises(ClaimError) as caught:
        parse_claims(GOOD.replace(old, new, 1), "f.toml")
    content = str(caught.value)
    assert isinstance(caught.value, ParameterError)
    assert "\n" not in content
    assert len(content) < 300
    assert content.startswith(f"f.toml:{line}:")
    assert column in (0, caught.value.column)
    assert message in content


@pytest.mark.parametrize("text", ["", 'title = "x"\n', "steps = []\n", "steps = 3\n", "[steps]\nkey = 'a'\n"])
def test_no_steps(text):
    with pytest.raises(ClaimError, match="steps"):
        parse_claims(text)


def test_a_text_written_with_escapes_points_at_its_key():
    text = '[[steps]]\nkey = "a"\nclaim = "n \\u003c= zz"\n'
    with pytest.raises(ClaimError, match="unknown name 'zz'") as caught:
        parse_claims(text)
    assert caught.value.line in (1, 3)


def test_nested_arrays_and_large_files(tmp_path):
    with pytest.raises(ClaimError, match="not TOML"):
        parse_claims("a = " + "[" * 1_000_000)
    large = tmp_path / "large.toml"
    large.write_text("#" * 2_000_001)
    with pytest.raises(ClaimError, match="at most 2000000 bytes"):
        read_claims(large)


def test_files_that_are_no_claims(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"title = 1\n\x00\xff\xfe")
    with pytest.raises(ClaimError, match="not a text file") as caught:
        read_claims(binary)
    assert (caught.value.line, caught.value.column) == (2, 2)
    for path in (tmp_path / "missing.toml", tmp_path):
        with pytest.raises(ClaimError, match="cannot be read"):
            read_claims(path)


def test_an_error_that_shows_only_when_the_step_is_checked_has_its_place():
    claims = parse_claims(GOOD.replace("v[i] <= total", "total/a[i] <= 1"), "f.toml")
    error = StatementError("division by zero", 5, claims.statements[0].relations[0])
    assert str(claims.error(0, error)).startswith("f.toml:11:15: division by zero")
    assert str(claims.error(1, StatementError("something", 0))).startswith("f.toml:13:1: something")
