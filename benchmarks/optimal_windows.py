"""For every frame with d ≤ 8 (and d = 23, 24) and each law: where it is optimal among all weights and every n, m = 3.

    python benchmarks/optimal_windows.py > table.md

At each sampled p the certified value of `frontier` (n = ∞) is divided by the frame's certified improvement; the window
is the run of sampled p, refined at both ends by bisection, on which that ratio is at most 1.0001. Where a family of
exact proofs is known (boundcalc.bounds.optimal_geometry), the ends of its own window are given as algebraic numbers.
"""

from __future__ import annotations

import sys
from math import exp, log

from flint import fmpq

from boundcalc.bounds.lower import known_frame
from boundcalc.bounds.optimal_geometry import equiangular_frames, window
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import frontier
from boundcalc.certify.real_roots import refine
from boundcalc.frames.catalog import FRAMES, Frame, simplex
from boundcalc.model.laws import parse_law
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

LAWS = ("rademacher", "uniform", "gaussian", "laplace")
CLOSE = fmpq(10001, 10000)
GRID = [*(10 ** (-k / 5) for k in range(45, 0, -1)), 0.8, 0.99]
"""From 1e-9 to 0.99."""


def ratio(frame: Frame, law: str, p: float) -> fmpq | None:
    """Certified frontier over the frame's improvement; ``None`` where the bound does not apply."""
    problem = Problem("inf", frame.d, 3, f"{p:.6g}", law)
    outcome = evaluate_upper(frontier.BOUND, problem, 12)
    if outcome.value is None:
        return None
    sums = [frame.power_sum(j) for j in range(4)]
    value = known_frame.formula(Quantities(EXACT, problem), fmpq(frame.n), sums)
    return outcome.value.certified / value


def is_close(frame: Frame, law: str, p: float) -> bool:
    found = ratio(frame, law, p)
    return found is not None and found <= CLOSE


def edge(frame: Frame, law: str, inside: float, outside: float) -> float:
    """The last sampled p that is inside, by bisection in log p to a relative 1%."""
    while abs(log(outside / inside)) > 0.01:
        middle = exp((log(inside) + log(outside)) / 2)
        if is_close(frame, law, middle):
            inside = middle
        else:
            outside = middle
    return inside


def found_window(frame: Frame, law: str) -> tuple[float, float] | None:
    """The longest run of p; its ends are sampled points."""
    good = [is_close(frame, law, p) for p in GRID]
    if not any(good):
        # a window narrower than the grid: around the least ratio
        values = [(value, p) for p in GRID if (value := ratio(frame, law, p)) is not None]
        if not values:
            return None
        _, near = min(values)
        finer = [near * 10 ** (k / 40) for k in range(-8, 9)]
        inside = [p for p in finer if p < 1 and is_close(frame, law, p)]
        return (inside[0], inside[-1]) if inside else None
    first = good.index(True)
    last = first + next((k for k, g in enumerate(good[first:]) if not g), len(good) - first) - 1
    low = edge(frame, law, GRID[first], GRID[first - 1]) if first else GRID[0]
    high = edge(frame, law, GRID[last], GRID[last + 1]) if last + 1 < len(GRID) else GRID[-1]
    return low, high


def proven(frame: Frame, law: str) -> str:
    if frame.key not in {known.key for known in equiangular_frames()}:
        return ""
    ends = window(frame, parse_law(law))
    if ends is None:
        return ""
    low, high = (refine(end, 6) for end in ends)
    return f"{low.decimals(5)[0]} to {high.decimals(5)[1]}"


def main() -> None:
    frames = [simplex(d) for d in (2, 3, 4, 5, 6, 7, 8)]
    frames += [frame for frame in FRAMES if frame.d <= 8 or frame.d in (23, 24)]
    frames.sort(key=lambda frame: (frame.d, frame.n))
    print("| frame | d | lines | law | optimal to within 1e-4 for p in | exact proof for p in |")
    print("|---|---|---|---|---|---|")
    for frame in frames:
        for law in LAWS:
            ends = found_window(frame, law)
            shown = "none found" if ends is None else f"{ends[0]:.3g} to {ends[1]:.3g}"
            if ends is not None and ends[0] <= GRID[0]:
                shown = f"up to {ends[1]:.3g}"
            print(f"| {frame.key} | {frame.d} | {frame.n} | {law} | {shown} | {proven(frame, law)} |", flush=True)
        print(frame.key, file=sys.stderr)


if __name__ == "__main__":
    main()
