"""Weight files: good ones load as they are, every bad one is one line on W."""

import pickle

import numpy as np
import pytest

from boundcalc.loss.weights import load_weights, transposition_note
from boundcalc.numbers.errors import ParameterError

WEIGHTS = np.random.default_rng(1).standard_normal((3, 5))


def refusal(path, **options):
    with pytest.raises(ParameterError) as refused:
        load_weights(path, **options)
    message = str(refused.value)
    assert refused.value.parameter == "W"
    assert message.startswith("W = ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f8", "i1", "i8", "u4"])
def test_npy_round_trip(tmp_path, dtype):
    array = (10 * WEIGHTS).astype(dtype) if np.dtype(dtype).kind != "u" else np.abs(10 * WEIGHTS).astype(dtype)
    np.save(tmp_path / "W.npy", array)
    loaded = load_weights(tmp_path / "W.npy")
    assert loaded.note is None
    assert loaded.array.dtype.kind == array.dtype.kind
    assert loaded.array.dtype.isnative
    np.testing.assert_array_equal(loaded.array, array)


def test_content_decides_not_the_name(tmp_path):
    np.savez(tmp_path / "W.npz", W=WEIGHTS)
    (tmp_path / "W.npz").rename(tmp_path / "weights.dat")
    np.testing.assert_array_equal(load_weights(str(tmp_path / "weights.dat")).array, WEIGHTS)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(tmp_path, save):
    path = tmp_path / "W.npz"
    save(path, encoder=WEIGHTS, bias=np.zeros(5))
    np.testing.assert_array_equal(load_weights(path, name="encoder").array, WEIGHTS)
    assert "bias, encoder" in refusal(path)
    assert "bias, encoder" in refusal(path, name="decoder")
    assert "1 dimension" in refusal(path, name="bias")
    save(path, only=WEIGHTS)
    np.testing.assert_array_equal(load_weights(path).array, WEIGHTS)


def test_npz_of_very_many_arrays(tmp_path):
    np.savez(tmp_path / "W.npz", **{f"layer_{k:03}": WEIGHTS for k in range(50)})
    message = refusal(tmp_path / "W.npz")
    assert "layer_000, layer_001" in message
    assert "30 more" in message


def test_name_for_a_npy(tmp_path):
    np.save(tmp_path / "W.npy", WEIGHTS)
    assert ".npz" in refusal(tmp_path / "W.npy", name="W")


def test_more_rows_than_columns_is_noted(tmp_path):
    np.save(tmp_path / "W.npy", WEIGHTS.T)
    note = load_weights(tmp_path / "W.npy").note
    assert "5 rows" in note
    assert "3 columns" in note
    assert "transpose" in note
    assert transposition_note(3, 3) is None


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.ones(4), "1 dimension"),
        (np.ones((2, 2, 2)), "3 dimensions"),
        (np.float64(3.0), "0 dimensions"),
        (np.ones((0, 4)), "empty"),
        (np.ones((4, 0)), "empty"),
        (np.array([[1.0, np.nan]]), "nan in row 0, column 1"),
        (np.array([[1.0], [-np.inf]]), "-inf in row 1, column 0"),
        (np.array([[np.inf]], dtype="f2"), "inf"),
        (np.array([[1 + 1j]]), "complex"),
        (np.array([["a"]]), "U1"),
        (np.array([[True]]), "bool"),
        (np.array([[(1, 2.0)]], dtype=[("a", "i4"), ("b", "f8")]), "entries"),
        (np.array([["2020-01-01"]], dtype="datetime64[D]"), "datetime64"),
        (np.ones((1, 1), dtype=np.longdouble), "float128"),
    ],
)
def test_wrong_arrays(tmp_path, array, found):
    if array.dtype.char == "g" and array.dtype.itemsize == 8:
        pytest.skip("long double is float64 here")
    path = tmp_path / "W.npy"
    np.save(path, array)
    assert found in refusal(path)
    np.savez(tmp_path / "W.npz", W=array)
    assert found in refusal(tmp_path / "W.npz")


def test_pickles_are_not_loaded(tmp_path):
    path = tmp_path / "W.npy"
    np.save(path, np.array([[{"a": 1}]], dtype=object), allow_pickle=True)
    assert "pickled" in refusal(path)
    np.savez(tmp_path / "W.npz", W=np.array([[None]], dtype=object))
    assert "pickled" in refusal(tmp_path / "W.npz")
    path.write_bytes(pickle.dumps([[1.0]]))
    assert ".npy, .npz or .safetensors" in refusal(path)


def test_not_a_file_of_arrays(tmp_path):
    assert "readable" in refusal(tmp_path / "missing.npy")
    assert "readable" in refusal(tmp_path)
    assert "readable" in refusal("with\0null")
    empty = tmp_path / "empty.npy"
    empty.write_bytes(b"")
    assert "empty" in refusal(empty)
    text = tmp_path / "text.npy"
    text.write_text("1 2 3\n4 5 6\n")
    assert "none of these" in refusal(text)
    np.savez(tmp_path / "nothing.npz")
    assert "none" in refusal(tmp_path / "nothing.npz")


@pytest.mark.parametrize("save", [np.save, np.savez, np.savez_compressed])
def test_truncated_anywhere(tmp_path, save):
    whole = tmp_path / ("W.npy" if save is np.save else "W.npz")
    save(whole, WEIGHTS)
    data = whole.read_bytes()
    path = tmp_path / "cut"
    for length in range(0, len(data), 7):
        path.write_bytes(data[:length])
        refusal(path)


@pytest.mark.parametrize("save", [np.save, np.savez_compressed])
def test_damaged_anywhere_never_escapes(tmp_path, save):
    """A flipped byte gives a matrix or one line, nothing else."""
    whole = tmp_path / ("W.npy" if save is np.save else "W.npz")
    save(whole, WEIGHTS)
    data = bytearray(whole.read_bytes())
    rng, path, refused, shapes = np.random.default_rng(2), tmp_path / "damaged", 0, set()
    for _ in range(400):
        changed = bytearray(data)
        changed[int(rng.integers(min(len(data), 160)))] = int(rng.integers(256))
        path.write_bytes(changed)
        try:
            loaded = load_weights(path)
        except ParameterError as error:
            refused += 1
            lines = str(error).splitlines()
            shapes.add(len(lines))
        else:
            shapes.add(loaded.array.ndim - 1)
    assert shapes == {1}
    assert refused > 50


def test_a_header_that_claims_too_much(tmp_path):
    path = tmp_path / "W.npy"
    np.save(path, WEIGHTS)
    path.write_bytes(path.read_bytes().replace(b"(3, 5)", b"(3, 10**9)"[:6]))
    refusal(path)
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }"
    header += b" " * (117 - len(header)) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 64)
    assert "truncated" in refusal(path)
