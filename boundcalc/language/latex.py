"""Writes statements as LaTeX, from their trees before names are resolved: what is printed is what is put to the test."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flint import fmpq

from boundcalc.language.nodes import Call, Expectation, Indicator, Literal, Name, Negation, Node, Operation, Range, Relation, Sum
from boundcalc.language.statement import Definition, Free, Statement
from boundcalc.model.named.index import BY_NAME

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
"""How tightly an expression binds: what stands inside something tighter needs parentheses."""
SIGNS = {"=": "=", "!=": r"\ne", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
GREEK = (
    " alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega "
)


def statement_latex(statement: Statement) -> str:
    """All that a statement says: its relations, the ranges, conditions and definitions under which they are claimed."""
    parts = [relations_latex(statement.relations)]
    for word, texts in (
        ("for", [free_latex(variable) for variable in statement.free]),
        ("if", [condition_latex(condition) for condition in statement.conditions]),
        ("where", [definition_latex(definition) for definition in statement.definitions]),
    ):
        if texts:
            parts.append(rf"\quad \text{{{word} }} " + r",\ ".join(texts))
    return "".join(parts)


def relations_latex(relations: Sequence[Relation]) -> str:
    """Relations after each other; chains stand in one line."""
    parts: list[str] = []
    previous: Node | None = None
    for relation in relations:
        sign, right = SIGNS[relation.sign], expression_latex(relation.right)
        if previous is relation.left:
            parts[-1] += f" {sign} {right}"
        else:
            parts.append(f"{expression_latex(relation.left)} {sign} {right}")
        previous = relation.right
    return r",\quad ".join(parts)


def condition_latex(condition: Relation) -> str:
    r"""A condition; ``one(m > 3)*X >= 0`` reads X ≥ 0 (m > 3)."""
    left = condition.left
    if isinstance(left, Operation) and left.sign == "*" and isinstance(left.left, Indicator) and condition.sign == ">=":
        return rf"{expression_latex(left.right)} \ge {expression_latex(condition.right)}\ ({relation_latex(left.left.relation)})"
    return relation_latex(condition)


def definition_latex(definition: Definition) -> str:
    """``v_i = p \\mu_2 (q_i - a_i^2)``."""
    head = Name(definition.name, tuple(Name(index) for index in definition.indices))
    return f"{expression_latex(head)} = {expression_latex(definition.value)}"


def relation_latex(relation: Relation) -> str:
    """One relation."""
    return f"{expression_latex(relation.left)} {SIGNS[relation.sign]} {expression_latex(relation.right)}"


def free_latex(variable: Free) -> str:
    r"""The range of a variable: ``\theta \in [0, 1]``, ``k = 1, 3, \ldots, m``."""
    domain = variable.domain
    first, last = expression_latex(domain.first), expression_latex(domain.last)
    name = symbol(variable.name)
    return rf"{name} \in [{first}, {last}]" if variable.real else f"{name} = {_integers(domain)}"


def symbol(name: str) -> str:
    """A name that is no quantity of the vocabulary: a letter, a Greek letter, or a word with an optional index."""
    base, _, index = name.partition("_")
    shown = rf"\{base}" if f" {base} " in GREEK else base if len(base) == 1 else rf"\mathit{{{base}}}"
    if not base:
        shown, index = rf"\mathit{{{name.replace('_', ' ')}}}", ""
    if index.isdigit():
        return shown + script("_", index)
    return shown + (rf"_{{\mathrm{{{index.replace('_', ' ')}}}}}" if index else "")


def expression_latex(node: Node, binding: int = 0) -> str:
    """An expression, in parentheses where it binds less than ``binding``."""
    text, own = _written(node)
    return bracketed(text) if own < binding else text


def bracketed(text: str, opening: str = "(", closing: str = ")") -> str:
    """In brackets, larger ones around what is taller than a letter with its scripts."""
    size = r"\Big" if _TALL.search(text) else ""
    return f"{size}l{opening}{text}{size}r{closing}" if size else f"{opening}{text}{closing}"


def script(sign: str, text: str) -> str:
    """A subscript or superscript, in braces where it is more than one letter, digit or command."""
    return f"{sign}{text}" if _SINGLE.fullmatch(text) else f"{sign}{{{text}}}"


_TALL = re.compile(r"\\(?:frac|sum|binom)")
_SINGLE = re.compile(r"[A-Za-z0-9]|\\[A-Za-z]+")
_APART = re.compile(r"\\(?:sum|min|max|mathbb|mathbf|operatorname|frac|binom|sqrt)|\|")
"""What a thin space separates from the factor before it."""


def _integers(domain: Range) -> str:
    """The values of a variable: the first ones, dots, and the last; both where there are two."""
    first, last = expression_latex(domain.first), expression_latex(domain.last)
    if all(isinstance(part, Literal) for part in (domain.first, domain.last, domain.step)):
        low, high, step = (part.value for part in (domain.first, domain.last, domain.step) if isinstance(part, Literal))
        if high - low == step:
            return f"{first}, {last}"
    return f"{_progression(domain.first, domain.step, first)}, {last}"


def _progression(first: Node, step: Node, shown: str) -> str:
    if isinstance(first, Literal) and isinstance(step, Literal) and step.value != 1:
        return rf"{shown}, {first.value + step.value}, \ldots"
    return rf"{shown}, \ldots" if isinstance(step, Literal) else rf"{shown}, {shown} + {expression_latex(step)}, \ldots"


def _written(node: Node) -> tuple[str, int]:
    """LaTeX and how tightly it binds."""
    match node:
        case Literal(value=value):
            if value.q == 1:
                return str(value), ATOM
            return rf"\tfrac{{{value.p}}}{{{value.q}}}", PRODUCT
        case Name():
            return _name(node), ATOM
        case Negation(operand=part):
            return "-" + expression_latex(part, PRODUCT), SUM
        case Operation():
            return _operation(node)
        case Call(function=function, arguments=parts):
            return _call(function, [expression_latex(part) for part in parts])
        case Relation():
            return relation_latex(node), 0
        case Indicator(relation=relation):
            return rf"\mathbf{{1}}{bracketed(relation_latex(relation), '[', ']')}", ATOM
        case Expectation(body=body):
            return rf"\mathbb{{E}}{bracketed(expression_latex(body), '[', ']')}", ATOM
        case Sum():
            return _sum(node), PRODUCT
    raise TypeError(type(node).__name__)


def _name(node: Name) -> str:
    indices = [expression_latex(index) for index in node.indices]
    known = BY_NAME.get(node.name, {}).get(len(indices))
    if known is not None:
        shown = known.latex.format(*indices) if indices else known.latex
        return _BRACES.sub(lambda match: script(match[1], match[2]), shown)
    shown = symbol(node.name)
    if not indices:
        return shown
    together = "".join(indices) if all(map(_SINGLE.fullmatch, indices)) else ", ".join(indices)
    if shown.endswith("}}"):  # a name with an index of its own
        return rf"{shown[:-1]}, {together}}}"
    return shown + script("_", together)


_BRACES = re.compile(r"([_^])\{([^{}]*)\}")


def _operation(node: Operation) -> tuple[str, int]:
    if node.sign in ("*", "/") and isinstance(node.left, Negation):  # the sign stands before the whole product
        return "-" + expression_latex(Operation(node.sign, node.left.operand, node.right), PRODUCT), SUM
    match node.sign:
        case "+":
            return f"{expression_latex(node.left, SUM)} + {expression_latex(node.right, SUM)}", SUM
        case "-":
            return f"{expression_latex(node.left, SUM)} - {expression_latex(node.right, PRODUCT)}", SUM
        case "*":
            left, right = expression_latex(node.left, PRODUCT), expression_latex(node.right, PRODUCT)
            # a sum's body reaches to the end of its product
            if isinstance(node.left, Sum) or (isinstance(node.left, Operation) and _ends_in_sum(node.left)):
                left = bracketed(left)
            return left + _between(left, right) + right, PRODUCT
        case "/":
            return rf"\frac{{{expression_latex(node.left)}}}{{{expression_latex(node.right)}}}", ATOM
    return _power(node), POWER


def _ends_in_sum(node: Node) -> bool:
    """Whether a product ends in a sum, whose body would take in what follows."""
    return isinstance(node, Sum) or (isinstance(node, Operation) and node.sign == "*" and _ends_in_sum(node.right))


def _between(left: str, right: str) -> str:
    if right[:1].isdigit() or right.startswith(r"\tfrac"):
        return r" \cdot "
    if _APART.match(right):
        return r"\, "
    return "" if left.isdigit() and right[:1].isalpha() else " "


def _power(node: Operation) -> str:
    base, exponent = expression_latex(node.left, ATOM), expression_latex(node.right)
    if isinstance(node.left, Name) and base.endswith("^2"):  # the square of a cosine: 2 and the exponent multiply
        twice = Literal(2 * node.right.value) if isinstance(node.right, Literal) else Operation("*", Literal(fmpq(2)), node.right)
        return base[:-2] + script("^", expression_latex(twice))
    if isinstance(node.left, Operation) and node.left.sign == "/":
        base = bracketed(base)
    if isinstance(node.right, Operation) and node.right.sign == "/":
        above = node.right.left
        sign, above = ("-", above.operand) if isinstance(above, Negation) else ("", above)
        exponent = f"{sign}{expression_latex(above, PRODUCT)}/{expression_latex(node.right.right, POWER)}"
    return base + script("^", exponent)


def _call(function: str, parts: list[str]) -> tuple[str, int]:
    match function:
        case "sqrt":
            return rf"\sqrt{{{parts[0]}}}", ATOM
        case "abs":
            return rf"\left|{parts[0]}\right|", ATOM
        case "binom":
            return rf"\binom{{{parts[0]}}}{{{parts[1]}}}", ATOM
        case "plus":
            return bracketed(parts[0]) + "_+", ATOM
    return rf"\{function}{bracketed(', '.join(parts))}", ATOM


def _sum(node: Sum) -> str:
    below, above = ", ".join(symbol(variable) for variable in node.variables), ""
    if node.domain is not None:
        first, last = expression_latex(node.domain.first), expression_latex(node.domain.last)
        if isinstance(node.domain.step, Literal) and node.domain.step.value == 1:
            below, above = f"{below} = {first}", script("^", last)
        else:
            below = f"{below} = {_integers(node.domain)}"
    if node.condition is not None:
        both = [part.name for part in (node.condition.left, node.condition.right) if isinstance(part, Name) and not part.indices]
        same = node.domain is None and tuple(both) == node.variables
        below = relation_latex(node.condition) if same else below + ":\\, " + relation_latex(node.condition)
    return rf"\sum{script('_', below)}{above} {expression_latex(node.body, PRODUCT)}"
