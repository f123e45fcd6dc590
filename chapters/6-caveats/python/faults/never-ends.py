"""A task never ends, and the executor's scope is left."""

import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as Late
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        try:
            pool.submit(time.sleep, 60).result(timeout=0.05)
        except Late:
            say("the wait returns, but the scope cannot be left", "待機は戻るが、スコープを抜けられない")
    say("the scope was left", "スコープを抜けた")
