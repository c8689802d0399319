#!/usr/bin/env bash
# latex2mathml 3.81.1.
# Guess: \mathsf{E}, which many papers write for an expectation, is a sans-serif E (U+1D5A4), as \mathsf{R} is a sans-serif R (U+1D5B1).
# Behaviour: it is U+22FF, the sign Z notation has for membership in a bag. Every other letter and digit of \mathsf is right, and so are \mathbb{E},
# \mathbf{E} and \mathcal{E}.
# Seen: wrong: E as U+22FF
# Source: no issue found; https://www.unicode.org/charts/PDF/U2200.pdf for the sign.
# Run: bash findings/latex2mathml_sans_serif_e.sh [LATEX2MATHML]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
latex2mathml=${1:-3.81.1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "latex2mathml==$latex2mathml"
"$folder/venv/bin/python" - <<'END'
import html
import re
import string
import unicodedata

from latex2mathml.converter import convert


def shown(latex):
    return html.unescape(re.sub("<[^>]*>", "", convert(latex)))


wrong = {}
for letter in string.ascii_letters + string.digits:
    text = shown(rf"\mathsf{{{letter}}}")
    if unicodedata.normalize("NFKC", text) != letter:
        wrong[letter] = " ".join(f"U+{ord(sign):04X}" for sign in text)
print("wrong:", ", ".join(f"{letter} as {code}" for letter, code in wrong.items()) or "none")
assert wrong == {"E": "U+22FF"}
END
