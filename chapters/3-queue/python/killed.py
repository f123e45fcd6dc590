"""A consumer that is killed in `get` takes the queue's lock along: the counterpart of `queue-killed`.

Run it: python3 killed.py
Look for: the item is in the queue, and nobody can get it any more.
"""

import queue
import time
from multiprocessing import Process, Queue


def wait_in_get(items, begun):
    begun.put("in get")
    items.get()


if __name__ == "__main__":
    items, begun = Queue(), Queue()
    consumer = Process(target=wait_in_get, args=(items, begun))
    consumer.start()
    begun.get()
    time.sleep(0.2)  # Python has no way to see that somebody waits in get.
    consumer.kill()
    consumer.join()
    items.put("hello")
    try:
        print("The parent received:", items.get(timeout=1))
    except queue.Empty:
        print("The parent waited for a second and got nothing: the dead consumer holds the lock")
