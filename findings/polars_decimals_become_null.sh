#!/usr/bin/env bash
# polars 2.1.0.
# Guess: a column of decimals that do not fit into one type of 38 digits is refused, since strict=True is what Series says of itself; a single value
# of the column fits without trouble.
# Behaviour: the number of decimals is that of the finest value, and each value that is then too large becomes null, without an error, wherever it
# stands: a column with 10^-30 in it loses all from 10^8 on.
# Seen: [Decimal('12345678901'), Decimal('1E-30')] becomes [None, Decimal('1E-30')]
# Source: no issue on inference found; https://github.com/pola-rs/polars/issues/24387 is on nulls in to_decimal.
# Run: bash findings/polars_decimals_become_null.sh [POLARS]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
polars=${1:-2.1.0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==$polars"
"$folder/venv/bin/python" - <<'END'
from decimal import Decimal

import polars as pl

given = [Decimal("12345678901"), Decimal("1e-30")]
found = pl.Series(given, strict=True).to_list()
print(f"{given} becomes {found}")
assert found == [None, Decimal("1e-30")]
assert pl.Series(given[::-1], strict=True).to_list() == [Decimal("1e-30"), None]
assert pl.Series(given[:1]).to_list() == given[:1]
assert pl.Series([Decimal("12345678"), Decimal("1e-30")]).null_count() == 0
END
