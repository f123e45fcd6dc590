"""Workers that begin at the same moment, and the time until the last is done."""

import multiprocessing
import threading

from asked import seconds


def work(barrier, act, args):
    barrier.wait()
    act(*args)
    barrier.wait()


def together(threads, workers, act, args):
    """The seconds until `workers` processes (or threads) have all done `act(*args)`; starting is not counted."""
    kind = threading if threads else multiprocessing
    barrier = kind.Barrier(workers + 1)
    worker = threading.Thread if threads else multiprocessing.Process
    started = [worker(target=work, args=(barrier, act, args)) for _ in range(workers)]
    for one in started:
        one.start()
    barrier.wait()
    time = seconds(barrier.wait)
    return time, started
