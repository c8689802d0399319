r"""Declares Lemma M (moment powers): D >= p mu_{2m} T and D_i >= (p mu_2 q_i)^m."""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED

LEMMA = Lemma(
    key="moment_powers",
    title="moment powers",
    statement=r"D \ge p\,\mu_{2m}\, T, \qquad D_i \ge (p\,\mu_2\, q_i)^m",
    proof=(
        Step(
            "pure",
            "expand; by symmetry only even powers survive, so every mixed term is nonnegative and may be dropped",
            Status.STANDARD,
            standard="terms that are not negative may be dropped",
            claim=(
                "D[i] = E[y[i]^(2*m)]",
                "D[i] >= p*beta*Q[2*m, i]",
            ),
        ),
        Step(
            "jensen",
            "Jensen",
            Status.STANDARD,
            standard="Jensen",
            claim=("D[i] >= (p*mu[2]*q[i])^m",),
        ),
    ),
    sources=(DERIVED,),
)
