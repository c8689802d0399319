"""``boundcalc bounds --activation relu``."""

from __future__ import annotations

import json

import pytest
from flint import fmpq

from boundcalc.cli.main import main
from boundcalc.numbers.parsing import parse_rational


def run(capsys, *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["bounds", "--activation", "relu", *map(str, args)])
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


def test_json_of_pairs(capsys):
    status, out, err = run(capsys, "--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform01", "--json")
    assert (status, err) == (0, "")
    content = json.loads(out)
    assert content["network"]["pairs"] == 4
    lower, upper = (parse_rational(content["network"]["loss"][side], parameter="x") for side in ("lower", "upper"))
    assert lower <= fmpq(4, 30000) <= upper
    assert [floor["key"] for floor in content["floors"]] == ["pairs", "scalar_decoder", "any_decoder"]
    floor = parse_rational(content["floors"][0]["loss"]["lower"], parameter="x")
    assert 0 < floor < lower
    assert parse_rational(content["ratio"], parameter="x") >= lower / floor


def test_a_certificate_is_written_and_verified(capsys, tmp_path):
    path = tmp_path / "pentagon.json"
    given = ["--n", 6, "--d", 2, "--p", "1/1000", "--law", "uniform01", "--no-bias", "--certificate", path]
    status, out, _ = run(capsys, *given)
    assert status == 0
    assert "1 of 5 sides" in out
    with pytest.raises(SystemExit) as stop:
        main(["certificate", "verify", str(path)])
    assert not stop.value.code
    assert capsys.readouterr().out.endswith("accepted\n")
    status, _, _ = run(capsys, *given[:-1], path)
    assert status == 0  # a certificate may be written over


def test_importances_as_a_formula(capsys):
    given = ["--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform01", "--json"]
    plain, weighted = (json.loads(run(capsys, *given, *more)[1]) for more in ([], ["--importance", "1/2^i"]))
    assert float(weighted["floors"][0]["loss"]["upper"]) < float(plain["floors"][0]["loss"]["lower"])
    assert len(weighted["problem"]["features"]) == 8


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--n", 8, "--d", 4, "--p", "1/100", "--law", "gaussian"], "law = gaussian: takes negative values"),
        (["--n", "inf", "--d", 4, "--p", "1/100", "--law", "uniform01"], "n = inf: must be a whole number"),
        (["--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform01", "--m", 30], "m = 30: must be a whole number, 1 to 9"),
        (["--n", 8, "--d", 0, "--p", "1/100", "--law", "uniform01"], "d = 0: must be"),
        (["--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform:0:2", "--certificate", "c.json"], "certificate = this problem: is"),
        (["--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform01", "--witness-out", "W.npz"], "witness-out = W.npz: is for x^m"),
        (
            ["--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform01", "--display", "per-feature"],
            "display = per-feature: is for x^m",
        ),
    ],
)
def test_wrong_input_in_a_line(capsys, args, message):
    status, out, err = run(capsys, *args)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_the_power_needs_its_exponent(capsys):
    with pytest.raises(SystemExit):
        main(["bounds", "--n", "8", "--d", "4", "--p", "1/100", "--law", "gaussian"])
    assert "m = nothing: must be given" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["bounds", "--n", "8", "--d", "4", "--m", "3", "--p", "1/100", "--law", "gaussian", "--no-bias"])
    assert "no-bias = True: needs --activation relu" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["bounds", "--activation", "relu", "--d", "4", "--groups", "features.csv"])
    assert "groups = features.csv: is for x^m" in capsys.readouterr().err


def test_the_floor_of_pairs_is_left_out_where_it_takes_long(capsys):
    """It took more than half a minute for a million features, whatever --seconds said."""
    status, out, err = run(capsys, "--n", 5000, "--d", 3, "--p", "1e-9", "--law", "uniform01", "--seconds", "0.1")
    assert status == 0
    assert err == "note: left out after a share of 0.1 s: pairs\n"
    assert "scalar_decoder" in out
    assert "  pairs" not in out
    status, out, err = run(capsys, "--n", 8, "--d", 4, "--p", "1/100", "--law", "uniform01", "--seconds", "x")
    assert (status, out) == (2, "")
    assert err.startswith("boundcalc: seconds = x: ")
