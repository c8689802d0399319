"""Writes what proves the best floor of the ReLU loss, and a network in closed form, into a certificate (docs/certificate.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flint import fmpq

from boundcalc.bounds.relu.floors import Floor, floors
from boundcalc.bounds.relu.one_active import one_active
from boundcalc.bounds.relu.pentagon import CHEBYSHEV
from boundcalc.bounds.relu.polygons import polygon_network
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.certificate.write import FORMAT
from boundcalc.model.nonnegative_laws import UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import check_target, write_whole
from boundcalc.numbers.parsing import parse_rational


def relu_certificate(problem: ReluProblem, digits: int = 10, key: str | None = None, *, pairs: bool = True) -> dict[str, Any]:
    """The JSON object that proves the largest floor, or that of the key, and the loss of the best network in closed form.

    Without the floor of pairs, which takes seconds, if not asked for.

    Raises
    ------
    ParameterError
        For features that differ or are not uniform on [0, 1], untied weights, and where no floor is above 0.
    """
    groups = problem.features.groups
    plain = len(groups) == 1 and groups[0].importance == groups[0].scale == 1 and groups[0].law == UniformFromZero()
    if not plain or not problem.tied or problem.m > 1:
        raise ParameterError(
            "certificate", "this problem", "is written for equal features of importance 1, uniform01, tied weights and m = 1"
        )
    known = [floor for floor in floors(problem, digits, pairs=pairs) if floor.value.lower > 0 and key in (None, floor.key)]
    if not known:
        raise ParameterError("certificate", "this problem", "has no floor above 0 to certify")
    floor = known[0]
    return {
        "format": FORMAT,
        "version": "1",
        "problem": {
            "n": str(problem.n),
            "d": str(problem.d),
            "activation": "relu",
            "bias": "yes" if problem.bias else "no",
            "tied": "yes",
            "p": str(groups[0].p),
            "law": "uniform01",
        },
        "floor": {"key": floor.key, "parameters": _parameters(floor, problem.n, problem.d), "loss": _claim(floor.value, digits)},
        "network": _network(problem, digits),
    }


def write_relu_certificate(
    problem: ReluProblem, path: str | Path, digits: int = 10, *, force: bool = False, pairs: bool = True
) -> None:
    """Writes it: the file is there whole or not at all.

    Raises
    ------
    ParameterError
        As :func:`relu_certificate`, and if the path cannot be written.
    """
    check_target(path, "certificate", marks=(FORMAT.encode(),), force=force)
    write_whole(
        path, json.dumps(relu_certificate(problem, digits, pairs=pairs), indent=1, ensure_ascii=False) + "\n", "certificate"
    )


def _claim(value: Enclosure, digits: int) -> dict[str, str]:
    lower, upper = value.decimals(digits)
    return {"lower": str(parse_rational(lower, parameter="lower")), "upper": str(parse_rational(upper, parameter="upper"))}


def _parameters(floor: Floor, n: int, d: int) -> dict[str, Any]:
    if floor.key == "pentagon":
        return {"h": [[str(c.a), str(c.b)] for c in CHEBYSHEV]}
    if floor.key == "one_active":
        return {"h": [str(value) for value in one_active(d, n=n).h]}
    if floor.pairs is None:
        return {}
    table = floor.pairs.table.as_json()
    found: dict[str, Any] = {"part": table["n"], "left": table["left"], "right": table["right"]}
    if floor.pairs.kappa is not None:
        return {**found, "kappa": str(floor.pairs.kappa)}
    assert floor.pairs.h is not None
    found["h"] = list(map(str, floor.pairs.h))
    return found if floor.pairs.scales is None else {**found, "scales": list(map(str, floor.pairs.scales))}


def _network(problem: ReluProblem, digits: int) -> dict[str, Any]:
    closed, polygons = closed_network(problem), polygon_network(problem)
    if polygons is None or closed.loss <= polygons.loss:
        blocks = {"pairs": closed.pairs, "single": closed.single, "dropped": closed.dropped}
        found: dict[str, Any] = {"kind": "blocks", **{name: str(count) for name, count in blocks.items()}}
        return {**found, "loss": _claim(Enclosure.of(closed.loss), digits)}
    sides = polygons.sides
    found = {
        "kind": "blocks",
        "pairs": str(polygons.pairs),
        "single": "0",
        "dropped": str(polygons.dropped),
        "planes": str(polygons.planes),
    }
    found["vectors"] = [[str(_exact(x)) for x in polygons.weights[:2, k]] for k in range(sides)]
    if polygons.bias is not None:
        found["bias"] = str(_exact(polygons.bias[0]))
    return {**found, "loss": _claim(Enclosure.of(polygons.loss), digits)}


def _exact(value: float) -> fmpq:
    top, bottom = float(value).as_integer_ratio()
    return fmpq(top, bottom)
