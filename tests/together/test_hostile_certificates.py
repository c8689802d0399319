"""Certificates made to cost as much as their format allows: each ends in seconds with a verdict, or is too large to verify."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flint import fmpz
from oracles.memory import growth_of_peak

from boundcalc.certificate.verify import CertificateError, read, verify

SECONDS, BYTES = 20, 1 << 30
LONG = 10**999 - 1
UPPER = {"key": "trivial", "parameters": {}, "improvement": {"lower": "0", "upper": "1" + "0" * 5000}}
LOWER = {"key": "search", "witness": {"kind": "orthonormal", "n": "1"}, "improvement": {"lower": "0", "upper": "1"}}


def _file(n: Any, d: Any, m: Any, p: str = "1/1000", law: str = "rademacher", *, upper: Any = None, lower: Any = None) -> str:
    problem = {"n": str(n), "d": str(d), "m": str(m), "p": p, "law": law}
    certificate = {"format": "boundcalc certificate", "version": "1", "problem": problem}
    return json.dumps({**certificate, "upper": upper or UPPER, "lower": lower or LOWER})


def _upper(key: str, **parameters: Any) -> dict[str, Any]:
    return {"key": key, "parameters": parameters, "improvement": {"lower": "0", "upper": "1" + "0" * 5000}}


def _lower(kind: str, **fields: Any) -> dict[str, Any]:
    return {"key": "search", "witness": {"kind": kind, **fields}, "improvement": {"lower": "0", "upper": "1" + "0" * 5000}}


def _digits(rng: random.Random, count: int) -> str:
    return "1" + str(fmpz(rng.getrandbits(4 * count) + (1 << 4 * count)))[1:count]


def _fractions(rng: random.Random, count: int, digits: int) -> list[str]:
    return [f"{_digits(rng, digits)}/{_digits(rng, digits + 1)}" for _ in range(count)]


def _vectors(
    rng: random.Random, n: int, d: int, number: Callable[[], Any], unit: str = "no", radicand: str = "2"
) -> dict[str, Any]:
    vectors = [[number() for _ in range(d)] for _ in range(n)]
    return _lower("vectors", radicand=radicand, basis=["1"] * d, unit=unit, vectors=vectors)


def hostile() -> Iterator[tuple[str, str]]:
    """Every kind of cost, one after the other; the seed is fixed."""
    rng = random.Random(1407)
    yield "deep lists", "[" * 3_000_000
    yield "deep objects", '{"a":' * 3_000_000
    yield "deep and closed", '{"format":' + "[" * 900 + "]" * 900 + "}"
    yield "many empty lists", '{"format": [' + "[]," * 20_000_000 + "[]]}"
    yield "many short texts", '{"format": [' + '"",' * 1_300_000 + '""]}'
    yield "one long text", '{"format": "' + "a" * 60_000_000 + '"}'
    yield "a long bare integer", '{"format": ' + "7" * 40_000_000 + "}"
    yield "a bare integer", '{"format": ' + "7" * 90_000 + "}"
    yield "a large exponent", '{"format": 1e999999999}'
    yield "blanks", " " * 60_000_000 + "{}"
    yield "one key many times", "{" + '"a":1,' * 600_000 + '"a":1}'
    for law in ("rademacher", "gaussian", "laplace", "uniform"):
        for key in ("rank", "tensor_power", "uniform", "sparsity_power", "trivial"):
            yield f"{key}, {law}, long sizes", _file(LONG, LONG, 999, law=law, upper=_upper(key))
    yield "rank, n = inf", _file("inf", LONG, 999, upper=_upper("rank"))
    for kind in ("simplex", "plane_lines", "orthonormal"):
        yield f"{kind}, m = 999", _file(LONG, LONG, 999, lower=_lower(kind, n="3"))
        yield f"{kind}, long n", _file(LONG, LONG, 999, lower=_lower(kind, n=str(LONG)))
    yield "random directions, m = 999", _file(LONG, LONG, 999, lower=_lower("random_directions", n=str(LONG), d=str(LONG)))
    yield "random directions, m = 99", _file(LONG, LONG, 99, lower=_lower("random_directions", n=str(LONG), d=str(LONG)))
    yield "random Walsh", _file(LONG, LONG, 3, lower=_lower("random_walsh", n=str(2**3300), d=str(2**3299 - 1)))
    chirps = _lower("random_chirps", n=str(2 * 999_999_937**3), d=str(2 * 999_999_937), order="999999937", degree="3")
    yield "random chirps", _file(LONG, LONG, 3, lower=chirps)
    yield "binomial sum", _file(LONG, 200_000, 3, law="gaussian", upper=_upper("gaussian_support"))
    close = {"key": "gaussian_support", "parameters": {}, "improvement": {"lower": "1", "upper": "1"}}
    yield "binomial sum, undecided", _file(LONG, 200_000, 3, p="1/1" + "0" * 999, law="gaussian", upper=close)
    half = f"1/1{'0' * 48_000}"
    for m in (3, 9, 99, 999):
        yield f"long p, m = {m}", _file(LONG, LONG, m, p=half, lower=_lower("simplex", n="50"))
        points = ",".join(f"{s}{k + 1}/{k + 10007}:1/200" for k in range(100) for s in ("-", ""))
        yield f"many points, m = {m}", _file(9, 9, m, law=f"support:{points}", lower=_lower("simplex", n="5"))
        listed = ",".join(f"{2 * k}={v}" for k, v in zip(range(1, m + 1), _fractions(rng, m, 40_000 // (2 * m)), strict=True))
        yield f"long moments, m = {m}", _file(9, 9, m, law=f"moments:{listed}", lower=_lower("simplex", n="5"))
    factorials, value = [], 1
    for k in range(1, 131):
        value *= 2 * k * (2 * k - 1)
        factorials.append(f"{2 * k}={value}")
    yield "many moments", _file(9, 9, 129, law="moments:" + ",".join(factorials), lower=_lower("simplex", n="5"))
    for size, digits in ((LONG, 4_000), (8, 45_000), (LONG, 1), (8, 150), (3, 20_000)):
        h = ["0", *_fractions(rng, 200, digits // 2 + 1)]
        yield f"degree 200, {digits} digits, d of {len(str(size))}", _file("inf", size, 3, upper=_upper("universal", h=h))
        yield (
            f"the same, small, {digits} digits, d of {len(str(size))}",
            _file(99, size, 201, upper=_upper("universal", h=["0"] + [f"1/{_digits(rng, digits)}"] * 200)),
        )
        yield (
            f"welch, {digits} digits, d of {len(str(size))}",
            _file(
                LONG,
                size,
                9,
                p="1/1000000",
                law="gaussian",
                upper=_upper("capacity_welch", **{"theta": "1/2", "lambda": "0", "at": "1", "h": h}),
            ),
        )
        yield (
            f"frontier, {digits} digits, d of {len(str(size))}",
            _file(LONG, size, 3, upper=_upper("frontier", **{"lambda": "0", "nu": "0", "at": "1/2", "h_3": h, "h_2": h})),
        )
    for degree in (20, 60, 120, 200):
        # positive on [0, 1] and with nonnegative coefficients: all of Sturm's sequence is asked for
        h = ["0"] + [f"1/{10**9 + rng.randrange(10**9)}" for _ in range(degree)]
        yield f"Sturm, degree {degree}", _file("inf", 5, 199, upper=_upper("universal", h=h))
    for m in (5, 7, 9):
        for p in ("1/1000000", f"1/{_digits(rng, 300)}", f"1/{_digits(rng, 20_000)}"):
            row = {"at": "1", "form": "cumulants"}
            yield f"cumulants, m = {m}, p of {len(p)}", _file(LONG, 3, m, p=p, law="gaussian", upper=_upper("capacity", **row))
            yield (
                f"cumulants, small n, m = {m}, p of {len(p)}",
                _file(30, 3, m, p=p, law="gaussian", upper=_upper("capacity", **row)),
            )
            tree = ["1"] * 999 + ["0"] * 1000
            wide = [*(["1"] * 9), *(["0", "1", "0"] * 600)][:1999]
            for splits in (tree, wide):
                row = {"at": "1", "form": "moments", "splits": splits}
                yield f"boxes {splits[9]}, m = {m}, p of {len(p)}", _file(LONG, 3, m, p=p, upper=_upper("capacity", **row))
                yield f"boxes {splits[9]}, n = 9, m = {m}, p of {len(p)}", _file(9, 3, m, p=p, upper=_upper("capacity", **row))
            for price in ("1/1000000000", "1/1000", "1000000", f"1/{_digits(rng, 40_000)}"):
                terms = [{"parts": ["2"] * (m // 2) + ["1"], "nu": "0", "h": ["0"], "share": "1"}]
                for listed in ([], terms):
                    parameters = {"terms": listed, "price": price}
                    yield (
                        f"price {price[:9]}, {len(listed)} terms, m = {m}, p of {len(p)}",
                        _file(30, 3, m, p=p, law="gaussian", upper=_upper("frontier", **parameters)),
                    )
    small = lambda: str(rng.randrange(-3, 4))  # noqa: E731
    long = lambda: _digits(rng, 48_000)  # noqa: E731
    long_fraction = lambda: _fractions(rng, 1, 24_000)[0]  # noqa: E731
    surd = lambda: [small(), small()]  # noqa: E731
    for unit in ("no", "yes"):
        yield f"300 long vectors, unit {unit}", _file(300, 2, 3, lower=_vectors(rng, 300, 1, long, unit))
        yield f"300 long fractions, unit {unit}", _file(300, 2, 3, lower=_vectors(rng, 300, 1, long_fraction, unit))
        yield f"1000 x 500, unit {unit}", _file(1000, 500, 3, lower=_vectors(rng, 1000, 500, small, unit))
        yield f"20000 x 2, unit {unit}", _file(20000, 2, 3, lower=_vectors(rng, 20000, 2, small, unit))
        yield f"3000 x 3, unit {unit}", _file(3000, 3, 3, lower=_vectors(rng, 3000, 3, lambda: str(rng.randrange(1, 999)), unit))
        yield f"100 x 5, m = 199, unit {unit}", _file(100, 5, 199, lower=_vectors(rng, 100, 5, small, unit))
        yield f"surds 200 x 20, unit {unit}", _file(200, 20, 3, lower=_vectors(rng, 200, 20, surd, unit))
        yield f"surds 1500 x 9, unit {unit}", _file(1500, 9, 3, lower=_vectors(rng, 1500, 9, surd, unit))
        yield (
            f"surds 40 x 3, long radicand, unit {unit}",
            _file(40, 3, 3, lower=_vectors(rng, 40, 3, surd, unit, "1" + "0" * 998 + "1")),
        )
        yield f"surds 30 x 3, m = 99, unit {unit}", _file(30, 3, 99, lower=_vectors(rng, 30, 3, surd, unit))
        different = lambda: f"{rng.randrange(1, 10**9)}/{rng.randrange(1, 10**9)}"  # noqa: E731
        yield f"200 x 50 fractions, unit {unit}", _file(200, 50, 3, lower=_vectors(rng, 200, 50, different, unit))
    yield "many long fractions", _file(9, 600, 3, lower=_vectors(rng, 2, 600, long_fraction))
    block = _vectors(rng, 60, 9, small, "yes")["witness"]
    yield "200 blocks of vectors", _file(LONG, LONG, 3, lower=_lower("blocks", blocks=[{"count": "1", "witness": block}] * 200))
    surds = _vectors(rng, 20, 4, surd, "yes")["witness"]
    yield "200 blocks of surds", _file(LONG, LONG, 9, lower=_lower("blocks", blocks=[{"count": "1", "witness": surds}] * 200))
    sizes = [str(LONG // 1000 - k) for k in range(200)]
    directions = [{"count": "1", "witness": {"kind": "random_directions", "n": size, "d": size}} for size in sizes]
    for m in (3, 9, 29, 99):
        yield f"200 blocks of directions, m = {m}", _file(LONG, LONG, m, lower=_lower("blocks", blocks=directions))
    lines = [{"count": "1", "witness": {"kind": "plane_lines", "n": "2"}}] * 200
    yield "200 blocks of lines", _file(999, 999, 999, lower=_lower("blocks", blocks=lines))
    squares = [[value, "1"] for value in _fractions(rng, 600, 24_000)]
    yield "long squares", _file(601, 8, 3, lower=_lower("cited_frame", frame="x", n="601", d="8", squares=squares))


QUICK = (
    "deep lists",
    "many empty lists",
    "a bare integer",
    "rank, laplace, long sizes",
    "plane_lines, m = 999",
    "random Walsh",
    "long p, m = 9",
    "many moments",
    "degree 200, 1 digits, d of 999",
    "Sturm, degree 200",
    "cumulants, m = 9, p of 302",
    "boxes 1, m = 5, p of 302",
    "300 long vectors, unit no",
    "300 long fractions, unit yes",
    "surds 1500 x 9, unit yes",
    "200 blocks of lines",
    "long squares",
)
TOO_LARGE = (
    "degree 200, 4000 digits, d of 999",
    "300 long vectors, unit no",
    "300 long fractions, unit yes",
    "200 blocks of lines",
)


def _answer(tmp_path, text: str) -> str:
    """What the verifier says; its processor time is bounded."""
    path = tmp_path / "hostile.json"
    path.write_text(text)
    started = time.process_time()
    try:
        done = verify(read(path))
        said = done.failure or "accepted"
    except CertificateError as error:
        said = str(error)
    assert time.process_time() - started < SECONDS
    assert "\n" not in said
    assert len(said) < 400
    return said


def test_hostile_files_end_in_seconds(tmp_path):
    taken, tried = growth_of_peak(), 0
    for name, text in hostile():
        if name in QUICK:
            tried += 1
            said = _answer(tmp_path, text)
            assert "too large to verify" in said or name not in TOO_LARGE, (name, said)
    assert tried == len(QUICK)
    assert taken() < BYTES


@pytest.mark.slow
def test_every_hostile_file_ends_in_seconds(tmp_path):
    taken = growth_of_peak()
    said = {name: _answer(tmp_path, text) for name, text in hostile()}
    assert len(said) > 200
    assert all("too large to verify" in said[name] for name in TOO_LARGE)
    assert said["1000 x 500, unit no"] == "accepted"
    assert taken() < BYTES
