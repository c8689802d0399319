#!/usr/bin/env bash
# jax 0.10.2 on the CPU, with NumPy 2.4.6.
# Guess: without 64-bit types a NumPy integer that does not fit into int32 is refused, as jax.numpy.asarray(2**40) is (OverflowError).
# Behaviour: the same number as an entry of a NumPy array is cut to its last 32 bits, without an error or a warning: 2^40 + 5 becomes 5, and n = 2^31
# features become -2^31.
# Seen: array [2^40 + 5, 2^31] becomes [5, -2147483648]; the Python integer raises OverflowError
# Source: https://github.com/jax-ml/jax/issues/18385; a change that raises is proposed in https://github.com/jax-ml/jax/pull/39273.
# Run: bash findings/jax_large_integers.sh [JAX] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
jax=${1:-0.10.2}
numpy=${2:-2.4.6}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "jax==$jax" "numpy==$numpy"
"$folder/venv/bin/python" - <<'END'
import warnings

import numpy as np

warnings.simplefilter("error")
import jax.numpy as jnp  # noqa: E402

found = jnp.asarray(np.array([2**40 + 5, 2**31])).tolist()
try:
    jnp.asarray(2**40)
    single = "is taken"
except OverflowError:
    single = "raises OverflowError"
print(f"array [2^40 + 5, 2^31] becomes {found}; the Python integer {single}")
assert found == [5, -(2**31)] and single == "raises OverflowError"
END
