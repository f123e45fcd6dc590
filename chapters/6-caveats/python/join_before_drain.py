"""The counterpart of `caveats-join-before-drain`: the parent joins before it gets anything."""

from multiprocessing import Process, Queue


def worker(queue):
    queue.put(b"7" * 10_000_000)


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=worker, args=(queue,))
    child.start()
    child.join(timeout=0.3)
    print("join first: does the child still wait?", child.is_alive())
    print("drain first:", len(queue.get()), "bytes")
    child.join()
