#!/usr/bin/env bash
# polars 2.1.0.
# Guess: the product of two exact decimals has the digits of both, 0.1 * 0.03 = 0.003, as in decimal and in Arrow; or it is refused.
# Behaviour: the product is rounded to the larger of the two numbers of decimals, and the quotient too: 0.1 * 0.03 = 0.00 and 1/3 = 0, without an error.
# A probability such as p^2 mu^2 becomes 0.
# Seen: 0.1 * 0.03 = 0.00, 1.5 * 1.5 = 2.2, 1 / 3 = 0
# Source: on the scale of the result https://github.com/pola-rs/polars/issues/16690.
# Run: bash findings/polars_product_of_decimals.sh [POLARS]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
polars=${1:-2.1.0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==$polars"
"$folder/venv/bin/python" - <<'END'
from decimal import Decimal

import polars as pl


def column(text):
    return pl.Series([Decimal(text)])


product, square, third = (column("0.1") * column("0.03"))[0], (column("1.5") * column("1.5"))[0], (column("1") / column("3"))[0]
print(f"0.1 * 0.03 = {product}, 1.5 * 1.5 = {square}, 1 / 3 = {third}")
assert str(product) == "0.00" and product == 0
assert square != Decimal("1.5") ** 2 and square in (Decimal("2.2"), Decimal("2.3"))
assert third == 0
END
