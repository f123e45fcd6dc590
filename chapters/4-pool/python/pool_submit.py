"""The counterpart of `pool-submit`: one task now, its result later; and one that never ends."""

import signal
from multiprocessing import Pool, TimeoutError


def double(n):
    return n * 2


def endless():
    while True:
        signal.pause()


if __name__ == "__main__":
    with Pool(2) as pool:
        doubled = pool.apply_async(double, (21,))
        waiting = pool.apply_async(endless)
        print("double:", doubled.get())
        try:
            waiting.get(timeout=0.2)
        except TimeoutError:
            print("the endless task is not done after 200 ms")
    # The pool is gone, and its result with it: waiting.get() would now wait for ever.
    print("is its result there?", waiting.ready())
