"""A worker writes over a table, another one aborts: who notices? Run it: python3 isolation.py"""

import os
from multiprocessing import Process
from threading import Thread

TABLE = [7] * 512


def scribble():
    TABLE[:] = [0xDEADBEEF] * len(TABLE)


def spoilt():
    return sum(entry != 7 for entry in TABLE)


if __name__ == "__main__":
    crashing = Process(target=os.abort)
    crashing.start()
    crashing.join()
    print(f"a process aborted, exit code {crashing.exitcode}, and this one goes on")
    for kind in (Process, Thread):
        worker = kind(target=scribble)
        worker.start()
        worker.join()
        print(f"{kind.__name__}: {spoilt()} of {len(TABLE)} entries changed")
