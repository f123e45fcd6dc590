"""Two workers visit every entry of one table by turns, three times each: milliseconds for all visits."""

import multiprocessing
import threading

from asked import serve
from together import together

WORKERS, VISITS = 2, 3
TOTAL = WORKERS * VISITS
# One visit: every entry counts one more.
NEXT = bytes((entry + 1) % 256 for entry in range(256))


def in_place(table, lock):
    for _ in range(VISITS):
        with lock:
            table[:] = bytes(table).translate(NEXT)


def through_queue(queue):
    for _ in range(VISITS):
        queue.put(queue.get().translate(NEXT))


def check(table, size):
    assert len(table) == size and bytes(table).count(TOTAL) == size, "a wrong result"


def by_shared_memory(size):
    size = int(size)
    array = multiprocessing.RawArray("B", size)
    table = memoryview(array).cast("B")
    time, workers = together(False, WORKERS, in_place, (table, multiprocessing.Lock()))
    for worker in workers:
        worker.join()
    check(table, size)
    return time * 1e3


def by_queue(size):
    size = int(size)
    queue = multiprocessing.Queue(1)
    queue.put(bytes(size))
    time, workers = together(False, WORKERS, through_queue, (queue,))
    # Before joining: a worker does not end while its last item is not taken.
    check(queue.get(), size)
    for worker in workers:
        worker.join()
    return time * 1e3


def by_threads(size):
    table = bytearray(int(size))
    time, workers = together(True, WORKERS, in_place, (table, threading.Lock()))
    for worker in workers:
        worker.join()
    check(table, int(size))
    return time * 1e3


if __name__ == "__main__":
    serve(
        {
            ("processes", "shared_memory"): by_shared_memory,
            ("processes", "queue"): by_queue,
            ("threads", "lock"): by_threads,
        }
    )
