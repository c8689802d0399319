"""Each step of the lemma on random and structured frames, and what breaks without its hypotheses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from boundcalc.certify.gegenbauer import even_gegenbauer
from boundcalc.certify.linear_program import LinearProgramCertificate, certify
from boundcalc.language.claims import Status
from boundcalc.lemmas.linear_program import LEMMA

CASES = [(5, 3, 3), (8, 3, 3), (10, 3, 3), (16, 4, 3), (14, 3, 5), (8, 2, 3)]


def frames(n: int, d: int) -> Iterator[np.ndarray]:
    """Random columns, equal columns, one long column, and coordinate axes repeated."""
    rng = np.random.default_rng(100 * n + d)
    for _ in range(30):
        W = rng.standard_normal((d, n))
        yield W
        yield W / np.linalg.norm(W, axis=0)
        yield np.where(np.arange(n) == 0, 3.0, 1.0) * W
        yield np.repeat(W[:, :2], n, axis=1)[:, :n]
    yield np.eye(d)[:, np.arange(n) % d]


def values(certificate: LinearProgramCertificate, u: np.ndarray) -> np.ndarray:
    coefficients = [int(c.p) / int(c.q) for c in certificate.polynomial.coeffs()]
    return np.polyval(coefficients[::-1], u)


@pytest.mark.parametrize(("n", "d", "m"), CASES)
def test_steps_hold(n, d, m):
    certificate = certify(n, d, m, m + 8)
    assert certificate is not None
    h0 = int(certificate.gegenbauer[0].p) / int(certificate.gegenbauer[0].q)
    at_one = float(values(certificate, np.array(1.0)))
    G = int(certificate.constant.p) / int(certificate.constant.q)
    grid = np.linspace(0, 1, 2001)
    assert (values(certificate, grid) <= grid**m + 1e-12).all()
    for W in frames(n, d):
        norms = np.linalg.norm(W, axis=0)
        omega, v = norms ** (2 * m), W / norms
        u = (v.T @ v) ** 2
        A = W.T @ W
        S, T = (np.diag(A) ** m).sum(), (A ** (2 * m)).sum()
        room = 1e-9 * T
        assert omega @ values(certificate, u) @ omega + (1 - at_one) * (omega**2).sum() - room <= T
        assert (h0 + (1 - at_one) / n) * S**2 - room <= T
        assert S**2 <= G * T + 1e-9 * S**2
        for polynomial in even_gegenbauer(d, m + 2):
            p = np.polyval([int(c.p) / int(c.q) for c in polynomial.coeffs()][::-1], u)
            assert omega @ p @ omega >= -1e-9 * S**2


def test_a_polynomial_above_the_potential_is_refuted():
    """Without h ≤ u^m the constant is false: the icosahedron exceeds that of 1.05 h."""
    golden = (1 + 5**0.5) / 2
    W = np.array([[0, 1, golden], [0, 1, -golden], [1, golden, 0], [1, -golden, 0], [golden, 0, 1], [-golden, 0, 1]]).T
    A = W.T @ W
    ratio = np.trace(A**3) ** 2 / (A**6).sum()
    certificate = certify(6, 3, 3, 11)
    assert certificate is not None
    h = [int(c.p) / int(c.q) for c in certificate.gegenbauer]
    raised = 1.05 * h[0] + (1 - 1.05 * sum(h)) / 6
    assert ratio == pytest.approx(6 / 1.04, rel=1e-12)
    assert ratio > 1 / raised


def test_a_negative_coefficient_is_refuted():
    """With h_2 < 0 the orthonormal basis, S²/T = 2 for n = d = 2, exceeds the constant of h = h_0 − T_4(t)/2 ≤ u³."""
    n, c = 2, 0.5
    u = np.linspace(0, 1, 4001)
    h0 = float((u**3 + c * (8 * u * u - 8 * u + 1)).min())
    claimed = 1 / (h0 + (1 - (h0 - c)) / n)
    assert claimed < 2


def test_status_and_steps():
    assert [step.key for step in LEMMA.proof] == ["certificate", "positive_definite", "minorant", "collect"]
    assert LEMMA.status is Status.COMPUTED
