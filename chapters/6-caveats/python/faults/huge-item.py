"""An item of 1 GiB."""

from multiprocessing import get_context

from say import say

fork = get_context("fork")


def put(queue):
    queue.put(bytes(1 << 30))


if __name__ == "__main__":
    queue = fork.Queue()
    child = fork.Process(target=put, args=(queue,))
    child.start()
    whole = len(queue.get()) == 1 << 30
    child.join()
    say("it arrives whole" if whole else "it arrives, but not whole", "完全な形で届く" if whole else "欠けて届く")
