"""README and the pages are run: code and commands in order, their output compared with what the page shows.

``...`` in shown output stands for anything. Code blocks are of language ``python``, commands ``sh``, output ``text``; a
``toml`` block whose first line is ``# NAME.toml`` is written to that file. A command whose comment says ``exit status 1`` ends so.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    page
    for page in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
    if not {"_generated", "_build"} & set(page.parts)
]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
FENCE = re.compile(r"^( *)```(python|sh|text|toml)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
NOT_RUN = re.compile(r"(python3? -m venv|\.venv/bin/|pip |for |dask |ssh |export |eval |.*tcp://HOST)")
"""Commands that install or start something: .ci/run installs, and the README's two commands are checked below."""


def blocks(text: str) -> list[tuple[str, str]]:
    """(language, content) of the fenced blocks that are run or compared."""
    return [(match[2], re.sub(rf"^{match[1]}", "", match[3], flags=re.MULTILINE)) for match in FENCE.finditer(text)]


def shows(shown: str, printed: str) -> bool:
    """Whether the output is what the page shows; blanks at the ends of lines and runs of blanks do not count."""

    def plain(text: str) -> str:
        return "\n".join(re.sub(r" +", " ", line).rstrip() for line in text.strip("\n").splitlines())

    pattern = ".*?".join(re.escape(part) for part in plain(shown).split("..."))
    return re.fullmatch(pattern, plain(printed), re.DOTALL) is not None


def test_the_comparison_can_fail():
    assert shows("a 0.12\n...\nz", "a   0.12 \nb\nc\nz\n")
    assert not shows("a 0.12\n...\nz", "a 0.13\nb\nc\nz\n")
    assert not shows("a", "a\nb")


def run_command(line: str, folder: Path) -> str:
    command, _, target = line.split("#")[0].partition(" > ")
    words = shlex.split(command)
    if words[0] == "boundcalc":
        words = [sys.executable, "-m", *words]
    elif words[0] == "python":
        words[0] = sys.executable
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == ("# exit status 1" in line), (line, done.stderr)
    if target:
        (folder / target.strip()).write_text(done.stdout, encoding="utf-8")
    return done.stdout


def to_run(content: str) -> list[str]:
    lines = [line.strip() for line in content.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#") and not NOT_RUN.match(line)]


def is_benchmark(line: str) -> bool:
    return line.startswith("python benchmarks/")


def offer(page: Path, folder: Path) -> None:
    """Puts the files that a page offers for download into the reader's folder; a page is read without the repository."""
    for name in re.findall(r"\]\(([^():#]+\.(?:toml|npz|csv))\)", page.read_text(encoding="utf-8")):
        (folder / Path(name).name).symlink_to(page.parent / name)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_what_a_page_shows_is_what_it_gives(page, tmp_path, monkeypatch):
    import numpy as np

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    offer(page, tmp_path)
    np.save("W.npy", np.random.default_rng(0).standard_normal((3, 6)))
    namespace: dict[str, object] = {"__name__": "__main__"}
    printed = ""
    for language, content in blocks(page.read_text(encoding="utf-8")):
        if language == "python":
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(content, str(page), "exec", dont_inherit=True), namespace)
            printed = output.getvalue()
        elif language == "sh":
            printed = ""
            for line in to_run(content):
                if is_benchmark(line):
                    assert (ROOT / line.split()[1]).exists(), line
                else:
                    printed = run_command(line, tmp_path)
        elif language == "toml":
            name = re.match(r"# ([\w.-]+\.toml)\n", content)
            if name:
                Path(name[1]).write_text(content, encoding="utf-8")
        else:
            assert shows(content, printed), (content, printed)


def long_commands() -> list[tuple[Path, str]]:
    """(page, command) of what takes minutes: blocks of language ``bash``, and indented lines."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks_of_bash = re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        indented = re.findall(r"^    ((?:python|boundcalc) .*)$", re.sub(FENCE, "", text), re.MULTILINE)
        found += [(page, command.strip()) for command in (*blocks_of_bash, *indented)]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), long_commands(), ids=lambda value: getattr(value, "stem", None))
def test_the_commands_that_take_minutes(page, command, tmp_path):
    offer(page, tmp_path)
    for folder in ("docs", "benchmarks", "tools"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    words = ["bash", "-euo", "pipefail", "-c", command]
    done = subprocess.run(words, cwd=tmp_path, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if command == "python -m tools.tightness":
        rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
        assert len(rows) == 12
        assert "\n".join(rows) in (ROOT / "docs" / "tightness.md").read_text(encoding="utf-8")


def test_the_two_commands_are_one_line_each():
    first, second = [content for language, content in blocks(README) if language == "sh"][:2]
    assert first.count("\n") == second.count("\n") == 1
    assert "boundcalc bounds" in first
    assert "pytest" in second


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_no_code_reads_a_file_of_the_repository(page):
    """Who installed the wheel has the pages and no checkout; tools and benchmarks are for those who develop."""
    text = page.read_text(encoding="utf-8")
    ran = [code for language, code in blocks(text) if language != "text"] + re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    for code in ran if page.parent.name != "findings" else ():
        for line in code.splitlines():
            assert "__file__" not in line, line
            assert not re.search(r"\bdocs/(?!_build)", line), line


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "_generated/")) and "/_generated/" not in target:
            assert (page.parent / target).exists(), target


def test_every_bound_has_its_row():
    from boundcalc.bounds.catalog import BOUNDS

    text = (ROOT / "docs" / "bounds.md").read_text(encoding="utf-8")
    for key in BOUNDS:
        assert f"`{key}`" in text, f"docs/bounds.md has no row for {key}"


def test_every_certificate_key_is_documented():
    from boundcalc.certificate import verify

    text = (ROOT / "docs" / "certificate.md").read_text(encoding="utf-8")
    for key in (*verify.UPPER, *verify.WITNESS):
        assert f"`{key}`" in text, f"docs/certificate.md does not say what a certificate holds of {key}"
