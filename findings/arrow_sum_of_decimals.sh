#!/usr/bin/env bash
# pyarrow 26.0.1.
# Guess: the sum of exact decimals is exact, or an error where it has more than the 38 digits of its type, as pyarrow.compute.add says.
# Behaviour: pyarrow.compute.sum of decimal128 wraps around at 2^128 and returns another number of 38 digits, without an error; add refuses the very
# first addition, and decimal256 gives the right sum.
# Seen: sum of 20 times 9e37: 98588165395307682683126962841158942720 instead of 1800000000000000000000000000000000000000; add raises; decimal256 right
# Source: https://github.com/apache/arrow/issues/37090 (integers); https://github.com/apache/arrow/pull/44184 widened the type of decimal sums.
# Run: bash findings/arrow_sum_of_decimals.sh [PYARROW]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
pyarrow=${1:-26.0.1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyarrow==$pyarrow"
"$folder/venv/bin/python" - <<'END'
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

value, count = 9 * 10**37, 20
array = pa.array([Decimal(value)] * count, pa.decimal128(38, 0))
found = int(pc.sum(array).as_py())
try:
    pc.add(array, array)
    added = "answers"
except pa.ArrowInvalid:
    added = "raises"
wide = int(pc.sum(array.cast(pa.decimal256(76, 0))).as_py())
print(f"sum of {count} times 9e37: {found} instead of {count * value}; add {added}; decimal256 {'right' if wide == count * value else wide}")
assert found != count * value and (found - count * value) % 2**128 == 0
assert added == "raises" and wide == count * value
END
