"""Three producers and two consumers share one queue: the counterpart of `queue-many`.

Run it: python3 many.py
Look for: one `None` for each consumer, put only after all producers were joined.
"""

from multiprocessing import Process, Queue

COUNT = 1000


def produce(queue, first):
    for item in range(first, first + COUNT):
        queue.put(item)


def consume(queue, results):
    results.put(list(iter(queue.get, None)))


if __name__ == "__main__":
    queue, results = Queue(16), Queue()
    producers = [Process(target=produce, args=(queue, n * COUNT)) for n in range(3)]
    consumers = [Process(target=consume, args=(queue, results)) for _ in range(2)]
    for process in producers + consumers:
        process.start()
    for process in producers:
        process.join()
    for _ in consumers:
        queue.put(None)
    # Get the results before joining: who still has something to put does not end.
    shares = [results.get(timeout=10) for _ in consumers]
    for process in consumers:
        process.join()
    for share in shares:
        print(f"A consumer got {len(share)} items")
    assert sorted(sum(shares, [])) == list(range(3 * COUNT))
    print(f"{3 * COUNT} items in all, each exactly once")
