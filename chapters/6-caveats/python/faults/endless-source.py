"""Five results are taken of imap over an endless iterator."""

import time
from multiprocessing import get_context

from say import say

taken = 0


def source():
    global taken
    while True:
        taken += 1
        yield taken


if __name__ == "__main__":
    with get_context("fork").Pool(2) as pool:
        results = pool.imap(abs, source())
        for _ in range(5):
            next(results)
        time.sleep(0.05)
        so_far = taken
    say(
        f"{so_far} items taken from the source for five results",
        f"結果5件のために元から{so_far}件を取り出す",
    )
