"""Checks of the linear programming bound."""

from __future__ import annotations

import numpy as np
from proofs.foundation import cosines
from proofs.registry import bound_step, checks, step
from samples import Sample

from boundcalc.lemmas import linear_program


def certificate_of(s: Sample):
    from boundcalc.certify.linear_program import certify

    return certify(s.n, s.d, s.m, s.m + 4) if s.d >= 2 else None


def polynomial_at(polynomial, u):
    return np.polyval([int(c.p) / int(c.q) for c in reversed(polynomial.coeffs())], u)


@checks(step(linear_program.LEMMA, "certificate"))
def _(s):
    found = certificate_of(s)
    if found is not None:
        assert found.verify()
        u = np.linspace(0, 1, 500)
        yield "<=", polynomial_at(found.polynomial, u), u**s.m
        yield ">=", [int(h.p) / int(h.q) for h in found.gegenbauer[1:]] or [0.0], 0.0


@checks(step(linear_program.LEMMA, "minorant"))
def _(s):
    found = certificate_of(s)
    if found is not None:
        omega = s.a**s.m
        double_sum = omega @ polynomial_at(found.polynomial, cosines(s)) @ omega
        yield ">=", s.T, double_sum + (1 - polynomial_at(found.polynomial, 1.0)) * (omega**2).sum()


@checks(step(linear_program.LEMMA, "collect"), bound_step("linear_program", "constant"))
def _(s):
    found = certificate_of(s)
    if found is not None:
        yield "<=", s.S**2, int(found.constant.p) / int(found.constant.q) * s.T
