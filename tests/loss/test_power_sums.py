"""Power sums in blocks, in machine and in long integers, against the plain definition."""

import numpy as np
import pytest

from boundcalc.loss.power_sums import gram_power_sums, matrix_power_sums


def by_definition(entries, m):
    columns = entries.T.tolist()
    gram = [[sum(int(u) * int(v) for u, v in zip(a, b, strict=True)) for b in columns] for a in columns]
    return tuple(tuple(sum(value ** (2 * j) for value in row) for j in range(1, m + 1)) for row in gram), gram


@pytest.mark.parametrize("block", [1, 3, 4, 7, 256])
@pytest.mark.parametrize("factor", [1, 10**5, 10**30])
def test_blocks_and_sizes(block, factor):
    small = np.random.default_rng(3).integers(-3, 4, (3, 7))
    entries = small * factor if factor < 10**18 else small.astype(object) * factor
    sums, gram = by_definition(entries, 3)
    found = gram_power_sums(entries, 3, block)
    assert found.sums == sums
    assert found.diagonal == tuple(gram[i][i] for i in range(7))
    assert matrix_power_sums(np.array(gram, dtype=object), 3) == found


def test_just_below_and_above_the_range_of_machine_integers():
    # Q_6 is entry^12 + entry^6, which passes 2^63 between 38 and 39
    for entry in (37, 38, 39, 2**31):
        found = gram_power_sums(np.array([[entry, 1]]), 3)
        assert found.sums[0] == tuple(entry ** (4 * j) + entry ** (2 * j) for j in (1, 2, 3))
