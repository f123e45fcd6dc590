"""A consumer is killed while it waits in get: it dies holding the lock of all readers."""

import time
from multiprocessing import get_context

from say import say

fork = get_context("fork")


def get_all(queue, items):
    for _ in range(items):
        queue.get()


if __name__ == "__main__":
    queue = fork.Queue()
    first = fork.Process(target=get_all, args=(queue, 100))
    first.start()
    time.sleep(0.3)
    first.kill()
    first.join()
    second = fork.Process(target=get_all, args=(queue, 100))
    second.start()
    for n in range(100):
        queue.put(n)
    second.join()
    say("the other consumer gets all", "残りの消費者がすべて受け取る")
