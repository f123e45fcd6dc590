"""Many waits at the same time, each for a message that does not come: milliseconds until all are over."""

import multiprocessing
import threading

from asked import seconds, serve

WAIT = 0.02
replies, server = multiprocessing.Pipe(duplex=False)


def wait():
    assert not replies.poll(WAIT)


def waiting(make):
    def all_of(count):
        workers = [make(target=wait) for _ in range(int(count))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def milliseconds(count):
        time = seconds(lambda: all_of(count))
        assert time >= WAIT
        return time * 1e3

    return milliseconds


if __name__ == "__main__":
    serve(
        {
            ("processes", "fork"): waiting(multiprocessing.Process),
            ("threads", "thread"): waiting(threading.Thread),
        }
    )
