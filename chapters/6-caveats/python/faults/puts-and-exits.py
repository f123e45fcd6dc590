"""A child puts 1,000 items and exits at once, without cleanup."""

import os
import time
from multiprocessing import get_context
from queue import Empty

from say import say

fork = get_context("fork")


def put(queue):
    for n in range(1000):
        queue.put(n)
    os._exit(0)


if __name__ == "__main__":
    queue = fork.Queue()
    child = fork.Process(target=put, args=(queue,))
    child.start()
    child.join()
    arrived = 0
    try:
        while True:
            queue.get(timeout=1)
            arrived += 1
    except Empty:
        say(f"{arrived} of 1000 items arrive", f"1000件中{arrived}件が届く")
