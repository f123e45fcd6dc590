"""A fork while another thread holds a lock."""

from multiprocessing import get_context
from threading import Event, Lock, Thread

from say import say

lock, held, done = Lock(), Event(), Event()


def hold():
    with lock:
        held.set()
        done.wait()


def worker():
    with lock:  # the child's copy of it, which nobody will ever release
        pass


if __name__ == "__main__":
    thread = Thread(target=hold)
    thread.start()
    held.wait()
    child = get_context("fork").Process(target=worker)
    child.start()
    done.set()
    thread.join()
    child.join()
    say("the child has ended", "子プロセスが終了した")
