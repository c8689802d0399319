"""Computes the certified loss of weights for either activation: x^m, or ReLU with a bias or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boundcalc.loss.arrays import checked_array, is_array
from boundcalc.loss.certified import EXACT_FEATURES, certified_loss
from boundcalc.loss.dense_pair import bounded_loss_of_pair
from boundcalc.loss.error_bound import BoundedLoss
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.exact_pair import exact_loss_of_pair
from boundcalc.loss.relu.loss import WIDTH, relu_loss
from boundcalc.loss.relu.value import ReluLoss
from boundcalc.loss.value import LossValue
from boundcalc.model.features import Features, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact, Whole
from boundcalc.model.relu_problem import read_activation
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    from boundcalc.loss.lanes import ShowShare


def loss_of(
    weights: object,
    *,
    activation: str = "power",
    m: Whole | None = None,
    bias: object = None,
    decoder: object = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    width: Exact | None = None,
    progress: ShowShare | None = None,
) -> LossValue | BoundedLoss | ReluLoss:
    """The loss as ``boundcalc loss`` computes it: exact where that takes seconds, enclosed beyond.

    Parameters
    ----------
    weights, decoder : list of d rows of n exact numbers, or a NumPy array of shape (d, n)
        W, and V where weights are not tied.
    activation : str
        ``power``, for x̂ = (WᵀW x)^m, or ``relu``, for x̂ = ReLU(WᵀW x + b).
    m : int
        Odd exponent of the power.
    bias, width :
        Of the ReLU, as in :func:`boundcalc.loss.relu.loss.relu_loss`.
    p, law, features, progress :
        As in :func:`boundcalc.loss.exact.exact_loss`; laws are symmetric for powers and nonnegative for the ReLU.

    Raises
    ------
    ParameterError
        For anything outside these, in one line.

    >>> loss_of([[1, -1]], activation="relu", p="1/2", law="uniform01").loss.lower
    1/12
    >>> loss_of([[1, 0], [0, 1]], m=3, p="1/2", law="rademacher").loss
    0
    """
    if read_activation(activation) == "relu":
        if m is not None:
            raise ParameterError("m", m, "is the exponent of x^m; leave it out with the activation relu")
        asked = WIDTH if width is None else width
        return relu_loss(weights, bias=bias, decoder=decoder, p=p, law=law, features=features, width=asked, progress=progress)
    for name, value in (("bias", bias), ("width", width)):
        if value is not None:
            raise ParameterError(name, value, "needs the activation relu")
    if m is None:
        raise ParameterError("m", None, "must be given, such as m=3, for the activation power")
    given: dict[str, Any] = {"p": p, "law": law, "features": features}
    if decoder is not None:
        if is_array(weights) and getattr(weights, "shape", (0, 0))[-1] > EXACT_FEATURES:
            return bounded_loss_of_pair(decoder, weights, m=m, **given, progress=progress)  # type: ignore[arg-type]
        return exact_loss_of_pair(decoder, weights, m=m, **given)  # type: ignore[arg-type]
    if is_array(weights):
        array = checked_array(weights)  # type: ignore[arg-type]
        d, n = array.shape
        return certified_loss(array, problem_of(n, d, m, p, law, features), progress=progress)
    return exact_loss(weights, m=m, **given, progress=progress)  # type: ignore[arg-type]
