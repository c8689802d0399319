"""LaTeX of statements, from their trees before names are resolved."""

from __future__ import annotations

from boundcalc.check.language.grammar import Call, Expectation, Indicator, Name, Negation, Node, Number, Operation, Relation, Sum
from boundcalc.check.language.statement import Free, Statement
from boundcalc.check.language.vocabulary import BY_NAME

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
"""How tightly an expression binds: what stands inside something tighter needs parentheses."""
SIGNS = {"=": "=", "!=": r"\ne", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
GREEK = (
    " alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega "
)


def statement_latex(statement: Statement) -> str:
    """The relations of a statement, its definitions left to their names; chains stand in one line."""
    parts: list[str] = []
    previous: Node | None = None
    for relation in statement.relations:
        sign, right = SIGNS[relation.sign], expression_latex(relation.right)
        if previous is relation.left:
            parts[-1] += f" {sign} {right}"
        else:
            parts.append(f"{expression_latex(relation.left)} {sign} {right}")
        previous = relation.right
    text = r",\quad ".join(parts)
    ranges = [free_latex(variable) for variable in statement.free]
    return text + (r"\quad (" + ", ".join(ranges) + ")" if ranges else "")


def relation_latex(relation: Relation) -> str:
    """One relation."""
    return f"{expression_latex(relation.left)} {SIGNS[relation.sign]} {expression_latex(relation.right)}"


def free_latex(variable: Free) -> str:
    r"""The range of a variable: ``\theta \in [0, 1]``, ``k = 1, 3, \ldots, m``."""
    domain = variable.domain
    first, last = expression_latex(domain.first), expression_latex(domain.last)
    name = symbol(variable.name)
    return (
        rf"{name} \in [{first}, {last}]" if variable.real else f"{name} = {_progression(domain.first, domain.step, first)}, {last}"
    )


def symbol(name: str) -> str:
    """A name that is no quantity of the vocabulary: a letter, a Greek letter, or a word with an optional index."""
    base, _, index = name.partition("_")
    shown = rf"\{base}" if f" {base} " in GREEK else base if len(base) == 1 else rf"\mathit{{{base}}}"
    if not base:
        shown, index = rf"\mathit{{{name.replace('_', ' ')}}}", ""
    return shown + (rf"_{{\mathrm{{{index.replace('_', ' ')}}}}}" if index else "")


def expression_latex(node: Node, binding: int = 0) -> str:
    """An expression, in parentheses where it binds less than ``binding``."""
    text, own = _written(node)
    return rf"\left({text}\right)" if own < binding else text


def _progression(first: Node, step: Node, shown: str) -> str:
    if isinstance(first, Number) and isinstance(step, Number) and step.value != 1:
        return rf"{shown}, {first.value + step.value}, \ldots"
    return rf"{shown}, \ldots" if isinstance(step, Number) else rf"{shown}, {shown} + {expression_latex(step)}, \ldots"


def _written(node: Node) -> tuple[str, int]:
    """LaTeX and how tightly it binds."""
    match node:
        case Number(value=value):
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
            return rf"\mathbf{{1}}\left[{relation_latex(relation)}\right]", ATOM
        case Expectation(body=body):
            return rf"\mathbb{{E}}\left[{expression_latex(body)}\right]", ATOM
        case Sum():
            return _sum(node), PRODUCT
    raise TypeError(type(node).__name__)


def _name(node: Name) -> str:
    indices = [expression_latex(index) for index in node.indices]
    known = BY_NAME.get(node.name, {}).get(len(indices))
    if known is not None:
        return known.latex.format(*indices) if indices else known.latex
    shown = symbol(node.name)
    if not indices:
        return shown
    if shown.endswith("}}"):  # a name with an index of its own
        return rf"{shown[:-1]}, {', '.join(indices)}}}"
    return rf"{shown}_{{{', '.join(indices)}}}"


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
            if isinstance(node.left, Sum):
                left = rf"\left({left}\right)"
            return left + (r" \cdot " if right[:1].isdigit() or right.startswith(r"\tfrac") else r"\, ") + right, PRODUCT
        case "/":
            return rf"\frac{{{expression_latex(node.left)}}}{{{expression_latex(node.right)}}}", ATOM
    base, exponent = expression_latex(node.left, ATOM), expression_latex(node.right)
    fraction = isinstance(node.left, Operation) and node.left.sign == "/"
    indexed = isinstance(node.left, Name) and "^" in base
    base = rf"\left({base}\right)" if fraction or indexed else base
    if isinstance(node.right, Operation) and node.right.sign == "/":
        above = node.right.left
        sign, above = ("-", above.operand) if isinstance(above, Negation) else ("", above)
        exponent = f"{sign}{expression_latex(above, PRODUCT)}/{expression_latex(node.right.right, POWER)}"
    return f"{base}^{{{exponent}}}", POWER


def _call(function: str, parts: list[str]) -> tuple[str, int]:
    match function:
        case "sqrt":
            return rf"\sqrt{{{parts[0]}}}", ATOM
        case "abs":
            return rf"\left|{parts[0]}\right|", ATOM
        case "binom":
            return rf"\binom{{{parts[0]}}}{{{parts[1]}}}", ATOM
        case "plus":
            return rf"\left({parts[0]}\right)_{{+}}", ATOM
    return rf"\{function}\left({', '.join(parts)}\right)", ATOM


def _sum(node: Sum) -> str:
    below, above = ", ".join(symbol(variable) for variable in node.variables), ""
    if node.domain is not None:
        first = expression_latex(node.domain.first)
        plain = isinstance(node.domain.step, Number) and node.domain.step.value == 1
        start = first if plain else _progression(node.domain.first, node.domain.step, first)
        below, above = f"{below} = {start}", "^{" + expression_latex(node.domain.last) + "}"
    if node.condition is not None:
        below += ":\\, " + relation_latex(node.condition)
    return rf"\sum_{{{below}}}{above} {expression_latex(node.body, PRODUCT)}"
