"""A bounded queue refuses what does not fit: the counterpart of `queue-backpressure`.

Run it: python3 backpressure.py
Look for: without a number, `Queue()` has no bound.
"""

from multiprocessing import Process, Queue
from queue import Full


def consume(queue, results):
    results.put(list(iter(queue.get, None)))


if __name__ == "__main__":
    queue, results = Queue(8), Queue()
    fit = 0
    try:
        while True:
            queue.put_nowait(fit)
            fit += 1
    except Full:
        print(f"{fit} items fit, item {fit} did not")
    consumer = Process(target=consume, args=(queue, results))
    consumer.start()
    for item in range(fit, 16):
        queue.put(item)
    queue.put(None)
    print(len(results.get()), "items arrived")
    consumer.join()
