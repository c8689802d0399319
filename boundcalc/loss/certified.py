"""Computes the loss of a matrix of any size, certain in every case: exact where that takes seconds, enclosed beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boundcalc.loss.error_bound import BoundedLoss, bounded_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.power_sums import is_quick
from boundcalc.model.features import keywords_of
from boundcalc.numbers.errors import CertificationError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from boundcalc.loss.lanes import ShowShare
    from boundcalc.loss.value import LossValue
    from boundcalc.model.features import AnyProblem

EXACT_FEATURES = 2000
"""Up to this many features the exact loss takes seconds; beyond, float64 with its rigorous error bound."""


def certified_loss(
    weights: np.ndarray,
    model: AnyProblem,
    *,
    exact: bool = False,
    rows: bool = False,
    progress: ShowShare | None = None,
    tell: Callable[[str], object] = lambda message: None,
) -> LossValue | BoundedLoss:
    """The loss of the numbers in ``weights`` as they are, shape (d, n), for the m and the features of ``model``.

    Parameters
    ----------
    exact : bool
        Exact whatever the time.
    rows : bool
        Whether an exact loss keeps the quantities of each feature; the other one does.
    tell : callable
        Receives in a sentence why the exact loss was needed where no error bound could be given.
    """
    given = keywords_of(model)
    if not (exact or is_exact_quick(weights, model.m)):
        try:
            return bounded_loss(weights, m=model.m, transpose=False, **given, progress=progress)
        except CertificationError as error:
            tell(str(error))
    return exact_loss(weights, m=model.m, transpose=False, **given, rows=rows, progress=progress)


def is_exact_quick(weights: np.ndarray, m: int) -> bool:
    """Whether the exact loss takes seconds: few features, or whole numbers that are not too large."""
    return weights.shape[1] <= EXACT_FEATURES or (weights.dtype.kind in "iu" and is_quick(weights, m))
