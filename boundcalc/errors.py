"""The error of a wrong input: one line that names the parameter, the value and what is allowed."""


class ParameterError(ValueError):
    """A parameter outside its domain.

    The message is a single line ``parameter = value: allowed``; long values are shortened.
    """

    def __init__(self, parameter: str, value: object, allowed: str) -> None:
        self.parameter = parameter
        self.value = value
        self.allowed = allowed
        super().__init__(parameter, value, allowed)

    def __str__(self) -> str:
        shown = self.value if isinstance(self.value, str) else repr(self.value)
        shown = " ".join(shown.split())
        if len(shown) > 80:
            shown = f"{shown[:77]}..."
        return f"{self.parameter} = {shown or 'empty'}: {self.allowed}"


class CertificationError(ArithmeticError):
    """The precision ceiling was reached before the asked accuracy."""
