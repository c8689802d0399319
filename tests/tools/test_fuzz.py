"""Fuzzed lines: they depend on seed and number alone, reach every command, and a fault is told."""

from __future__ import annotations

import os

import pytest

from tools import fuzz
from tools.fuzz import told
from tools.fuzz_files import CLAIM, GRID, changed
from tools.fuzz_lines import Line, commands, documented, drawn

FILES = {"claim.toml": CLAIM.encode(), "grid.toml": GRID.encode(), "certificate.json": b'{"format": 1, "items": [1, "2/3"]}'}


def test_they_depend_on_seed_and_number_and_reach_all_commands():
    lines = [drawn(0, number, FILES) for number in range(1000)]
    assert lines == [drawn(0, number, FILES) for number in range(1000)]
    assert lines != [drawn(1, number, FILES) for number in range(1000)]
    drawn_commands = {line.words[0] for line in lines if line.words}
    assert {words[0] for words, _ in commands()} <= drawn_commands
    assert any(line.files for line in lines)
    assert len(documented()) > 30
    assert not any(word.startswith(("/", "~")) for line in lines for word in line.words)


def test_files_are_changed():
    import random

    rng = random.Random(4)
    for name, content in FILES.items():
        assert len({changed(rng, name, content) for _ in range(20)}) > 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="lines are timed by a signal")
def test_what_is_a_fault(monkeypatch):
    from boundcalc.cli import main

    found = told(Line(("frames", "nothing")))
    assert (found.status, found.wrong) == (2, "")
    assert "frame" in found.err
    assert told(Line(("--version",))).wrong == ""

    def fails(*given: object, **options: object) -> int:
        raise ZeroDivisionError("of nothing")

    monkeypatch.setattr(main.cli, "main", fails)
    assert "ZeroDivisionError: of nothing" in told(Line(("frames",))).wrong
    monkeypatch.setattr(main.cli, "main", lambda *given, **options: 7)
    assert told(Line(("frames",))).wrong == "exit status 7"
    monkeypatch.setattr(fuzz, "HANGS", 0.05)

    def waits(*given: object, **options: object) -> int:
        import time

        time.sleep(5)
        return 0

    monkeypatch.setattr(main.cli, "main", waits)
    assert "TooLong" in told(Line(("frames",))).wrong
