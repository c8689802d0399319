"""Checks the steps that the language cannot say: where they are kept and run, those of inequalities, of witnesses, of
chirps and of the ReLU floors."""

from boundcalc.check.procedures import chirp_checks, inequalities, relu_floors, witness_checks
from boundcalc.check.procedures.registry import ALGEBRAIC, PROCEDURES, together, verdict

__all__ = ["ALGEBRAIC", "PROCEDURES", "chirp_checks", "inequalities", "relu_floors", "together", "verdict", "witness_checks"]
