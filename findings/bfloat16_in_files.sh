#!/usr/bin/env bash
# h5py 3.16.0 and NumPy 2.4.6 with ml_dtypes 0.6.0.
# Guess: a file keeps the type of an array or refuses it, as zarr 3.1.6 and safetensors' reader do for bfloat16.
# Behaviour: numpy.save and h5py write bfloat16 without an error as two bytes without a type, and read |V2, ml_dtypes imported or not: no number comes
# back until someone says view(bfloat16). float16 keeps its type.
# Seen: numpy.save |V2, h5py |V2; float16 float16
# Source: no issue found at h5py; https://github.com/jax-ml/ml_dtypes/issues/346 says why NumPy does not know the type.
# Run: bash findings/bfloat16_in_files.sh [H5PY] [ML_DTYPES] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
h5py=${1:-3.16.0}
ml_dtypes=${2:-0.6.0}
numpy=${3:-2.4.6}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "h5py==$h5py" "ml_dtypes==$ml_dtypes" "numpy==$numpy"
"$folder/venv/bin/python" - <<'END'
import io

import h5py
import ml_dtypes
import numpy as np


def kinds(dtype):
    given, stream = np.ones(3, dtype), io.BytesIO()
    np.save(stream, given)
    stream.seek(0)
    with h5py.File("none.h5", "w", driver="core", backing_store=False) as file:
        file["W"] = given
        return str(np.load(stream).dtype), str(file["W"][:].dtype)


found, half = kinds(ml_dtypes.bfloat16), kinds(np.float16)
print("numpy.save {}, h5py {}; float16 {}".format(*found, half[0]))
assert found == ("|V2", "|V2"), found
assert half == ("float16", "float16")
END
