"""The maker of the tables of docs/tightness.md."""

from __future__ import annotations

import json

from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.model.problem import Problem
from boundcalc.numbers.parsing import parse_rational
from tools.tightness import Ratios, rows


def test_entries_are_rounded_up_and_kept(tmp_path):
    store = tmp_path / "ratios.jsonl"
    entry = Ratios(store).at("20", 4, 3, "1e-3", "gaussian")
    ratio = report(Problem(20, 4, 3, "1e-3", "gaussian"), digits=12).ratio
    told = parse_rational(entry["ratio"], parameter="ratio")
    assert ratio.upper <= told <= ratio.upper * (1 + fmpq(1, 9999))
    kept = json.loads(store.read_text())
    assert kept == entry
    store.write_text(json.dumps({**kept, "ratio": "7"}) + "\n")
    assert Ratios(store).at("20", 4, 3, "1e-3", "gaussian")["ratio"] == "7"  # not computed again


def test_the_table():
    ratios = Ratios(None)
    for p, ratio in (("1e-3", "1.5"), ("0.1", "1.25")):
        for law in ("rademacher", "gaussian"):
            key = ["inf", 4, 3, p, law]
            ratios.known[json.dumps(key)] = {"problem": key, "ratio": ratio, "upper": "rank", "lower": "search"}
    head, rule, *found = rows(ratios, "inf", [4], 3, ["1e-3", "0.1"], keys=True)
    assert head == "| law | d | 1e-3 | 0.1 |"
    assert rule.count("---") == 4
    assert found[0] == "| rademacher | 4 | 1.5 (rank, search) | 1.25 (rank, search) |"
    assert found[-1] == "\n4 entries: median 1.5, nine in ten at most 1.5, largest 1.5"
