"""Files are written whole or not at all, and only over what was made for the purpose."""

import os
import stat

import pytest

from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import SEEN, check_target, whole_file, write_whole


def test_a_new_file_has_the_usual_rights_and_nothing_is_left_beside_it(tmp_path):
    write_whole(tmp_path / "a", "é\n")
    assert (tmp_path / "a").read_bytes() == "é\n".encode()
    (tmp_path / "usual").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "usual")]
    assert modes[0] == modes[1]
    assert sorted(os.listdir(tmp_path)) == ["a", "usual"]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_failure_leaves_the_file_as_it_was(tmp_path, error):
    target = tmp_path / "a"
    target.write_text("before")

    def write():
        with whole_file(target) as part:
            part.write_text("half of")
            raise error

    with pytest.raises((ParameterError, KeyboardInterrupt)) as caught:
        write()
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["a"]
    if isinstance(error, OSError):
        assert "No space left on device" in str(caught.value)


@pytest.mark.parametrize("place", ["start", "end"])
def test_only_a_file_with_a_mark_is_replaced(tmp_path, place):
    target = tmp_path / "a"
    filling = b"x" * (3 * SEEN)
    target.write_bytes(b"mark" + filling if place == "start" else filling + b"mark")
    check_target(target, marks=(b"other", b"mark"))
    with pytest.raises(ParameterError, match="--force"):
        check_target(target, marks=(b"other",))
    check_target(target, marks=(b"other",), force=True)
    assert target.stat().st_size == 3 * SEEN + 4


def test_an_empty_file_may_be_filled(tmp_path):
    (tmp_path / "a").touch()
    check_target(tmp_path / "a")


def test_what_is_read_is_never_replaced(tmp_path):
    (tmp_path / "a").write_bytes(b"mark")
    os.symlink(tmp_path / "a", tmp_path / "b")
    for name in ("a", "b"):
        with pytest.raises(ParameterError, match="is read"):
            check_target(tmp_path / name, marks=(b"mark",), force=True, reads=(tmp_path / "a",))


@pytest.mark.parametrize("name", ["", "none/a", "folder", "a\0b"])
def test_what_cannot_be_written_is_told_before_the_work(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ParameterError, match="cannot be written"):
        check_target(tmp_path / name)
    if name != "folder":
        with pytest.raises(ParameterError, match="cannot be written"):
            write_whole(tmp_path / name, b"")
    os.mkfifo(tmp_path / "pipe")  # the file would take its place
    for special in (tmp_path / "pipe", "/dev/null"):
        with pytest.raises(ParameterError, match="regular file"):
            check_target(special, force=True)


@pytest.mark.parametrize("name", ["W.csv", "W.npy", "W", "npz"])
def test_a_name_of_another_format_is_refused(tmp_path, name):
    with pytest.raises(ParameterError, match=r"must end in \.npz"):
        check_target(tmp_path / name, ending=".npz")
    check_target(tmp_path / "W.NPZ", ending=".npz")
    assert os.listdir(tmp_path) == []
