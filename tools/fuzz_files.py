"""Makes the files that fuzzed command lines read, whole ones and changed ones."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import sqlite3
import struct
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

VALUES = (
    *(
        "",
        "0",
        "-1",
        "1",
        "2",
        "3",
        "5",
        "1/3",
        "0.5",
        "1e-6",
        "1e400",
        "1e-400",
        "nan",
        "inf",
        "-inf",
        "1/0",
        "10^30",
        "10^(10^10)",
    ),
    *("2^2^2^2^2^2", "9" * 5000, "a" * 300, "π", "½", "１２", "0x10", "1_000", "1,5", "(", "((((1))))", "(" * 500, "-" * 300),
    *("[red]", "{", "%s", "None", "true", "rademacher", "gaussian", "moments:2=1", "moments:2=1,4=3,6=15", "support:-1:1/2,1:1/2"),
    *("support:-1:1,1:1", "i^-1", "0.9^i", "d^2", "n", "1..2", "1e-3..1", "frontier", "U9", "q[i] >= 0", "sum(i: x[i])"),
    *("E[x[i]^2] = p*mu[2]", "sqrt(-1)", "\udc80", "\n", "\t", "a\nb"),
)
"""What stands in the place of a value."""
CLAIM = """title = "own"
[hypotheses]
m = [1]
symmetric = true
where = ["kappa[4] >= 0"]
[quantities]
"v[i]" = "p*mu[2]*a[i]"
[[steps]]
key = "one"
claim = "a[i]^2 <= q[i]"
[[steps]]
key = "two"
claim = ["theta*a[i] <= a[i]"]
where = ["n > 1"]
for = { theta = "0..1 real" }
"""
GRID = """n = ["d^2", 5]
d = [2]
m = 3
p = { from = 1e-3, to = 1e-2, points = 2, spacing = "geometric" }
law = "rademacher"
bounds = "closed"
digits = 6
"""
GROUPS = "count,importance,p,law\n2,1,1/20,gaussian\n3,1/3,0.01,rademacher\n"
LOSSES = "step,loss\n0,0.9\n1,0.5\n2,0.25\n3,0.24\n"


def _command(line: str) -> None:
    from boundcalc.cli.main import main

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(SystemExit):
        main(line.split())


@cache
def pristine() -> dict[str, bytes]:
    """Each file by its name."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        here = Path.cwd()
        os.chdir(folder)
        try:
            weights = rng.standard_normal((2, 5)).round(3)
            np.save("W.npy", weights)
            np.save("whole.npy", np.array([[1, 0, 1, 1], [0, 1, 1, -1]]))
            np.save("V.npy", rng.standard_normal((2, 5)).astype("f4"))
            np.save("bias.npy", -0.1 * np.ones(5))
            np.save("stack.npy", rng.standard_normal((3, 2, 5)))
            np.savez("two.npz", W=weights, b=np.zeros(5), V=weights)
            np.savetxt("W.csv", weights, delimiter=",")
            np.savetxt("W.txt", weights)
            for name, text in (("claim.toml", CLAIM), ("grid.toml", GRID), ("groups.csv", GROUPS), ("losses.csv", LOSSES)):
                Path(name).write_text(text)
            Path("groups.toml").write_text('[[group]]\ncount = 2\nimportance = "1/2"\np = "0.01"\nlaw = "gaussian"\n' * 2)
            header = json.dumps({"W": {"dtype": "F64", "shape": [2, 5], "data_offsets": [0, 80]}}).encode()
            Path("W.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + weights.tobytes())
            _command("bounds --n 5 --d 2 --m 3 --p 0.01 --law rademacher --certificate certificate.json")
            _command("bounds --n 5 --d 2 --m 3 --p 0.5 --law gaussian --certificate capacity.json")
            _command("bounds --d 2 --m 3 --groups groups.csv --certificate groups.json")
            _command("optimize --n 5 --d 2 --m 3 --p 0.01 --law rademacher --starts 1 --out found.npz --quiet")
            _command("optimize --activation relu --n 3 --d 2 --p 1/10 --law uniform01 --starts 1 --seconds 1 --out net.npz --quiet")
            _command("sweep grid.toml --out sweep.db --quiet --workers 1")
            return {path.name: path.read_bytes() for path in sorted(Path().iterdir()) if path.is_file()}
        finally:
            os.chdir(here)


def changed(rng: random.Random, name: str, content: bytes) -> bytes:
    """A file with something wrong, or with other values."""
    kind = rng.random()
    suffix = Path(name).suffix
    if kind < 0.25:
        return _damaged(rng, content)
    try:
        if suffix == ".json":
            return _json(rng, content)
        if suffix == ".npy":
            return _npy(rng, content)
        if suffix == ".npz":
            return _npz(rng, content)
        if suffix == ".db":
            return _store(rng, content)
        if suffix == ".safetensors":
            size = struct.unpack("<Q", content[:8])[0]
            header = _json(rng, content[8 : 8 + size])
            length = rng.choice((len(header), len(header), len(header), 0, 1 << 40, (1 << 64) - 1))
            return struct.pack("<Q", length) + header + content[8 + size :]
    except (ValueError, KeyError, struct.error, zipfile.BadZipFile, sqlite3.Error):
        return _damaged(rng, content)
    return _text(rng, content)


def _damaged(rng: random.Random, content: bytes) -> bytes:
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at, size = rng.randrange(len(found) + 1), rng.choice((1, 1, 2, 4, 16, 100))
        match rng.randrange(6):
            case 0:
                del found[at:]
            case 1:
                found[at : at + size] = rng.randbytes(len(found[at : at + size]))
            case 2:
                del found[at : at + size]
            case 3:
                found[at:at] = rng.randbytes(size)
            case 4:
                found[at : at + size] = bytes([rng.choice((0, 255, 10, 34))]) * size
            case 5:
                found[at:at] = found[max(0, at - size) : at]
    return bytes(found)


def _word(rng: random.Random) -> bytes:
    return rng.choice(VALUES).encode("utf-8", "surrogateescape")


def _text(rng: random.Random, content: bytes) -> bytes:
    found = content
    for _ in range(rng.choice((1, 1, 2, 4))):
        lines = found.split(b"\n")
        at = rng.randrange(len(lines))
        match rng.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[rng.randrange(len(lines))])
            case 2:
                lines[at] = lines[at] + rng.choice((b",", b"=", b"]", b'"', b"\x00", b"\xff", b"#", b"\r"))
            case _:
                words = list(re.finditer(rb'[^\s,=\[\]{}"]+', lines[at]))
                if words:
                    word = rng.choice(words)
                    lines[at] = lines[at][: word.start()] + _word(rng) + lines[at][word.end() :]
        found = b"\n".join(lines)
    return found


def _json(rng: random.Random, content: bytes) -> bytes:
    tree = json.loads(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        tree = _tree(rng, tree)
    return json.dumps(tree).encode()


def _odd(rng: random.Random) -> Any:
    value: Any = rng.choice(VALUES)
    if rng.random() < 0.5:
        return value
    return rng.choice(
        (0, 1, -1, 2, 10**30, 1.5, -0.5, float("inf"), float("nan"), True, None, [], {}, [value], {"a": value}, [[[]]], 10**400)
    )


def _tree(rng: random.Random, tree: Any) -> Any:
    """A tree with one place changed."""
    children = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    if not children or rng.random() < 0.1:
        return _near(rng, tree)
    key, child = rng.choice(children)
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    kind = rng.random()
    if kind < 0.1:
        del copy[key]
    elif kind < 0.15:
        copy[key] = rng.choice(children)[1]
    elif kind < 0.2 and isinstance(copy, dict):
        copy[rng.choice(VALUES)] = copy.pop(key)
    else:
        copy[key] = _tree(rng, child)
    return copy


def _near(rng: random.Random, leaf: Any) -> Any:
    """Another value: of the same kind about as often as any."""
    if isinstance(leaf, str) and leaf and rng.random() < 0.5:
        at = rng.randrange(len(leaf))
        return leaf[:at] + rng.choice("0123456789-/. eE^*()[]πx") + leaf[at + rng.randrange(2) :]
    if isinstance(leaf, int) and rng.random() < 0.5:
        return leaf + rng.choice((-1, 1, 10, -100))
    return _odd(rng)


HEADERS = (
    *("'|O'", "'<c16'", "'<U5'", "'>f8'", "'<f2'", "'<i8'", "'|b1'", "'<M8[s]'", "'|V8'", "'<f16'", "'<u4'"),
    *("[('a', '<f8')]", "'nonsense'", "None"),
)
SHAPES = (
    *("(10,)", "(5, 2)", "(2, 5, 1)", "()", "(0, 5)", "(1000000000000, 1000000000000)", "(-2, -5)", "(2, 5.0)", "5"),
    *("(2, 5) * 9", "((2, 5),)"),
)


def _npy(rng: random.Random, content: bytes) -> bytes:
    if rng.random() < 0.4:
        array = np.load(io.BytesIO(content))
        with np.errstate(all="ignore"):
            flat = array.astype(float).ravel()
            flat[rng.randrange(len(flat))] = rng.choice((0.0, np.nan, np.inf, 1e300, -1e-300, 5e-324, 1e-160, 1e160))
            shape = rng.choice((array.shape, array.shape[::-1], (1, -1), (-1, 1), (flat.size,)))
            array = flat.reshape(shape).astype(rng.choice(("f8", "f8", "f4", "f2", "i8", "c16", "O", "S", "?")))
        buffer = io.BytesIO()
        np.save(buffer, array)
        return buffer.getvalue()
    length = struct.unpack("<H", content[8:10])[0]
    header, rest = content[10 : 10 + length].decode(), content[10 + length :]
    match rng.randrange(3):
        case 0:
            header = re.sub(r"'descr': ('[^']*')", lambda match: f"'descr': {rng.choice(HEADERS)}", header)
        case 1:
            header = re.sub(r"\([^)]*\)", lambda match: rng.choice(SHAPES), header)
        case 2:
            header = header.replace(rng.choice(("False", "'", "{", "}", ",", "shape")), rng.choice(("True", "", "[" * 200, "None")))
    text = header.rstrip().encode() + b"\n"
    return content[:8] + struct.pack("<H", len(text)) + text + rest


def _npz(rng: random.Random, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            own, member = name, old.read(name)
            if rng.random() < 0.4:
                member = _npy(rng, member) if rng.random() < 0.7 else _damaged(rng, member)
            if rng.random() < 0.1:
                own = rng.choice(("W", "W.npy", "../W.npy", "/W.npy", "b.npy", "é.npy", "a" * 300))
            if rng.random() < 0.9:
                with warnings.catch_warnings():  # of two members of one name
                    warnings.simplefilter("ignore")
                    new.writestr(own, member)
    return buffer.getvalue()


def _store(rng: random.Random, content: bytes) -> bytes:
    """A store with a value, a table or a version that is not its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        path.write_bytes(content)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as store:
            tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            table = rng.choice(tables)
            columns = [row[1] for row in store.execute(f'PRAGMA table_info("{table}")')]
            column = rng.choice(columns)
            with contextlib.suppress(sqlite3.Error, OverflowError):
                match rng.randrange(5):
                    case 0:
                        store.execute(f'DROP TABLE "{table}"')
                    case 1:
                        store.execute(f'DELETE FROM "{table}"')
                    case 2:
                        store.execute(f"PRAGMA user_version = {rng.choice((0, 1, 2, 99, -1))}")
                    case _:
                        odd = _odd(rng)
                        value = odd if isinstance(odd, str | int | float | None) else json.dumps(odd)
                        value = value.encode("utf-8", "surrogateescape") if isinstance(value, str) and rng.random() < 0.3 else value
                        store.execute(f'UPDATE "{table}" SET "{column}" = ?', (value,))
            store.execute("PRAGMA journal_mode = DELETE")
        return path.read_bytes()
