"""Bounds are found by key, and by section where it has one bound."""

import pytest

from boundcalc.bounds.catalog import BOUNDS, find
from boundcalc.numbers.errors import ParameterError


def test_a_section_names_a_bound_where_it_has_one():
    assert find("U9").key == "frontier"
    assert find("u10").key == "dense"
    shared = [section for section in {bound.section for bound in BOUNDS.values()} if section]
    for section in shared:
        keys = [key for key, bound in BOUNDS.items() if bound.section == section]
        if len(keys) == 1:
            assert find(section).key == keys[0]
            continue
        with pytest.raises(ParameterError) as caught:
            find(section)
        assert all(key in str(caught.value) for key in keys)
