"""A child sends a text through a queue, and the end has to be agreed on: the counterpart of `queue` and `queue-end`.

Run it: python3 queue_basics.py
Look for: `None` is the end. Had the child been killed before, the parent would wait for ever: hence the timeout.
"""

from multiprocessing import Process, Queue


def worker(queue):
    queue.put("data to send")
    queue.put(None)


if __name__ == "__main__":
    queue = Queue()
    process = Process(target=worker, args=(queue,))
    process.start()
    while (item := queue.get(timeout=10)) is not None:
        print(f"The parent received: {item}")
    process.join()
