"""The counterpart of `caveats-fork-threads`: a thread holds a lock while the program forks."""

from multiprocessing import get_context
from threading import Event, Lock, Thread

lock, held, done = Lock(), Event(), Event()


def hold():
    with lock:
        held.set()
        done.wait()


def worker():
    with lock:
        print("never printed")


if __name__ == "__main__":
    thread = Thread(target=hold)
    thread.start()
    held.wait()
    # Python 3.12 and later warn here, and fork all the same.
    child = get_context("fork").Process(target=worker)
    child.start()
    done.set()  # the parent's lock is free now; the child's copy of it is not
    thread.join()
    child.join(timeout=1)
    print("does the child still wait?", child.is_alive())
    child.kill()
    child.join()
