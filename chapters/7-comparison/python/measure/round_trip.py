"""A message to a process or thread that sends it back."""

import multiprocessing
import queue
import threading

from asked import paced, seconds, serve


def echo(get, put):
    while (message := get()) is not None:
        put(message)


def there_and_back(worker, put, get, size, count):
    worker.start()
    message = bytes(int(size))

    def trip():
        put(message)
        get()

    trip()
    time = seconds(lambda: [trip() for _ in range(count)])
    put(None)
    worker.join()
    return time


def by_pipe(size, count):
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=echo, args=(theirs.recv, theirs.send))
    return there_and_back(child, ours.send, ours.recv, size, count)


def by_threads(size, count):
    requests, answers = queue.SimpleQueue(), queue.SimpleQueue()
    thread = threading.Thread(target=echo, args=(requests.get, answers.put))
    return there_and_back(thread, requests.put, answers.get, size, count)


def microseconds(measure):
    each = paced(measure)
    return lambda size: each(size) * 1e6


if __name__ == "__main__":
    serve(
        {
            ("processes", "pipe"): microseconds(by_pipe),
            ("threads", "queue"): microseconds(by_threads),
        }
    )
