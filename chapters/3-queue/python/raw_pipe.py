"""Two writes into a pipe, one read: the counterpart of `queue-raw-pipe`.

Run it: python3 raw_pipe.py
Look for: where did the first message end?
"""

import os
from multiprocessing import get_context


def write(end):
    for message in (b"12", b"345"):
        os.write(end, message)


if __name__ == "__main__":
    reader, writer = os.pipe()
    child = get_context("fork").Process(target=write, args=(writer,))
    child.start()
    child.join()
    print("One read:", os.read(reader, 64))
