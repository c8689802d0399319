#!/usr/bin/env bash
# SciPy 1.17.1, scipy.integrate.lebedev_rule.
# Guess: the rules are designs with positive weights, so that a point with weight w goes into a frame as a vector of length w^(1/(2m)).
# Behaviour: the rules of degree 13, 25 and 27 have negative weights (8 of 74, 6 of 230, 18 of 266), and such a vector is nan. All others up to 131 are
# positive. The rules are right as quadratures, to 1e-14.
# Seen: negative weights at degree 13, 25, 27: 8 of 74, 6 of 230, 18 of 266
# Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.integrate.lebedev_rule.html, which does not speak of signs; the tables are Lebedev's.
# Run: bash findings/lebedev_weights.sh [SCIPY] [NUMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
scipy=${1:-1.17.1}
numpy=${2:-2.4.6}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "scipy==$scipy" "numpy==$numpy"
"$folder/venv/bin/python" - <<'END'
import numpy as np
from scipy.integrate import lebedev_rule

degrees = [*range(3, 32, 2), *range(35, 132, 6)]
negative = {}
for degree in degrees:
    points, weights = lebedev_rule(degree)
    moments = [np.sum(weights * points[2] ** (2 * k)) * (2 * k + 1) / (4 * np.pi) for k in range(degree // 2 + 1)]
    assert np.max(np.abs(np.array(moments) - 1)) < 1e-13
    if (weights < 0).any():
        negative[degree] = f"{(weights < 0).sum()} of {len(weights)}"
print(f"negative weights at degree {', '.join(map(str, negative))}: {', '.join(negative.values())}")
assert negative == {13: "8 of 74", 25: "6 of 230", 27: "18 of 266"}
END
