#!/usr/bin/env bash
# Pyodide 314.0.7 (Python 3.14), in node 20 and 24.
# Guess: time.process_time() is processor time, as documented, and stands still during time.sleep(); time.thread_time() is there, as on Linux.
# Behaviour: process_time is the wall clock, so that a limit on processor time counts sleeping, and waiting for others; thread_time does not exist.
# Seen: process_time advances 0.31 s in a sleep of 0.3 s, thread_time: False
# Source: none found; Python's documentation of time.process_time says "does not include time elapsed during sleep". In Pyodide 0.27.7 it stands still.
# Run: bash findings/pyodide_clock_of_the_processor.sh [PYODIDE]; another version may be given. It exits with 1 where the behaviour is another.
set -euo pipefail
pyodide=${1:-314.0.7}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type": "module"}' > package.json
npm install --silent --no-fund --no-audit "pyodide@$pyodide"
cat > run.js <<'END'
import { loadPyodide } from "pyodide";
const python = await loadPyodide();
const seen = python.runPython(`
import time
began = time.process_time()
time.sleep(0.3)
slept = time.process_time() - began
found = hasattr(time, "thread_time")
print(f"process_time advances {slept:.2f} s in a sleep of 0.3 s, thread_time: {found}")
slept > 0.25 and not found
`);
process.exit(seen ? 0 : 1);
END
node run.js
