"""The counterpart of `pool-workers`: which worker did which items."""

import os
from collections import defaultdict
from multiprocessing import Pool


def who(item):
    return item, os.getpid()


if __name__ == "__main__":
    done = defaultdict(list)
    with Pool(3) as pool:
        for item, pid in pool.map(who, range(12), chunksize=1):
            done[pid].append(item)
    for pid, items in sorted(done.items()):
        print(f"worker (PID: {pid}) did items {items}")
    print(f"{len(done)} of 3 workers did 12 items")
