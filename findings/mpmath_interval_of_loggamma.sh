#!/usr/bin/env bash
# mpmath 1.4.1 (and 1.3.0), interval arithmetic.
# Guess: iv.loggamma(x) is an interval with the logarithm of the gamma function at x in it, as iv.gamma(x), iv.exp(x) and iv.log(x) are.
# Behaviour: for x below about 1/2, where the function falls, an interval comes back whose lower end lies above its upper end; over a wide argument the
# upper end lies below the value at the left end, so that it encloses nothing. From 1/2 on, and for iv.gamma, it is right here.
# Seen: iv.loggamma(0.001) is [6.90717888538385427, 6.90717888538385338]; the value is 6.90717888538385366; of 100 points in (0, 0.4) wrong: 100
# Source: no issue on loggamma found; https://github.com/mpmath/mpmath/issues/1181 is on one end of iv.exp, by one unit of the last place.
# Run: bash findings/mpmath_interval_of_loggamma.sh [MPMATH]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
mpmath=${1:-1.4.1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "mpmath==$mpmath"
"$folder/venv/bin/python" - <<'END'
from mpmath import iv, mp, mpf

mp.prec = 300


def ends(interval):
    return tuple(mp.make_mpf(end) for end in interval._mpi_)


def wrong(function, true, x):
    low, high = ends(function(iv.mpf(x)))
    return not low <= true(mpf(x)) <= high


points = [k / 256 for k in range(2, 102)]
low, high = ends(iv.loggamma(iv.mpf(0.001)))
value = mp.loggamma(mpf(0.001))
count = sum(wrong(iv.loggamma, mp.loggamma, x) for x in points)
shown = [mp.nstr(each, 18) for each in (low, high, value)]
print(f"iv.loggamma(0.001) is [{shown[0]}, {shown[1]}]; the value is {shown[2]}; of 100 points in (0, 0.4) wrong: {count}")
assert low > high and not low <= value <= high
assert count > 50
assert not any(wrong(iv.loggamma, mp.loggamma, x) for x in (0.75, 1.5, 3.0, 10.0, 100.0))
assert not any(wrong(iv.gamma, mp.gamma, x) for x in points)
END
