"""Three processes, each with a pid of its own: the counterpart of `cargo run -p process`.

Run it: python3 process.py
"""

import os
from multiprocessing import Process


def worker(number):
    print(f"Process {number} running (PID: {os.getpid()})", flush=True)


if __name__ == "__main__":
    processes = []
    for number in range(3):
        process = Process(target=worker, args=(number,))
        process.start()
        processes.append(process)
    for number, process in enumerate(processes):
        process.join()
        print(f"Process {number} (PID: {process.pid}) exited with code {process.exitcode}")
