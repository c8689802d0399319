"""The shells' completion, as docs/command_line.md says to install it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.cli.main import COMMANDS


def complete(shell: str, words: str, at: int) -> list[str]:
    environment = {"COMP_WORDS": words, "COMP_CWORD": str(at), "_BOUNDCALC_COMPLETE": f"{shell}_complete"}
    code = "from boundcalc.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_commands_are_completed(shell):
    words = [line.removeprefix("plain,") for line in complete(shell, "boundcalc ce", 1)]
    assert "certificate" in words
    assert not set(words) & {"bounds", "loss"}
    assert set(COMMANDS) <= {line.removeprefix("plain,") for line in complete(shell, "boundcalc ", 1)}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_options_and_keys_are_completed(shell):
    assert any("--digits" in line for line in complete(shell, "boundcalc bounds --dig", 2))
    keys = [line.removeprefix("plain,") for line in complete(shell, "boundcalc explain ca", 2)]
    assert {key for key in BOUNDS if key.startswith("ca")} <= set(keys)
    assert "frontier" not in keys


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_script_of_the_documentation(shell):
    code = "from boundcalc.cli.main import main; main()"
    environment = os.environ | {"_BOUNDCALC_COMPLETE": f"{shell}_source"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert f"_BOUNDCALC_COMPLETE={shell}_complete" in done.stdout
