"""SIGINT reaches one worker only."""

import os
import signal
from multiprocessing import get_context

from say import say


def task(n):
    if n == 50:
        os.kill(os.getpid(), signal.SIGINT)
    return n


if __name__ == "__main__":
    with get_context("fork").Pool(2) as pool:
        results = pool.map(task, range(100), chunksize=1)
    say(f"{len(results)} of 100 results", f"100件中{len(results)}件の結果")
