"""The counterpart of `pool-panic`: an exception in a task comes back to the parent; the worker goes on."""

import math
import os
from multiprocessing import Pool


def root(n):
    return math.isqrt(n), os.getpid()


if __name__ == "__main__":
    with Pool(1) as pool:
        tasks = [pool.apply_async(root, (n,)) for n in [1, 4, -9, 16, 25]]
        for task in tasks:
            try:
                print(*task.get())
            except ValueError as error:
                print("error:", error)
