"""The parent is killed: what becomes of its children, of its daemons?"""

import os
import subprocess
import sys
import time

from say import say

PROGRAM = """
from multiprocessing import get_context
import os, signal, time
fork = get_context("fork")
for daemon in (False, True):
    child = fork.Process(target=time.sleep, args=(60,), daemon=daemon)
    child.start()
    print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""

if __name__ == "__main__":
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    pids = [int(program.stdout.readline()) for _ in range(2)]
    program.wait()
    time.sleep(0.5)
    alive = sum(os.path.exists(f"/proc/{pid}") for pid in pids)
    say(f"{alive} of 2 children live on", f"2個の子プロセスのうち{alive}個が生き残る")
