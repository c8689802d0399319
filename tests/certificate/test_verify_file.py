"""Certificates verified beside other threads that compute balls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flint import arb, ctx

from boundcalc import report, verify_certificate, write_certificate
from boundcalc.numbers.enclosure import enclose


def test_threads_that_verify_and_compute_leave_the_precision_as_it_was(tmp_path):
    path = tmp_path / "certificate.json"
    write_certificate(report(6, 3, 3, "1/5", "rademacher"), path)
    before = ctx.prec

    def compute(digits: int) -> bool:
        found = enclose(lambda: arb(2).sqrt(), digits)
        return found.lower**2 < 2 < found.upper**2 and found.digits >= digits

    with ThreadPoolExecutor(4) as pool:
        accepted = [pool.submit(verify_certificate, path) for _ in range(6)]
        computed = [pool.submit(compute, 50 * k) for k in range(1, 40)]
        assert all(each.result().accepted for each in accepted)
        assert all(each.result() for each in computed)
    assert ctx.prec == before
