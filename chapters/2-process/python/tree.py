"""A parent, its children and grandchildren: the counterpart of `process-tree`.

Run it: python3 tree.py
Look for: each line's parent PID is the PID of a line of the generation before.
"""

import os
from multiprocessing import Process


def grow(generations, depth=0):
    print(f"{'  ' * depth}PID {os.getpid()}, parent PID {os.getppid()}", flush=True)
    children = [Process(target=grow, args=(generations - 1, depth + 1)) for _ in range(2)]
    for child in children if generations else []:
        child.start()
        child.join()


if __name__ == "__main__":
    grow(2)
