"""An interrupt ends a command in one line: while it loads, and in the background, where a shell has SIGINT ignored."""

import signal
import subprocess
import sys

import pytest

SLEEPS = """
import sys, time, types
fake = types.ModuleType("boundcalc.cli.main")
def main():
    print("ready", flush=True)
    time.sleep(60)
fake.main = main
sys.modules["boundcalc.cli.main"] = fake
from boundcalc.__main__ import run
run()
"""
LOADS = """
import sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "boundcalc.cli.main":
            print("ready", flush=True)
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from boundcalc.__main__ import run
run()
"""


def ignore():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize("code", [SLEEPS, LOADS])
@pytest.mark.parametrize("before", [None, ignore])
def test_an_interrupt_is_one_line_and_exit_130(code, before):
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "boundcalc: interrupted\n")
