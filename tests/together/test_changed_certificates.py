"""Changed certificates: none is accepted that states something false, none is dear, none ends in anything but an answer.

What is false is decided by the library's own certified bounds: an upper bound below a certified improvement, a lower bound
above a certified upper bound, or a problem that no law has.
"""

from __future__ import annotations

import copy
import json
import random
import time
from pathlib import Path

import pytest
from oracles.memory import growth_of_peak

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verify import CertificateError, read, verify
from boundcalc.certificate.write import certificate
from boundcalc.cli.main import main
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

CASES = Path(__file__).parent / "cases"
SOURCES = (
    ("frontier", "known_frame", (6, 3, 3, "1/20", "rademacher")),
    ("frontier", "known_frame", ("inf", 24, 3, "1e-9", "gaussian")),
    ("very_sparse", "half_design", (120, 8, 3, "1e-6", "rademacher")),
    ("capacity", "orthonormal", (50, 3, 3, "1/20", "moments:2=1,4=3,6=15")),
    ("capacity_welch", "random_walsh", (64, 8, 3, "1e-4", "rademacher")),
    ("capacity_welch", "orthogonal_array", (3000, 24, 3, "1e-4", "rademacher")),
    ("capacity_welch", "random_chirps", (30_000, 61, 3, "1e-5", "rademacher")),
    ("capacity", "unbiased_bases", (48, 16, 3, "1/50", "uniform")),
    ("dense", "orthonormal", (30, 4, 3, "3/4", "uniform")),
    ("uniform", "random_directions", (200, 5, 5, "1e-3", "laplace")),
    ("frontier", "direct_sum", (12, 3, 3, "1/10", "support:-2:1/4,0:1/2,2:1/4")),
)
LAWS = (
    "gaussian",
    "rademacher",
    "uniform",
    "laplace",
    "moments:2=1,4=1/100,6=1",
    "moments:2=1,4=1,6=2",
    "support:-1:1/2,1:1/2",
    "cauchy",
)
WORDS = ("rank", "frontier", "capacity", "half_design", "orthonormal", "leech", "vectors", "cited_frame", "yes", "inf", "x")
SECONDS, BYTES = 20, 1 << 30


@pytest.fixture(scope="module")
def originals() -> list[dict]:
    return [
        certificate(report(Problem(*problem), digits=20, upper=[BOUNDS[upper]], lower=[BOUNDS[lower], BOUNDS["orthonormal"]]))
        for upper, lower, problem in SOURCES
    ]


def leaves(data, place=()):
    """The places of all texts."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*place, key))
    else:
        yield place


def inside(data, place):
    for key in place:
        data = data[key]
    return data


def changed_number(text: str, rng: random.Random) -> str:
    digits = [k for k, c in enumerate(text) if c.isdigit()]
    match rng.randrange(6):
        case 0 if digits:
            k = rng.choice(digits)
            return text[:k] + rng.choice("0123456789") + text[k + 1 :]
        case 1:
            return text + rng.choice("0123456789")
        case 2:
            return text[:-1]
        case 3:
            return f"-{text}"
        case 4:
            return text.replace("/", "0/") if "/" in text else f"{text}/{rng.randrange(4)}"
        case _:
            return rng.choice(("0", "1", "7" * rng.choice((30, 3_000, 60_000)), "1/1" + "0" * rng.choice((3, 300, 40_000)), *WORDS))


def change(data: dict, rng: random.Random) -> str:
    """The text of a changed file."""
    data = json.loads(json.dumps(data))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = [place for place in leaves(data) if place]
        place = rng.choice(places)
        holder, key = inside(data, place[:-1]), place[-1]
        match rng.randrange(8):
            case 0 | 1 | 2:
                holder[key] = changed_number(str(holder[key]), rng)
            case 3:
                data.setdefault("problem", {})["law"] = rng.choice(LAWS)
            case 4:
                holder.pop(key)
            case 5 if isinstance(holder, list):
                rng.shuffle(holder)
            case 6:
                if isinstance(holder, list):
                    holder.extend(holder * rng.choice((1, 30)))
                else:
                    holder[rng.choice(("frame", "price", "note", "kind"))] = rng.choice(WORDS)
            case _:
                other = rng.choice(places)
                holder[key] = copy.deepcopy(inside(data, other[:1]))
    text = json.dumps(data)
    match rng.randrange(12):
        case 0:
            return text[: rng.randrange(len(text))]
        case 1:
            return text.replace('"problem":', '"problem": {}, "problem":', 1)
        case 2:
            return text.replace('"', "", 1)
    return text


def is_false(data: dict) -> bool:
    """Whether the library refutes what an accepted certificate says."""
    given = data["problem"]
    n, d, m = (
        value if value == "inf" else int(parse_rational(value, parameter="size").p) for value in map(given.get, ("n", "d", "m"))
    )
    try:
        problem = Problem(n, d, m, given["p"], given["law"])
    except ParameterError:
        return True
    answer = report(problem, digits=15)
    upper = parse_rational(data["upper"]["improvement"]["upper"], parameter="upper")
    lower = parse_rational(data["lower"]["improvement"]["lower"], parameter="lower")
    return upper < answer.best_lower.value.certified or lower > answer.best_upper.value.certified


def answer_to(path: Path) -> tuple[bool, str]:
    """Whether the file is accepted, and why not."""
    try:
        done = verify(read(path))
    except CertificateError as error:
        return False, str(error)
    return done.accepted, done.failure or ""


def attack(originals: list[dict], count: int, seed: int, tmp_path: Path) -> tuple[int, float]:
    rng, taken = random.Random(seed), growth_of_peak()
    accepted, slowest = 0, 0.0
    path = tmp_path / "changed.json"
    for _ in range(count):
        text = change(rng.choice(originals), rng)
        path.write_text(text)
        started = time.process_time()
        done, said = answer_to(path)
        assert "\n" not in said
        assert len(said) < 400
        if done:
            accepted += 1
            assert not is_false(json.loads(text)), text[:2000]
        slowest = max(slowest, time.process_time() - started)
    assert slowest < SECONDS
    assert taken() < BYTES
    return accepted, slowest


def test_the_originals_are_accepted(originals):
    for data in originals:
        done = verify(data)
        assert done.accepted, done.failure


def test_no_changed_certificate_is_accepted_that_is_false(originals, tmp_path):
    attack(originals, 200, 1, tmp_path)


@pytest.mark.slow
def test_two_thousand_changed_certificates(originals, tmp_path):
    accepted, _ = attack(originals, 2000, 2, tmp_path)
    assert accepted > 20  # growth and order that change nothing, wider claims


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("frame_that_does_not_exist", 1, "no frame of 4 vectors in 2 dimensions with these squares may be cited"),
        ("law_that_does_not_exist", 1, "no symmetric law has these moments, that of order 4"),
        ("long_numbers", 2, "lower.key = x: is unknown"),
    ],
)
def test_cases_that_once_went_wrong(name, status, said, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["certificate", "verify", str(CASES / f"{name}.json")])
    captured = capsys.readouterr()
    assert stop.value.code == status
    assert said in captured.out + captured.err


def test_long_numbers_are_too_large_in_seconds():
    data = read(CASES / "long_numbers.json")
    data["lower"]["key"] = "known_frame"
    started = time.process_time()
    with pytest.raises(CertificateError, match="too large to verify"):
        verify(data)
    assert time.process_time() - started < SECONDS


def test_a_lower_bound_above_the_upper_bound_is_refused(originals):
    data = json.loads(json.dumps(originals[0]))
    other = json.loads(json.dumps(originals[0]))
    other["upper"]["improvement"]["upper"] = "1/100"
    done = verify(other)
    assert not done.accepted
    assert verify(data).accepted


def test_numbers_are_printed_whole_or_rounded_outward(capsys, tmp_path, originals):
    path = tmp_path / "c.json"
    data = json.loads(json.dumps(originals[0]))
    least = parse_rational(data["lower"]["improvement"]["lower"], parameter="lower")
    path.write_text(json.dumps(data))
    with pytest.raises(SystemExit) as stop:
        main(["certificate", "verify", str(path)])
    out = capsys.readouterr().out
    assert stop.value.code in (0, None)
    shown = out.split("I* >= ")[1].split()[0]
    printed = parse_rational(shown, parameter="printed")
    assert least - printed < least / 10**10
    assert printed <= least
    assert "n = 6, d = 3, m = 3, p = 1/20, law = rademacher" in out


def test_a_cited_frame_is_named_and_has_its_own_status(originals, capsys, tmp_path):
    path = tmp_path / "leech.json"
    path.write_text(json.dumps(originals[1]))
    with pytest.raises(SystemExit) as stop:
        main(["certificate", "verify", str(path)])
    out = capsys.readouterr().out
    assert stop.value.code == 3
    assert "cited   lower: the 98280 lines of the Leech lattice" in out
    assert out.endswith("accepted, except for what is cited\n")
