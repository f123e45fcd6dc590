"""A peer sends garbage to a queue's pipe."""

import os
from multiprocessing import get_context
from queue import Empty

from say import say


def get(queue):
    try:
        return queue.get(timeout=1)
    except Empty:
        return "nothing"
    except Exception as error:
        return type(error).__name__


if __name__ == "__main__":
    queue = get_context("fork").Queue()
    os.write(queue._writer.fileno(), bytes(range(1, 61)))
    queue.put(7)
    got = [get(queue), get(queue)]
    say(f"get: {got[0]}, then {got[1]} instead of 7", f"get: {got[0]}、次は7ではなく{got[1]}")
