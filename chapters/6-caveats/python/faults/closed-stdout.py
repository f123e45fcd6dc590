"""Nobody reads standard output any more."""

import os
import sys
from multiprocessing import get_context

from say import say


def speak(n):
    print("task", n, flush=True)


if __name__ == "__main__":
    kept = os.dup(1)
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, 1)
    with get_context("fork").Pool(2) as pool:
        results = [pool.apply_async(speak, (n,)) for n in range(10)]
        errors = 0
        for result in results:
            try:
                result.get()
            except BrokenPipeError:
                errors += 1
    os.dup2(kept, 1)
    say(f"{errors} errors for 10 tasks", f"10件のタスクに{errors}件のエラー")
