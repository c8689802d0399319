"""Polynomials in named atoms, and sums over features of them: the ring that steps are proven in.

An atom is a name with indices, such as ``("a", "i")`` or ``("Q", 4, "i")``; index symbols are strings. A sum over features
is an atom ``("sum", k, monomial)`` with its k bound symbols renamed; sums are flattened, sums of products without a common
index are products of sums, and Σ_j A_ij^k, Σ_j A_ij x_j and Σ_j 1 are Q_k(i), y_i and n. A monomial maps atoms to exponents, which
may be negative or fractional; a polynomial maps monomials to rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache
from itertools import count, permutations
from typing import Any

from flint import fmpq

from boundcalc.model.named.index import BY_NAME
from boundcalc.model.named.quantity import MOMENTS, GuardedQuotient, Quantity
from boundcalc.numbers.field_operators import FieldOperators

Atom = tuple[Hashable, ...]
Exponent = Any  # int or fmpq
Monomial = tuple[tuple[int, Exponent], ...]

MAX_TERMS = 4000
"""Most terms of a polynomial."""
MAX_WORK = 300_000
"""Most products of two terms for one statement."""
MAX_BOUND = 5
"""Most bound symbols of one flattened sum."""
_numbers: dict[Atom, int] = {}
_atoms: list[Atom] = []
_fresh = count()
_work = [0]


class Unsupported(Exception):
    """Something that this engine does not treat; it says nothing about the statement."""


def begin() -> None:
    """Starts the count of the work for a statement."""
    _work[0] = 0


def number(atom: Atom) -> int:
    """The number of an atom; equal atoms have equal numbers."""
    if atom not in _numbers:
        _numbers[atom] = len(_atoms)
        _atoms.append(atom)
    return _numbers[atom]


def atom_of(place: int) -> Atom:
    """The atom with this number."""
    return _atoms[place]


def fresh() -> str:
    """A new index symbol."""
    return f"#{next(_fresh)}"


class Poly(FieldOperators, dict[Monomial, fmpq]):
    """Monomials and their coefficients, none of them 0."""

    def __add__(self, other: Poly | int) -> Poly:
        total = Poly(self)
        for monomial, value in _poly(other).items():
            total.gain(monomial, value)
        return total

    def gain(self, monomial: Monomial, value: fmpq) -> None:
        """Adds a term in place."""
        new = self.get(monomial, 0) + value
        if new:
            self[monomial] = fmpq(new)
        else:
            self.pop(monomial, None)

    def __neg__(self) -> Poly:
        return Poly({monomial: -value for monomial, value in self.items()})

    def __mul__(self, other: Poly | fmpq | int) -> Poly:
        other = _poly(other)
        if set(other) <= {()}:
            return Poly({monomial: value * other[()] for monomial, value in self.items()} if other else {})
        _work[0] += len(self) * len(other)
        if _work[0] > MAX_WORK:
            raise Unsupported("too many terms")
        total = Poly()
        for one, value in self.items():
            for two, factor in other.items():
                total.gain(join(one, two), value * factor)
        if len(total) > MAX_TERMS:
            raise Unsupported("too many terms")
        return total

    def __pow__(self, exponent: int) -> Poly:
        result = constant(1)
        for _ in range(exponent):
            result = result * self
        return result


def constant(value: int | fmpq) -> Poly:
    """A rational number."""
    return Poly({(): fmpq(value)} if value else {})


def _poly(value: Poly | int | fmpq) -> Poly:
    return value if isinstance(value, Poly) else constant(value)


def power_of(place: int, exponent: Exponent = 1) -> Poly:
    """A power of one atom."""
    return Poly({((place, exponent),): fmpq(1)})


def variable(*atom: Hashable) -> Poly:
    """One atom in its normal form: pairs are symmetric, A has ``a`` on its diagonal, and Q_0 is n."""
    quantity = quantity_of(atom)
    if quantity is not None and quantity.indices == "ii":
        first, second = sorted(map(str, atom[1:]))
        atom = ("a", first) if atom[0] == "A" and first == second else (atom[0], first, second)
    return power_of(number(("n",) if atom[:2] == ("Q", 0) else atom))


def quantity_of(atom: Atom) -> Quantity | None:
    """The named quantity that an atom is; ``None`` for sums, means and free variables."""
    return BY_NAME.get(str(atom[0]), {}).get(len(atom) - 1)


def join(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    powers = dict(left)
    for place, exponent in right:
        powers[place] = powers.get(place, 0) + exponent
    return _normal(powers)


def _normal(powers: dict[int, Exponent]) -> Monomial:
    """With (above/below) below = above for quotients, s_i² = s_i and s_i x_i = x_i applied."""
    for place in list(powers):
        quotient = _quotient(place)
        if quotient is not None:
            above, below, whole = quotient
            if above == below:  # 1, or 0 where it vanishes
                if any(powers.get(each, 0) > 0 for each, _ in below):
                    powers[place] = 0
                continue
            times = min(powers[place], *(powers.get(each, 0) if e == 1 else powers.get(each, 0) // e for each, e in below))
            times = int(times) if whole else times
            if times > 0:
                for part, factor in ((((place, 1),), -1), (below, -1), (above, 1)):
                    for each, e in part:
                        powers[each] = powers.get(each, 0) + factor * e * times
        elif _atoms[place][0] == "s":
            if powers.get(number(("x", _atoms[place][1])), 0) > 0:
                powers[place] = 0
            elif powers[place] > 1:
                powers[place] = 1
    return tuple(sorted((place, exponent) for place, exponent in powers.items() if exponent))


@cache
def _quotient(place: int) -> tuple[Monomial, Monomial, bool] | None:
    """Of a guarded quotient of monomials: above and below, and whether only whole powers of it may be written out."""
    quantity = quantity_of(_atoms[place])
    if quantity is None or not isinstance(quantity.value, GuardedQuotient):
        return None
    above, below = (part(_Letters(), *_atoms[place][1:]) for part in (quantity.value.above, quantity.value.below))
    if [*above.values(), *below.values()] != [1, 1]:
        return None  # not one monomial over another
    (top,), (bottom,) = above, below
    return top, bottom, any(part is not None and part.sign == "?" for part in (quantity_of(_atoms[each]) for each, _ in top))


class _Letters:
    """A case in which quantities are atoms, for formulas of quotients."""

    def __call__(self, name: str, *indices: Any) -> Poly:
        quantity = BY_NAME[name][len(indices)]
        return variable(name, *indices) if quantity.is_letter(MOMENTS) else quantity.value(self, *indices)

    def entry_squared(self, i: str, j: str) -> Poly:
        return variable("A", i, j) ** 2


def symbols(place: int) -> frozenset[str]:
    """The index symbols of an atom; those that a sum binds are not among them."""
    atom = _atoms[place]
    if atom[0] in ("sum", "mean"):
        return frozenset(symbol for symbol in _in(atom[-1]) if not symbol.startswith("@"))
    return frozenset(part for part in atom[1:] if isinstance(part, str)) if atom[0] != "free" else frozenset()


def _in(monomial: Any) -> Iterable[str]:
    for place, _ in monomial:
        yield from symbols(place)
        if _atoms[place][0] not in ("sum", "mean"):
            yield from (part for part in _atoms[place][1:] if isinstance(part, str) and part.startswith("@"))


def is_random(place: int) -> bool:
    """Whether an atom depends on the state of the features."""
    atom = _atoms[place]
    if atom[0] == "sum":
        return any(is_random(part) for part, _ in atom[-1])  # type: ignore[attr-defined]
    quantity = quantity_of(atom)
    return quantity is not None and quantity.random


def renamed(monomial: Monomial, names: dict[str, str]) -> Monomial:
    """The monomial with other index symbols."""
    powers: dict[int, Exponent] = {}
    for place, exponent in monomial:
        atom = _atoms[place]
        if atom[0] in ("sum", "mean"):
            new = number((*atom[:-1], renamed(atom[-1], names)))  # type: ignore[arg-type]
        else:
            parts = [names.get(part, part) if isinstance(part, str) else part for part in atom[1:]]
            ((new, _),) = next(iter(variable(atom[0], *parts))) if atom[0] != "free" else ((place, 1),)
        powers[new] = powers.get(new, 0) + exponent
    return _normal(powers)


def sum_over(poly: Poly, symbol: str) -> Poly:
    """Σ over all features in the place of the symbol."""
    total = Poly()
    for monomial, value in poly.items():
        bound = tuple(part for part in monomial if symbol in symbols(part[0]))
        rest = tuple(part for part in monomial if symbol not in symbols(part[0]))
        total.gain(join(rest, _summed(bound, [symbol])), value)
    return total


def opened(place: int) -> tuple[list[str], Monomial]:
    """Fresh symbols for those that a sum binds, and its body in them."""
    _, size, body = _atoms[place]
    names = {f"@{k}": fresh() for k in range(int(size))}  # type: ignore[call-overload]
    return list(names.values()), renamed(body, names)  # type: ignore[arg-type]


def _summed(body: Monomial, bound: list[str]) -> Monomial:
    """The sum of one monomial over the bound symbols, all of which it is connected by."""
    flat: Monomial = ()
    for place, exponent in body:
        if _atoms[place][0] == "sum":
            if exponent != int(exponent) or not 1 <= exponent <= MAX_BOUND - len(bound):
                raise Unsupported("a power of a sum inside a sum")
            for _ in range(int(exponent)):
                inner, opened_body = opened(place)
                bound = [*bound, *inner]
                flat = join(flat, opened_body)
        elif _atoms[place][0] == "mean" and any(_atoms[part][0] == "sum" for part, _ in _atoms[place][-1]):  # type: ignore[attr-defined]
            raise Unsupported("a mean of a sum inside a sum")
        else:
            flat = join(flat, ((place, exponent),))
    changed = True
    while changed:
        changed = False
        for symbol in bound:
            own = [(place, exponent) for place, exponent in flat if symbol in symbols(place)]
            folded = _leaf(own, symbol)
            if folded is not None:
                flat = join(tuple(part for part in flat if part not in own), folded)
                bound = [other for other in bound if other != symbol]
                changed = True
                break
    if not bound:
        return flat
    if len(bound) > MAX_BOUND:
        raise Unsupported("too many indices")
    outside = tuple(part for part in flat if not symbols(part[0]) & set(bound))
    flat = tuple(part for part in flat if symbols(part[0]) & set(bound))
    forms = (renamed(flat, {name: f"@{k}" for k, name in enumerate(order)}) for order in permutations(bound))
    return join(outside, ((number(("sum", len(bound), min(forms, key=repr))), 1),))


def _leaf(own: list[tuple[int, Exponent]], symbol: str) -> Monomial | None:
    """The sum over a symbol that only one entry of A, or one and x, carries; or nothing at all."""
    if not own:
        return ((number(("n",)), 1),)
    atoms = {_atoms[place]: exponent for place, exponent in own}
    entries = [atom for atom in atoms if atom[0] == "A"]
    if len(entries) == 1:
        other = next(part for part in entries[0][1:] if part != symbol)
        exponent = atoms[entries[0]]
        if len(atoms) == 1 and exponent == int(exponent) and exponent > 0:
            return ((number(("Q", int(exponent), other)), 1),)
        if len(atoms) == 2 and exponent == 1 and atoms.get(("x", symbol)) == 1:
            return ((number(("y", other)), 1),)
    return None


def substitute(poly: Poly, replace: Callable[[Atom], Poly | None]) -> Poly:
    """The polynomial with atoms replaced, inside sums as well; atoms to a power that is not whole stay."""
    total = Poly()
    for monomial, value in poly.items():
        product = constant(value)
        for place, exponent in monomial:
            whole = exponent == int(exponent) and exponent > 0
            new = replace(_atoms[place]) if whole else None
            if new is None and whole and _atoms[place][0] == "sum":
                bound, body = opened(place)
                new = substitute(Poly({body: fmpq(1)}), replace)
                for symbol in bound:
                    new = sum_over(new, symbol)
            product = product * (power_of(place, exponent) if new is None else new ** int(exponent))
        total = total + product
    return total
