"""``boundcalc explore``: its options, and one line where it cannot begin."""

from __future__ import annotations

import socket
import sys

import pytest

from boundcalc.cli.main import main


def run(capsys, *args):
    with pytest.raises(SystemExit) as stop:
        main(["explore", *args])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


@pytest.mark.parametrize(
    ("option", "value"), [("port", "0"), ("port", "x"), ("port", "70000"), ("workers", "0"), ("workers", "65")]
)
def test_wrong_options_are_one_line(capsys, option, value):
    status, out, err = run(capsys, f"--{option}", value)
    assert (status, out) == (2, "")
    assert err.startswith(f"boundcalc: {option} = {value}: must be")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value"), [("n", "x"), ("d", "0"), ("m", "4"), ("p", "2"), ("law", "normal")], ids=lambda value: value
)
def test_wrong_values_to_begin_with_are_one_line(capsys, option, value):
    status, out, err = run(capsys, "--no-open", f"--{option}", value)
    assert (status, out) == (2, "")
    assert err.startswith(f"boundcalc: {option} = {value}: must be")
    assert err.count("\n") == 1


def test_a_port_in_use_is_one_line(capsys):
    pytest.importorskip("uvicorn", reason="uvicorn is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, err = run(capsys, "--no-open", "--port", port)
    assert status == 2
    assert err.startswith(f"boundcalc: port = {port}: must be free")


def test_without_the_extra_it_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "boundcalc.explore.serve", raising=False)
    status, _, err = run(capsys, "--no-open")
    assert status == 2
    assert "pip install 'boundcalc[explore]'\n" in err
