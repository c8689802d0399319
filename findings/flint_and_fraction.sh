#!/usr/bin/env bash
# python-flint 0.9.0 and fractions.Fraction of the standard library.
# Guess: two exact rationals of one value are equal, as fmpq(2) == 2 and 2 == Fraction(2) are.
# Behaviour: fmpq(1, 2) == Fraction(1, 2) is False, from either side and without an error, and fmpq(2) == Fraction(2) is too, so that == is not
# transitive. The hashes agree, so that a set or a dictionary keeps both. <, which cannot be answered either, raises TypeError.
# Seen: 1/2 == 1/2 is False; same hash True; in one set 2 entries; 2 == 2 == 2 but 2 == 2 is False
# Source: the types that fmpq is compared with are those it converts, https://github.com/flintlib/python-flint/pull/44 and the discussion of == in
# https://github.com/flintlib/python-flint/pull/39; no issue on Fraction found.
# Run: bash findings/flint_and_fraction.sh [FLINT]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
flint=${1:-0.9.0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "python-flint==$flint"
"$folder/venv/bin/python" - <<'END'
from fractions import Fraction

from flint import fmpq

half, other = fmpq(1, 2), Fraction(1, 2)
print(f"{half} == {other} is {half == other}; same hash {hash(half) == hash(other)}; in one set {len({half, other})} entries")
print("2 == 2 == 2 but 2 == 2 is", fmpq(2) == Fraction(2))
try:
    ordered = half < other
except TypeError:
    ordered = None
assert half != other and other != half, "equal now"
assert hash(half) == hash(other) and len({half, other}) == 2
assert fmpq(2) == 2 == Fraction(2) and fmpq(2) != Fraction(2)
assert ordered is None, "ordered now"
END
