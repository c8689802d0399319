r"""Lemma M (moment powers): D >= p mu_{2m} T and D_i >= (p mu_2 q_i)^m."""

from boundcalc.claims import Lemma, Status, Step
from boundcalc.sources import DERIVED

LEMMA = Lemma(
    key="moment_powers",
    title="moment powers",
    statement=r"D \ge p\,\mu_{2m}\, T, \qquad D_i \ge (p\,\mu_2\, q_i)^m",
    proof=(
        Step(
            "pure",
            r"D_i = \mathbb{E}\bigl(\textstyle\sum_j A_{ij} x_j\bigr)^{2m} \ge p\,\mu_{2m} \sum_j A_{ij}^{2m}",
            "expand; by symmetry only even powers survive, so every mixed term is nonnegative and may be dropped",
            Status.SAMPLED,
            claim=(
                "D[i] = E[y[i]^(2*m)]",
                "D[i] >= p*beta*Q[2*m, i]",
            ),
        ),
        Step(
            "jensen",
            r"D_i = \mathbb{E}\, (y_i^2)^m \ge (\mathbb{E}\, y_i^2)^m = (p\,\mu_2\, q_i)^m",
            "Jensen",
            Status.SAMPLED,
            claim=("D[i] >= (p*mu[2]*q[i])^m",),
        ),
    ),
    sources=(DERIVED,),
)
