"""A sibling was forked while the write end was open: no end for the reader."""

import time
from multiprocessing import get_context

from say import say

fork = get_context("fork")


def write(writer):
    writer.send(1)
    writer.close()


if __name__ == "__main__":
    reader, writer = fork.Pipe(duplex=False)
    sibling = fork.Process(target=time.sleep, args=(60,), daemon=True)
    sibling.start()
    child = fork.Process(target=write, args=(writer,))
    child.start()
    writer.close()
    reader.recv()
    child.join()
    try:
        reader.recv()
    except EOFError:
        say("the reader sees the end", "読み手に終わりが届く")
