"""A process is joined before the queue it fills is drained."""

from multiprocessing import get_context

from say import say

fork = get_context("fork")


def fill(queue):
    queue.put(b"7" * (20 << 20))


if __name__ == "__main__":
    queue = fork.Queue()
    child = fork.Process(target=fill, args=(queue,))
    child.start()
    child.join()
    say(f"{len(queue.get())} bytes", f"{len(queue.get())}バイト")
