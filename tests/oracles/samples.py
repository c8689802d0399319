"""Small problems with every named quantity by enumeration in floating point: what proof steps are attacked on."""

from __future__ import annotations

from functools import cached_property, reduce
from itertools import product

import numpy as np
from flint import fmpq

from boundcalc.model.laws import FiniteSupport, Rademacher
from boundcalc.model.problem import Problem

LAWS = (
    Rademacher(),
    FiniteSupport(((fmpq(-1), fmpq(1, 4)), (fmpq(0), fmpq(1, 2)), (fmpq(1), fmpq(1, 4)))),
    FiniteSupport(((fmpq(-3), fmpq(1, 8)), (fmpq(-1), fmpq(3, 8)), (fmpq(1), fmpq(3, 8)), (fmpq(3), fmpq(1, 8)))),
)
STRUCTURES = ("random", "integer", "zero column", "equal columns", "rank one", "orthogonal", "one huge column", "plane lines")


class Sample:
    """A weight matrix W (d x n), a problem, and the law of (x, y, x_hat) over all states."""

    def __init__(self, weights: np.ndarray, problem: Problem) -> None:
        self.W, self.problem = weights, problem
        self.d, self.n = weights.shape
        self.m, self.p = problem.m, float(problem.p.p) / float(problem.p.q)
        self.A = weights.T @ weights
        values = [(0.0, 1 - self.p)] + [(float(v), self.p * float(w)) for v, w in _floats(problem.law)]
        states = list(product(values, repeat=self.n))
        self.x = np.array([[value for value, _ in state] for state in states])
        self.probability = np.array([np.prod([weight for _, weight in state]) for state in states])
        self.active = np.array([[k > 0 for k in index] for index in product(range(len(values)), repeat=self.n)])
        self.y = self.x @ self.A
        self.x_hat = self.y**self.m

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Expectation over the states (first axis)."""
        return np.tensordot(self.probability, values, 1)

    def mu(self, k: int) -> float:
        moment = self.problem.law.moment(k)
        return float(moment.p) / float(moment.q)

    @cached_property
    def a(self) -> np.ndarray:
        return np.diag(self.A).copy()

    def Q(self, k: int) -> np.ndarray:
        return (self.A**k).sum(1)

    @cached_property
    def S(self) -> float:
        return float((self.a**self.m).sum())

    @cached_property
    def T(self) -> float:
        return float((self.A ** (2 * self.m)).sum())

    @cached_property
    def C(self) -> float:
        return float(self.mean((self.x * self.x_hat).sum(1)))

    @cached_property
    def D_rows(self) -> np.ndarray:
        return self.mean(self.x_hat**2)

    @cached_property
    def D(self) -> float:
        return float(self.D_rows.sum())

    def Z_moment(self, k: int) -> np.ndarray:
        """E Z_i^k with Z_i = y_i − a_i x_i."""
        return self.mean((self.y - self.x * self.a) ** k)

    @cached_property
    def range_projection(self) -> np.ndarray:
        """Projection of R^n onto range(A)."""
        return self.A @ np.linalg.pinv(self.A, rcond=1e-9, hermitian=True)

    @cached_property
    def directions(self) -> np.ndarray:
        """Unit columns; a zero column stays zero."""
        norms = np.linalg.norm(self.W, axis=0)
        return self.W / np.where(norms > 0, norms, 1)

    def lifted(self, columns: np.ndarray, power: int) -> np.ndarray:
        """Columns v^{⊗power}, as a matrix of d^power rows."""
        return np.stack([reduce(np.multiply.outer, [v] * power).ravel() for v in columns.T], axis=1)

    @cached_property
    def lifted_projection(self) -> np.ndarray:
        """Π onto the row space of the lifted columns."""
        rows = self.lifted(self.W / (np.abs(self.W).max() or 1), self.m)
        return np.linalg.pinv(rows, rcond=1e-9) @ rows

    @cached_property
    def gain(self) -> np.ndarray:
        """2⟨x, x̂⟩ − ‖x̂‖² by state."""
        return 2 * (self.x * self.x_hat).sum(1) - (self.x_hat**2).sum(1)


def _floats(law: FiniteSupport) -> list[tuple[float, float]]:
    return [(int(v.p) / int(v.q), int(w.p) / int(w.q)) for v, w in law.points]


def structured_weights(structure: str, d: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """A d x n matrix of the named structure."""
    W = rng.standard_normal((d, n))
    match structure:
        case "integer":
            W = rng.integers(-2, 3, (d, n)).astype(float)
        case "zero column":
            W[:, 0] = 0
        case "equal columns":
            W[:, -1] = W[:, 0]
        case "rank one":
            W = np.outer(rng.standard_normal(d), rng.standard_normal(n))
        case "orthogonal":
            W = np.eye(max(d, n))[:d, :n]
        case "one huge column":
            W[:, 0] *= 30
        case "plane lines":
            angles = np.pi * np.arange(n) / n
            W = np.zeros((d, n))
            W[: min(d, 2)] = np.array([np.cos(angles), np.sin(angles)])[: min(d, 2)]
    return W


def samples(seed: int, exponents: tuple[int, ...] = (3, 5), count: int = 3) -> list[Sample]:
    """``count`` samples of each structure for each exponent, with n ≤ 4 and d ≤ 3."""
    rng = np.random.default_rng(seed)
    found = []
    for m in exponents:
        for structure in STRUCTURES:
            for _ in range(count):
                d, n = int(rng.integers(1, 4)), int(rng.integers(1, 5))
                law = LAWS[rng.integers(len(LAWS))]
                p = ("1/1000", "1/100", "1/10", "1/3", "4/5", "1")[rng.integers(6)]
                found.append(Sample(structured_weights(structure, d, n, rng), Problem(n, d, m, p, law)))
    return found


def climbed(W: np.ndarray, problem: Problem, steps: int = 60) -> np.ndarray:
    """L-BFGS on log(C²/D), which no scale of W changes."""
    from scipy.optimize import minimize

    from boundcalc.loss.dense import dense_loss_and_gradient

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        V = flat.reshape(W.shape)
        value, _ = dense_loss_and_gradient(V, m=problem.m, p=problem.p, law=problem.law, transpose=False)
        # at the best scale of V the gradient of I is that of C^2/D
        best = value.C**2 / value.D
        s = (value.C / value.D) ** (1 / (2 * problem.m))
        _, scaled = dense_loss_and_gradient(s * V, m=problem.m, p=problem.p, law=problem.law, transpose=False)
        return -np.log(best), -s * scaled / best

    found = minimize(objective, W.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return found.x.reshape(W.shape)
