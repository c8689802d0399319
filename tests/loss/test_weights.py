"""Weight files: good ones load as they are, every bad one is one line on W."""

import json
import pickle
import sys
import zipfile

import numpy as np
import pytest

from boundcalc.loss.weights import count_instances, load_weights
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
    np.testing.assert_array_equal(load_weights(path).array, WEIGHTS)  # the one matrix
    assert "bias, encoder" in refusal(path, name="decoder")
    assert "1 dimension" in refusal(path, name="bias")
    save(path, only=WEIGHTS)
    np.testing.assert_array_equal(load_weights(path).array, WEIGHTS)


def test_npz_of_very_many_arrays(tmp_path):
    np.savez(tmp_path / "W.npz", **{f"layer_{k:03}": WEIGHTS for k in range(50)})
    message = refusal(tmp_path / "W.npz")
    assert "layer_000 3x5, layer_001 3x5" in message
    assert "30 more" in message


def test_name_for_a_npy(tmp_path):
    np.save(tmp_path / "W.npy", WEIGHTS)
    assert "it is a single one" in refusal(tmp_path / "W.npy", name="W")


def test_more_rows_than_columns_must_be_meant(tmp_path):
    np.save(tmp_path / "W.npy", WEIGHTS.T)
    message = refusal(tmp_path / "W.npy")
    assert "5 rows (hidden dimensions) and 3 columns (features)" in message
    assert "--transpose" in message
    assert "--no-transpose" in message
    turned = load_weights(tmp_path / "W.npy", transpose=True).array
    np.testing.assert_array_equal(turned, WEIGHTS)
    assert turned.flags.c_contiguous
    np.testing.assert_array_equal(load_weights(tmp_path / "W.npy", transpose=False).array, WEIGHTS.T)
    for shape in ((3, 5), (5, 3)):
        assert load_weights(tmp_path / "W.npy", shape=shape).array.shape == shape


@pytest.mark.parametrize("transpose", [False, True])
def test_what_is_loaded_lies_row_by_row_in_memory(tmp_path, transpose):
    """The loaded array may go to a writer that ignores strides."""
    stored = np.arange(12.0).reshape(3, 4)
    np.save(tmp_path / "columns.npy", np.asfortranarray(stored))
    np.save(tmp_path / "stack.npy", np.stack([stored, 2 * stored]).transpose(0, 2, 1))
    np.savez(tmp_path / "integers.npz", W=np.asfortranarray(stored.astype(int)))
    for name, index in (("columns.npy", None), ("stack.npy", 1), ("integers.npz", None)):
        assert load_weights(tmp_path / name, index=index, transpose=transpose).array.flags.c_contiguous


def test_stacks(tmp_path):
    stack = np.random.default_rng(2).standard_normal((4, 3, 5))
    np.save(tmp_path / "W.npy", stack)
    assert "a stack of 4 matrices of 3 x 5: choose one with --index 0 to 3" in refusal(tmp_path / "W.npy")
    np.testing.assert_array_equal(load_weights(tmp_path / "W.npy", index=2).array, stack[2])
    assert count_instances(tmp_path / "W.npy") == 4
    for index in (4, -1):
        with pytest.raises(ParameterError, match="must be 0 to 3"):
            load_weights(tmp_path / "W.npy", index=index)
    np.save(tmp_path / "one.npy", stack[0])
    assert count_instances(tmp_path / "one.npy") is None
    with pytest.raises(ParameterError, match="for a stack"):
        load_weights(tmp_path / "one.npy", index=0)


def test_several_matrices_are_listed_with_their_shapes(tmp_path):
    np.savez(tmp_path / "W.npz", enc=WEIGHTS, dec=WEIGHTS.T, bias=np.zeros(5))
    assert "bias 5, dec 5x3, enc 3x5" in refusal(tmp_path / "W.npz")


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ","), (".txt", " "), (".tsv", "\t")])
def test_numbers_in_text(tmp_path, suffix, separator):
    path = tmp_path / f"W{suffix}"
    path.write_text("".join(separator.join(map(repr, row)) + "\n" for row in WEIGHTS.tolist()))
    np.testing.assert_array_equal(load_weights(path).array, WEIGHTS)
    path.write_text(f"1{separator}2\n3\n")
    assert refusal(path).endswith("equally many numbers and nothing else; row 2 has 1 numbers, row 1 has 2")
    path.write_text(f"1{separator}2\n3{separator}4,5,x\n")
    assert "nothing else; row 2, column 2 is 4,5,x" in refusal(path) or separator == ","
    path.write_text(f"a{separator}b\n1{separator}2\n")
    assert "row 1, column 1 is a: leave the header out, in pandas to_csv(FILE, header=False, index=False)" in refusal(path)


def test_what_pandas_writes_is_told_how_to_write_it(tmp_path):
    """Rows and columns are counted from 1, as a spreadsheet does."""
    (tmp_path / "W.csv").write_text(",f0,f1\n0,0.5,1.5\n1,2.5,3.5\n")
    assert "row 1, column 1 is empty: leave the header and the index out, in pandas to_csv(" in refusal(tmp_path / "W.csv")
    path = tmp_path / "semicolons.csv"
    path.write_text("1;2;3\n4;5;6\n")
    assert "row 1, column 1 is 1;2;3: numbers in .csv are separated by commas" in refusal(path)
    (tmp_path / "W.csv").write_text("1,2,3\n4,five,6\n")
    assert refusal(tmp_path / "W.csv").endswith("nothing else; row 2, column 2 is five")


def test_a_damaged_checkpoint_is_called_one(tmp_path):
    (tmp_path / "model.pt").write_bytes(b"PK\x03\x04" + bytes(100))
    assert "must be a complete PyTorch checkpoint; it is damaged or truncated" in refusal(tmp_path / "model.pt")
    (tmp_path / "model.npz").write_bytes(b"PK\x03\x04" + bytes(100))
    assert "must be a complete .npz file" in refusal(tmp_path / "model.npz")


def test_an_array_that_numpy_would_confuse_is_refused_by_name(tmp_path):
    """In a .npz, ``W.npy`` is what NumPy returns for an array of that name as well as for W."""
    np.savez(tmp_path / "W.npz", **{"W": WEIGHTS, "W.npy": 2 * WEIGHTS})
    assert "W.npy" in refusal(tmp_path / "W.npz")
    assert "does not end in .npy" in refusal(tmp_path / "W.npz", name="W.npy")


def folder(tmp_path, configuration, **arrays):
    (tmp_path / "cfg.json").write_text(json.dumps(configuration))
    np.savez(tmp_path / "weights.npz", **arrays)
    return tmp_path


@pytest.mark.parametrize("fields", [{"d_in": 3, "d_sae": 5}, {"trainer": {"activation_dim": 3, "dict_size": 5}}])
def test_folders_of_sparse_autoencoders_say_which_way_round(tmp_path, fields):
    path = folder(tmp_path, fields, W_enc=2 * WEIGHTS, W_dec=WEIGHTS.T, b_dec=np.zeros(3))
    loaded = load_weights(path)
    np.testing.assert_array_equal(loaded.array, WEIGHTS)
    assert "W_dec" in loaded.note
    assert "d = 3" in loaded.note
    np.testing.assert_array_equal(load_weights(path, name="W_enc").array, 2 * WEIGHTS)


def test_a_square_decoder_is_turned_by_its_name(tmp_path):
    square = WEIGHTS[:, :3]
    path = folder(tmp_path, {"d_in": 3}, W_enc=square, W_dec=square.T)
    np.testing.assert_array_equal(load_weights(path).array, square)
    np.testing.assert_array_equal(load_weights(path, name="W_enc").array, square)


def test_folders_that_do_not_fit(tmp_path):
    assert "cfg.json" in refusal(tmp_path)
    path = folder(tmp_path, {"d_in": 4}, W_dec=WEIGHTS.T)
    assert "4 dimensions" in refusal(path)
    (tmp_path / "cfg.json").write_text('{"d_in": "3"}')
    assert "d_in or activation_dim" in refusal(path)
    (tmp_path / "cfg.json").write_text("[")
    assert "JSON object" in refusal(path)


def test_checkpoints(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not a dependency")
    path = tmp_path / "model.pt"
    torch.save({"model": {"W": torch.tensor(WEIGHTS), "b": torch.zeros(5, dtype=torch.bfloat16)}, "step": 3}, path)
    np.testing.assert_array_equal(load_weights(path, name="model.W").array, WEIGHTS)
    np.testing.assert_array_equal(load_weights(path).array, WEIGHTS)
    torch.save(torch.nn.Linear(3, 5), path)  # a whole module is code, which weights_only refuses
    assert "weights_only" in refusal(path)
    assert "state_dict" in refusal(path)
    eighths = torch.tensor(WEIGHTS).to(torch.float8_e4m3fn)  # a type that NumPy lacks
    torch.save({"W": eighths}, path)
    np.testing.assert_array_equal(load_weights(path).array, eighths.double().numpy())
    torch.save({"W": torch.tensor(WEIGHTS).to_sparse()}, path)
    assert "to_dense()" in refusal(path)


def test_points_a_coordinate_a_line_are_told_from_a_matrix(tmp_path):
    """As tables of spherical designs have them: x, y and z of the first point, then of the second."""
    (tmp_path / "des.3.4.2.txt").write_text("\n".join(map(str, range(12))))
    said = refusal(tmp_path / "des.3.4.2.txt")
    assert "reshape(-1, D).T" in said
    points = np.loadtxt(tmp_path / "des.3.4.2.txt").reshape(-1, 3).T
    np.testing.assert_array_equal(points[:, 1], [3, 4, 5])
    assert load_weights(tmp_path / "des.3.4.2.txt", transpose=False).array.shape == (12, 1)


def test_bytes_without_a_type_name_the_way_out(tmp_path):
    """bfloat16 of ml_dtypes in .npy and .npz, and in files of h5py."""
    np.save(tmp_path / "W.npy", np.ones((2, 3), dtype="V2"))
    assert "bfloat16" in refusal(tmp_path / "W.npy")
    assert "W.astype(numpy.float32)" in refusal(tmp_path / "W.npy")


def test_a_checkpoint_without_pytorch_says_how_to_export_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as file:
        file.writestr("model/data.pkl", b"")
    assert "numpy.savez('W.npz'" in refusal(tmp_path / "model.pt")


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.ones(4), "1 dimension"),
        (np.ones((2, 2, 2, 2)), "4 dimensions"),
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
    assert "cfg.json" in refusal(tmp_path)
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
