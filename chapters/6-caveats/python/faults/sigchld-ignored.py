"""SIGCHLD is ignored."""

import signal
from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    child = get_context("fork").Process(target=int)
    child.start()
    child.join()
    say(f"exit code: {child.exitcode}", f"終了コード: {child.exitcode}")
