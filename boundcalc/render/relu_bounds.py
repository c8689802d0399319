"""Writes floors of the loss over all ReLU networks, and a network in closed form: what ``bounds --activation relu`` prints."""

from __future__ import annotations

from typing import Any

from boundcalc.model.relu_problem import ReluProblem


def relu_bounds_json(problem: ReluProblem, digits: int, *, pairs: bool = True) -> dict[str, Any]:
    """The fields of ``bounds --activation relu --json``; without the floor of pairs, which takes seconds, if not asked for."""
    from boundcalc.bounds.relu.floors import floors
    from boundcalc.bounds.relu.polygons import polygon_network
    from boundcalc.bounds.relu.witnesses import closed_network
    from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling

    network, below = closed_network(problem), floors(problem, digits, pairs=pairs)
    polygons = polygon_network(problem)
    best = below[0].value.lower if below else 0
    least = network.loss if polygons is None else min(network.loss, polygons.loss)
    return {
        "problem": problem.as_json(),
        "digits": digits,
        "energy": Enclosure.of(problem.energy).as_json(digits),
        "floors": [
            {"key": floor.key, "loss": floor.value.as_json(digits), "holds_for": floor.sentence, "status": floor.status.value}
            for floor in below
        ],
        "network": {
            "loss": Enclosure.of(network.loss).as_json(digits),
            "pairs": network.pairs,
            "single": network.single,
            "dropped": network.dropped,
        },
        "polygons": None
        if polygons is None
        else {
            "loss": Enclosure.of(polygons.loss).as_json(digits),
            "sides": polygons.sides,
            "planes": polygons.planes,
            "pairs": polygons.pairs,
            "dropped": polygons.dropped,
        },
        "ratio": decimal_ceiling(least / best, digits) if best else None,
    }


def relu_bounds_lines(found: dict[str, Any]) -> list[str]:
    """The same as a table."""
    shown = found["problem"]
    names = ("n", "d", "activation", "m", "p", "law")
    lines = [" ".join(f"{name} = {shown[name]}" for name in names if name in shown) + ("" if shown["bias"] else ", no bias"), ""]
    lines.append(f"{'loss of answering zero':<28}{found['energy']['upper']}")
    network = found["network"]
    lines.append(f"{'network in closed form':<28}{network['loss']['upper']}")
    others = f"{network['dropped']} {'at their mean' if shown['bias'] else 'left out'}"
    lines.append(f"  {network['pairs']} antipodal pairs, {network['single']} features alone, {others}")
    polygons = found["polygons"]
    if polygons is not None:
        lines.append(f"{'regular polygons':<28}{polygons['loss']['upper']}")
        others = f"{polygons['pairs']} antipodal pairs, {polygons['dropped']} {'at their mean' if shown['bias'] else 'left out'}"
        lines.append(f"  {polygons['planes']} of {polygons['sides']} sides, each in a plane, at the best scale and bias, {others}")
    lines += ["", "floors: no W and b have a smaller loss"]
    for floor in found["floors"]:
        lines.append(f"  {floor['key']:<26}{floor['loss']['lower']}  {floor['status']}; {floor['holds_for']}")
    if not found["floors"]:
        power = "m" in shown
        lines.append(
            "  none: with m above 1 they are for equal features without bias (--no-bias)"
            if power
            else "  none: all features fit, or their laws are not uniform"
        )
    if found["ratio"] is not None:
        lines += ["", f"the network is at most {found['ratio']} times the best"]
    return lines
