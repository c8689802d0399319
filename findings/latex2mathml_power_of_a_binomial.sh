#!/usr/bin/env bash
# latex2mathml 3.81.1.
# Guess: \binom{n}{k}^2 is an <msup> whose first child is the binomial and whose second is 2, as \frac{n}{k}^2 is.
# Behaviour: the <msup> has four children (bracket, fraction, bracket, 2). MathML Core asks for two, and has another number laid out as a row: the
# exponent stands on the line, and the square is read as a product with 2. In braces, {\binom{n}{k}}^2, it is right.
# Seen: children of msup: binom 4, frac 2, binom in braces 2
# Source: no issue found; https://www.w3.org/TR/mathml-core/#subscripts-and-superscripts-msub-msup-msubsup for the two children.
# Run: bash findings/latex2mathml_power_of_a_binomial.sh [LATEX2MATHML]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
latex2mathml=${1:-3.81.1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "latex2mathml==$latex2mathml"
"$folder/venv/bin/python" - <<'END'
import xml.etree.ElementTree as ElementTree

from latex2mathml.converter import convert

found = [len(ElementTree.fromstring(convert(latex)).find(".//{*}msup")) for latex in (r"\binom{n}{k}^2", r"\frac{n}{k}^2", r"{\binom{n}{k}}^2")]
print("children of msup: binom {}, frac {}, binom in braces {}".format(*found))
assert found == [4, 2, 2]
END
