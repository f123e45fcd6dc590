"""What the counterparts share: they wait for lines `KIND WAY X` and answer each with a figure.

So Rust and Python take turns, and Python has to be started only once.
"""

import multiprocessing
import sys
import time

QUICK = "--quick" in sys.argv
AIM = 0.005 if QUICK else 0.02  # seconds of a sample that is repeated


def serve(ways):
    """Answers until nobody can ask any more. `ways`: (kind, way) → a function of x that gives the figure."""
    # The processes are forked, as Rust's are, not started as this Python would by default.
    multiprocessing.set_start_method("fork")
    for line in sys.stdin:
        kind, way, x = line.split()
        try:
            answer = ways[kind, way](float(x))
        except Exception as error:  # it is the asking program's, which goes on without this figure
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, flush=True)


def paced(measure):
    """`measure(x, count)` gives the seconds of so many repetitions; the result gives the seconds of one.

    The count is learned, for each x, so that a sample takes about AIM.
    """
    counts = {}

    def each(x):
        count = counts.get(x, 16)
        seconds = measure(x, count)
        factor = min(max(AIM / max(seconds, 1e-9), 0.25), 8)
        counts[x] = min(max(int(count * factor), 2), 1 << 24)
        return seconds / count

    return each


def seconds(act):
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
