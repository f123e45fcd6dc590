"""A producer is killed in the middle of a 50 MB item."""

from multiprocessing import get_context

from say import say

fork = get_context("fork")


def put_large(queue):
    queue.put(b"7" * 50_000_000)


def put_small(queue):
    for n in range(100):
        queue.put(n)


if __name__ == "__main__":
    queue = fork.Queue()
    large = fork.Process(target=put_large, args=(queue,))
    large.start()
    queue._reader.poll(None)  # it has begun, and cannot end: the pipe is full, and nobody reads
    large.kill()
    large.join()
    small = fork.Process(target=put_small, args=(queue,))
    small.start()
    for _ in range(100):
        queue.get()
    say("the other's items arrive", "ほかの項目は届く")
