"""Output is readable without colour and in 80 columns, and every command that prints results has --json."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

COMMANDS = {
    "bounds": "bounds --n 30 --d 4 --m 3 --p 0.03 --law rademacher",
    "explain": "explain rank",
    "frames": "frames",
    "loss": "loss W.npy --m 3 --p 0.03 --law rademacher",
}


def run(line: str, folder: object, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "boundcalc", *line.split()],
        cwd=str(folder),
        env={key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    np.save(tmp_path / "W.npy", np.random.default_rng(3).standard_normal((3, 7)))
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_without_colour_nothing_is_lost(name, folder):
    plain = run(COMMANDS[name], folder, COLUMNS="80", NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b[3" not in plain
    assert "\x1b[9" not in plain
    piped = run(COMMANDS[name], folder, COLUMNS="80")
    assert "\x1b" not in piped
    assert re.sub(r"\x1b\[\d+m", "", plain).split() == piped.split()


@pytest.mark.parametrize("name", ["bounds", "frames", "loss"])
def test_tables_fit_eighty_columns(name, folder):
    lines = run(COMMANDS[name], folder, COLUMNS="80").splitlines()
    rows = [line for line in lines if not any(mark in line for mark in ("does not apply", ":", "best possible"))]  # not sentences
    assert len(rows) > 8
    assert max(map(len, rows)) <= 80


OTHERS = {
    "cite": ("cite rank", {"sources"}),
    "latex bound": ("latex bound rank", {"latex"}),
    "latex proof": ("latex proof rank", {"latex"}),
    "latex table": ("latex table --n 6 --d 3 --m 3 --p 1e-6 --law rademacher", {"latex"}),
    "latex report": ("latex report --n 6 --d 3 --m 3 --p 1e-6 --law rademacher", {"latex"}),
    "plot": ("plot W.npy --out W.svg", {"out", "caption"}),
    "sweep": ("sweep grid.toml --out s.db --quiet", {"store", "size", "present", "evaluated", "invalid", "failed"}),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_json_stands_alone_on_stdout(name, folder):
    assert isinstance(json.loads(run(f"{COMMANDS[name]} --json", folder)), dict)


@pytest.mark.parametrize("name", OTHERS)
def test_the_json_of_commands_that_print_something_else(name, folder):
    (folder / "grid.toml").write_text('n = 3\nd = 2\nm = 3\np = ["1e-3", "1e-2"]\nlaw = "gaussian"\nbounds = "closed"\n')
    line, fields = OTHERS[name]
    answer = json.loads(run(f"{line} --json", folder))
    assert set(answer) == fields
    if "latex" in fields:
        assert answer["latex"] == run(line, folder)
    if name == "sweep":
        assert (answer["size"], answer["evaluated"], answer["failed"]) == (2, 2, 0)
