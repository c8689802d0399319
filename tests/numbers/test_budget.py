"""Time limits: a block whose time is over ends at the next question, an inner block never outlasts an outer one."""

import time

import pytest

from boundcalc.numbers import budget
from boundcalc.numbers.budget import OutOfTimeError, check, within


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(budget, "spent", lambda: now[0])
    return now


def test_without_a_limit_nothing_is_asked(clock):
    check()
    with within(None):
        clock[0] = 1e9
        check()


def test_a_limit(clock):
    with within(5):
        clock[0] = 105
        check()
        clock[0] = 105.1
        with pytest.raises(OutOfTimeError):
            check()
    check()  # it is over with the block


@pytest.mark.parametrize(("inner", "after", "over"), [(1, 2, True), (9, 4, False), (9, 6, True), (None, 6, True)])
def test_the_inner_of_two(clock, inner, after, over):
    with within(5), within(inner):
        clock[0] += after
        if over:
            with pytest.raises(OutOfTimeError):
                check()
        else:
            check()


def test_it_counts_the_time_of_the_processor():
    with within(0.05):
        time.sleep(0.1)  # others may have it meanwhile
        check()
