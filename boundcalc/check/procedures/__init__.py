"""Checks the steps that the language cannot say: where they are kept and run, those of inequalities, those of witnesses."""

from boundcalc.check.procedures import inequalities, witness_checks
from boundcalc.check.procedures.registry import ALGEBRAIC, PROCEDURES, together, verdict

__all__ = ["ALGEBRAIC", "PROCEDURES", "inequalities", "together", "verdict", "witness_checks"]
