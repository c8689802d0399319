"""Calls the independent verifier of certificate files (docs/certificate.md).

It re-proves the claimed enclosures from the file alone, in exact rationals and Arb balls. Its parts, in
:mod:`boundcalc.certificate.verifier`, import nothing else of boundcalc: the formulas stand there a second time, written
from the theory and not from the bounds' code.
"""

from boundcalc.certificate.verifier.polynomials import gegenbauer_coefficients, nonnegative
from boundcalc.certificate.verifier.reading import CertificateError, read
from boundcalc.certificate.verifier.whole import UPPER, Verification, verify
from boundcalc.certificate.verifier.witnesses import WITNESS

__all__ = [
    "UPPER",
    "WITNESS",
    "CertificateError",
    "Verification",
    "gegenbauer_coefficients",
    "nonnegative",
    "read",
    "refusal",
    "verdict_lines",
    "verify",
]


def refusal(error: CertificateError) -> str:
    """Why a file is no certificate, in one line, and where that may help what writes one."""
    line = " ".join(str(error).split())
    return (
        f"{line}; boundcalc bounds --certificate FILE writes one (in Python write_certificate)"
        if "ASCII" in line or "JSON" in line
        else line
    )


def verdict_lines(done: Verification) -> list[str]:
    """What ``certificate verify`` prints: a line a step, what is cited, and the verdict."""
    verdict = "accepted, except for what is cited" if done.cited else "accepted"
    return [
        *(f"proven  {step}" for step in done.steps),
        *(f"cited   {text}" for text in done.cited),
        verdict if done.accepted else f"FAILED  {done.failure}",
    ]
