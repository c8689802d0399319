#!/usr/bin/env bash
# pyarrow 26.0.1 with NumPy 2.4.6.
# Guess: FixedShapeTensorArray.from_numpy_ndarray holds the numbers of the array that it is given, or refuses the array, as it refuses one whose first
# axis is not the outermost.
# Behaviour: a view that is reversed along a middle axis goes in without an error and comes out with its numbers in other places. Steps, a reversed
# last axis and exchanged axes come out right.
# Seen: as given: step True, last axis reversed True, middle axis reversed False; first row [0, 0] is [8.0, 11.0, 6.0, 1.0] instead of [8.0, 9.0, 10.0, 11.0]
# Source: no issue found.
# Run: bash findings/arrow_tensor_of_a_reversed_view.sh [PYARROW] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
pyarrow=${1:-26.0.1}
numpy=${2:-2.4.6}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyarrow==$pyarrow" "numpy==$numpy"
"$folder/venv/bin/python" - <<'END'
import numpy as np
import pyarrow as pa

array = np.arange(24.0).reshape(2, 3, 4)


def back(view):
    return pa.FixedShapeTensorArray.from_numpy_ndarray(view).to_numpy_ndarray()


views = {"step": array[:, ::2], "last axis reversed": array[:, :, ::-1], "middle axis reversed": array[:, ::-1]}
same = {name: np.array_equal(back(view), view) for name, view in views.items()}
found, given = back(array[:, ::-1])[0, 0].tolist(), array[:, ::-1][0, 0].tolist()
print("as given:", ", ".join(f"{name} {value}" for name, value in same.items()) + f"; first row [0, 0] is {found} instead of {given}")
assert same == {"step": True, "last axis reversed": True, "middle axis reversed": False}
assert np.array_equal(back(np.ascontiguousarray(array[:, ::-1])), array[:, ::-1])
END
