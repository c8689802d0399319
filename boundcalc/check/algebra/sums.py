"""Polynomials in named atoms, and sums over features of them: the ring that steps are proven in.

An atom is a name with indices, such as ``("a", "i")`` or ``("Q", 4, "i")``; index symbols are strings. A sum over features
is an atom ``("sum", k, monomial)`` with its k bound symbols renamed; sums are flattened, sums of products without a common
index are products of sums, and Σ_j A_ij^k, Σ_j A_ij x_j and Σ_j 1 are Q_k(i), y_i and n. A monomial maps atoms to exponents, which
may be negative or fractional; a polynomial maps monomials to rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import count, permutations
from typing import Any

from flint import fmpq

Atom = tuple[Hashable, ...]
Exponent = Any  # int or fmpq
Monomial = tuple[tuple[int, Exponent], ...]
Poly = dict[Monomial, fmpq]

MAX_TERMS = 4000
"""Most terms of a polynomial."""
MAX_WORK = 300_000
"""Most products of two terms for one statement."""
MAX_BOUND = 5
"""Most bound symbols of one flattened sum."""
RANDOM = frozenset({"x", "y", "s", "active", "visible"})

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


def constant(value: int | fmpq) -> Poly:
    """A rational number."""
    return {(): fmpq(value)} if value else {}


def variable(*atom: Hashable) -> Poly:
    """One atom; ``A`` is symmetric and has ``a`` on its diagonal."""
    name, *rest = atom
    if name in ("A", "P", "L", "cos2"):
        first, second = sorted(map(str, rest))
        if name == "A" and first == second:
            return {((number(("a", first)), 1),): fmpq(1)}
        return {((number((name, first, second)), 1),): fmpq(1)}
    return {((number(tuple(atom)), 1),): fmpq(1)}


def add(left: Poly, right: Poly, factor: int | fmpq = 1) -> Poly:
    """left + factor·right."""
    total = dict(left)
    for monomial, value in right.items():
        new = total.get(monomial, 0) + factor * value
        if new:
            total[monomial] = fmpq(new)
        else:
            total.pop(monomial, None)
    return total


def multiply(left: Poly, right: Poly) -> Poly:
    """The product."""
    _work[0] += len(left) * len(right)
    if _work[0] > MAX_WORK:
        raise Unsupported("too many terms")
    total: Poly = {}
    for one, value in left.items():
        for other, factor in right.items():
            monomial = join(one, other)
            new = total.get(monomial, 0) + value * factor
            if new:
                total[monomial] = fmpq(new)
            else:
                total.pop(monomial, None)
    if len(total) > MAX_TERMS:
        raise Unsupported("too many terms")
    return total


def raised(base: Poly, exponent: int) -> Poly:
    """A whole power, at least 0."""
    result = constant(1)
    for _ in range(exponent):
        result = multiply(result, base)
    return result


def join(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    powers = dict(left)
    for place, exponent in right:
        powers[place] = powers.get(place, 0) + exponent
    return _normal(powers)


def _normal(powers: dict[int, Exponent]) -> Monomial:
    """With cos2_ij a_i a_j = A_ij², cos2_ii a_i = a_i, t_i q_i = a_i², s_i² = s_i and s_i x_i = x_i applied."""
    for place in list(powers):
        atom = _atoms[place]
        match atom[0]:
            case "cos2":
                first, second = number(("a", atom[1])), number(("a", atom[2]))
                if first == second:
                    if powers.get(first, 0) > 0:
                        powers[place] = 0
                    continue
                times = min(powers[place], powers.get(first, 0), powers.get(second, 0))
                if times >= 1:
                    times = int(times)
                    for each in (place, first, second):
                        powers[each] -= times
                    entry = number(("A", atom[1], atom[2]))
                    powers[entry] = powers.get(entry, 0) + 2 * times
            case "t":
                square = number(("Q", 2, atom[1]))
                times = min(powers[place], powers.get(square, 0))
                if times > 0:
                    powers[place] -= times
                    powers[square] -= times
                    norm = number(("a", atom[1]))
                    powers[norm] = powers.get(norm, 0) + 2 * times
            case "s":
                if powers.get(number(("x", atom[1])), 0) > 0:
                    powers[place] = 0
                elif powers[place] > 1:
                    powers[place] = 1
    return tuple(sorted((place, exponent) for place, exponent in powers.items() if exponent))


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
    return atom[0] in RANDOM


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
    total: Poly = {}
    for monomial, value in poly.items():
        bound = tuple(part for part in monomial if symbol in symbols(part[0]))
        rest = tuple(part for part in monomial if symbol not in symbols(part[0]))
        total = add(total, {join(rest, _summed(bound, [symbol])): value})
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
    total: Poly = {}
    for monomial, value in poly.items():
        product = constant(value)
        for place, exponent in monomial:
            whole = exponent == int(exponent) and exponent > 0
            new = replace(_atoms[place]) if whole else None
            if new is None and whole and _atoms[place][0] == "sum":
                bound, body = opened(place)
                new = substitute({body: fmpq(1)}, replace)
                for symbol in bound:
                    new = sum_over(new, symbol)
            product = multiply(product, {((place, exponent),): fmpq(1)} if new is None else raised(new, int(exponent)))
        total = add(total, product)
    return total
