#!/usr/bin/env bash
# SciPy 1.17.1, linprog, whose solver is HiGHS.
# Guess: max x with 1e-10 x <= 1 is 1e10: numbers far inside the range of floats.
# Behaviour: coefficients of 1e-9 and less are taken for 0 without a word in the result: the program is called unbounded. A coefficient of the objective of
# 1e-12 counts as none: x stays 0 and the status is optimal. Multiplied through, both are right.
# Seen: 1e-10 x <= 1: status 3, unbounded; scaled 10000000000.0; objective 1e-12 x, x <= 5: status 0, x = 0.0
# Source: https://github.com/jump-dev/HiGHS.jl/issues/73 (small_matrix_value), where HiGHS warns in its log; SciPy shows no log.
# Run: bash findings/highs_small_coefficients.sh [SCIPY] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
scipy=${1:-1.17.1}
numpy=${2:-2.4.6}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "scipy==$scipy" "numpy==$numpy"
"$folder/venv/bin/python" - <<'END'
from scipy.optimize import linprog

small = linprog([-1], A_ub=[[1e-10]], b_ub=[1])
scaled = linprog([-1], A_ub=[[1.0]], b_ub=[1e10])
flat = linprog([-1e-12], bounds=[(0, 5)])
kind = "unbounded" if "unbounded" in small.message else small.message
print(f"1e-10 x <= 1: status {small.status}, {kind}; scaled {scaled.x[0]}; objective 1e-12 x, x <= 5: status {flat.status}, x = {flat.x[0]}")
assert small.status == 3 and small.x is None, "bounded now"
assert scaled.status == 0 and scaled.x[0] == 1e10
assert flat.status == 0 and flat.x[0] == 0
END
