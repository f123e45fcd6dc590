"""The scope is left with a result pending, which is then waited for."""

import time
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    with get_context("fork").Pool(1) as pool:
        pending = pool.apply_async(time.sleep, (60,))
    pending.get()
    say("the handle has a result", "ハンドルに結果が届いた")
