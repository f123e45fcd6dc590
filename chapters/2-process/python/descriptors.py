"""A forked child shares its parent's open files: the counterpart of `process-descriptors`.

Run it: python3 descriptors.py
Look for: a forked child in Python has every open file of its parent's, given or not.
"""

import os
from multiprocessing import get_context


def read_three(file):
    print("The child reads", os.read(file, 3), flush=True)


if __name__ == "__main__":
    file = os.memfd_create("letters")
    os.write(file, b"abcdef")
    os.lseek(file, 0, os.SEEK_SET)
    # An integer is all that is passed: it means the same open file, since the child is a copy.
    child = get_context("fork").Process(target=read_three, args=(file,))
    child.start()
    child.join()
    print("Then the parent reads", os.read(file, 3))
