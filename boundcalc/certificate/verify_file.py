"""Verifies a certificate file from Python, one thread at a time: the verifier sets Arb's precision, and knows no other."""

from pathlib import Path

from boundcalc.certificate.verify import Verification, read, verify
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.files import path_text

BITS = 64
"""Bits where the verifier does not choose them."""


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
    path_text(path, "certificate", "give the path of what write_certificate wrote")
    with precision(BITS):
        return verify(read(path))
