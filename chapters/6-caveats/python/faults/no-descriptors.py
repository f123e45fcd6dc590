"""No descriptor is left."""

import resource
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    with get_context("fork").Pool(2) as working:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 1024))
        taken = []
        try:
            while True:
                taken.append(open("/dev/null"))
        except OSError:
            pass
        results = working.map(abs, range(100))
    say(f"{len(results)} of 100 results", f"100件中{len(results)}件の結果")
