"""Computing with a pool of processes and with a pool of threads, in Python. Run it: python3 comparison.py"""

import time
from multiprocessing import Pool, cpu_count
from multiprocessing.pool import ThreadPool
from statistics import median


def most_steps(limit):
    """The longest Collatz sequence of a number below limit."""
    most = 0
    for number in range(1, limit):
        steps = 0
        while number != 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            steps += 1
        most = max(most, steps)
    return most


def seconds(pool, limits):
    start = time.perf_counter()
    results = pool.map(most_steps, limits, chunksize=1)
    assert results == [323] * len(limits)
    return time.perf_counter() - start


if __name__ == "__main__":
    limits = [40_000] * cpu_count()
    # Fork first, then threads.
    with Pool() as processes, ThreadPool(cpu_count()) as threads:
        times = [(seconds(processes, limits), seconds(threads, limits)) for _ in range(3)]
    by_processes, by_threads = (median(column) for column in zip(*times))
    print(f"compute-bound work: processes {by_processes:.3f} s, threads {by_threads:.3f} s")
    print("A thread must hold the GIL to compute, so threads take turns; processes have one each.")
