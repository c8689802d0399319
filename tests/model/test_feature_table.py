"""Tables of features: three formats read alike, and each fault is named with its row and column."""

import pytest
from flint import fmpq

from boundcalc.model.feature_table import read_features
from boundcalc.model.features import Features, Group
from boundcalc.numbers.errors import ParameterError

EXPECTED = Features((Group(3, 1, "1/20", "gaussian", 2), Group(2, "1/3", "1/100", "rademacher")))


def test_three_formats_read_alike(tmp_path):
    (tmp_path / "f.csv").write_text("count,importance,p,law,scale\n3, 1, 1/20, gaussian, 2\n2, 1/3, 0.01, rademacher,\n")
    groups = (
        'count = 3\nimportance = 1\np = "1/20"\nlaw = "gaussian"\nscale = 2',
        'count = 2\nimportance = "1/3"\np = "0.01"\nlaw = "rademacher"',
    )
    (tmp_path / "f.toml").write_text("".join(f"[[group]]\n{group}\n" for group in groups))
    assert read_features(tmp_path / "f.csv") == read_features(tmp_path / "f.toml") == EXPECTED
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow comes with the extra parquet")
    from pyarrow import parquet

    columns = {
        "count": [3, 2],
        "importance": ["1", "1/3"],
        "p": ["1/20", "0.01"],
        "law": ["gaussian", "rademacher"],
        "scale": [2, None],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "f.parquet")
    assert read_features(tmp_path / "f.parquet") == EXPECTED


def test_laws_with_commas_are_quoted(tmp_path):
    (tmp_path / "f.csv").write_text('count,importance,p,law\n1,1,1/2,"support:-1:1/2,1:1/2"\n')
    assert read_features(tmp_path / "f.csv").groups[0].moment(2) == fmpq(1)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("f.csv", "count,importance,p,law\n", "at least one row"),
        ("f.csv", "", "at least one row"),
        ("f.csv", "count,importance,p\n1,1,1/2\n", "row 1: no law"),
        ("f.csv", "count,importance,p,law,colour\n1,1,1/2,uniform,red\n", "row 1: column colour"),
        ("f.csv", "count,importance,p,law\n1,1,1/2,uniform,5\n", "row 1: column beyond the last column"),
        ("f.csv", "count,importance,p,law\n1,1,1/2,uniform\n1,0,1/2,uniform\n", "row 2, column importance"),
        ("f.csv", "count,importance,p,law\n1,1,1.5,uniform\n", "row 1, column p"),
        ("f.csv", "count,importance,p,law\n1,1,1/2,cauchy\n", "row 1, column law"),
        ("f.csv", "count,importance,p,law\n-1,1,1/2,uniform\n", "row 1, column count"),
        ("f.toml", "[[group]]\ncount = 1\nimportance = 0.9\np = 1\nlaw = 'uniform'\n", "float"),
        ("f.toml", "count = 1\n", "[[group]]"),
        ("f.toml", "[[group]\n", "must be TOML"),
        ("f.toml", "count = " + "9" * 5000, "must be TOML"),
        ("f.toml", "count = " + "[" * 100_000, "must be TOML"),
        ("f.txt", "count\n", ".csv, .toml or .parquet"),
    ],
)
def test_faults_are_named(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(ParameterError) as caught:
        read_features(tmp_path / name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ParameterError, match="readable table"):
        read_features(tmp_path / "none.csv")
