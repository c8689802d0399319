r"""Declares L2c: chirps exp(2 pi i f(x)/L) on J random points x of the field of L elements, f of degree 2 or 3; m = 3.

Each complex vector of length one is two real vectors of R^{2J}, itself and i times itself. Their sums of fourth and sixth powers
count the solutions of x_1 + ... = y_1 + ..., of the same for squares and of the same for cubes, which are few: with quadratic
polynomials the vectors are nearly a 2-design of the complex sphere, with cubic ones a 3-design. The coefficient of the highest
power takes some of its L values, s say, so that n' = 2 L s or 2 L^2 s.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpz

from boundcalc.bounds.declaration import Choice, Limits, LowerBound
from boundcalc.bounds.hypotheses import CUBIC
from boundcalc.bounds.lower.integer_search import BITS, best_candidate, maximise_integer, most_features, search_quantities
from boundcalc.bounds.lower.invariants import equal_rows
from boundcalc.bounds.lower.random_directions import average
from boundcalc.bounds.lower.random_walsh import falling
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import ALLTOP, DERIVED, WOOTTERS_FIELDS
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import precision

LEAST_ORDER, LARGEST_ORDER = 7, 10**9
"""Of the field: six distinct points are in it, and that it is a prime is soon checked."""
GROWTH = fmpq(26, 25)
"""After the smallest field with as many elements as points, larger ones by this factor are tried for as many features ..."""
LEAST_GROWTH, NEAR = fmpq(3, 2), fmpq(49, 50)
"""... until they are larger by the first factor, with which one coefficient has as many features as two, and the value is below the
second part of the best one."""


def solutions(degree: int, j: int, order: int, points: int) -> fmpq:
    """How many (x, y) of X^j x X^j have the same sums of powers up to the degree, on average over sets X of so many points; j <= 3.

    Up to order these are the same x and y (Newton) for j <= degree. Others are sorted by how many of the 2j elements are distinct.
    """
    same = (points, 2 * points**2 - points, 6 * points**3 - 9 * points**2 + 4 * points)[j - 1]
    if j <= degree:
        return fmpq(same)
    three, four, five, six = (falling(fmpq(points), k) for k in (3, 4, 5, 6))
    if (degree, j) == (1, 2):
        return same + (2 * three + four) / (order - 2)
    if degree == 1:
        rest = 30 * (order - 3) * three + (47 * order - 154) * four + 3 * (5 * order - 19) * five + (order - 5) * six
        return same + rest / ((order - 2) * (order - 3))
    root = 1 if order % 3 == 1 else -1  # whether -3 is a square
    pairs = (order - 6 - root) ** 2 + 2 * (1 + root) * (order - 4)
    rest = (11 + 2 * root) * four + 6 * (order - 6 - root) * five / (order - 4) + pairs * six / ((order - 4) * (order - 5))
    return same + rest / ((order - 2) * (order - 3))


class Chirps:
    """Polynomials without constant term over the field with ``order`` elements, on some of its points."""

    def __init__(self, order: int, degree: int, points: int) -> None:
        self.order, self.degree, self.points = order, degree, points
        each = 2 * order ** (degree - 1)
        self.each = each
        """Real vectors for one value of the highest coefficient."""
        scaled = [fmpq(each, 2 * points ** (2 * j)) for j in (2, 3)]
        self.own = [scale * solutions(degree - 1, j, order, points) for j, scale in zip((2, 3), scaled, strict=True)]
        """The sums of |z|^4 and |z|^6 over those of the same highest coefficient, ..."""
        whole = [scale * order * solutions(degree, j, order, points) for j, scale in zip((2, 3), scaled, strict=True)]
        self.other = [(total - own) / (order - 1) for total, own in zip(whole, self.own, strict=True)]
        """... and, on average, of another one."""

    def n(self, count: int) -> int:
        """Features with so many values of the highest coefficient."""
        return self.each * count

    def power_sums(self, count: int) -> list[fmpq]:
        """Q_0 (unused), Q_2, and the averages of Q_4 and Q_6 over points, highest coefficients and phases, at unit norms.

        Re(z)^{2j} + Im(z)^{2j} is 2 binom(2j, j)/4^j |z|^{2j} on average over phases; between a vector and itself there is none.
        """
        fourth, sixth = (own + (count - 1) * other for own, other in zip(self.own, self.other, strict=True))
        n_used = fmpq(self.n(count))
        return [n_used, n_used / (2 * self.points), (3 * fourth + 1) / 4, (5 * sixth + 3) / 8]

    def choice(self, count: int) -> Choice:
        shown = {
            "construction": "random_chirps",
            "n": self.n(count),
            "d": 2 * self.points,
            "order": self.order,
            "degree": self.degree,
        }
        return Choice({"n_used": fmpq(self.n(count)), "power_sums": self.power_sums(count)}, shown)


def next_prime(least: int) -> int:
    """The first prime from there on."""
    while not fmpz(least).is_prime():
        least += 1
    return least


def choose(problem: Problem) -> Choice | None:
    points = min(problem.d, LARGEST_ORDER) // 2  # of more dimensions so many are used
    if points < 2:
        return None
    q, high = search_quantities(problem), most_features(problem)

    def value(choice: Choice) -> Any:
        return equal_rows(q, **choice.values)

    def best_count(chirps: Chirps) -> list[Choice]:
        most = min(chirps.order, high // chirps.each)
        return [chirps.choice(maximise_integer(lambda count: value(chirps.choice(count)), 1, most))] if most else []

    least = order = next_prime(max(points, LEAST_ORDER))
    found = best_count(Chirps(order, 2, points)) + best_count(Chirps(order, 3, points))
    if not found:
        return None
    best = best_candidate(value, found)
    while (order := next_prime(int((GROWTH * order).ceil()))) <= LARGEST_ORDER:
        chirps = Chirps(order, 3, points)
        wanted, most = best.shown["n"] // chirps.each, min(order, high // chirps.each)
        counts = sorted({min(max(count, 1), most) for count in (wanted, wanted + 1, 2 * wanted)} - {0})
        if not counts:
            break
        larger = best_candidate(value, [chirps.choice(count) for count in counts])
        with precision(BITS):
            if order > LEAST_GROWTH * least and not value(larger) > NEAR * value(best):
                break
        best = best_candidate(value, [best, larger])
    return best


BOUND = LowerBound(
    key="random_chirps",
    section="L2c",
    title="random chirps",
    formula=equal_rows,
    hypotheses=(CUBIC,),
    proof=(
        Step(
            "frame",
            "the coefficient of $x$ takes every value, and the sum over it leaves equal points alone",
            Status.COMPUTED,
            statement=r"v_f = J^{-1/2} (e^{2 \pi i f(x)/L})_{x \in X}, \quad f = b_k x^k + \cdots + b_1 x, \quad b_k \in U: \qquad "
            r"a_i = 1, \quad \sum_{f'} |\langle v_f, v_{f'}\rangle|^2 = \frac{L^{k-1} |U|}{J} = \frac{n'}{2 J}",
            checked="$L = 7$, $k = 2$ and $3$, by multiplying out",
        ),
        Step(
            "phases",
            "real vectors $v$ and $i v$ for each $f$, every pair turned by a random phase of its own",
            Status.COMPUTED,
            statement=r"\mathbb{E}\, Q_{2j}(i) = 1 + \frac{2}{4^j} \binom{2j}{j} "
            r"\Bigl(\sum_{f'} |\langle v_f, v_{f'}\rangle|^{2j} - 1\Bigr)",
            checked="$j <= 3$, by averaging over equally spaced phases",
        ),
        Step(
            "solutions",
            "the sum over $b_1, ..., b_{k-1}$ counts solutions, and a random set $U$ holds two values as often as any other two",
            Status.ARGUED,
            statement=r"\mathbb{E} \sum_{f'} |\langle v_f, v_{f'}\rangle|^{2j} = \frac{L^{k-1}}{J^{2j}} "
            r"\Bigl(N_{k-1,j} + \frac{|U|-1}{L-1} (L N_{k,j} - N_{k-1,j})\Bigr), \quad "
            r"N_{k,j} = \mathbb{E}\, \#\{(x, y) \in X^j \times X^j : x_1^t + \cdots + x_j^t = y_1^t + \cdots + y_j^t,\ t \le k\}",
            checked="$L = 7$, $k = 2$ and $3$, $j <= 3$: all sets $X$ of $3$ elements, all sets $U$ of $2$",
        ),
        Step(
            "count",
            "for $j <= k$ the elements of $x$ and of $y$ are the same by Newton's identities; other solutions are sorted by the "
            "number $t$ of distinct elements, all in $X$ with probability $(J)_t/(L)_t$, where $(J)_t = J (J - 1) ... (J - t + 1)$",
            Status.ARGUED,
            statement=r"N_{k,1} = J, \quad N_{2,2} = N_{3,2} = 2 J^2 - J, \quad N_{3,3} = 6 J^3 - 9 J^2 + 4 J; \qquad "
            r"N_{1,2} = N_{2,2} + \frac{2 (J)_3 + (J)_4}{L-2}, \quad N_{1,3} = N_{3,3} + "
            r"\frac{30 (L-3) (J)_3 + (47 L - 154) (J)_4 + 3 (5 L - 19) (J)_5 + (L-5) (J)_6}{(L-2)(L-3)}, \quad "
            r"N_{2,3} = N_{3,3} + \frac{1}{(L-2)(L-3)} \Bigl((11 + 2\chi) (J)_4 + \frac{6 (L-6-\chi)}{L-4} (J)_5 + "
            r"\frac{(L - 6 - \chi)^2 + 2 (1 + \chi)(L - 4)}{(L-4)(L-5)} (J)_6\Bigr), \quad \chi = \Bigl(\frac{-3}{L}\Bigr)",
            checked="by counting in every set of $J$ elements: $L = 7$, $J <= 7$; $L = 11$, $J <= 4$ and $J = 11$",
        ),
        average(
            "$C$ is the same for every choice and $D$ is linear in $Q_4$ and $Q_6$; some choice does as well as the average",
            r"\sup_W I(W) \ge C^2 / \mathbb{E} D",
        ),
    ),
    lemmas=(),
    sources=(ALLTOP, WOOTTERS_FIELDS, DERIVED),
    tight="$d$ of several hundred, $p$ from $d^{-2}$ to $d^{-1}$: within 4% of frontier at $d = 302$",
    chooser=choose,
    no_choice="needs $d >= 4$ and $n >= 2 L$, where $L >= 7$ and $L >= d/2$ is the first such prime",
    symbols=lambda m: {"n_used": symbol("n_used"), "power_sums": [0] + [symbol("Q", 2 * j) for j in range(1, m + 1)]},
    assumes=lambda m: (
        "$n' <= n$ random unit vectors in $R^d$ with one $Q_2$ and the same averages $Q_4$ and $Q_6$ for every $i$ "
        "(those of chirps are in the proof)"
    ),
    limits=Limits(none=dict.fromkeys(("dimension", "sparse_dimension"), "one field and one number of points have one $d$")),
)
