"""Floors as text and as LaTeX."""

from __future__ import annotations

import json

import pytest

from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
from boundcalc.cli.main import main
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.fragments import latex
from boundcalc.render.relu_floor import floor_json, floor_lines


@pytest.mark.parametrize("key", FLOOR_PROOFS)
def test_every_floor_is_written(key):
    lines = floor_lines(FLOOR_PROOFS[key])
    assert lines[0].startswith(f"{key} (activation relu)")
    assert "Proof:" in lines
    assert not any("\\" in line for line in lines if not line.startswith("Statement"))
    text = latex(key, "proof")
    assert text.count(r"\item") == len(FLOOR_PROOFS[key].proof)
    assert r"\begin{theorem}" in latex(key)
    assert r"\end{document}" in latex(key, "proof", standalone=True)
    with pytest.raises(ParameterError, match="no limits"):
        latex(key, "limits")
    status = {"any_decoder": "argued", "scalar_decoder": "standard", "pentagon": "computed", "polygon": "computed"}.get(
        key, "cited"
    )
    assert floor_json(FLOOR_PROOFS[key])["status"] == status


def test_explain(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["explain", "pentagon", "--json"])
    assert not stop.value.code
    assert json.loads(capsys.readouterr().out)["key"] == "pentagon"
    with pytest.raises(SystemExit) as stop:
        main(["explain", "pentagon", "--m", "3"])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
