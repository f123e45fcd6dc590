"""The counterpart of `pool-killed`: Python's Pool waits for ever for what died with its worker.

It never learns which task that was, so `map` never returns. Here a deadline of ours ends the wait.
"""

import multiprocessing as mp
import os
import signal


def square(n):
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def main():
    with mp.Pool(2) as pool:
        answer = pool.map_async(square, range(1, 6), chunksize=1)
        try:
            print("results:", answer.get(timeout=2))
        except mp.TimeoutError:
            print("no results and no error after 2 s: map() would wait for ever")


if __name__ == "__main__":
    main()
