"""The initializer fails: the pool starts one worker after the other, for ever."""

import os
from multiprocessing import get_context

from say import say


def fail():
    os.close(2)  # so that the tracebacks, thousands of them, are not kept
    raise RuntimeError("no licence")


if __name__ == "__main__":
    with get_context("fork").Pool(2, initializer=fail) as pool:
        pool.map(abs, range(10), chunksize=1)
    say("map has returned", "mapが戻った")
