"""The four claims about processes, in Python. Run it: python3 overview.py"""

import time
from multiprocessing import Process, Queue
from statistics import median
from threading import Thread

# ANCHOR: write
number = 7


def write(queue):
    global number
    number = 42
    queue.put(number)
# ANCHOR_END: write


# ANCHOR: compute
def compute():
    total = 1
    for _ in range(3_000_000):
        total = total * 1_103_515_245 % 2_147_483_648
# ANCHOR_END: compute


def nothing():
    pass


# ANCHOR: seconds
def seconds(kind, target, count):
    start = time.perf_counter()
    workers = [kind(target=target) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - start
# ANCHOR_END: seconds


# ANCHOR: memory
if __name__ == "__main__":
    queue = Queue()
    child = Process(target=write, args=(queue,))
    child.start()
    print("1. the child wrote", queue.get(), "- its parent still sees", number)
    child.join()
    # ANCHOR_END: memory
    # ANCHOR: cores
    print(f"2. one process {seconds(Process, compute, 1):.2f} s, two {seconds(Process, compute, 2):.2f} s")
    # ANCHOR_END: cores
    print(f"3. one thread {seconds(Thread, compute, 1):.2f} s, two {seconds(Thread, compute, 2):.2f} s (the GIL)")
    # ANCHOR: start
    for kind in (Process, Thread):
        cost = median(seconds(kind, nothing, 1) for _ in range(50))
        print(f"4. start and join a {kind.__name__}: {cost * 1e6:.0f} µs")
    # ANCHOR_END: start
