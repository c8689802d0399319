"""Sets the search for ReLU networks beside 20 runs of Adam by the usual recipe: certified losses, processor seconds of one core.

``python benchmarks/relu_search.py [--runs 20]`` prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from boundcalc import Group, relu_loss
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.search.network import search_network

sys.path.insert(0, str(Path(__file__).parent))
from relu_loss import trained

CASES = [(5, 2, "1/20", 2), (20, 5, "1/20", 3), (20, 5, "1/100", 3), (20, 5, "3/10", 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    print(f"| n, d, p | search, starts | certified loss | seconds | best of {runs} Adam runs | seconds |")
    print("|---|---|---|---|---|---|")
    for n, d, text, starts in CASES:
        problem = ReluProblem((Group(n, 1, text, "uniform01"),), d)
        began = time.process_time()
        found = search_network(problem, starts=starts)
        seconds = time.process_time() - began
        ours = relu_loss(found.weights, bias=found.bias, p=text, law="uniform01").loss
        began = time.process_time()
        top, bottom = map(int, text.split("/"))
        nets = [trained(n, d, top / bottom, 4000, 1024, seed) for seed in range(runs)]
        theirs = time.process_time() - began
        best = min(relu_loss(W, bias=b, p=text, law="uniform01").loss.upper for W, b in nets)
        row = [f"{n}, {d}, {text}", starts, ours.decimals(7)[1], f"{seconds:.1f}"]
        print("| " + " | ".join(map(str, [*row, f"{int(best.p) / int(best.q):.7g}", f"{theirs:.1f}"])) + " |", flush=True)


if __name__ == "__main__":
    main()
