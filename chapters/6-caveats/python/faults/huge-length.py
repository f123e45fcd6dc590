"""A peer claims a length of 2^63 − 1."""

import os
import struct
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    queue = get_context("fork").Queue()
    os.write(queue._writer.fileno(), struct.pack("!iQ", -1, 2**63 - 1))
    queue.put(7)
    try:
        queue.get()
    except BaseException as error:
        say(f"{type(error).__name__}; then nothing more", f"{type(error).__name__}。その後は何も届かない")
    queue.get()
