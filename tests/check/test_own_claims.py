"""Claims from Python: what the command prints, for a file and for a single inequality."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from boundcalc import check_claim
from boundcalc.check.claim_place import ClaimError

TRUE = "T >= sum(i: a[i]^6)"
FALSE = "T >= 2*sum(i: a[i]^6)"


def test_a_file_and_the_command_agree(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(f'title = "t"\n[hypotheses]\nm = 3\n[[steps]]\nkey = "one"\nclaim = "{TRUE}"\n', encoding="utf-8")
    checked = check_claim(path)
    words = [sys.executable, "-m", "boundcalc", "check", "--claim", str(path)]
    assert str(checked) + "\n" == subprocess.run(words, capture_output=True, text=True, check=True).stdout
    as_json = subprocess.run([*words, "--json"], capture_output=True, text=True, check=True).stdout
    assert json.loads(json.dumps(checked.to_dict())) == json.loads(as_json)
    assert checked


def test_a_single_inequality():
    assert repr(check_claim(TRUE)) == "<CheckedClaims claim: proven>"
    refuted = check_claim(FALSE)
    assert not refuted
    assert refuted.verdicts[0].counterexample is not None
    assert "A minimal counterexample" in str(refuted)
    assert "<pre>" in refuted._repr_html_()
    assert check_claim("d >= 4", where=["d >= 4"])


def test_what_is_no_statement():
    with pytest.raises(ClaimError, match="claim"):
        check_claim("I <= p*nonsense")
    with pytest.raises(ClaimError, match="cannot be read"):
        check_claim(Path("missing.toml"))
