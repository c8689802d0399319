"""Keys, families and errors."""

import numpy as np
import pytest

from boundcalc.frames.catalog import FRAMES, frames_within
from boundcalc.frames.library import CONSTRUCTIONS, construct, entries
from boundcalc.frames.weighted import DESIGNS
from boundcalc.numbers.errors import ParameterError


def test_every_catalog_entry_can_be_constructed():
    assert {frame.key for frame in FRAMES} | {design.key for design in DESIGNS} == set(CONSTRUCTIONS)
    assert [entry.key for entry in entries()].count("E8") == 1
    assert {entry.key for entry in entries()} == set(CONSTRUCTIONS)
    assert {entry.key for entry in entries() if entry.weighted} == {design.key for design in DESIGNS}


def test_coordinates_lie_row_by_row_in_memory():
    """A writer may take an array's bytes as they lie, as that of safetensors 0.8.0 for NumPy does."""
    for key in CONSTRUCTIONS:
        found = construct(key).to_float()
        assert found.flags.c_contiguous, key
        written = np.frombuffer(found.data.cast("B"), dtype=float).reshape(found.shape)
        np.testing.assert_array_equal(written, found)


def test_every_witness_of_known_frame_can_be_constructed():
    for frame in frames_within(100, 6):
        columns = construct(frame.key)
        assert (columns.d, columns.n) == (frame.d, frame.n)


@pytest.mark.parametrize(
    ("key", "size", "shape"),
    [
        ("orthonormal_4", None, (4, 4)),
        ("orthonormal", 1, (1, 1)),
        ("simplex_5", None, (5, 6)),
        ("plane_lines", 7, (2, 7)),
        ("paley_17", None, (9, 18)),
    ],
)
def test_families(key, size, shape):
    columns = construct(key, size).to_float()
    assert columns.shape == shape
    np.testing.assert_allclose((columns**2).sum(axis=0), 1, rtol=1e-14)


@pytest.mark.parametrize(
    ("key", "size", "said"),
    [
        ("E9", None, "frame = E9: is no known frame"),
        ("kerdok_16", None, "kerdock_16"),
        ("simplex", None, "needs a number: simplex_5"),
        ("simplex_0", None, "d = 0: must be a whole number, at least 1"),
        ("plane_lines", 0, "n = 0: must be"),
        ("E8", 3, "size = 3: is for families only"),
        ("paley_21", None, "q = 21: must be a prime"),
        ("paley_81", None, "q = 81: must be a prime"),
        ("paley_7", None, "q = 7: must be a prime"),
        ("simplex_99999999999", None, "is no known frame"),
        ("", None, "frame = empty"),
    ],
)
def test_errors_name_the_parameter(key, size, said):
    with pytest.raises(ParameterError) as caught:
        construct(key, size)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
