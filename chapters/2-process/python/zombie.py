"""A zombie, made and reaped: the counterpart of `process-zombie`.

Run it: python3 zombie.py
Look for: state Z, until join.
"""

import os
from multiprocessing import Process


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(") ", 1)[1][0]
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    child = Process(target=int)
    child.start()
    # Waits until the child has ended, and leaves it in the process table.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    print(f"the child (PID: {child.pid}) has ended; state {state(child.pid)}")
    child.join()
    print(f"joined; state {state(child.pid)}")
