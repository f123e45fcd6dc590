"""A task asks for more memory than there is, in a library that does not ask back."""

import os
import resource
from multiprocessing import get_context

from say import say


def task(n):
    if n == 50:
        resource.setrlimit(resource.RLIMIT_AS, (64 << 20, 64 << 20))
        try:
            bytes(1 << 30)
        except MemoryError:
            os.abort()  # as code does that cannot go on without memory
    return n


if __name__ == "__main__":
    with get_context("fork").Pool(2) as pool:
        results = pool.map(task, range(100), chunksize=1)
    say(f"{len(results)} of 100 results", f"100件中{len(results)}件の結果")
