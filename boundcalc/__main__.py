"""Runs the command line: ``python -m boundcalc``, and the command ``boundcalc``."""

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130


def run() -> NoReturn:
    """Runs a command; an interrupt ends it in one line even while the program is still being loaded."""
    # a shell starts background jobs with SIGINT ignored, and then `kill -INT` would do nothing
    heard = []

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        heard.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        from boundcalc.cli.main import main

        main()
    except SystemExit as end:
        if end.code != INTERRUPTED:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is done, and what remains is Python's own end
            raise
    except BaseException:  # an extension module that is being loaded turns the interrupt into an ImportError
        if not heard:
            raise
        sys.stderr.write("boundcalc: interrupted\n")
    _end_at_once()


def _end_at_once() -> NoReturn:
    """Ends what is left of an interrupted command: its files and stores are closed, and libraries would wait for their threads."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if "multiprocessing" in sys.modules:
        import multiprocessing

        for child in multiprocessing.active_children():
            child.kill()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    run()
