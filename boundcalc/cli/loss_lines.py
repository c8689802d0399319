"""Writes what ``boundcalc loss`` says of a weight matrix, as lines and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from boundcalc.render.terminal import describe_witness

if TYPE_CHECKING:
    import numpy as np
    from flint import fmpq

    from boundcalc.bounds.evaluate import Report
    from boundcalc.bounds.standing import Standing
    from boundcalc.loss.ball import LossEnclosure
    from boundcalc.loss.row_moments import DenseLoss
    from boundcalc.loss.summary import FeatureTable, NamedFeatures
    from boundcalc.loss.value import LossValue
    from boundcalc.numbers.enclosure import Enclosure

_SHOWN = 20
"""Features, or pairs, that a line lists."""


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


@dataclass(frozen=True)
class Judged:
    """One matrix: its loss, its features, the bounds on its problem, and where it stands between them."""

    found: Found
    table: FeatureTable
    named: NamedFeatures
    answer: Report | None
    standing: Standing | None

    @classmethod
    def of(cls, found: Found, weights: np.ndarray, digits: int, *, tied: bool) -> Judged:
        """The bounds are for tied weights and equal features."""
        from boundcalc.bounds.evaluate import report
        from boundcalc.bounds.standing import standing
        from boundcalc.loss.summary import feature_table, named_features
        from boundcalc.model.problem import Problem

        problem = found.value.problem
        answer = report(problem, digits=digits) if tied and isinstance(problem, Problem) else None
        place = None if answer is None or found.is_zero else standing(found.enclosure("improvement_best_scale"), answer)
        return cls(found, feature_table(found.rows_of, weights), named_features(weights), answer, place)


def loss_json(one: Judged, digits: int) -> dict[str, Any]:
    """The JSON of ``loss --json`` (docs/json.md)."""
    from boundcalc.bounds.report_json import best_json

    found, answer, table, place = one.found, one.answer, one.table, one.standing

    def enclosed(name: str) -> dict[str, str]:
        fields: dict[str, str] = found.enclosure(name).as_json(digits)
        return fields

    scale = found.scale(digits)
    return {
        "problem": found.value.problem.as_json(),
        "digits": digits,
        "method": "exact" if found.rounded is None else "float64",
        "tied": found.tied,
        **{name: enclosed(name) for name in ("improvement", "improvement_best_scale")},
        "scale": scale.decimals(digits)[0] if scale else None,
        **{name: enclosed(name) for name in ("loss", "loss_best_scale", "unexplained_fraction", "unexplained_fraction_best_scale")},
        "features": {
            "rank": table.rank,
            "capacity": _spread(table.capacity),
            "leverage": _spread(table.leverage),
            **asdict(one.named),
        },
        "reached_at_least": place.share.as_json(digits)["lower"] if place else "0" if answer else None,
        "share": place.share.as_json(digits) if place else None,
        "against_basis": place.against_basis.as_json(digits) if place and place.against_basis else None,
        "better": place.better.bound.key if place and place.better else None,
        "better_by": place.better_by.as_json(digits) if place and place.better_by else None,
        "best": best_json(answer) if answer else None,
    }


def _spread(values: np.ndarray) -> dict[str, float]:
    return {"least": float(values.min()), "mean": float(values.mean()), "greatest": float(values.max()), "sum": float(values.sum())}


def loss_lines(one: Judged, digits: int) -> list[str]:
    """What ``loss`` prints of one matrix."""
    from boundcalc.model.problem import Problem

    found, answer, place = one.found, one.answer, one.standing
    fields, problem = loss_json(one, digits), found.value.problem
    shown = problem.as_json()
    lines = [" ".join(f"{name} = {shown[name]}" for name in ("n", "d", "m", "p", "law") if name in shown)]
    if not isinstance(problem, Problem):
        groups = len(problem.features.groups)
        lines[0] += f", {groups} group{'s' if groups > 1 else ''} of features; each squared error counts with its importance"
    if found.rounded is not None:
        lines.append("float64 with a certified error bound; --certify gives the exact loss")
    lines.append("")

    def write(title: str, key: str) -> None:
        lines.append(f"{title:<42}{_with_error(found, key, digits)}")

    write("loss as given", "loss")
    write("unexplained fraction as given", "unexplained_fraction")
    write("improvement as given", "improvement")
    if found.is_zero:
        lines.append(f"{'W' if found.tied else 'A'} = 0: the improvement is 0 and no scale is best")
        return lines
    write("improvement at the best scale", "improvement_best_scale")
    lines.append(f"{'best scale of ' + ('W' if found.tied else 'V'):<42}{fields['scale']}")
    write("loss at the best scale", "loss_best_scale")
    write("unexplained fraction at the best scale", "unexplained_fraction_best_scale")
    lines += _feature_lines(one.table)
    lines += ["", *_named_lines(one.named)]
    if answer is None:
        kind = "equal features" if found.tied else "tied weights"
        return [*lines, "", f"the certified bounds are for {kind}: nothing is said of how near this is to the best"]
    best = fields["best"]
    lines += [
        "",
        f"best upper bound on the improvement: {best['upper']['improvement']['upper']} ({best['upper']['key']})",
        f"best lower bound on the improvement: {best['lower']['improvement']['lower']} ({best['lower']['key']})",
    ]
    assert place is not None
    upper = f"{best['upper']['key']} ({best['upper']['status']})"
    lines.append(f"at its best scale W reaches {share(place)} of the best possible improvement, by {upper}")
    if place.against_basis is not None:
        lines.append(_against_basis(place.against_basis))
    if place.better is not None and place.better_by is not None:
        witness = f"{describe_witness(dict(place.better.choice.shown))} ({place.better.bound.key})"
        lines.append(f"known weights do better by at least {_percent(place.better_by.lower - 1)}%: {witness}")
    lower = answer.best_lower.value
    assert lower is not None
    if found.enclosure("improvement_best_scale").lower > lower.enclosure.upper:
        lines.append("W exceeds every lower bound of the catalog, certified")
    return lines


def share(place: Standing) -> str:
    """The share of the best possible improvement, in percent."""
    low, high = _percent(place.share.lower), _percent(place.share.upper, up=True)
    return f"{low}%" if low == high else f"{low}% to {high}%"


def _against_basis(ratio: Enclosure) -> str:
    """Whether W does better than the orthonormal basis, certified."""
    if ratio.lower > 1:
        return f"superposition helps W: {_percent(ratio.lower - 1)}% more improvement than the orthonormal basis"
    if ratio.upper < 1:
        return f"superposition does not help W: {_percent(1 - ratio.upper)}% less improvement than the orthonormal basis"
    return "W has the improvement of the orthonormal basis"


def _named_lines(named: NamedFeatures) -> list[str]:
    """How many features are represented, dead, parallel and antipodal, and which."""
    from boundcalc.loss.summary import ALIGNED, DEAD, REPRESENTED

    def listed(found: tuple[Any, ...] | None) -> str:
        if found is None:
            return "not looked for among so many features"
        shown = " ".join("-".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        return f"{len(found)}" + (f": {shown}{more}" if found else "")

    return [
        f"features represented (norm at least {REPRESENTED} of the largest): {listed(named.represented)}",
        f"features dead (norm at most {DEAD} of the largest): {listed(named.dead)}",
        f"parallel pairs (cosine at least {ALIGNED}): {listed(named.parallel)}",
        f"antipodal pairs (cosine at most -{ALIGNED}): {listed(named.antipodal)}",
    ]


def _with_error(found: Found, name: str, digits: int) -> str:
    """A number: one decimal where both ends agree, value and certified error for float64, otherwise both ends."""
    from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor

    enclosure = found.enclosure(name)
    lower, upper = enclosure.decimals(digits)
    if lower == upper:
        return str(lower)
    if found.rounded is None:
        return f"{lower} to {upper}"
    from boundcalc.numbers.parsing import parse_rational

    text = decimal_floor((enclosure.lower + enclosure.upper) / 2, digits)
    point = parse_rational(text, parameter="value")
    return f"{text} +- {decimal_ceiling(max(point - enclosure.lower, enclosure.upper - point), 2)}"


def _feature_lines(table: FeatureTable) -> list[str]:
    from boundcalc.loss.summary import histogram

    lines = []
    for title, values in (("capacity t_i = a_i^2/q_i", table.capacity), ("leverage", table.leverage)):
        lines += ["", f"{title}: sum {values.sum():.6g}, mean {values.mean():.6g} (float64; rank {table.rank})"]
        lines += [f"  {line}" for line in histogram(values, width=78)]
    return lines


def _percent(share: fmpq, *, up: bool = False) -> str:
    from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor

    return (decimal_ceiling if up else decimal_floor)(100 * share, 4)
