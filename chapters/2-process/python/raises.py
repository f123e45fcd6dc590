"""An exception in one child of three: the counterpart of `process-panic`.

Run it: python3 raises.py
Look for: the parent learns an exit code and nothing else.
"""

from multiprocessing import Event, Process


def child(number, go):
    if number == 1:
        raise ValueError("child 1 cannot go on")
    go.wait()
    print(f"child {number} goes on", flush=True)


if __name__ == "__main__":
    go = Event()
    children = [Process(target=child, args=(number, go)) for number in range(3)]
    for process in children:
        process.start()
    children[1].join()
    print("child 1: exitcode", children[1].exitcode, flush=True)
    go.set()
    for number in (0, 2):
        children[number].join()
        print(f"child {number}: exitcode", children[number].exitcode)
