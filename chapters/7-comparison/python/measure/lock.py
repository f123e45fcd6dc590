"""Adding one to a number under a lock, by so many workers at once: microseconds for each addition."""

import multiprocessing
import threading

from asked import paced, serve
from together import together


class Number:
    value = 0


def add(number, lock, count):
    for _ in range(count):
        with lock:
            number.value += 1


def adding(threads):
    def measure(workers, count):
        number = Number() if threads else multiprocessing.Value("q")
        lock = threading.Lock() if threads else number.get_lock()
        time, started = together(threads, int(workers), add, (number, lock, count))
        for one in started:
            one.join()
        assert number.value == workers * count
        return time

    each = paced(measure)
    return lambda workers: each(workers) / workers * 1e6


if __name__ == "__main__":
    serve({("processes", "value"): adding(False), ("threads", "lock"): adding(True)})
