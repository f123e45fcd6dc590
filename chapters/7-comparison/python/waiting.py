"""64 waits of 20 ms at the same time, by threads and by processes. Run it: python3 waiting.py"""

import time
from multiprocessing import Process
from threading import Thread


def milliseconds(kind):
    start = time.perf_counter()
    waiting = [kind(target=time.sleep, args=(0.02,)) for _ in range(64)]
    for worker in waiting:
        worker.start()
    for worker in waiting:
        worker.join()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    # Who waits does not hold the GIL.
    for kind in (Thread, Process):
        print(f"{kind.__name__}: {milliseconds(kind):.0f} ms")
