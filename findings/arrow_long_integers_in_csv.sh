#!/usr/bin/env bash
# pyarrow 26.0.1, pyarrow.csv.
# Guess: a column of whole numbers that no integer type holds stays text, or is refused: pandas 3.1.1 keeps Python integers, polars 2.1.0 takes 128 bits.
# Behaviour: the whole column becomes double, without a word: past 2^63 numbers lose all but their first 16 digits, and so do smaller ones beside
# them, 2^53 + 1 among them.
# Seen: [9007199254740993, 123456789012345678901234567890] becomes double [9007199254740992.0, 1.2345678901234568e+29]
# Source: the inference is in https://arrow.apache.org/docs/cpp/csv.html#data-types (integers, then doubles, before text), and
# https://github.com/pandas-dev/pandas/issues/52505 is of those who met it.
# Run: bash findings/arrow_long_integers_in_csv.sh [PYARROW]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
pyarrow=${1:-26.0.1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyarrow==$pyarrow"
"$folder/venv/bin/python" - <<'END'
import io

import pyarrow as pa
import pyarrow.csv

given = [2**53 + 1, 123456789012345678901234567890]
stream = io.BytesIO(("n\n" + "\n".join(map(str, given)) + "\n").encode())
column = pyarrow.csv.read_csv(stream)["n"]
print(f"{given} becomes {column.type} {column.to_pylist()}")
assert column.type == pa.float64()
assert [int(value) for value in column.to_pylist()] != given
assert column.to_pylist()[0] == 2.0**53
assert pyarrow.csv.read_csv(io.BytesIO(b"n\n9007199254740993\n"))["n"].to_pylist() == [2**53 + 1]
END
