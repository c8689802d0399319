"""Defines the error of a wrong input: one line that names the parameter, the value and what is allowed."""

from collections.abc import Iterable


def shortened(value: object) -> str:
    """A value in one line of at most 80 printable characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:  # Python does not write out an int of more than 4300 digits
        text = f"{type(value).__name__} of {value.bit_length()} bits" if isinstance(value, int) else type(value).__name__
    text = " ".join(text[:400].split())
    text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return text if len(text) <= 80 else f"{text[:77]}..."


SIMILAR = 0.6
"""Least share of letters in common, as difflib counts it, for a name to be offered instead of another."""


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names that somebody may have meant, whatever the case: those that begin with the name, else similar ones.

    Of a name with underscores each word counts as well.

    >>> nearest("ico", ["E8", "icosahedron", "icosidodecahedron"])
    ['icosahedron', 'icosidodecahedron']
    """
    from difflib import get_close_matches

    folded = {each.lower(): each for each in known}
    wanted = name.strip().lower()
    begun = [folded[each] for each in folded if len(wanted) > 1 and each.startswith(wanted)]
    words = {word: each for each in reversed(folded) for word in each.split("_") if len(word) > 3} | {each: each for each in folded}
    close = [folded[words[each]] for each in get_close_matches(wanted, words, 2 * count, SIMILAR if len(wanted) > 3 else 0.5)]
    return list(dict.fromkeys(begun or close))[:count]


def meant(name: str, known: Iterable[str], count: int = 3) -> str:
    """The hint beside a name that is not known: what may have been meant, else all there is.

    >>> meant("fronteir", ["rank", "frontier"])
    'did you mean frontier?'
    >>> meant("xyz", ["rank", "frontier"])
    'must be one of rank, frontier'
    """
    names = list(known)
    return offered(nearest(name, names, count)) or f"must be one of {', '.join(names)}"


def offered(near: Iterable[str]) -> str:
    """``did you mean a, b or c?``; empty for none."""
    *others, last = list(near) or [""]
    return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}?" if last else ""


class ParameterError(ValueError):
    """A parameter outside its domain.

    The message is a single line ``parameter = value: allowed``; long values are shortened.

    >>> try:
    ...     Problem(n=3, d=2, m=2, p="1/2", law="rademacher")
    ... except ParameterError as error:
    ...     print(error.parameter)
    m
    """

    def __init__(self, parameter: str, value: object, allowed: str) -> None:
        self.parameter = parameter
        self.value = value
        self.allowed = allowed
        super().__init__(parameter, value, allowed)

    def __str__(self) -> str:
        return f"{self.parameter} = {shortened(self.value) or 'empty'}: {self.allowed}"


def missing(parameter: str, what: str) -> ParameterError:
    """The error of a parameter that was not given, with the way to give it.

    >>> print(missing("m", "--m 3 for x^3"))
    m = nothing: must be given: --m 3 for x^3
    """
    return ParameterError(parameter, "nothing", f"must be given: {what}")


def needs_text(value: object, parameter: str, allowed: str) -> None:
    """Raises ParameterError for what is not text, where text names something."""
    if not isinstance(value, str):
        raise ParameterError(parameter, value, f"must be text: {allowed}")


class CertificationError(ArithmeticError):
    """The precision ceiling was reached before the asked accuracy."""
