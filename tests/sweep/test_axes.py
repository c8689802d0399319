import pytest

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.axes import read_axis


@pytest.mark.parametrize(
    ("name", "first", "last", "values"), [("d", 2, 12, range(2, 13)), ("n", 5, 7, range(5, 8)), ("m", 3, 9, [3, 5, 7, 9])]
)
def test_whole_numbers_with_two_dots_are_a_range(name, first, last, values):
    axis = read_axis(name, f"{first}..{last}")
    assert axis.as_json() == read_axis(name, {"from": first, "to": last}).as_json()
    assert [int(axis.at(k, {})) for k in range(axis.size)] == list(values)


def test_other_values_with_two_dots_are_told_how():
    with pytest.raises(ParameterError, match="from is above to"):
        read_axis("d", "12..2")
    with pytest.raises(ParameterError, match=r"p = 1e-6\.\.1: must be written {from"):
        read_axis("p", "1e-6..1")
