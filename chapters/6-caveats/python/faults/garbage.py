"""A peer sends garbage to a queue's pipe."""

import os
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    queue = get_context("fork").Queue()
    os.write(queue._writer.fileno(), bytes(range(250, 256)) * 10)
    queue.put(7)
    try:
        queue.get()
    except Exception as error:
        say(f"{type(error).__name__}; then", f"{type(error).__name__}。その後は")
    say(f"{queue.get()} arrives", f"{queue.get()}が届く")
