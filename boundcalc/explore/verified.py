"""Answers whether a certificate is accepted, in the lines of ``boundcalc certificate verify``; needs neither NumPy nor SymPy."""

from __future__ import annotations

from typing import Any


def shown_verdict(path: str) -> dict[str, Any]:
    """The verdict on a certificate file: its lines and the exit status of the command.

    ``status`` is 0 accepted, 3 accepted except for what is cited, 1 refuted, 2 no certificate or too large.
    """
    from boundcalc.certificate.verify import CertificateError, refusal, verdict_lines
    from boundcalc.certificate.verify_file import verify_certificate

    try:
        done = verify_certificate(path)
    except CertificateError as error:
        return {"status": 2, "lines": [f"boundcalc: {refusal(error)}"]}
    status = 1 if not done.accepted else 3 if done.cited else 0
    return {"status": status, "lines": verdict_lines(done)}
