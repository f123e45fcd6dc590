"""The counterpart of `caveats-cost`: the median time to start and to join a thread, and a process."""

import time
from multiprocessing import get_context
from statistics import median
from threading import Thread


def nothing():
    pass


def micros(make, rounds):
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        one = make(target=nothing)
        one.start()
        one.join()
        times.append(1e6 * (time.perf_counter() - began))
    return median(times)


if __name__ == "__main__":
    print(f"thread         {micros(Thread, 100):>7.0f} µs")
    print(f"process, fork  {micros(get_context('fork').Process, 50):>7.0f} µs")
    print(f"process, spawn {micros(get_context('spawn').Process, 5):>7.0f} µs")
