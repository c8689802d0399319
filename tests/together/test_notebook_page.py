"""The notebook's code runs, and prints what the notebook shows."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def printed(outputs: list[dict[str, object]]) -> str:
    return "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_prints_what_it_shows(path, monkeypatch):
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    if any("to_dataframe" in "".join(cell["source"]) for cell in cells):
        pytest.importorskip("pandas", reason="the notebook shows a data frame")
    assert any(output.get("data", {}).get("image/png") for cell in cells for output in cell["outputs"]), "a figure is stored"
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in cells:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile("".join(cell["source"]), path.name, "exec", dont_inherit=True), namespace)
        assert output.getvalue() == printed(cell["outputs"])
