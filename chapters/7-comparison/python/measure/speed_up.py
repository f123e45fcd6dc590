"""A fixed piece of work in uneven parts, by pools of processes and of threads."""

import multiprocessing
import os
from multiprocessing.pool import ThreadPool

from asked import QUICK, seconds, serve

PARTS = 16 * len(os.sched_getaffinity(0))


def most_steps(first, count):
    """The longest Collatz sequence of these numbers."""
    most = 0
    for number in range(first, first + count):
        steps = 0
        while number != 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            steps += 1
        most = max(most, steps)
    return most


def serial(parts):
    return seconds(lambda: [most_steps(*part) for part in parts])


def work_of(aim):
    size = 1
    while True:
        parts = [(1 + n * size, size) for n in range(PARTS)]
        if serial(parts) >= aim:
            return parts
        size *= 2


WORK = work_of(0.03 if QUICK else 0.2)
alone = serial(WORK)


def in_pool(make):
    def speed_up(workers):
        global alone
        # Measured anew with each round's first number of workers.
        if workers == 1:
            alone = serial(WORK)
        with make(int(workers)) as pool:
            pool.starmap(most_steps, [(1, 1)] * int(workers), chunksize=1)
            return alone / seconds(lambda: pool.starmap(most_steps, WORK, chunksize=1))

    return speed_up


if __name__ == "__main__":
    serve(
        {
            ("processes", "pool"): in_pool(multiprocessing.Pool),
            ("threads", "threads"): in_pool(ThreadPool),
        }
    )
