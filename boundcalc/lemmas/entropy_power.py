r"""Declares what a decoder that sees u_i + Z misses, Z independent of u_i: E Var(u_i | u_i + Z) >= (N^2/V) w/(1 + w).

N is the entropy power e^{2h(u)}/(2 pi e) of the active value, V its variance, Z = sum_j alpha_j u_j and w = sum_j alpha_j^2.
"""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED

LEMMA = Lemma(
    key="entropy_power",
    title="what is seen through a sum",
    statement=r"\mathbb{E} \operatorname{Var}(u_i \mid u_i + Z) \ge \frac{N^2}{V} \cdot \frac{w}{1 + w}, \qquad "
    r"Z = \sum_j \alpha_j u_j, \quad w = \sum_j \alpha_j^2",
    proof=(
        Step(
            "sum",
            "entropy powers of independent values add up to at most that of their sum",
            Status.STANDARD,
            standard="the entropy power inequality",
            statement=r"e^{2 h(Z)} \ge 2 \pi e\, N w",
            checked="two uniform values, exactly, with nine ratios of their scales",
        ),
        Step(
            "normal",
            "of all laws of one variance the normal law has the largest entropy",
            Status.STANDARD,
            standard="the maximum entropy of a given variance",
            statement=r"e^{2 h(u_i + Z)} \le 2 \pi e\, V (1 + w)",
            checked="two uniform values, exactly, with nine ratios of their scales",
        ),
        Step(
            "variance",
            "no conditional variance is below the conditional entropy power, by the step before and Jensen's inequality",
            Status.STANDARD,
            standard="the estimation error of a given conditional entropy",
            statement=r"\mathbb{E} \operatorname{Var}(u_i \mid u_i + Z) \ge \tfrac{1}{2 \pi e} e^{2 h(u_i \mid u_i + Z)}, \qquad "
            r"h(u_i \mid u_i + Z) = h(u_i) + h(Z) - h(u_i + Z)",
            checked="two uniform values, exactly, with nine ratios of their scales",
        ),
    ),
    sources=(DERIVED,),
)
