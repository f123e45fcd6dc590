"""The owner of a Value's lock is killed."""

import os
import signal
from multiprocessing import get_context

from say import say

fork = get_context("fork")


def hold(value):
    with value.get_lock():
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    value = fork.Value("q", 0)
    child = fork.Process(target=hold, args=(value,))
    child.start()
    child.join()
    with value.get_lock():
        say("got the lock", "ロックを取得できた")
