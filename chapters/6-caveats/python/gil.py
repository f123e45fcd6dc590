"""The real GIL: two turns of pure computation, one after the other and on two threads.

Run it: python3 gil.py
"""

import sys
import time
from threading import Thread


def compute():
    total = 1
    for _ in range(2_000_000):
        total = total * 1_103_515_245 % 2_147_483_648


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn():
    compute()
    compute()


def on_threads():
    threads = [Thread(target=compute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    # A build of Python 3.13 or later can be without a GIL; before that, there always is one.
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
    print("python", sys.version.split()[0])
    print("gil", "on" if enabled else "off")
    print(f"in_turn {min(seconds(in_turn) for _ in range(3)):.3f}")
    print(f"threads {min(seconds(on_threads) for _ in range(3)):.3f}")
