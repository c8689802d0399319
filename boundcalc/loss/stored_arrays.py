"""Lists the arrays in a file or folder of weights by name, without unpickling anything.

Files: .npy, .npz, .safetensors and PyTorch checkpoints, distinguished by their first bytes, and .csv, .tsv and .txt by their names.
Folders: what sparse autoencoder libraries write, a configuration beside one file of weights.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from boundcalc.loss import safetensors
from boundcalc.numbers.errors import ParameterError, shortened

_NPY, _ZIP, _PICKLE = b"\x93NUMPY", b"PK", b"\x80"
TEXT = {".csv": ",", ".tsv": "\t", ".txt": None}
"""Endings of files of text, and what separates the numbers."""
CHECKPOINTS = (".pt", ".pth", ".ckpt", ".bin")
"""Endings of PyTorch's files."""
CONFIGURATIONS = ("cfg.json", "config.json")
DIMENSIONS = ("d_in", "activation_dim")
"""What libraries call the hidden dimensions d of this program, the size of an activation vector."""
EXPORT = (
    "import torch, numpy; tensors = torch.load('IN', weights_only=True); "
    "numpy.savez('W.npz', **{name: tensor.numpy() for name, tensor in tensors.items()})"
)
"""What turns a checkpoint into a file that is read without PyTorch."""
BY_ROWS = ("W_dec", "encoder.weight")
"""Arrays that these libraries store with a feature a row."""
DECODERS = ("W_dec", "decoder.weight")


@dataclass(frozen=True)
class StoredArrays:
    """The arrays of one source.

    Attributes
    ----------
    read : mapping of name to function
        Reads an array; an array without a name is called ``""``.
    dimensions : int or None
        d, where a configuration says it.
    """

    read: Mapping[str, Callable[[], np.ndarray]]
    dimensions: int | None = None

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of an array; ``None`` for what is none, such as text of objects."""
        try:
            return self.read[name]().shape
        except ParameterError:
            return None


def stored_arrays(path: Path, shown: str) -> StoredArrays:
    """What a file or a folder holds.

    Raises
    ------
    ParameterError
        For what cannot be read, or is no source of arrays.
    """
    try:
        if os.path.isdir(path):
            return _folder(path, shown)
        with path.open("rb") as file:
            start = file.read(9)
            size = os.fstat(file.fileno()).st_size
            file.seek(0)
            if safetensors.looks_like(start, size):
                return _safetensors(path, file, size, shown)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        if isinstance(error, ParameterError):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ParameterError("W", shown, f"must be a readable file ({why})") from None
    if start.startswith(_NPY):
        return StoredArrays({"": lambda: _numpy(path, None, shown)})
    if start.startswith(_ZIP):
        kind = "PyTorch checkpoint" if path.suffix.lower() in CHECKPOINTS else ".npz file"
        names = _numpy(path, None, shown, lambda loaded: list(loaded.files), kind)
        if any(name.endswith("/data.pkl") or name == "data.pkl" for name in names):
            return _checkpoint(path, shown)
        confused = next((name for name in names if name.endswith(".npy")), None)
        if confused is not None:
            raise ParameterError(
                "W",
                f"array {shortened(confused)}",
                f"must have a name that does not end in .npy: NumPy takes it for {confused[:-4]}",
            )
        return StoredArrays({name: lambda name=name: _numpy(path, name, shown) for name in names})  # type: ignore[misc]
    if path.suffix.lower() in TEXT and start:
        return StoredArrays({"": lambda: _text(path, shown)})
    if start.startswith(_PICKLE) and path.suffix.lower() in CHECKPOINTS:
        return _checkpoint(path, shown)
    found = "it is none of these" if start else "it is empty"
    kinds = ".npy, .npz or .safetensors file, a PyTorch checkpoint, or numbers in a .csv or .txt file"
    raise ParameterError("W", shown, f"must be a {kinds}; {found}")


def _numpy(
    path: Path, name: str | None, shown: str, take: Callable[[Any], Any] | None = None, kind: str = ".npy or .npz file"
) -> Any:
    """An array of a .npy or .npz file, or what ``take`` makes of the file."""
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged header may warn before it fails
            loaded = np.load(file, allow_pickle=False)
            if take is not None:
                return take(loaded)
            return loaded if name is None else np.asarray(loaded[name])
    except Exception as error:  # a damaged file fails in numpy, zipfile, zlib or ast, each with errors of its own
        if "allow_pickle" in str(error):
            raise ParameterError("W", shown, "must hold numbers; it holds pickled objects, which are not loaded") from None
        why = " ".join(str(error).split())[:80] or type(error).__name__
        raise ParameterError("W", shown, f"must be a complete {kind}; it is damaged or truncated ({why})") from None


def _safetensors(path: Path, file: BinaryIO, size: int, shown: str) -> StoredArrays:
    try:
        header, data = safetensors.read_header(file, size)
    except safetensors.SafetensorsError as error:
        raise ParameterError("W", shown, f"must be a complete .safetensors file; it has {shortened(str(error))}") from None

    def reader(entry: dict[str, Any]) -> Callable[[], np.ndarray]:
        def read() -> np.ndarray:
            with path.open("rb") as again:
                return safetensors.read_tensor(again, entry, data)

        return read

    return StoredArrays({name: reader(entry) for name, entry in header.items()})


def _text(path: Path, shown: str) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty file warns
            return np.loadtxt(path, delimiter=TEXT[path.suffix.lower()], ndmin=2, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError):
        why = not_a_number(path, TEXT[path.suffix.lower()])
        raise ParameterError("W", shown, f"must hold rows of equally many numbers and nothing else; {why}") from None


def not_a_number(path: Path, delimiter: str | None, *, header: bool = False) -> str:
    """What of a file of text is no matrix of numbers, and what to do; rows and columns from 1; a header may be allowed."""
    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        return "it is no text"
    rows = [[cell.strip() for cell in line.split(delimiter)] for line in lines if not line.startswith("#")]
    for row, cells in list(enumerate(rows, 1))[header:]:
        bad = next((column for column, cell in enumerate(cells, 1) if not is_number(cell)), None)
        if bad is None and len(cells) != len(rows[header]):
            return f"row {row} has {len(cells)} numbers, row {1 + header} has {len(rows[header])}"
        if bad is None:
            continue
        found = f"row {row}, column {bad} is {shortened(cells[bad - 1]) or 'empty'}"
        other = next((mark for mark in ";\t|" if all(map(is_number, cells[bad - 1].split(mark))) and mark in cells[bad - 1]), None)
        if other is not None:
            return f"{found}: numbers in {path.suffix} are separated by {'commas' if delimiter == ',' else 'blanks'}"
        if row > 1:
            return found
        index = " and the index" if cells[0] in ("", "index") else ""
        return f"{found}: leave the header{index} out, in pandas to_csv(FILE, header=False, index=False)"
    return "it is empty"


def is_number(text: str) -> bool:
    """Whether a cell of text is a number as NumPy reads it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _checkpoint(path: Path, shown: str) -> StoredArrays:
    """The tensors of a PyTorch file, read with ``weights_only`` so that nothing in it is run."""
    try:
        import torch  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        advice = f"is a PyTorch checkpoint, and PyTorch is not installed; where it is, export it: {EXPORT}"
        raise ParameterError("W", shown, advice) from None
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises errors of pickle, zipfile and its own
        why = " ".join(str(error).split())[:90]
        allowed = "must be a PyTorch file that loads with weights_only=True, such as torch.save(model.state_dict(), FILE) writes"
        raise ParameterError("W", shown, f"{allowed} ({why})") from None
    found: dict[str, Callable[[], np.ndarray]] = {}

    def collect(name: str, value: Any) -> None:
        if isinstance(value, torch.Tensor):
            found[name] = lambda: _tensor(value, name)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                collect(f"{name}.{key}" if name else str(key), inner)

    collect("", loaded)
    return StoredArrays(found)


def _tensor(value: Any, name: str) -> np.ndarray:
    """A tensor's numbers; float32 holds those of bfloat16 and of the 8-bit types, which NumPy lacks, exactly."""
    try:
        narrow = value.dtype.is_floating_point and str(value.dtype) not in ("torch.float16", "torch.float32", "torch.float64")
        return np.ascontiguousarray((value.detach().float() if narrow else value.detach()).numpy())
    except (TypeError, RuntimeError) as error:  # sparse, quantised, packed
        why = " ".join(str(error).split())[:90]
        raise ParameterError("W", f"tensor {shortened(name)}", f"must be dense: save tensor.to_dense().float() ({why})") from None


def _folder(path: Path, shown: str) -> StoredArrays:
    """A folder with a configuration and one file of weights."""
    configuration = next((path / name for name in CONFIGURATIONS if os.path.isfile(path / name)), None)
    files = sorted(
        file for file in path.iterdir() if file.suffix in (".safetensors", ".pt", ".npz") and not file.name.startswith("sparsity")
    )
    if configuration is None or len(files) != 1:
        allowed = f"must be a file, or a folder with {' or '.join(CONFIGURATIONS)} and one file of weights; it has "
        raise ParameterError("W", shown, allowed + (", ".join(file.name for file in files[:5]) or "no file of weights"))
    try:
        fields = json.loads(configuration.read_text(encoding="utf-8-sig"))
        fields = {**fields, **fields.get("trainer", {})}
        dimensions = next((fields[name] for name in DIMENSIONS if name in fields), None)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        raise ParameterError("W", f"{shown}/{configuration.name}", "must be a JSON object") from None
    if not isinstance(dimensions, int) or isinstance(dimensions, bool):
        raise ParameterError("W", f"{shown}/{configuration.name}", f"must say the dimensions as {' or '.join(DIMENSIONS)}")
    return StoredArrays(stored_arrays(files[0], f"{shown}/{files[0].name}").read, dimensions)
