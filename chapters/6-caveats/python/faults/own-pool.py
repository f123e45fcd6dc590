"""A task submits to its own executor and waits."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from say import say

pool = None


def task(n):
    return pool.submit(abs, n).result()


if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=get_context("fork"))
    say(f"{pool.submit(task, 3).result()}", f"{pool.submit(task, 3).result()}")
