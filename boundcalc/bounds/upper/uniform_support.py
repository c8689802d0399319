r"""Declares U15: I^* <= E min(d, Bin(n, p))/2 for features uniform on [-1, 1] and every decoder that sees only W x.

The case of Theorem 3.2 of Chowdhury and Weiner with its constant: for features with a density exp(-v), v'' >= 1/K, the same
proof gives I^* <= K E min(d, Bin(n, p)), as their Stein kernels are at most K. Here the kernel (1 - u^2)/2 is at most 1/2.
"""

from flint import fmpq

from boundcalc.bounds.declaration import UpperBound, nothing
from boundcalc.bounds.hypotheses import UNIFORM
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CHOWDHURY_WEINER, DERIVED
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return q.ring.number(fmpq(3, 2)) * q.mu(2) * q.ring.expected_minimum(q.d, q.n, q.p)


BOUND = UpperBound(
    key="uniform_support",
    section="U15",
    title="uniform features, any decoder",
    formula=formula,
    hypotheses=(UNIFORM,),
    proof=(
        Step(
            "oracle",
            "given the support, $f_i = E[x_i | W x]$ grows along $w_i$ at a rate $J_i$ between $0$ and $1$ since the "
            "densities are log-concave, the $J_i$ sum to the rank, and $E f_i^2 = E tau(u_i) J_i$ with Stein's kernel "
            "$tau(u) = (1 - u^2)/2 <= 1/2$",
            Status.ARGUED,
            statement=r"I \le \tfrac12\, \mathbb{E} \operatorname{rank} W_{\operatorname{supp} x}",
            checked="$C^2/D$ at most half the mean rank of the active columns on integer weights, $m = 3$ and $5$, $p = 1/100$, "
            "$1/3$ and $1$",
        ),
        Step(
            "rank",
            "the rank is at most the number of rows, and of columns",
            Status.STANDARD,
            standard="the rank of a matrix is at most its number of rows and of columns",
            claim=("visible <= min(d, active)",),
        ),
    ),
    lemmas=(),
    sources=(CHOWDHURY_WEINER, DERIVED),
    tight="never; at most $1.4$ times what search attains for decoders that are not restricted, where $p = 1$",
    certificate=nothing,
)
