"""The counterpart of `pool-chunks`: the same items, in small chunks and in large ones."""

import os
import time
from multiprocessing import Pool


def light(n):
    return n + 1


def heavy(_):
    for _ in range(500_000):
        pass
    return os.getpid()


def timed(run):
    began = time.perf_counter()
    return run(), 1e3 * (time.perf_counter() - began)


if __name__ == "__main__":
    with Pool(2) as pool:
        for chunk in (1, 100):
            _, ms = timed(lambda: pool.map(light, range(10_000), chunksize=chunk))
            print(f"light items, chunks of {chunk:>3}: {ms:.0f} ms")
        for chunk in (1, 8):
            pids, ms = timed(lambda: pool.map(heavy, range(8), chunksize=chunk))
            print(f"heavy items, chunks of {chunk}: {len(set(pids))} of 2 workers, {ms:.0f} ms")
