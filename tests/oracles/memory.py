"""Measures the memory that one test takes, whatever the tests before it in the same process took."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def growth_of_peak() -> Callable[[], int]:
    """Start measuring: the function that is returned gives the bytes by which the peak lies above what is held now."""
    try:
        CLEAR.write_text("5")  # the peak that the kernel keeps begins anew
    except OSError:  # elsewhere the peak of the whole process, which only grows
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return lambda: (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    held = _status("VmRSS")
    return lambda: _status("VmHWM") - held


def _status(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024
