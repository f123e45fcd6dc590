"""The counterpart of `cargo run -p cpu-bound`: ten million additions, four times, in three ways."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool

NUMBERS = [1, 2, 3, 4]


def heavy(n):
    total = 0
    for _ in range(10**7):
        total += n
    return total


def timed(name, run):
    began = time.perf_counter()
    results = list(run())
    assert results == [n * 10**7 for n in NUMBERS], results
    print(f"{name:9} {time.perf_counter() - began:6.3f} s")


def main():
    workers = os.cpu_count()
    print("cores:", workers)
    timed("serial", lambda: map(heavy, NUMBERS))
    with ThreadPoolExecutor(workers) as threads:
        timed("threads", lambda: threads.map(heavy, NUMBERS))
    with Pool(workers) as pool:
        timed("processes", lambda: pool.map(heavy, NUMBERS, chunksize=1))


if __name__ == "__main__":
    main()
