"""One text between two threads: the counterpart of `queue-threads`.

Run it: python3 threads.py
Look for: the very same object, not a copy.
"""

from queue import Queue
from threading import Thread

if __name__ == "__main__":
    queue = Queue(8)
    data = "data to send"
    thread = Thread(target=queue.put, args=(data,))
    thread.start()
    received = queue.get()
    thread.join()
    print("The main thread received:", received)
    print("The same object:", received is data)
