"""The reader of .safetensors files: files written byte by byte here, and damaged ones."""

import json

import numpy as np
import pytest

from boundcalc.loss.weights import load_weights
from boundcalc.numbers.errors import ParameterError

W = np.array([[1.5, -2.0, 0.25], [0.0, 3.0, -1.0]])  # every entry is exact in bfloat16


def write(path, tensors, *, change=lambda header: header, tail=b""):
    """Tensors as {name: (dtype, shape, bytes)}."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(change(header)).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data + tail)
    return path


def refusal(path, **options):
    with pytest.raises(ParameterError) as refused:
        load_weights(path, **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize(
    ("dtype", "kind"), [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("I64", "<i8"), ("I16", "<i2"), ("I8", "i1")]
)
def test_types(file, dtype, kind):
    array = W if kind[1] == "f" else np.round(W)
    write(file, {"encoder": (dtype, W.shape, array.astype(kind).tobytes()), "bias": ("F32", (1,), b"\0" * 4)})
    np.testing.assert_array_equal(load_weights(file, name="encoder").array, array)
    np.testing.assert_array_equal(load_weights(file).array, array)  # the one matrix
    assert "bias, encoder" in refusal(file, name="decoder")
    assert "1 dimension" in refusal(file, name="bias")


def test_bfloat16(file):
    upper_halves = (W.astype("<f4").view("<u4") >> 16).astype("<u2")
    write(file, {"w": ("BF16", W.shape, upper_halves.tobytes())})
    np.testing.assert_array_equal(load_weights(file).array, W)


def test_against_the_format_s_own_library(tmp_path):
    numpy_writer = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "own.safetensors"
    numpy_writer.save_file({"a": W, "b": W.T.copy().astype("f4")}, path)
    np.testing.assert_array_equal(load_weights(path, name="a").array, W)
    np.testing.assert_array_equal(load_weights(path, name="b", transpose=False).array, W.T)


def test_nan_and_other_types(file):
    write(
        file,
        {"w": ("F64", (1, 2), np.array([1.0, np.nan]).tobytes()), "b": ("BOOL", (1, 2), b"\0\1"), "c": ("C64", (1, 1), b"\0" * 8)},
    )
    assert "nan in row 0, column 1" in refusal(file, name="w")
    assert "type BOOL" in refusal(file, name="b")
    assert "type C64" in refusal(file, name="c")


CHANGES = {
    "shape": {"shape": [2, 4]},
    "negative": {"shape": [-2, -3]},
    "float": {"shape": [2.0, 3]},
    "bool": {"shape": [True, 6]},
    "text": {"dtype": 5},
    "gap": {"data_offsets": [8, 56]},
    "past the end": {"data_offsets": [0, 480]},
    "reversed": {"data_offsets": [48, 0]},
    "three": {"data_offsets": [0, 24, 48]},
    "enormous": {"shape": [1 << 61, 1 << 61], "data_offsets": [0, 1 << 61]},
}


@pytest.mark.parametrize("name", CHANGES)
def test_headers_that_lie(file, name):
    def change(header):
        header["w"].update(CHANGES[name])
        return header

    write(file, {"w": ("F64", W.shape, W.tobytes())}, change=change)
    assert "complete .safetensors" in refusal(file)


def test_overlaps_and_leftovers(file):
    def overlap(header):
        header["b"]["data_offsets"] = [0, 48]
        return header

    write(file, {"a": ("F64", W.shape, W.tobytes()), "b": ("F64", W.shape, W.tobytes())}, change=overlap)
    assert "gaps or overlaps" in refusal(file, name="a")
    write(file, {"a": ("F64", W.shape, W.tobytes())}, tail=b"\0")
    assert "49 present" in refusal(file)
    write(file, {"a": ("F64", W.shape, W.tobytes())}, change=lambda header: {**header, "b": 3})
    assert "tensor b" in refusal(file)


def test_headers_that_are_none(file):
    for text in (b'{"a":{},"a":{}}', b'{"a":NaN}', b"{" * 5000, b"{\xff}", b"{}"):
        file.write_bytes(len(text).to_bytes(8, "little") + text)
        refusal(file)


def test_truncated_or_damaged_anywhere(file, tmp_path):
    data = write(file, {"w": ("F64", W.shape, W.tobytes())}).read_bytes()
    path = tmp_path / "cut"
    for length in range(0, len(data), 3):
        path.write_bytes(data[:length])
        refusal(path)
    rng, refused = np.random.default_rng(6), 0
    for _ in range(300):
        changed = bytearray(data)
        changed[int(rng.integers(len(data) - 48))] = int(rng.integers(256))
        path.write_bytes(changed)
        try:
            assert load_weights(path).array.size == 6
        except ParameterError:
            refused += 1
    assert refused > 100


def test_the_decoder_is_named_in_messages(tmp_path):
    assert refusal(tmp_path / "no.npy", parameter="V").startswith("V = ")
