"""Starting and joining processes and threads that do nothing, in a parent of some size."""

import threading
from multiprocessing import get_context

from asked import seconds, serve

ballast = bytearray()


def nothing():
    pass


def starting(make, count):
    def one():
        worker = make()
        worker.start()
        worker.join()

    def microseconds(mib):
        global ballast
        if len(ballast) != int(mib) << 20:
            ballast = bytearray()
            ballast = bytearray(b"\1") * (int(mib) << 20)
        return seconds(lambda: [one() for _ in range(count)]) / count * 1e6

    return microseconds


if __name__ == "__main__":
    serve(
        {
            ("processes", "fork"): starting(lambda: get_context("fork").Process(target=nothing), 5),
            ("processes", "spawn"): starting(lambda: get_context("spawn").Process(target=nothing), 1),
            ("threads", "thread"): starting(lambda: threading.Thread(target=nothing), 20),
        }
    )
