"""Calls the independent verifier of certificate files (docs/certificate.md).

It re-proves the claimed enclosures from the file alone, in exact rationals and Arb balls. Its parts, in
:mod:`boundcalc.certificate.verifier`, import nothing else of boundcalc: the formulas stand there a second time, written
from the theory and not from the bounds' code.
"""

from pathlib import Path

from boundcalc.certificate.verifier.polynomials import gegenbauer_coefficients, nonnegative
from boundcalc.certificate.verifier.reading import CertificateError, read
from boundcalc.certificate.verifier.whole import UPPER, Verification, verify
from boundcalc.certificate.verifier.witnesses import WITNESS
from boundcalc.numbers.enclosure import precision

BITS = 64
"""Bits where the verifier does not choose them."""

__all__ = [
    "UPPER",
    "WITNESS",
    "CertificateError",
    "Verification",
    "gegenbauer_coefficients",
    "nonnegative",
    "read",
    "verify",
    "verify_certificate",
]


def verify_certificate(path: str | Path) -> Verification:
    """Re-proves the certificate in a file, as ``boundcalc certificate verify`` does.

    Returns
    -------
    Verification
        ``accepted``, the ``steps`` that were re-proved, what is ``cited``, and the ``failure`` where one is.

    Raises
    ------
    CertificateError
        If the file is no certificate, or too large to verify.

    >>> import tempfile
    >>> from boundcalc import report, write_certificate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_certificate(report(6, 3, 3, "1/5", "rademacher"), f"{folder}/certificate.json")
    ...     verify_certificate(f"{folder}/certificate.json").accepted
    True
    """
    with precision(BITS):  # the verifier sets Arb's precision too, and knows of no other threads
        return verify(read(path))
