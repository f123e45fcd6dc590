"""Tasks of one length in a pool of processes or threads, one task a message."""

import multiprocessing
import os
from multiprocessing.pool import ThreadPool

from asked import AIM, seconds, serve

WORKERS = len(os.sched_getaffinity(0))


def spin(turns):
    total = 0
    for turn in range(turns):
        total += turn
    return total


def turns_per_microsecond():
    # The quickest: what disturbs a spin makes it slower, never quicker.
    return 100_000 / min(seconds(lambda: spin(100_000)) for _ in range(20)) / 1e6


SPEED = turns_per_microsecond()


# For longer than it takes the kernel to see that it has put two workers on one core; of long tasks, so many for each.
LONG, MANY = 5 * AIM, 20


def tasks(length, aim):
    least = MANY if aim == LONG else 2
    count = min(max(int(aim * 1e6 / length), least * WORKERS), 20_000)
    return [max(round(length * SPEED), 1)] * count


def in_pool(make, aim=LONG):
    def rate(length):
        work = tasks(length, aim)
        with make(WORKERS) as pool:
            pool.map(spin, [1] * (2 * WORKERS), chunksize=1)
            return len(work) / seconds(lambda: pool.map(spin, work, chunksize=1))

    return rate


def beside_a_loop(make):
    rate = in_pool(make, AIM)

    def both(length):
        work = tasks(length, AIM)
        alone = seconds(lambda: [spin(turns) for turns in work]) / len(work)
        return f"{1 / rate(length)} {alone}"

    return both


if __name__ == "__main__":
    serve(
        {
            ("processes", "pool"): in_pool(multiprocessing.Pool),
            ("threads", "pool"): in_pool(ThreadPool),
            ("processes", "beside_a_loop"): beside_a_loop(multiprocessing.Pool),
            ("threads", "beside_a_loop"): beside_a_loop(ThreadPool),
        }
    )
