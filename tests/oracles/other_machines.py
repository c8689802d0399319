"""What code prints on machines with other linear algebra: each setting in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

KERNELS = tuple({"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"} for kernel in ("Haswell", "Prescott"))


def printed(code: str, settings: Sequence[dict[str, str]] = KERNELS) -> list[str]:
    """What the code prints under each setting of the environment."""
    done = [
        subprocess.run([sys.executable, "-c", code], env=os.environ | own, check=True, capture_output=True, text=True)
        for own in settings
    ]
    return [one.stdout for one in done]
