"""Builds the page that needs no server: closed-form bounds and the verifier of certificates in the browser, from files alone.

``python -m tools.static_page docs/_build/html/in_browser`` takes Pyodide from npm and python-flint's wheel for it from PyPI, or
from the folder that ``--parts`` names, where both lie as ``npm pack`` and ``pip download`` leave them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import boundcalc

LIBRARY = Path(boundcalc.__file__).parent
SHARED = LIBRARY / "explore" / "page"
OWN = Path(__file__).parent / "in_browser"
PYODIDE = "314.0.7"
"""The version of npm's package; its first number is that of Python."""
PLATFORM = "pyemscripten_2026_0_wasm32"
FLINT = "0.9.0"
PARTS = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'"
)
ABSENT = {"cli", "search", "sweep", "check"}
"""Rooms that the page does not use."""


def build(target: Path, parts: Path) -> None:
    """Writes the page.

    Parameters
    ----------
    target : Path
        A folder, made where there is none; what is in it is replaced.
    parts : Path
        With npm's ``pyodide-*.tgz`` and the wheel ``python_flint-*.whl``.
    """
    shutil.rmtree(target, ignore_errors=True)
    (target / "pyodide").mkdir(parents=True)
    shutil.copytree(SHARED, target / "page", ignore=shutil.ignore_patterns("index.html"))
    for script in OWN.glob("*.js"):
        shutil.copy(script, target / "page")
    page = (SHARED / "index.html").read_text(encoding="utf-8")
    policy = f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    (target / "index.html").write_text(page.replace('<meta charset="utf-8">', policy), encoding="utf-8")
    with tarfile.open(only(parts, "pyodide-*.tgz")) as packed:
        for name in PARTS:
            file = packed.extractfile(f"package/{name}")
            assert file is not None
            (target / "pyodide" / name).write_bytes(file.read())
    wheel = only(parts, "python_flint-*.whl")
    shutil.copy(wheel, target)
    write_library(target / "library.zip")
    (target / "files.json").write_text(json.dumps({"wheels": [wheel.name], "library": "library.zip"}), encoding="utf-8")


def only(folder: Path, pattern: str) -> Path:
    """The file of a folder that has this pattern."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"static_page: {folder} must hold one file {pattern}, it holds {len(found)}")
    return found[0]


def write_library(target: Path) -> None:
    """The package as an archive, the same bytes each time; without what the browser has no use for."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(LIBRARY.rglob("*")):
            place = file.relative_to(LIBRARY)
            if file.is_file() and "__pycache__" not in place.parts and place.parts[0] not in ABSENT and file.suffix != ".js":
                info = zipfile.ZipInfo(f"boundcalc/{place.as_posix()}", (1980, 1, 1, 0, 0, 0))
                archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)


def fetch(folder: Path) -> None:
    """Gets the two parts that are not ours from their registries."""
    subprocess.run(["npm", "pack", "--silent", f"pyodide@{PYODIDE}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    wanted = ["--no-deps", "--only-binary", ":all:", "--python-version", PYODIDE[:3], "--platform", PLATFORM]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *wanted, f"python-flint=={FLINT}"], cwd=folder, check=True)


def main() -> None:
    """Runs the tool."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("target", type=Path)
    reader.add_argument("--parts", type=Path, help="a folder with pyodide-*.tgz and python_flint-*.whl")
    reader.add_argument("--fetch", action="store_true", help="get these two into the folder TARGET, and nothing else")
    given = reader.parse_args()
    if given.fetch:
        given.target.mkdir(parents=True, exist_ok=True)
        fetch(given.target)
    elif given.parts is not None:
        build(given.target, given.parts)
    else:
        with tempfile.TemporaryDirectory() as folder:
            fetch(Path(folder))
            build(given.target, Path(folder))


if __name__ == "__main__":
    main()
