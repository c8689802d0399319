"""Says where one ReLU network stands: what ``boundcalc loss --activation relu`` prints, and ``loss_of`` gives."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from boundcalc.loss.arrays import way_round
from boundcalc.numbers.display import Displayed, show, shows
from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling, decimal_floor, to_float
from boundcalc.render.named_features import named_lines

if TYPE_CHECKING:
    import numpy as np
    from flint import fmpq

    from boundcalc.bounds.relu.floors import Floor
    from boundcalc.loss.relu.value import ReluLoss
    from boundcalc.loss.summary import NamedFeatures
    from boundcalc.model.features import Features
    from boundcalc.model.laws import Law
    from boundcalc.model.problem import Exact


@dataclass(frozen=True, eq=False, repr=False)
class JudgedNetwork(Displayed):
    """Where one ReLU network stands. ``str()`` is what ``boundcalc loss`` prints, ``float()`` the middle of its loss.

    Attributes
    ----------
    found : ReluLoss
        The certified loss, ``found.loss``, and that of each feature, ``found.rows``.
    weights : shape (d, n)
    floor : Floor or None
        The largest lower bound above 0 on the loss of every W and b.
    network : fmpq
        The loss of the best network in closed form.
    response : shape (n,)
        A_ii of A = VᵀW over the largest, what x̂_i holds of feature i before the bias.

    >>> loss_of([[1, -1]], p="1/2", law="uniform01", activation="relu").found.loss.lower
    1/12
    """

    found: ReluLoss
    weights: np.ndarray
    floor: Floor | None
    network: fmpq
    digits: int
    response: np.ndarray

    @classmethod
    def of(cls, found: ReluLoss, weights: np.ndarray, digits: int, decoder: np.ndarray | None = None) -> JudgedNetwork:
        """Its floor and the network in closed form are those of its problem."""
        import numpy as np

        from boundcalc.bounds.relu.floors import floors
        from boundcalc.bounds.relu.witnesses import closed_network
        from boundcalc.loss.dense import unit_scale
        from boundcalc.loss.summary import over_largest

        below = floors(found.problem, digits, pairs=False)
        best = below[0] if below and below[0].value.lower > 0 else None
        W, V = (unit_scale(np.asarray(each, dtype=np.float64))[0] for each in (weights, weights if decoder is None else decoder))
        return cls(found, weights, best, closed_network(found.problem).loss, digits, over_largest(np.einsum("ij,ij->j", V, W)))

    @property
    def named(self) -> NamedFeatures:
        """Which features are represented, weak and dead, which pairs are parallel and antipodal."""
        from boundcalc.loss.summary import named_features, states

        return named_features(self.weights, states(self.response))

    def to_dataframe(self) -> Any:
        """A row a feature, as a pandas data frame."""
        from boundcalc.loss.summary import states
        from boundcalc.numbers.display import data_frame

        own = [float(row) for row in self.found.rows]
        return data_frame({"feature": range(len(own)), "own_loss": own, "response": self.response, "state": states(self.response)})

    def __float__(self) -> float:
        middle = (self.found.loss.lower + self.found.loss.upper) / 2
        return to_float(middle)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``loss --activation relu --json``."""
        return network_json(self, self.digits)


def judge_network(
    weights: Any,
    p: Exact | None,
    law: Law | str | None,
    features: Features | None,
    decoder: Any,
    digits: int,
    bias: Any,
    width: Exact | None,
) -> JudgedNetwork:
    """What ``loss_of`` gives for the activation ReLU."""
    from boundcalc.loss.arrays import as_array
    from boundcalc.loss.relu.loss import WIDTH, relu_loss

    W = as_array(weights)
    V = None if decoder is None else as_array(decoder, parameter="V")
    found = relu_loss(
        W, bias=bias, decoder=V, p=p, law=law, features=features, width=WIDTH if width is None else width, transpose=False
    )
    return JudgedNetwork.of(found, W, digits, V)


@shows(JudgedNetwork, "text")
def network_text(one: JudgedNetwork) -> str:
    """The lines of the command."""
    return "\n".join(network_lines(one, one.digits))


@shows(JudgedNetwork, "latex")
def network_latex(one: JudgedNetwork) -> str:
    """The loss."""
    from boundcalc.render.numbers import among

    name = "L(W, b)" if one.found.problem.bias else "L(W)"
    return f"${name} {among(show(one.found.loss, 'latex').strip('$'))}$"


@shows(JudgedNetwork, "html")
def network_html(one: JudgedNetwork) -> str:
    """The lines of the command."""
    return f"<pre>{escape(str(one))}</pre>"


def network_json(one: JudgedNetwork, digits: int) -> dict[str, Any]:
    """The JSON of ``loss --activation relu --json`` (docs/json.md); both ends of each number rounded outward."""
    found, floor = one.found, one.floor
    return {
        "problem": found.problem.as_json(),
        "notes": way_round(found.problem),
        "digits": digits,
        "method": found.method,
        "effort": found.effort,
        "loss": found.loss.as_json(digits),
        "energy": Enclosure.of(found.energy).as_json(digits),
        "unexplained_fraction": found.unexplained_fraction.as_json(digits),
        "relative_width": decimal_ceiling(found.width, 3),
        "reached": found.reached,
        "floor": None if floor is None else {"key": floor.key, "loss": floor.value.as_json(digits), "status": floor.status.value},
        "network": Enclosure.of(one.network).as_json(digits),
        "own_loss": [row.as_json(digits) for row in found.rows],
        "features": asdict(one.named),
    }


def network_lines(one: JudgedNetwork, digits: int) -> list[str]:
    """What ``loss --activation relu`` prints."""
    found = one.found
    shown = found.problem.as_json()
    names = ("n", "d", "activation", "p", "law")
    first = " ".join(f"{name} = {shown[name]}" for name in names if name in shown)
    first += ", bias" if found.problem.bias else ", no bias"
    if "features" in shown:
        groups = len(found.problem.features.groups)
        first += f", {groups} group{'s' if groups > 1 else ''} of features; each squared error counts with its importance"
    how = {"exact": "a rational number", "trapezoid": f"{found.effort} nodes", "lattice": f"a lattice of {found.effort} points"}

    def line(title: str, value: Enclosure) -> str:
        lower, upper = value.decimals(digits)
        return f"{title:<42}{lower if lower == upper else f'{lower} to {upper}'}"

    lines = [
        first,
        *(f"note: {each}" for each in way_round(found.problem)),
        f"certified: {how[found.method]}",
        "",
        line("loss", found.loss),
    ]
    if not found.loss.is_exact:
        lines.append(f"{'relative width':<42}{decimal_ceiling(found.width, 2)}")
    lines.append(line("loss of answering zero", Enclosure.of(found.energy)))
    lines.append(line("unexplained fraction", found.unexplained_fraction))
    least = min(range(found.problem.n), key=lambda i: found.rows[i].lower)
    most = max(range(found.problem.n), key=lambda i: found.rows[i].upper)
    lines += [
        line(f"least loss of a feature ({least})", found.rows[least]),
        line(f"greatest loss of a feature ({most})", found.rows[most]),
    ]
    lines += ["", *named_lines(one.named, "A_ii")]
    return [*lines, "", *_standing(one, digits)]


def _standing(one: JudgedNetwork, digits: int) -> list[str]:
    """Where the loss stands between the floor and the network in closed form."""
    found, floor, network = one.found, one.floor, one.network
    lines = []
    if floor is None:
        lines.append("no lower bound above 0 is known here on the loss of other weights")
    else:
        times = decimal_ceiling(found.loss.upper / floor.value.lower, 4)
        least = decimal_floor(floor.value.lower, digits)
        lines.append(f"no W and b have a loss below {least} ({floor.key}, {floor.status.value})")
        lines.append(f"this is at most {times} times the least possible")
    if found.loss.lower > network:
        lines.append(f"antipodal pairs, and other features at their mean, do better: {decimal_ceiling(network, digits)}")
    return lines
