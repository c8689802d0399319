"""Every kind of question answers as JSON, and any input gives one line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc import report
from boundcalc.explore.answers import KINDS, OF_FILES, answer

FIELDS = {"n": "12", "d": "3", "m": "3", "p": "1/100", "law": "rademacher"}
MORE = {"detail": {"key": "rank"}, "points": {"axis": "p", "values": ["1/2", "0"]}, "cells": {"p": ["1/2", "2"], "n": ["12", "12"]}}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_answers(kind):
    found = answer(kind, {"fields": FIELDS, **MORE.get(kind, {})})
    assert "error" not in found
    assert found.get("file", b"")[:6] == b"\x93NUMPY" if kind.endswith(".npy") else json.dumps(found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_refuses_in_one_line(kind):
    found = answer(kind, {"fields": {**FIELDS, "d": "none"}, **MORE.get(kind, {})})
    if kind in ("points", "cells"):  # what fails at a value is said there
        found = answer(kind, {"fields": FIELDS, **dict.fromkeys(MORE[kind], 3)})
    assert set(found) == {"error"}
    assert "\n" not in found["error"]["line"]


def test_the_certificate_is_that_of_thirty_digits():
    from boundcalc.certificate.write import certificate

    assert answer("certificate", {"fields": FIELDS})["answer"]["certificate"] == certificate(report(**FIELDS, digits=30))


@given(st.dictionaries(st.sampled_from(["n", "d", "m", "p", "law", "importance", "activation", "bias"]), st.text(max_size=12)))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_text_is_answered(fields):
    found = answer("closed", {"fields": {**FIELDS, **fields}})
    assert set(found) in ({"answer"}, {"error"})
    json.dumps(found)
    assert "\n" not in found.get("error", {}).get("line", "")


@pytest.mark.parametrize("fields", [None, [], {"n": 3}, "n"])
def test_fields_must_be_texts(fields):
    assert answer("closed", {"fields": fields})["error"]["field"] == "fields"


def test_kinds_of_files(tmp_path):
    path = tmp_path / "W.npy"
    np.save(path, np.eye(2, 3))
    asked = {"fields": FIELDS, "path": str(path), "name": "mine.npy"}
    assert answer("weights", asked)["answer"]["shape"] == [2, 3]
    assert answer("figure.pdf", asked)["file"].startswith(b"%PDF")
    assert answer("verify", asked)["answer"]["status"] == 2
    assert set(OF_FILES) == {"weights", "figure.pdf", "verify"}
    np.save(path, np.array([[1.0, np.inf]]))
    line = answer("weights", asked)["error"]["line"]
    assert "mine.npy" in line
    assert str(tmp_path) not in line
