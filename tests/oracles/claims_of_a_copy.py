"""Puts claims to the test of a copy of the package, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def checked(package: Path, folder: Path, claims: str) -> dict[str, dict]:
    """The steps of a file of claims, one of them refuted, by their keys; ``package`` is the folder that holds boundcalc."""
    (folder / "mine.toml").write_text(claims, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "boundcalc", "check", "--claim", "mine.toml", "--json"],
        env=os.environ | {"PYTHONPATH": str(package)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return {step["key"]: step for step in json.loads(done.stdout)["steps"]}
