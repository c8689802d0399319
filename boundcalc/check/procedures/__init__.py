"""Checks the steps that the language cannot say: where they are kept and run, those of inequalities, those of witnesses."""

from boundcalc.check.procedures import inequalities, witnesses
from boundcalc.check.procedures.registry import ALGEBRAIC, PROCEDURES, together, verdict

__all__ = ["ALGEBRAIC", "PROCEDURES", "inequalities", "together", "verdict", "witnesses"]
