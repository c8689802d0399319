"""Computes the loss of weights by the method that suits their size: exact, or float64 with a certified error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from boundcalc.loss.ball import LossEnclosure
    from boundcalc.loss.row_moments import DenseLoss
    from boundcalc.loss.value import LossValue
    from boundcalc.model.features import AnyProblem


class Found:
    """A loss: the exact one, or an enclosure with the float64 loss it belongs to."""

    def __init__(self, value: LossValue | LossEnclosure, rounded: DenseLoss | None = None) -> None:
        self.value = value
        self.rounded = rounded
        self.rows_of: Any = value if rounded is None else rounded
        self.is_zero = bool(value.D == 0) if rounded is None else not rounded.unit_power
        self.tied = bool(getattr(self.rows_of, "tied", True))

    def enclosure(self, name: str) -> Any:
        """The enclosure of one of its numbers."""
        from boundcalc.numbers.enclosure import Enclosure

        number = getattr(self.value, name)
        return number if isinstance(number, Enclosure) else Enclosure.of(number)

    def scale(self, digits: int) -> Any:
        """An enclosure of the best scale; ``None`` for W = 0."""
        from boundcalc.loss.value import LossValue

        return self.value.scale_to(digits) if isinstance(self.value, LossValue) else self.value.scale


def found_loss(
    weights: np.ndarray,
    decoder: np.ndarray | None,
    model: AnyProblem,
    *,
    certify: bool,
    progress: Callable[[float], None] | None = None,
    tell: Callable[[str], object] = lambda message: None,
) -> Found:
    """The loss by the method that suits its size."""
    from boundcalc.loss.certified import EXACT_FEATURES, certified_loss
    from boundcalc.loss.dense_pair import bounded_loss_of_pair
    from boundcalc.loss.error_bound import BoundedLoss
    from boundcalc.loss.exact_pair import exact_loss_of_pair
    from boundcalc.model.features import keywords_of
    from boundcalc.numbers.errors import CertificationError

    if decoder is None:
        found = certified_loss(weights, model, exact=certify, rows=True, progress=progress, tell=tell)
        return Found(found.enclosure, found.value) if isinstance(found, BoundedLoss) else Found(found)
    given: dict[str, Any] = {"m": model.m, **keywords_of(model)}
    if weights.shape[1] > EXACT_FEATURES and not certify:
        try:
            bounded = bounded_loss_of_pair(decoder, weights, **given, progress=progress)
            return Found(bounded.enclosure, bounded.value)
        except CertificationError as error:
            tell(str(error))
    return Found(exact_loss_of_pair(decoder, weights, **given, rows=True))
