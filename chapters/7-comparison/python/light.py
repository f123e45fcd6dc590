"""A thousand tasks that add 1, each handed over by itself. Run it: python3 light.py"""

import time
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool


def add_one(number):
    return number + 1


def microseconds(pool, tasks=1000):
    start = time.perf_counter()
    assert pool.map(add_one, range(tasks), chunksize=1) == list(range(1, tasks + 1))
    return (time.perf_counter() - start) * 1e6 / tasks


if __name__ == "__main__":
    # Fork first, then threads.
    with Pool() as processes, ThreadPool() as threads:
        for name, pool in (("processes", processes), ("threads", threads)):
            print(f"{name}: {microseconds(pool):.0f} µs a task")
