#!/usr/bin/env bash
# ml_dtypes 0.6.0 with NumPy 2.4.6.
# Guess: a float64 becomes the nearest bfloat16, as it becomes the nearest float16 and float32 in NumPy.
# Behaviour: it is rounded to float32 first and then to bfloat16. x = 1 + 2^-8 + 2^-30 lies above the middle of 1 and 1 + 2^-7; in float32 it is the
# middle, and ties go to even: 1. So do integers (2^25 + 2^17 + 1) and float8_e4m3fn. The error is up to half a unit plus a little: what is compared
# with exact rounding differs.
# Seen: bfloat16 1.0, nearest 1.0078125; of the integer 33554432, nearest 33816576; float16 of 1 + 2^-11 + 2^-30 1.0009765625
# Source: no issue found.
# Run: bash findings/bfloat16_rounded_twice.sh [ML_DTYPES] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
ml_dtypes=${1:-0.6.0}
numpy=${2:-2.4.6}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "ml_dtypes==$ml_dtypes" "numpy==$numpy"
"$folder/venv/bin/python" - <<'END'
import ml_dtypes
import numpy as np

x, whole = 1 + 2**-8 + 2**-30, 2**25 + 2**17 + 1
found = float(np.array([x]).astype(ml_dtypes.bfloat16)[0])
found_whole = int(np.array([whole]).astype(ml_dtypes.bfloat16)[0])
half = float(np.array([1 + 2**-11 + 2**-30]).astype(np.float16)[0])
print(f"bfloat16 {found}, nearest {1 + 2**-7}; of the integer {found_whole}, nearest {2**25 + 2**18}; float16 of 1 + 2^-11 + 2^-30 {half}")
assert abs(1 + 2**-7 - x) < abs(1 - x) and found == 1
assert abs(2**25 + 2**18 - whole) < abs(2**25 - whole) and found_whole == 2**25
assert half == 1 + 2**-10
assert float(np.array([1 + 2**-8 + 2**-20]).astype(ml_dtypes.bfloat16)[0]) == 1 + 2**-7
END
