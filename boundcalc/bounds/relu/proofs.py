"""Declares the floors of the loss of x̂ = ReLU(WᵀW x + b) as theorems: statement, hypotheses, steps with their status."""

from boundcalc.language.claims import Citation, Lemma, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import entropy_power
from boundcalc.lemmas import scalar_decoder as spread

SCHOENBERG = Citation("Schoenberg1942", "Schoenberg, Positive definite functions on spheres, Duke Math. J. 9 (1942)")
_DECODED = (
    "$n$ equal features of importance $1$, each active with probability $p$ and then of variance $V$ and entropy power $N$: "
    "$V = 1/12$ and $N = 1/(2 pi e)$ uniform on $[0, 1]$, $V = 1$ and $N = e/(2 pi)$ exponential, $V = 1 - 2/pi$ and $N = 1/4$ "
    "half-normal"
)
_EQUAL = "equal nonnegative features of importance $1$, each active with probability $p$, second moment $mu_2$"

_INFORMED = Step(
    "informed",
    "telling the decoder which features are active cannot hurt, and no decoder is better than the conditional mean",
    Status.STANDARD,
    standard="the conditional mean is the best decoder, and knowing more cannot hurt",
    statement=r"L \ge \mathbb{E} \sum_i \operatorname{Var}(x_i \mid \operatorname{supp} x, \text{what is seen})",
    checked="networks of three features with two values, every state",
)
SCALAR = Lemma(
    key="scalar_decoder",
    title="any function of $y_i$ for feature $i$",
    statement=r"L \ge \frac{N^2}{V}\, p^2 (n - d)",
    hypotheses=(_DECODED, "any function of $(W^T W x)_i$ answers for feature $i$"),
    proof=(_INFORMED, *entropy_power.LEMMA.proof, *spread.LEMMA.proof),
    sources=(DERIVED,),
)
ANY = Lemma(
    key="any_decoder",
    title="any function of $W x$",
    statement=r"L \ge \mathbb{E} \max\bigl\{(K - d)\, N\, (N/V)^{d/(K - d)},\ K V - t(d, K)\bigr\} 1_{K > d}, \quad "
    r"K \sim \operatorname{Bin}(n, p)",
    hypotheses=(
        _DECODED,
        "$t(d, K)$ is $d/8 - d (d + 1)(d + 2)/(24 (K + 1)(K + 2))$ uniform, $d (1 + H_K - H_d)$ exponential, with harmonic "
        "numbers $H$, and $d$ half-normal",
        "any function of $W x$ answers",
    ),
    proof=(
        _INFORMED,
        Step(
            "rotation",
            "rotate the $K$ active features into what $W$ sees, $y$, and the rest, $v$: $y$ has covariance $V$ times the identity "
            "and so at most the entropy of a normal law",
            Status.STANDARD,
            standard="the chain rule of entropies, and the maximum entropy of a given covariance",
            statement=r"h(v \mid y) = K h(u) - h(y) \ge K h(u) - \tfrac d2 \ln(2 \pi e V)",
            checked="two uniform values, exactly, with nine directions of $W$",
        ),
        Step(
            "error",
            "no conditional variance is below the conditional entropy power",
            Status.STANDARD,
            standard="the estimation error of a given conditional entropy",
            statement=r"\mathbb{E} |v - \mathbb{E}[v \mid y]|^2 \ge \tfrac{K - d}{2 \pi e}\, e^{2 h(v \mid y)/(K - d)}",
            checked="two uniform values, exactly, with nine directions of $W$",
        ),
        Step(
            "kernel",
            "conditional means are monotone along each column at a rate $J_i$ in $[0, 1]$, the rates add up to $d$, and $tau$ is "
            "Stein's kernel of the log-concave law, $u(1 - u)/2$ uniform, $u$ exponential, at most $1$ half-normal: at most the "
            "mean of the $d$ largest of $K$ is explained",
            Status.ARGUED,
            statement=r"\sum_i \operatorname{Var}(u_i \mid y) \ge K V - \mathbb{E} \max_{|D| = d} \sum_{i \in D} \tau(u_i)",
            checked="sums of 2 to 12 uniform or exponential values, and two uniform ones in nine directions of $W$, exactly",
        ),
    ),
    sources=(DERIVED,),
)
PAIRS = Lemma(
    key="pairs",
    title="pairs of features",
    statement=r"L \ge \frac{n}{n'}\, p^2 (1 - p)^{n' - 2}\, \max\Bigl\{\kappa\, (n' - d - n'(n' - 1) y_0^2),\ "
    r"\tfrac12 \bigl(n'^2 h_0 - n' h(1)\bigr)\Bigr\}",
    hypotheses=(
        "$n$ equal features of importance $1$, each active with probability $p$ and then uniform on $[0, 1]$",
        "$x_hat$ is the positive part of $W^T W x + b$, for any $W$ of $d$ rows and $n$ columns and any $b$",
        "$d < n' <= n$",
        "$rho_0(x) (1 + x^2) >= kappa x^2$ for $|x| >= y_0$",
        "$h$ is a sum of zonal polynomials $h_k P_k$ with $h_k >= 0$ for $k >= 1$, and $rho_0(x) + rho_0(x') >= h(t)$ where "
        "$x x' = t^2 <= 1$",
    ),
    proof=(
        Step(
            "subsets",
            "given the other features, the rows of $n'$ features are such a network with another bias, whose loss is at least "
            "$F$; take the mean over the others and over all sets of $n'$ features",
            Status.STANDARD,
            standard="the mean of conditional means is the mean",
            statement=r"L \ge \tfrac{n}{n'}\, F(n', d, p), \qquad F(n', d, p) = \inf_{W, b} L \text{ for } n' \text{ features}",
            checked="networks of three features with two values: the loss of two rows, and the mean over the third",
        ),
        Step(
            "charges",
            "of the states keep those in which none, $i$ alone, $j$ alone or both are active, of all $n'$ features; the $n' - 1$ "
            "others share the first two",
            Status.STANDARD,
            standard="the mean of what is nonnegative is at least its sum over some disjoint events",
            statement=r"L_i \ge p^2 (1 - p)^{n' - 2} \sum_{j \ne i} \rho(A_{ij}/a_i), \qquad \rho(x) = \inf_{a > 0,\, b} "
            r"\Bigl[\tfrac{o^2 b_+^2 + o\, s(a, b)}{n' - 1} + o\, c(a x, b) + r(a, b, a x)\Bigr], \quad o = \tfrac{1 - p}{p}, "
            r"\quad s = \mathbb{E}(u - (a u + b)_+)^2, \quad c = \mathbb{E}(A u + b)_+^2, \quad "
            r"r = \mathbb{E}(u - (a u + A v + b)_+)^2",
            checked="networks of two features, which have no other states, and of three and four",
        ),
        Step(
            "table",
            "with $b = a beta$ the charge is $(K + 1)/3 - 2 a P + a^2 Q$, at least $(K + 1)/3 - P^2/Q$; $P$ and $Q$ are convex in "
            "$x$ and $beta$, so that with a tangent $T$ of $Q$ the quotient $P^2/T$ is convex, and the vertices of a box decide "
            "for the box",
            Status.COMPUTED,
            statement=r"\rho(x) \ge \rho_0(x), \text{ piecewise linear with rational nodes, and constant beyond } |x| = 16",
            checked="every box of the table, in exact rationals, and again by the verifier; charges at its nodes",
        ),
        Step(
            "leverage",
            "$x^2/(1 + x^2)$ is subadditive in $x^2$, and the capacities sum to at most $d$",
            Status.STANDARD,
            standard="a concave function that is 0 at 0 is subadditive",
            claim=("sum(j if j != i: A[i,j]^2/(a[i]^2 + A[i,j]^2)) >= 1 - t[i]", "sum(k: 1 - t[k]) >= n - r"),
            given=("a[i] > 0",),
        ),
        Step(
            "zonal",
            "$P_k$ of the cosines is a positive semidefinite matrix, so that the sum of $h$ over all ordered pairs of different "
            "features is at least $n'^2 h_0 - n' h(1)$",
            Status.CITED,
            place="Schoenberg 1942",
            statement=r"\sum_{i, j} h(\langle v_i, v_j \rangle) \ge n'^2 h_0",
            checked="rational unit vectors of the plane and of space, $k <= 6$",
        ),
        Step(
            "cells",
            "$x = A_ij/a_i$ and $x' = A_ij/a_j$ have $x x' = t^2$; cells of $(|x|, |x'|)$ are decided at their corners",
            Status.COMPUTED,
            statement=r"\rho_0(x) + \rho_0(x') \ge h(t)",
            checked="every cell, in exact rationals, and again by the verifier; points of the cells",
        ),
        Step(
            "differ",
            "features that differ: of those with $p_i >= p$ each is active where either of two independent choices says so, of "
            "probabilities $p$ and $tau_i$, $1 - p_i = (1 - p)(1 - tau_i)$; reveal the second and the values that it makes active, "
            "and the others, $B$, are such a network with another bias; scales $c_i$ enter as importances $w_i = omega_i c_i^2$, "
            "and these by prefixes in their order",
            Status.STANDARD,
            standard="the mean of conditional means is the mean",
            statement=r"L \ge \sum_k (w_{(k)} - w_{(k+1)})\, \mathbb{E} F(|B_k|, d, p), \qquad B_k \text{ among the first } k",
            checked="networks of three features with two values and activities $1/2$, $1/3$ and $1/5$, by all that is revealed",
        ),
    ),
    sources=(DERIVED, SCHOENBERG),
)
_ONE = Step(
    "one",
    "keep the states with one active feature: at $u$ they cost $u^2 (1 - 2 a_j + sum_i (A_ij)_+^2)$, and no state less than $0$",
    Status.STANDARD,
    standard="the mean of what is nonnegative is at least its sum over some disjoint events",
    statement=r"L \ge p\,\mu_2 (1 - p)^{n - 1} \Bigl(n - \bigl[2 \sum_i a_i - \sum_{i, j} (A_{ij})_+^2\bigr]\Bigr)",
    checked="features that are $0$ or $1$; and exactly networks of three uniform ones",
    claim=(
        "E[sum(i: (s[i] - plus(sum(j: A[i, j]*s[j])))^2)] >= p*(1 - p)^(n - 1)*(n - 2*sum(i: a[i]) + sum(i, j: plus(A[i, j])^2))",
    ),
)
_SCALE = Step(
    "scale",
    "take the best multiple of $W$; $A_ij$ is $sqrt(a_i a_j)$ times the cosine of two columns",
    Status.STANDARD,
    standard="$2 x - y <= x^2/y$",
    claim=("2*sum(i: a[i]) - sum(i, j: plus(A[i, j])^2) <= sum(i: a[i])^2/sum(i, j: plus(A[i, j])^2)",),
    given=("sum(i: a[i]) > 0",),
)
PENTAGON = Lemma(
    key="pentagon",
    title="the pentagon",
    statement=r"L \ge p\,\mu_2\,(1 - p)^{n - 1} (n - G), \qquad G = \frac{35 + 5\sqrt5}{11}",
    hypotheses=("$x_hat$ is the positive part of $W^T W x$, for any $W$ of $2$ rows and $n >= 5$ columns", _EQUAL),
    proof=(
        _ONE,
        _SCALE,
        Step(
            "kernel",
            "$h$ is a sum of Chebyshev polynomials $c_k T_k$ with $c_k >= 0$, at most the square of the positive part, and the "
            "cosines of $k(phi_i - phi_j)$ are a positive semidefinite matrix; $c_0 = (7 - sqrt(5))/20 = 1/G$",
            Status.STANDARD,
            standard="a sum of the squares of cosines and of sines",
            claim=("(7 - sqrt(5))/20*sum(i: a[i])^2 <= sum(i, j: plus(A[i, j])^2)",),
            given=("d = 2",),
        ),
        Step(
            "certificate",
            "$h$ touches the square of the positive part at the cosines of the pentagon and at $1$",
            Status.COMPUTED,
            statement=r"c = \Bigl(\tfrac{7 - \sqrt5}{20}, \tfrac3{20} + \tfrac{3 \sqrt5}{25}, \tfrac9{25} - "
            r"\tfrac{\sqrt5}{20}, \tfrac{17}{200}, \tfrac9{200} - \tfrac{\sqrt5}{50}, 0, \tfrac1{200}, \tfrac1{200}\Bigr): \quad "
            r"h \le (t)_+^2 \text{ on } [-1, 1], \quad h(1) = 1",
            checked="its sign on all of $[-1, 1]$ in $Q(sqrt(5))$ by Sturm's theorem, and again by the verifier",
        ),
    ),
    sources=(DERIVED,),
)
_ONE_OF_POWER = Step(
    "one",
    "keep the states with one active feature: at $u$ they cost $u^2 - 2 u^(m+1) a_j^m + u^(2m) sum_i (A_ij)_+^(2m)$, and no state "
    "less than $0$",
    Status.STANDARD,
    standard="the mean of what is nonnegative is at least its sum over some disjoint events",
    statement=r"L \ge p (1 - p)^{n - 1} \Bigl(n \mu_2 - \bigl[2 \mu_{m+1} \sum_i a_i^m - "
    r"\mu_{2m} \sum_{i, j} (A_{ij})_+^{2m}\bigr]\Bigr)",
    checked="features that are $0$ or $1$",
    claim=(
        "E[sum(i: (s[i] - plus(sum(j: A[i, j]*s[j]))^m)^2)] >= "
        "p*(1 - p)^(n - 1)*(n - 2*sum(i: a[i]^m) + sum(i, j: plus(A[i, j])^(2*m)))",
    ),
)
_SCALE_OF_POWER = Step(
    "scale",
    "take the best multiple of $W$; $A_ij$ is $sqrt(a_i a_j)$ times the cosine of two columns",
    Status.STANDARD,
    standard="$2 alpha x - beta y <= alpha^2 x^2/(beta y)$",
    statement=r"2 \mu_{m+1} \sum_i a_i^m - \mu_{2m} \sum_{i, j} (A_{ij})_+^{2m} "
    r"\le g\, \frac{(\sum_i a_i^m)^2}{\sum_{i, j} (A_{ij})_+^{2m}}, "
    r"\qquad g = \frac{\mu_{m+1}^2}{\mu_{2m}}",
    checked="$mu_(m+1) = mu_(2m) = 1$",
    claim=("2*sum(i: a[i]^m) - sum(i, j: plus(A[i, j])^(2*m)) <= sum(i: a[i]^m)^2/sum(i, j: plus(A[i, j])^(2*m))",),
    given=("sum(i: a[i]) > 0",),
)
_POWER = "$x_hat$ is the $m$-th power of the positive part of $W^T W x$, for any $W$ of"
POLYGON = Lemma(
    key="polygon",
    title="the regular polygon of $2 m + 3$ sides",
    statement=r"L \ge p\,(1 - p)^{n - 1} \bigl(n \mu_2 - g\, G\bigr), \qquad g = \frac{\mu_{m+1}^2}{\mu_{2m}}, \quad "
    r"G = \frac{2 m + 3}{\sum_k (\cos \frac{2 \pi k}{2 m + 3})_+^{2m}}",
    hypotheses=(f"{_POWER} $2$ rows and $n >= 2 m + 3$ columns, $m$ even, at most $9$", _EQUAL),
    proof=(
        _ONE_OF_POWER,
        _SCALE_OF_POWER,
        Step(
            "kernel",
            "$h$ is a sum of Chebyshev polynomials $c_k T_k$ with $c_k >= 0$, at most the power $2 m$ of the positive part, and "
            "the cosines of $k(phi_i - phi_j)$ are a positive semidefinite matrix",
            Status.STANDARD,
            standard="a sum of the squares of cosines and of sines",
            statement=r"\sum_{i, j} (A_{ij})_+^{2m} \ge c_0 \bigl(\sum_i a_i^m\bigr)^2, \qquad G = 1/c_0",
            checked="integer weights, and polygons of 3 to 30 sides, $m = 2$, $4$, $6$ and $8$",
        ),
        Step(
            "certificate",
            "$h$ has the values and slopes of the power at the cosines of the polygon, and the value $1$ at $1$; what is left "
            "after division by the factors of these has positive Bernstein coefficients",
            Status.COMPUTED,
            statement=r"c_k \ge 0, \qquad h \le (t)_+^{2m} \text{ on } [-1, 1]",
            checked="every sign in balls of 512 bits, $m = 2$, $4$, $6$ and $8$",
        ),
    ),
    sources=(DERIVED,),
)
ONE_ACTIVE = Lemma(
    key="one_active",
    title="one active feature",
    statement=r"L \ge p\,(1 - p)^{n - 1} \bigl(n \mu_2 - g\, G\bigr), \qquad g = \frac{\mu_{m+1}^2}{\mu_{2m}}, \quad "
    r"G = \Bigl(h_0 + \frac{1 - h(1)}n\Bigr)^{-1}",
    hypotheses=(
        f"{_POWER} $d$ rows and $n$ columns",
        _EQUAL,
        "$h$ is a sum of zonal polynomials $h_k P_k$ with $h_k >= 0$, at most the power $2 m$ of the positive part on $[-1, 1]$",
    ),
    proof=(
        _ONE_OF_POWER,
        _SCALE_OF_POWER,
        Step(
            "kernel",
            "$P_k$ of the cosines is a positive semidefinite matrix, and the sum of $a_i^(2m)$ is at least $(sum_i a_i^m)^2/n$",
            Status.CITED,
            place="Schoenberg 1942",
            statement=r"\sum_{i, j} (A_{ij})_+^{2m} \ge \Bigl(h_0 + \frac{1 - h(1)}n\Bigr) \bigl(\sum_i a_i^m\bigr)^2",
            checked="the best $h$ for $d = 3$ and $4$, on integer and random weights, $m = 1$ and $2$",
        ),
        Step(
            "certificate",
            "the coefficients are rational, and Bernstein coefficients of parts of the interval have the sign",
            Status.COMPUTED,
            statement=r"h \le (t)_+^{2m} \text{ on } [-1, 1]",
            checked="every part, in exact rationals, and for $m = 1$ again by the verifier; points of the interval",
        ),
    ),
    sources=(DERIVED, SCHOENBERG),
)
FLOOR_PROOFS: dict[str, Lemma] = {lemma.key: lemma for lemma in (PAIRS, SCALAR, ANY, PENTAGON, POLYGON, ONE_ACTIVE)}
"""By the key of the floor."""
