"""Every consumer is killed while a producer waits for room."""

import time
from multiprocessing import get_context

from say import say

fork = get_context("fork")

if __name__ == "__main__":
    queue = fork.Queue(8)
    consumer = fork.Process(target=time.sleep, args=(60,))
    consumer.start()
    consumer.kill()
    consumer.join()
    for n in range(9):
        queue.put(n)
    say("put has returned", "putが戻った")
