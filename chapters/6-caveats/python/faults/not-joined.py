"""20 children end and are not joined."""

import time
from multiprocessing import get_context

from say import say


def is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(") ")[1].startswith("Z")
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    # They end only when all are started: whenever Python starts one, it reaps those that have ended.
    children = [get_context("fork").Process(target=time.sleep, args=(1,)) for _ in range(20)]
    for child in children:
        child.start()
    pids = [child.pid for child in children]
    del child, children  # the handles are dropped
    time.sleep(2)
    zombies = sum(is_zombie(pid) for pid in pids)
    say(f"{zombies} zombies", f"ゾンビ{zombies}個")
