"""One of two producers is killed before it can say that it has finished: the counterpart of `queue-end`.

Run it: python3 end.py
Look for: every value arrives, but only one of the two goodbyes. Without the timeout this would wait for ever.
"""

import os
import signal
import time
from multiprocessing import Process, Queue
from queue import Empty


def produce(queue, killed):
    for item in range(3):
        queue.put(item)
    if killed:
        time.sleep(0.3)  # until the queue's thread has sent the items
        os.kill(os.getpid(), signal.SIGKILL)
    queue.put(None)


if __name__ == "__main__":
    queue = Queue()
    for killed in (False, True):
        Process(target=produce, args=(queue, killed)).start()
    items = goodbyes = 0
    while goodbyes < 2:
        try:
            item = queue.get(timeout=1)
        except Empty:
            break
        items, goodbyes = items + (item is not None), goodbyes + (item is None)
    print(f"{items} items, {goodbyes} of 2 goodbyes: is anything still to come?")
