"""Bounds a function on a box from its derivatives there: mean value form and second-order Taylor form.

With centre c, half-widths r and x = c + δ, |δ_k| ≤ r_k:
f(x) ≤ f(c) + Σ |g_k(X)| r_k (mean value), and f(x) = f(c) + g(c)·δ + ½ δᵀ H δ for some H ∈ H(X) (Taylor), whose
maximum over δ is bounded one variable at a time, or by the vertex of a concave quadratic form.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq

from boundcalc.certify.jets import Jet
from boundcalc.numbers.enclosure import exact

_ZERO = arb(0)


def upper_bound(plain: arb, at: Jet, over: Jet, radii: Sequence[arb]) -> arb:
    """The least of the upper bounds on the box, an exact ball or +∞.

    Parameters
    ----------
    plain : arb
        An upper bound already known.
    at : Jet
        Order 1 at the centre.
    over : Jet
        Order 2 over the box.
    radii : sequence of arb
        Half-widths; 0 in a collapsed direction.
    """
    if not at.value.is_finite():
        return plain
    bounds = [plain]
    free = [k for k, r in enumerate(radii) if r > 0]
    if all(over.gradient[k].is_finite() for k in free):
        rise = sum((abs(over.gradient[k]).upper() * radii[k] for k in free), _ZERO)
        bounds.append((at.value + rise).upper())
        hessian = {(i, j): over.hessian[i * (i + 1) // 2 + j] for i in free for j in free if j <= i}
        if all(entry.is_finite() for entry in hessian.values()) and all(at.gradient[k].is_finite() for k in free):
            rises = [_by_variable(at.gradient, hessian, radii, free)]
            if len(free) > 1 and (vertex := _vertex(at.gradient, hessian, free)) is not None:
                rises.append(vertex)
            bounds += [(at.value + rise).upper() for rise in rises]
    least = plain
    for bound in bounds[1:]:
        if bound < least:
            least = bound
    return least


def newton_step(at: Jet, over: Jet) -> list[fmpq] | None:
    """Where the quadratic model at the centre has its maximum, as short rationals: only a place to look."""
    n = len(at.gradient)
    if not all(b.is_finite() for b in (*at.gradient, *over.hessian)):
        return None
    middle = {(i, j): over.hessian[i * (i + 1) // 2 + j].mid() for i in range(n) for j in range(i + 1)}
    factors = _factor(middle, list(range(n)))
    if factors is None:
        return None
    unit, pivots = factors
    y = _forward(unit, [g.mid() for g in at.gradient])
    step = [_ZERO] * n
    for i in reversed(range(n)):
        step[i] = y[i] / pivots[i] - sum((unit[k, i] * step[k] for k in range(i + 1, n)), _ZERO)
    return [exact(s.mid()) for s in step] if all(s.is_finite() for s in step) else None


def _by_variable(gradient: Sequence[arb], hessian: dict[tuple[int, int], arb], radii: Sequence[arb], free: list[int]) -> arb:
    """Σ_k max_{|δ| ≤ r_k} (|g_k| δ + ½ h_kk δ²) + Σ_{j<i} |h_ij| r_i r_j."""
    total = _ZERO
    for i in free:
        slope, curve, r = abs(gradient[i]).upper(), hessian[i, i].upper(), radii[i]
        if curve < 0 and not slope > -curve * r:
            total += slope * slope / (-2 * curve)  # the vertex, which bounds the whole line
        else:
            total += slope * r + curve * r * r / 2
        for j in free:
            if j < i:
                total += abs(hessian[i, j]).upper() * r * radii[j]
    return total


def _vertex(gradient: Sequence[arb], hessian: dict[tuple[int, int], arb], free: list[int]) -> arb | None:
    """½ gᵀ (−K)⁻¹ g, the maximum over all δ of g·δ + ½ δᵀ K δ, for a negative definite K above every H ∈ H(X)."""
    # H = M + E with |E_ij| ≤ e_ij lies below M + diag(Σ_j e_ij), by Gershgorin
    bound = {key: entry.mid() for key, entry in hessian.items()}
    for (i, j), entry in hessian.items():
        radius = arb(entry.rad())
        bound[i, i] = bound[i, i] + radius
        if i != j:
            bound[j, j] = bound[j, j] + radius
    factors = _factor(bound, free)
    if factors is None:
        return None
    unit, pivots = factors
    y = _forward(unit, [gradient[k] for k in free])
    return sum((a * a / d for a, d in zip(y, pivots, strict=True)), _ZERO) / 2


def _factor(matrix: dict[tuple[int, int], arb], free: list[int]) -> tuple[dict[tuple[int, int], arb], list[arb]] | None:
    """−matrix = L diag(d) Lᵀ with unit lower triangular L, or ``None`` where it is not certainly positive definite."""
    unit: dict[tuple[int, int], arb] = {}
    pivots: list[arb] = []
    for i, row in enumerate(free):
        for j in range(i):
            inner = sum((unit[i, k] * unit[j, k] * pivots[k] for k in range(j)), _ZERO)
            unit[i, j] = (-matrix[row, free[j]] - inner) / pivots[j]
        pivot = -matrix[row, row] - sum((unit[i, k] ** 2 * pivots[k] for k in range(i)), _ZERO)
        if not pivot > 0:
            return None
        pivots.append(pivot)
    return unit, pivots


def _forward(unit: dict[tuple[int, int], arb], right: list[arb]) -> list[arb]:
    y: list[arb] = []
    for i, value in enumerate(right):
        y.append(value - sum((unit[i, k] * y[k] for k in range(i)), _ZERO))
    return y
