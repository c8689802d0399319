"""Lists every named quantity, in the order of the page; two may share a name if their indices differ."""

from __future__ import annotations

from boundcalc.model.named.activity import ACTIVITY
from boundcalc.model.named.averages import AVERAGES
from boundcalc.model.named.dimensions import DIMENSIONS
from boundcalc.model.named.features import FEATURES
from boundcalc.model.named.geometry import GEOMETRY
from boundcalc.model.named.quantity import Quantity
from boundcalc.model.named.randomness import RANDOMNESS

QUANTITIES = (*DIMENSIONS, *ACTIVITY, *GEOMETRY, *AVERAGES, *RANDOMNESS, *FEATURES)

BY_NAME: dict[str, dict[int, Quantity]] = {}
for _quantity in QUANTITIES:
    BY_NAME.setdefault(_quantity.name, {})[len(_quantity.indices)] = _quantity
