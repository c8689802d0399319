r"""Verifies U9 for m = 5: that a price holds on every row, by the cells that the certificate lists.

Row variables: s = sqrt t and z >= 0 with sigma_2 = (s^2 + z)^2, so that y = sigma_2 - s^4 = z^2 + 2 s^2 z lies between (1 -
s^2)^2/(n-1) and (1 - s^2)^2. For j = 3, 4, 5, sigma_j >= s^{2j} + y^{j-1}: with the least theta y^{j-1} is theta^{j-1} (1 -
s^2)^{2j-2}, and 2j - 2 >= j. P and E become polynomials in s and z, and with R = price s^2 + excess and Q = s^2 (price and 1
without excess) it is enough that F = R E - Q P^2 >= 0, or E >= 0 >= P.

``cells`` is a list of steps. The cells that wait are a stack, at first 0 <= s <= 1, 0 <= z. A step takes the last one and

    "s" halves it in s, "z v" cuts it at z = v; both put the lower part first on the stack;
        "- v", "F v c", "E v c" (with "chord" and a multiplier mu after c) close it, where v is its least z: that of the cell,
    or the
    least of the rows at the cell's highest s. "-": no row is there.

For F and E the polynomial in z - v is bounded below, for 0 <= z - v <= w, by a quadratic b_0 + b_1 z + b_2 z^2: mu (y - (1 -
s^2)^2/(n-1)) is subtracted, z^k >= (k-1) c^{k-2} z^2 - (k-2) c^{k-1} z, z^3 <= (z^4/c + c z^2)/2 or by "chord" w z^2, and z^k
<= w^{k-2} z^2. The quadratic is nonnegative where b_0 >= 0, B = b_0 + b_1 w + b_2 w^2 >= 0, and M = b_0 + b_1 w/2 >= 0 or b_0 B
>= M^2. A polynomial in s is nonnegative on a cell if all coefficients of (1 + x)^N p((high + low x)/(1 + x)) are."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, number_bits, poly_bits, rational, sequence, shown

if TYPE_CHECKING:
    from boundcalc.certificate.verifier.frontier_general import EnergyTerm

MOST_CELLS = 2_000
BITS = 60
S = fmpq_poly([0, 1])
InZ = list[fmpq_poly]
"""Coefficients of 1, z, z², …: polynomials in s."""


def prove_price(model: Model, terms: Sequence[EnergyTerm], price: fmpq, excess: fmpq, cells: Any) -> int:
    """Proves g(t) ≤ price t + excess for m = 5; the number of cells."""
    given = list(sequence(cells, "parameters.cells", MOST_CELLS))
    bits = max(number_bits(t.coefficient, t.kept, t.x, t.nu) for t in terms)
    model.work.fractions(5_000, 4 * bits + 12 * number_bits(*model.kappa, price, excess, model.n or 0), "upper frontier")
    gain, energy = row_polynomials(model, terms)
    reward = fmpq_poly([excess, 0, price]) if excess > 0 else fmpq_poly([price])
    square = S**2 if excess > 0 else fmpq_poly([1])
    paid = _difference([reward * part for part in energy], [square * part for part in _product(gain, gain)])
    share = fmpq(0) if model.n is None or model.n == 1 else fmpq(1, model.n - 1)
    waiting: list[tuple[fmpq, fmpq, fmpq, fmpq | None]] = [(fmpq(0), fmpq(1), fmpq(0), None)]
    size = max(poly_bits(part) for part in paid)
    for k, step in enumerate(given):
        where = f"parameters.cells[{k}]"
        if not isinstance(step, str) or not waiting:
            raise CertificateError(f"{where} = {shown(step)}: must be the text of a step, one for each cell")
        kind, *words = step.split(" ")
        low, high, least, most = waiting.pop()
        if kind == "s" and not words:
            middle = (low + high) / 2
            waiting += [(low, middle, least, most), (middle, high, least, most)]
        elif kind == "z" and len(words) == 1:
            cut = rational(words[0], where)
            if not least < cut or (most is not None and not cut < most):
                raise Refuted(f"{where}: does not cut its cell")
            waiting += [(low, high, least, cut), (low, high, cut, most)]
        elif kind in ("-", "F", "E") and words:
            start = rational(words[0], where)
            if start != least and not _is_below_rows(start, high, share):
                raise Refuted(f"{where}: the least z is above some row's")
            end = _largest(low) if most is None else min(most, _largest(low))
            model.work.fractions(80, size + 12 * number_bits(low, high, start, end), "the cells of the rows")
            if kind == "-":
                if not end < start:
                    raise Refuted(f"{where}: the cell holds rows")
            else:
                reason = _Reason(kind, words[1:], where)
                if kind == "E" and not _is_lost(gain, low, high, start, end - start):
                    raise Refuted(f"{where}: P > 0 is possible in the cell")
                if not reason.holds(energy if kind == "E" else paid, low, high, start, end - start, share):
                    raise Refuted(f"{where}: not nonnegative by what is given")
        else:
            raise CertificateError(f"{where} = {shown(step)}: is no step")
    if waiting:
        raise Refuted("parameters.cells: some cells are left open")
    return len(given)


def row_polynomials(model: Model, terms: Sequence[EnergyTerm]) -> tuple[InZ, InZ]:
    """P and E as polynomials in z."""
    _, second, fourth, sixth, *_ = model.kappa
    root: InZ = [S**2, fmpq_poly([1])]
    two = _product(root, root)
    over: InZ = _difference(two, [S**4])  # y
    power, sigma = over, [[fmpq_poly([1])], [fmpq_poly([1])], two]
    for j in range(3, 6):
        power = _product(power, over)
        sigma.append([power[0] + S ** (2 * j), *power[1:]])
    gain: InZ = [5 * fourth * second * part for part in two]
    gain[0] += 15 * second**3 + 10 * fourth * second * S**2 + sixth * S**4
    energy: InZ = [fmpq_poly()]
    for term in terms:
        j, *others = term.parts
        size = sum(others)
        part = [term.kept * one for one in sigma[j]]
        part[0] += term.x * S ** (2 * j)
        head: InZ = [term.nu * S ** (4 - size)]
        for _ in range(others.count(2)):
            part, head = _product(part, two), _product(head, root)
        scale = term.coefficient * S ** (2 * (5 - j - size))
        energy = _sum(energy, [scale * one for one in part])
        gain = _difference(gain, head)
    return gain, energy


class _Reason:
    """What closes a cell: c, whether cubes are bounded by chords, mu."""

    def __init__(self, kind: str, words: list[str], where: str) -> None:
        self.chord = "chord" in words
        numbers = [rational(word, where) for word in words if word != "chord"]
        if not 1 <= len(numbers) <= 2:
            raise CertificateError(f"{where}: needs c, perhaps chord, and perhaps mu")
        self.c, self.mu = numbers[0], numbers[1] if len(numbers) == 2 else fmpq(0)
        if self.c < 0 or self.mu < 0:
            raise Refuted(f"{where}: c and mu must not be negative")

    def holds(self, values: InZ, low: fmpq, high: fmpq, start: fmpq, width: fmpq, share: fmpq) -> bool:
        if self.mu > 0:
            room = [-share * (1 - S**2) ** 2, 2 * S**2, fmpq_poly([1])]
            values = _difference(values, [self.mu * part for part in room])
        local = _local(values, low, high, start)
        if self.c == 0:
            return all(_is_nonnegative(part) for part in local)
        c, (b0, b1, b2, *higher) = self.c, local
        for k, part in enumerate(higher, 3):
            above, below = _parts(part)
            b1 -= above * ((k - 2) * c ** (k - 1))
            b2 += above * ((k - 1) * c ** (k - 2))
            if k == 3 and not self.chord:
                b2 -= below * (c / 2)
                higher[1] -= below / (2 * c)
            else:
                b2 -= below * width ** (k - 2)
        middle, last = b0 + b1 * (width / 2), b0 + b1 * width + b2 * width**2
        if not (_is_nonnegative(b0) and _is_nonnegative(last)):
            return False
        return _is_nonnegative(middle) or _is_nonnegative(b0 * last - middle * middle)


def _is_lost(gain: InZ, low: fmpq, high: fmpq, start: fmpq, width: fmpq) -> bool:
    """P ≤ 0 on the cell, by its Bernstein coefficients in z."""
    b0, b1, b2 = _local(gain, low, high, start)
    return all(_is_nonnegative(-part) for part in (b0, b0 + b1 * (width / 2), b0 + b1 * width + b2 * width**2))


def _is_below_rows(z: fmpq, s: fmpq, share: fmpq) -> bool:
    """z ≤ √(s⁴ + share (1 − s²)²) − s², which falls as s grows."""
    return z >= 0 and z**2 + 2 * s**2 * z <= share * (1 - s**2) ** 2


def _largest(s: fmpq) -> fmpq:
    """At least √(s⁴ + (1 − s²)²) − s², which falls as s grows."""
    scaled = int(((s**4 + (1 - s**2) ** 2) * 4**BITS).ceil())
    return fmpq(isqrt(scaled) + 1, 2**BITS) - s**2


def _local(values: InZ, low: fmpq, high: fmpq, start: fmpq) -> InZ:
    """The coefficients of the powers of z − start, each times (1 + x)^N at s = (high + low x)/(1 + x)."""
    degree, moved = max(part.degree() for part in values), list(values)
    for k in range(len(moved) if start != 0 else 0):
        for j in range(len(moved) - 2, k - 1, -1):
            moved[j] += moved[j + 1] * start
    found = []
    for part in moved:
        coefficients = part(fmpq_poly([low, high - low])).coeffs()
        found.append(fmpq_poly([fmpq(0)] * (degree + 1 - len(coefficients)) + coefficients[::-1])(fmpq_poly([1, 1])))
    return found


def _is_nonnegative(poly: fmpq_poly) -> bool:
    return all(c >= 0 for c in poly.coeffs())


def _parts(poly: fmpq_poly) -> tuple[fmpq_poly, fmpq_poly]:
    """The coefficients above 0, and those below without their sign."""
    coefficients = poly.coeffs()
    return fmpq_poly([max(c, fmpq(0)) for c in coefficients]), fmpq_poly([max(-c, fmpq(0)) for c in coefficients])


def _product(one: InZ, other: InZ) -> InZ:
    found = [fmpq_poly() for _ in range(len(one) + len(other) - 1)]
    for j, a in enumerate(one):
        for k, b in enumerate(other):
            found[j + k] += a * b
    return found


def _sum(one: InZ, other: InZ) -> InZ:
    size = max(len(one), len(other))
    return [a + b for a, b in zip(*(list(x) + [fmpq_poly()] * (size - len(x)) for x in (one, other)), strict=True)]


def _difference(one: InZ, other: InZ) -> InZ:
    return _sum(one, [-part for part in other])
