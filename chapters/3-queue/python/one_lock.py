"""A writer is killed in the middle of its message, holding the lock of all writers: the counterpart of `queue-one-lock`.

Run it: python3 one_lock.py
Look for: the next writer. Python's lock does not know that its owner is dead.
"""

from multiprocessing import Lock, Pipe, Process


def write(sender, lock, message):
    with lock:
        sender.send_bytes(message)


if __name__ == "__main__":
    (receiver, sender), lock = Pipe(duplex=False), Lock()
    doomed = Process(target=write, args=(sender, lock, b"c" * 1_000_000))
    doomed.start()
    receiver.poll(None)  # it has begun, and the pipe cannot hold all of it
    doomed.kill()
    doomed.join()
    print("the writer in the middle of a message ended with", doomed.exitcode)
    following = Process(target=write, args=(sender, lock, b"a whole message"))
    following.start()
    following.join(timeout=1)
    print("the next one", "waits for the lock" if following.is_alive() else "has written")
    following.kill()
    following.join()
