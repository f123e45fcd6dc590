"""Ctrl-C during map with 4 workers, 20 times: how many hang, and what do they print?"""

import os
import signal
import subprocess
import sys
import time

from say import say

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
    hanging, lines = 0, 0
    for _ in range(20):
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        program.stdout.readline()
        time.sleep(0.05)
        os.killpg(program.pid, signal.SIGINT)
        try:
            program.wait(timeout=0.4)
        except subprocess.TimeoutExpired:
            hanging += 1
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        lines = max(lines, len(program.communicate()[1].splitlines()))
    say(
        f"{hanging} of 20 hang; up to {lines} lines of tracebacks",
        f"20回中{hanging}回がハング。トレースバックは最大{lines}行",
    )
