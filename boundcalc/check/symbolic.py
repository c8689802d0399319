"""The engine of exact algebra."""

from __future__ import annotations

from boundcalc.check.statement import Statement
from boundcalc.check.verdict import Verdict


def check_symbolically(statement: Statement) -> Verdict | None:
    """The verdict if exact algebra proves the statement for every case, else ``None``."""
    return None
