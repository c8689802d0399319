#!/usr/bin/env bash
# SymPy 1.14.0 and fractions.Fraction of the standard library.
# Guess: what is equal has one hash, as Python asks of types that can be hashed, and as Integer and int have.
# Behaviour: Rational(1, 2) == Fraction(1, 2) is True from either side, and the hashes differ: a dictionary that has one does not find the other, and
# a set keeps both. Rational(1, 2) == 0.5, on the other hand, is False.
# Seen: equal True, same hash False, found in the other's set False; 0.5 equal False
# Source: for floats https://github.com/sympy/sympy/issues/11707, where equality was given up; for Fraction no issue found.
# Run: bash findings/sympy_hash_of_a_rational.sh [SYMPY]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
sympy=${1:-1.14.0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "sympy==$sympy"
"$folder/venv/bin/python" - <<'END'
from fractions import Fraction

from sympy import Integer, Rational

ours, other = Rational(1, 2), Fraction(1, 2)
print(f"equal {ours == other}, same hash {hash(ours) == hash(other)}, found in the other's set {other in {ours}}; 0.5 equal {ours == 0.5}")
assert ours == other and other == ours
assert hash(ours) != hash(other) and other not in {ours} and len({ours, other}) == 2, "one hash now"
assert hash(Integer(2)) == hash(2)
assert ours != 0.5
END
