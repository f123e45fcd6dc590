"""Ctrl-C during map with 4 workers, ten times: how many hang, and what do they print?"""

import os
import signal
import subprocess
import sys
import time

from say import say

TRIES = 10
PROGRAM = """
from multiprocessing import get_context
def task(n):
    return sum(range(n))
if __name__ == "__main__":
    with get_context("fork").Pool(4) as pool:
        print("ready", flush=True)
        while True:
            pool.map(task, range(4000))
"""

if __name__ == "__main__":
    programs = []
    for _ in range(TRIES):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        program = subprocess.Popen([sys.executable, "-c", PROGRAM], start_new_session=True, **output)
        programs.append(program)
    for program in programs:
        program.stdout.readline()
    time.sleep(0.1)
    for program in programs:
        os.killpg(program.pid, signal.SIGINT)
    time.sleep(2)
    hanging = sum(program.poll() is None for program in programs)
    lines = 0
    for program in programs:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        lines = max(lines, len(program.communicate()[1].splitlines()))
    say(
        f"{hanging} of {TRIES} hang; up to {lines} lines of tracebacks",
        f"{TRIES}回中{hanging}回がハング。トレースバックは最大{lines}行",
    )
