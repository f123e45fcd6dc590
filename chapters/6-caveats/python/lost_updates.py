"""Two processes add to one Value: without its lock, and with it. Run it: python3 lost_updates.py"""

from multiprocessing import Barrier, Process, Value

TIMES = 100_000


def without(value, barrier):
    barrier.wait()
    for _ in range(TIMES):
        value.value += 1  # reads, adds, writes: three steps, although each takes the lock


def with_lock(value, barrier):
    barrier.wait()
    for _ in range(TIMES):
        with value.get_lock():
            value.value += 1


if __name__ == "__main__":
    for worker in (without, with_lock):
        value, barrier = Value("q", 0), Barrier(2)
        children = [Process(target=worker, args=(value, barrier)) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(f"{worker.__name__}: {value.value} arrived, {2 * TIMES - value.value} lost")
