"""A fork is a photograph of the parent's memory: the counterpart of `process-fork`.

Run it: python3 fork_copies.py
Look for: the children look only after the parent has stored 3.
"""

import os
from multiprocessing import get_context

number = 0


def look(go):
    go.wait()
    print(f"child (PID: {os.getpid()}) sees {number}", flush=True)


if __name__ == "__main__":
    # Said in full: from Python 3.14 on, fork is no longer what one gets without asking.
    context = get_context("fork")
    go = context.Barrier(3)
    children = []
    for number in (1, 2):
        child = context.Process(target=look, args=(go,))
        child.start()
        children.append(child)
    number = 3
    go.wait()
    for child in children:
        child.join()
    print(f"parent (PID: {os.getpid()}) sees {number}")
