"""Messages a second from one process or thread to another."""

import multiprocessing
import queue
import threading

from asked import paced, seconds, serve


def capacity(size):
    return min(max((4 << 20) // size, 4), 256)


def fill(put, size, count):
    # One more than counted; each is made anew, as in Rust.
    for _ in range(count + 1):
        put(bytes(size))


def drain(worker, get, count):
    worker.start()
    get()
    time = seconds(lambda: [get() for _ in range(count)])
    worker.join()
    return time


def by_queue(size, count):
    one = multiprocessing.Queue(capacity(int(size)))
    child = multiprocessing.Process(target=fill, args=(one.put, int(size), count))
    return drain(child, one.get, count)


def by_pipe(size, count):
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=fill, args=(sender.send, int(size), count))
    return drain(child, receiver.recv, count)


def by_threads(size, count):
    one = queue.Queue(capacity(int(size)))
    thread = threading.Thread(target=fill, args=(one.put, int(size), count))
    return drain(thread, one.get, count)


def rate(measure):
    each = paced(measure)
    return lambda size: 1 / each(size)


if __name__ == "__main__":
    serve(
        {
            ("processes", "queue"): rate(by_queue),
            ("processes", "pipe"): rate(by_pipe),
            ("threads", "queue"): rate(by_threads),
        }
    )
