"""A forked child is a copy, a spawned one begins anew: the counterpart of `process-exec`.

Run it: python3 start_methods.py
Look for: which child sees the 42. Every spawned child runs this file's first lines again.
"""

import os
from multiprocessing import get_context

changed_by_parent = 0
began_in = os.getpid()


def look(answers):
    answers.put((changed_by_parent, began_in))


# Without this line a spawned child would start children itself, which Python refuses with an error.
if __name__ == "__main__":
    changed_by_parent = 42
    print(f"parent (PID: {os.getpid()}): {changed_by_parent}, began in PID {began_in}", flush=True)
    for method in ["fork", "spawn"]:
        context = get_context(method)
        answers = context.SimpleQueue()
        process = context.Process(target=look, args=(answers,))
        process.start()
        value, began = answers.get()
        process.join()
        print(f"{method}: child (PID: {process.pid}): {value}, began in PID {began}")
