"""Work in processes: answered, given up in time, ended when nobody waits, replaced when it dies; few processes, for long."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import zipfile

import numpy as np
import pytest

from boundcalc.explore import workers as module
from boundcalc.explore.workers import AnswerWorkers, Died, TooSlow

FIELDS = {"n": "12", "d": "3", "m": "3", "p": "1/100", "law": "rademacher"}
LONG = {"fields": {**FIELDS, "n": "3000", "d": "180", "m": "9"}, "axis": "d", "values": [str(150 + k) for k in range(60)]}


def pids(workers):
    return [pid for pool in workers._answers for pid in (pool._processes or {})]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return open(f"/proc/{pid}/stat").read().split()[2] != "Z" if os.path.exists(f"/proc/{pid}") else False


def run(scenario, **options):
    async def whole():
        workers = AnswerWorkers(1, **options)
        try:
            return await scenario(workers)
        finally:
            workers.close()

    return asyncio.run(whole())


def test_cancelled_work_ends_with_its_process_and_the_next_is_answered():
    async def scenario(workers):
        await workers.ask("closed", {"fields": FIELDS})
        (before,) = pids(workers)
        long = asyncio.ensure_future(workers.ask("points", LONG))
        await asyncio.sleep(0.2)
        assert not long.done()
        long.cancel()
        await asyncio.gather(long, return_exceptions=True)
        found = await workers.ask("closed", {"fields": FIELDS})
        (after,) = pids(workers)
        for _ in range(100):
            if not alive(before):
                break
            await asyncio.sleep(0.02)
        assert not alive(before)
        assert after != before
        return found

    assert run(scenario)["answer"]["best"]["lower"]["key"]


def test_what_takes_too_long_is_given_up():
    async def scenario(workers):
        await workers.prepare()
        began = time.monotonic()
        with pytest.raises(TooSlow):
            await workers.ask("points", LONG)
        assert time.monotonic() - began < 20
        assert pids(workers) == []

    run(scenario, seconds=0.3)


def test_a_process_that_dies_is_replaced():
    async def scenario(workers):
        await workers.ask("closed", {"fields": FIELDS})
        (pid,) = pids(workers)
        long = asyncio.ensure_future(workers.ask("points", LONG))
        await asyncio.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Died):
            await long
        assert "answer" in await workers.ask("closed", {"fields": FIELDS})

    run(scenario)


def test_a_file_that_unfolds_to_more_than_memory_is_one_line(tmp_path):
    """It says to hold 24 GB; the limit is on the process alone, which goes on."""
    path = tmp_path / "W.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("W.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (3, 10**9)})
        file.write(bytes(1 << 20))

    async def scenario(workers):
        found = await workers.ask("weights", {"fields": FIELDS, "path": str(path), "name": "W.npz"})
        assert (await workers.ask("closed", {"fields": FIELDS}))["answer"]["kind"] == "power"
        return found

    line = run(scenario)["error"]["line"]
    assert "\n" not in line
    assert "Unable to allocate" in line or "does not fit into memory" in line


def test_a_process_is_retired_after_many_answers(monkeypatch):
    monkeypatch.setattr(module, "MOST_ANSWERS", 2)

    async def scenario(workers):
        seen = []
        for _ in range(4):
            await workers.ask("closed", {"fields": FIELDS})
            seen += pids(workers)
        assert len(set(seen)) == 2

    run(scenario)
