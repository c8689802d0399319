"""Builds a template of a frame: the six axes through opposite vertices of the cuboctahedron, (1, ±1, 0) and its permutations.

Copy this file to boundcalc/frames/ and list ``columns`` in CONSTRUCTIONS of boundcalc/frames/library.py. Two axes meet at 90 or at
60 degrees: to one of the five others a line is orthogonal, with four its squared inner product is 1/4. So FRAMES of
boundcalc/frames/catalog.py has the row ``_frame("cuboctahedron", 3, 6, {"0": 1, "1/4": 4}, 2, WALDRON)``; 2 is the strength.
"""

from __future__ import annotations

import numpy as np

from boundcalc.frames.coordinates import Coordinates, integer_columns


def columns() -> Coordinates:
    """The exact coordinates, a column a line; the bounds use the row of the catalog alone."""
    return integer_columns(np.array([[1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1], [0, 1, 1], [0, 1, -1]]))
