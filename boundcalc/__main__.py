"""Runs the command line: ``python -m boundcalc``, and the command ``boundcalc``."""

import signal
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Runs a command; an interrupt ends it in one line even while the program is still being loaded."""
    # a shell starts background jobs with SIGINT ignored, and then `kill -INT` would do nothing
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        from boundcalc.cli.main import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("boundcalc: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    run()
