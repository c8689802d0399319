"""Says where one weight matrix stands: what ``boundcalc loss`` prints, and what ``loss_of`` gives, as lines and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal, overload

from boundcalc.loss.arrays import way_round
from boundcalc.numbers.display import Displayed, show, shows
from boundcalc.render.named_features import EVERY, SHOWN, named_lines
from boundcalc.render.terminal import describe_witness, problem_line

if TYPE_CHECKING:
    import numpy as np
    from flint import fmpq

    from boundcalc.bounds.evaluate import Report
    from boundcalc.bounds.standing import Standing
    from boundcalc.loss.found import Found
    from boundcalc.loss.summary import FeatureTable, NamedFeatures
    from boundcalc.model.features import Features
    from boundcalc.model.laws import Law
    from boundcalc.model.problem import Exact, Whole
    from boundcalc.numbers.enclosure import Enclosure
    from boundcalc.render.network import JudgedNetwork

MOST_GROUPS = 1000
"""Past this many groups of features no bounds are computed: their time grows with the number of kinds."""


@dataclass(frozen=True, eq=False, repr=False)
class Judged(Displayed):
    """Where one matrix stands. ``str()`` is what ``boundcalc loss`` prints, ``float()`` the loss as given.

    Attributes
    ----------
    found : Found
        Its loss, as ``found.value``; ``found.enclosure("loss_best_scale")`` and so on are certified.
    table : FeatureTable
        Norm, a, q, capacity, leverage, loss, improvement, response and state of each feature.
    named : NamedFeatures
        Which features are represented, weak and dead, which pairs are parallel and antipodal.
    answer : Report or None
        The bounds on its problem; ``None`` for untied weights, and past 1000 groups of features that differ.
    standing : Standing or None
        Its share of the best possible improvement, and how it compares with the orthonormal basis and the best known weights.
    weights : shape (d, n)

    >>> float(loss_of([[1, 0], [0, 1]], 3, "1/2", "rademacher"))
    0.0
    """

    found: Found
    table: FeatureTable
    named: NamedFeatures
    answer: Report | None
    standing: Standing | None
    digits: int
    weights: np.ndarray

    def __repr__(self) -> str:
        shown = self.found.value.problem.as_json()
        reached = "no bounds" if self.standing is None else f"{share(self.standing)} of the best possible improvement"
        return f"<Judged n={shown['n']} d={shown['d']} m={shown['m']}: loss {float(self):.6g}, {reached}>"

    @property
    def loss(self) -> Enclosure:
        """The loss of the weights as given, certified."""
        return self.found.enclosure("loss")

    def __float__(self) -> float:
        return float(self.loss)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``loss --json``."""
        return loss_json(self, self.digits)

    def to_dataframe(self) -> Any:
        """A row a feature, as a pandas data frame."""
        from boundcalc.numbers.display import data_frame

        return data_frame({"feature": range(len(self.table.norm)), **vars(self.table)})

    @classmethod
    def of(cls, found: Found, weights: np.ndarray, digits: int, *, tied: bool) -> Judged:
        """The bounds are for tied weights, and where features differ for a limited number of kinds."""
        from boundcalc.bounds.evaluate import report
        from boundcalc.bounds.standing import standing
        from boundcalc.loss.summary import feature_table, named_features
        from boundcalc.model.problem import Problem

        problem = found.value.problem
        few = isinstance(problem, Problem) or len(problem.features.groups) <= MOST_GROUPS
        answer = report(problem, digits=digits) if tied and few else None
        place = None if answer is None or found.is_zero else standing(found.enclosure("improvement_best_scale"), answer)
        table = feature_table(found.rows_of, weights)
        return cls(found, table, named_features(weights, table.state), answer, place, digits, weights)


@overload
def loss_of(
    weights: Any,
    m: Whole,
    p: Exact | None = ...,
    law: Law | str | None = ...,
    *,
    features: Features | None = ...,
    decoder: Any = ...,
    exact: bool = ...,
    digits: int = ...,
    activation: Literal["power"] = ...,
    transpose: bool | None = ...,
) -> Judged: ...


@overload
def loss_of(
    weights: Any,
    m: None = ...,
    p: Exact | None = ...,
    law: Law | str | None = ...,
    *,
    features: Features | None = ...,
    decoder: Any = ...,
    digits: int = ...,
    activation: Literal["relu"],
    bias: Any = ...,
    width: Exact | None = ...,
    transpose: bool | None = ...,
) -> JudgedNetwork: ...


def loss_of(
    weights: Any,
    m: Whole | None = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    features: Features | None = None,
    decoder: Any = None,
    exact: bool = False,
    digits: int = 10,
    activation: str = "power",
    bias: Any = None,
    width: Exact | None = None,
    transpose: bool | None = None,
) -> Judged | JudgedNetwork:
    """Where W stands: its certified loss, its features by name, and its share of the best possible improvement.

    Parameters
    ----------
    weights : array, shape (d, n), or what :func:`load_weights` gives
        Taken as the exact binary numbers that it holds.
    m, p, law
        As of :class:`Problem`; ``features`` in place of p and law where features differ.
    decoder : array, shape (d, n), optional
        V of untied weights.
    exact : bool
        Exact also beyond 2000 features, whatever the time; float64 with a certified error bound otherwise.
    activation : str
        ``power``, or ``relu`` for x̂ = ReLU(WᵀW x + b): without m, with a nonnegative law, and with ``bias``, shape (n,), and
        ``width``, the relative width of the enclosure, as in :func:`relu_loss`.
    transpose : bool, optional
        Whether W has a feature a row, as ``nn.Linear`` has. An array with more rows than columns needs it, unless
        :func:`load_weights`, which asks too, gives it.

    Raises
    ------
    ParameterError
        For a parameter outside its domain, and for an array of which it is not clear which way round it is.

    >>> loss_of([[1, 0, -1], [0, 1, 0]], 3, "1/100", "rademacher").named.antipodal
    ((0, 2),)
    """
    from boundcalc.loss.arrays import as_array, oriented
    from boundcalc.model.features import problem_of
    from boundcalc.model.relu_problem import read_activation
    from boundcalc.numbers.errors import ParameterError, missing

    weights = oriented(weights, transpose)
    if read_activation(activation) == "relu":
        if m is not None:
            raise ParameterError("m", m, "is the exponent of x^m; leave it out with the activation relu")
        if exact:
            raise ParameterError("exact", exact, "is for x^m; with relu give a width")
        from boundcalc.render.network import judge_network

        return judge_network(weights, p, law, features, decoder, digits, bias, width)
    for option, given in (("bias", bias), ("width", width)):
        if given is not None:
            raise ParameterError(option, given, "needs the activation relu")
    if m is None:
        raise missing("m", "loss_of(W, m, p, law), or activation='relu'")
    W = as_array(weights)
    d, n = W.shape
    problem = problem_of(n, d, m, p, law, features)
    V = None if decoder is None else as_array(decoder, parameter="V")
    from boundcalc.loss.found import found_loss

    return Judged.of(found_loss(W, V, problem, certify=exact), W, digits, tied=V is None)


@shows(Judged, "text")
def judged_text(one: Judged) -> str:
    """The lines of the command."""
    return "\n".join(loss_lines(one, one.digits))


@shows(Judged, "latex")
def judged_latex(one: Judged) -> str:
    """The loss as given, and the improvement at the best scale."""
    from boundcalc.render.numbers import among

    loss, gain = (show(one.found.enclosure(name), "latex").strip("$") for name in ("loss", "improvement_best_scale"))
    return rf"$L(W) {among(loss)},\quad \sup_s I(sW) {among(gain)}$"


@shows(Judged, "html")
def judged_html(one: Judged) -> str:
    """The lines of the command; histograms need equal widths."""
    return f"<pre>{escape(str(one))}</pre>"


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
        "notes": way_round(found.value.problem),
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
    lines = [problem_line(problem)]
    if not isinstance(problem, Problem):
        groups = len(problem.features.groups)
        lines[0] += f", {groups} group{'s' if groups > 1 else ''} of features; each squared error counts with its importance"
    if found.rounded is not None:
        lines.append("float64 with a certified error bound; --certify (in Python exact=True) gives the exact loss")
    lines += [f"note: {each}" for each in way_round(problem)]
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
    lines += ["", *named_lines(one.named, "E x_i x^_i / E x_i^2"), *_improvements(one.table)]
    if answer is None:
        kind = f"{MOST_GROUPS} groups of features at most" if found.tied else "tied weights"
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


def _improvements(table: FeatureTable) -> list[str]:
    """What each feature adds to the improvement, the largest first."""
    known = [k for k, value in enumerate(table.improvement) if value == value]  # nan past the range of float64
    order = sorted(known, key=lambda k: (-table.improvement[k], k))
    shown = " ".join(f"{k}:{table.improvement[k]:.4g}" for k in order[:SHOWN])
    more = f" and {len(order) - SHOWN} more ({EVERY})" if len(order) > SHOWN else ""
    return [f"improvement of each feature as given, largest first: {shown}{more}"] if order else []


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
