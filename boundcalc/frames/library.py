"""Constructs every frame of the catalog by its key; the keys are those of the catalog and of the weighted designs."""

from __future__ import annotations

import re
from collections.abc import Callable

from boundcalc.frames import equiangular, leech, orthogonal_arrays, polytopes, root_systems, unbiased_bases
from boundcalc.frames.catalog import FRAMES, Frame
from boundcalc.frames.coordinates import Columns, Coordinates
from boundcalc.frames.weighted import DESIGNS, WeightedDesign
from boundcalc.numbers.errors import ParameterError, nearest, offered
from boundcalc.numbers.plugins import plugged

FAMILIES: dict[str, Callable[..., Columns]] = {
    "orthonormal": polytopes.orthonormal,
    "simplex": polytopes.simplex,
    "plane_lines": polytopes.PlaneLines,
    "paley": equiangular.paley_conference,
    "unbiased_bases": unbiased_bases.unbiased_bases,
    "orthogonal_array": orthogonal_arrays.orthogonal_array,
}
"""Families, called with d, d, n, q, d and d; their members have the keys ``simplex_5`` and so on. Of the unbiased bases of R^64 the
first nine are ``unbiased_bases_64_9``."""
_MEMBER = re.compile(r"([a-z_]+?)((?:_[0-9]{1,6}){1,2})", re.ASCII)

CONSTRUCTIONS: dict[str, Callable[[], Coordinates]] = {
    "icosahedron": polytopes.icosahedron,
    "dodecahedron": polytopes.dodecahedron,
    "icosidodecahedron": polytopes.icosidodecahedron,
    "24_cell": polytopes.cell_24,
    "24_cell_with_dual": polytopes.cell_24_with_dual,
    "600_cell": polytopes.cell_600,
    "petersen": equiangular.petersen,
    "clebsch": equiangular.clebsch,
    "E6": root_systems.e6,
    "conference_14": equiangular.conference_14,
    "28_lines": equiangular.lines_28,
    "E7": root_systems.e7,
    "E8": root_systems.e8,
    "conference_18": lambda: equiangular.paley_conference(17),
    "walsh_10_16": lambda: equiangular.walsh(4, ones=False),
    "conference_26": lambda: equiangular.paley_conference(25),
    "conference_30": lambda: equiangular.paley_conference(29),
    "36_lines": equiangular.lines_36,
    "barnes_wall": unbiased_bases.barnes_wall,
    "kerdock_16": unbiased_bases.kerdock_16,
    "conference_38": lambda: equiangular.paley_conference(37),
    "complement_28": lambda: equiangular.naimark_complement(equiangular.lines_28()),
    "complement_36": lambda: equiangular.naimark_complement(equiangular.lines_36()),
    "conference_42": lambda: equiangular.paley_conference(41),
    "126_lines": leech.lines_126,
    "176_lines": leech.lines_176,
    "1408_lines": leech.lines_1408,
    "276_lines": leech.lines_276,
    "2300_lines": leech.lines_2300,
    "leech": leech.leech,
    "walsh_28_64": lambda: equiangular.walsh(6, ones=True),
    "walsh_36_64": lambda: equiangular.walsh(6, ones=False),
    **{design.key: design.build for design in DESIGNS},
}
"""The frames of fixed size."""


def entries() -> list[Frame | WeightedDesign]:
    """All frames of fixed size, the weighted designs among them, by dimension and size."""
    return sorted((*FRAMES, *DESIGNS), key=lambda entry: (entry.d, entry.n, entry.key))


def construct(key: str, size: int | None = None) -> Columns:
    """The columns of a frame.

    Parameters
    ----------
    key : str
        ``"E8"``, ``"simplex_5"``, …; the bare name of a family needs ``size``.
    size : int, optional
        The family's parameter: n for ``plane_lines``, q for ``paley``, d for the others.

    Returns
    -------
    Columns
        ``to_float()`` is W (d × n, float64) and ``to_balls()`` encloses it; all but ``plane_lines`` are
        :class:`Coordinates`, exact. Weights are in the lengths of the columns, others have length 1.

    Raises
    ------
    ParameterError
        For an unknown key, or a size outside the family's domain.
    """
    if key in CONSTRUCTIONS:
        if size is not None:
            raise ParameterError("size", size, f"is for families only ({', '.join(FAMILIES)}); {key} has a fixed size")
        return CONSTRUCTIONS[key]()
    if key in FAMILIES and size is not None:
        return FAMILIES[key](size)
    if size is None and key in plugged("frames"):
        added: Columns = plugged("frames")[key]()
        return added
    member = _MEMBER.fullmatch(key)
    if size is None and member and member[1] in FAMILIES:
        numbers = [int(number) for number in member[2][1:].split("_")]
        if len(numbers) == 1 or member[1] == "unbiased_bases":
            return FAMILIES[member[1]](*numbers)
    raise ParameterError("frame", key, _known(key))


def _known(key: str) -> str:
    if key in FAMILIES:
        return f"is a family and needs a number: {key}_{16 if key == 'unbiased_bases' else 5}"
    member = _MEMBER.fullmatch(key)
    first = "_" + member[2].split("_")[1] if member else "_5"
    members = [family + first for family in FAMILIES if family + first != key]
    hint = offered(nearest(key, [*CONSTRUCTIONS, *plugged("frames"), *members])) or "boundcalc frames lists them."
    families = ", ".join(f"{family}_N" for family in FAMILIES)
    return f"is no known frame; {hint} Families: {families}"
