"""The README's commands and code give what it shows, and the documentation's links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_code_prints_what_the_readme_shows():
    done = subprocess.run([sys.executable, "-c", blocks("python")[0]], capture_output=True, text=True, check=True)
    assert done.stdout == blocks("text")[0]


def commands() -> list[str]:
    lines = [line.split("#")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("boundcalc ")]


def test_the_commands_run(tmp_path):
    import numpy as np

    np.save(tmp_path / "W.npy", np.random.default_rng(0).standard_normal((3, 6)))
    assert len(commands()) >= 5
    for line in commands():
        done = subprocess.run([sys.executable, "-m", *line.split()], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout


def test_the_two_commands_are_one_line_each():
    first, second = blocks("sh")[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert "boundcalc bounds" in first
    assert "pytest" in second


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


def test_every_bound_has_its_row():
    from boundcalc.bounds.catalog import BOUNDS

    text = (ROOT / "docs" / "bounds.md").read_text(encoding="utf-8")
    for key in BOUNDS:
        assert f"`{key}`" in text


def test_every_certificate_key_is_documented():
    from boundcalc.certificate import verify

    text = (ROOT / "docs" / "certificate.md").read_text(encoding="utf-8")
    for key in (*verify.UPPER, *verify.WITNESS):
        assert f"`{key}`" in text
