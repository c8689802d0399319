#!/usr/bin/env bash
# ml_dtypes 0.6.0 with NumPy 2.4.6.
# Guess: np.sort puts nan last and what is left in order, as for every floating type of NumPy, float16 included.
# Behaviour: for bfloat16 and float8_e4m3fn a nan stays where it is, and numbers on its two sides are not sorted against each other; np.unique, which
# sorts first, returns a value twice. No warning. Without nan all is right.
# Seen: sort [3 nan 1 2], unique [2 nan 1 2]; float16 [1, 2, 3, nan]
# Source: no issue on sorting found; https://github.com/jax-ml/ml_dtypes/issues/346 says of nan_to_num that NumPy does not treat these types as floating.
# Run: bash findings/bfloat16_sorted.sh [ML_DTYPES] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
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

values = [3, np.nan, 1, 2]
found = np.sort(np.array(values, ml_dtypes.bfloat16))
eighth = np.sort(np.array(values, ml_dtypes.float8_e4m3fn))
unique = np.unique(np.array([2, np.nan, 1, 2, 1], ml_dtypes.bfloat16))
half = np.sort(np.array(values, np.float16))
print(f"sort {found}, unique {unique}; float16 {half.tolist()}")
for each in (found, eighth):
    np.testing.assert_array_equal(each.astype(float), [3, np.nan, 1, 2])
assert (unique == 2).sum() == 2
np.testing.assert_array_equal(half, [1, 2, 3, np.nan])
np.testing.assert_array_equal(np.sort(np.array([3, 1, 2], ml_dtypes.bfloat16)).astype(float), [1, 2, 3])
END
