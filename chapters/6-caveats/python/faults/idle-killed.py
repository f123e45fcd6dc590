"""Idle workers are killed, then work comes, then the scope is left."""

import os
import signal
import time
from multiprocessing import get_context

from say import say


def task(n):
    return n


if __name__ == "__main__":
    with get_context("fork").Pool(2) as pool:
        pool.map(task, range(10))
        time.sleep(0.2)
        for worker in list(pool._pool):
            os.kill(worker.pid, signal.SIGKILL)
        results = pool.map(task, range(100), chunksize=1)
    say(f"{len(results)} of 100 results", f"100件中{len(results)}件の結果")
