"""BLAS runs on one thread inside the block, nested or not, and on as many as before after it."""

import numpy as np
import scipy.linalg  # noqa: F401  # brings a BLAS of its own
from threadpoolctl import threadpool_info

from boundcalc.loss.threads import single_threaded


def blas_threads():
    np.ones((2, 2)) @ np.ones((2, 2))
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_every_blas_is_single_threaded_inside_and_restored():
    before = blas_threads()
    assert before
    with single_threaded() as possible:
        assert possible
        with single_threaded():
            assert set(blas_threads()) == {1}
        assert set(blas_threads()) == {1}
    assert blas_threads() == before


def test_an_error_inside_restores_them_too():
    before = blas_threads()
    try:
        with single_threaded():
            raise ArithmeticError
    except ArithmeticError:
        pass
    assert blas_threads() == before
