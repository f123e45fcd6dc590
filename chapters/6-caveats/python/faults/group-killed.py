"""The owner of shared memory is killed with its whole group: what is left in /dev/shm?"""

import os
import signal
import subprocess
import sys

from say import say

PROGRAM = """
from multiprocessing.shared_memory import SharedMemory
import os, signal
memory = SharedMemory(create=True, size=10_000_000)
print(memory.name, flush=True)
os.killpg(0, signal.SIGKILL)
"""

if __name__ == "__main__":
    program = subprocess.run(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    path = "/dev/shm/" + program.stdout.strip()
    left = os.path.exists(path)
    if left:
        os.remove(path)
        say("10 MB are left in /dev/shm", "/dev/shmに10 MBが残る")
    else:
        say("nothing is left", "何も残らない")
