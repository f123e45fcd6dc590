"""20 children end and are not joined."""

import os
import time
from multiprocessing import get_context

from say import say


def is_zombie(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(") ")[1].startswith("Z")


if __name__ == "__main__":
    children = [get_context("fork").Process(target=int) for _ in range(20)]
    for child in children:
        child.start()
    pids = [child.pid for child in children]
    del child, children  # the handles are dropped
    time.sleep(0.5)
    zombies = sum(os.path.exists(f"/proc/{pid}") and is_zombie(pid) for pid in pids)
    say(f"{zombies} zombies", f"ゾンビ{zombies}個")
