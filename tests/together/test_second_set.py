"""Claims by somebody who had not seen the checker: each false one is refuted, no true one is; and cases that once went wrong.

`claims/false` and `claims/true` hold a claim a file, over d up to 24. A false claim has a counterexample that its author computed
without this package; a true one has a proof, or stands in the theory with its hypotheses.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from boundcalc.check.claim_file import read_claims
from boundcalc.check.suite import claim_tasks, run
from boundcalc.check.verdict import Outcome, Verdict

CLAIMS = Path(__file__).parent / "claims"
FALSE = sorted((CLAIMS / "false").glob("*.toml"))
TRUE = sorted((CLAIMS / "true").glob("*.toml"))
NOT_FOUND = {"17_m5_d3", "34_d7_p001", "48_no_superposition_lazy", "51_u8_constant", "79_visible_seven"}
"""False claims whose counterexample the default effort does not reach: they must at least not be called proven."""
EVALUATIONS = 2000
"""What `check --claim` gives the search for a file of one step."""
QUICKLY = 25
"""Every so many files are tried in the normal suite."""


def verdicts(path: Path) -> list[Verdict]:
    claims = read_claims(str(path))
    return run(claim_tasks(claims), evaluations=EVALUATIONS, failed=claims.error)


def test_the_set_is_there():
    assert len(FALSE) >= 40
    assert len(TRUE) >= 40


def some(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=path.stem, marks=() if k % QUICKLY == 0 else pytest.mark.slow) for k, path in enumerate(paths)]


@pytest.mark.parametrize("path", some(FALSE))
def test_a_false_claim_is_refuted_or_at_least_not_proven(path):
    (verdict,) = verdicts(path)
    if path.stem in NOT_FOUND:
        assert verdict.outcome in (Outcome.HOLDS, Outcome.NO_CASE)
        return
    assert verdict.outcome is Outcome.REFUTED
    assert verdict.counterexample is not None


@pytest.mark.parametrize("path", some(TRUE))
def test_a_true_claim_is_not_refuted(path):
    (verdict,) = verdicts(path)
    assert verdict.outcome in (Outcome.PROVEN, Outcome.HOLDS)


@pytest.mark.parametrize("name", ["quadratic", "small_dimensions", "strict"])
def test_what_once_held_is_refuted(name):
    assert {verdict.outcome for verdict in verdicts(CLAIMS / f"{name}.toml")} == {Outcome.REFUTED}


def test_a_claim_on_large_sizes_alone_holds_and_says_what_was_tried():
    (verdict,) = verdicts(CLAIMS / "large_sizes_only.toml")
    assert verdict.outcome is Outcome.HOLDS
    assert min(n for n, _ in verdict.tried["sizes"]) >= 1
    assert max(n for n, _ in verdict.tried["sizes"]) >= 1000
    assert min(d for _, d in verdict.tried["sizes"]) >= 4
    assert "Not reached" in verdict.unreached or verdict.unreached
