"""A worker is stopped, and the scope is left."""

import os
import signal
import time
from multiprocessing import TimeoutError as Late
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    with get_context("fork").Pool(1) as pool:
        pool.map(abs, range(10))
        time.sleep(0.1)
        os.kill(pool._pool[0].pid, signal.SIGSTOP)
        try:
            pool.apply_async(abs, (7,)).get(timeout=0.05)
        except Late:
            say("the wait returns, but the scope cannot be left", "待機は戻るが、スコープを抜けられない")
    say("the wait returns, and the scope was left", "待機は戻り、スコープも抜けられた")
