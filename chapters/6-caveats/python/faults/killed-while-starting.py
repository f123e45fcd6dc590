"""A parent is killed while it starts the workers of a pool."""

import os
import subprocess
import sys
import time

from say import say

PROGRAM = """
from multiprocessing import get_context
print("ready", flush=True)
pools = []
while True:
    pools.append(get_context("fork").Pool(2))
"""


def living(group):
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rsplit(") ")[1].split()
            count += fields[2] == str(group) and fields[0] != "Z"
        except OSError:
            pass
    return count


if __name__ == "__main__":
    left = 0
    for n in range(5):
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, process_group=0
        )
        program.stdout.readline()
        time.sleep(0.01 + n / 500)
        program.kill()
        program.wait()
        time.sleep(0.1)
        left += living(program.pid)
        if living(program.pid):
            os.killpg(program.pid, 9)
    say(f"after 5 kills, {left} workers live on", f"5回の強制終了の後、ワーカー{left}個が生き残る")
