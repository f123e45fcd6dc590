"""Four ways to end and one to fail: the counterpart of `cargo run -p process --bin process-exit`.

Run it: python3 exit_codes.py
Look for: the exception is all but lost. Its text goes to standard error; the parent learns only "1".
"""

import os
import signal
import sys
from multiprocessing import Process


def end(way):
    if way == "exit":
        sys.exit(3)
    if way == "abort":
        os.abort()
    if way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if way == "raise":
        raise ValueError("cannot go on")


if __name__ == "__main__":
    for way in ["return", "exit", "abort", "kill", "raise"]:
        process = Process(target=end, args=(way,))
        process.start()
        process.join()
        print(f"{way}: exitcode {process.exitcode}", flush=True)
