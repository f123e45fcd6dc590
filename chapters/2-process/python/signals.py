"""terminate asks, kill does not: the counterpart of `process-signals`.

Run it: python3 signals.py
Look for: the stubborn child still runs after terminate.
"""

import signal
from multiprocessing import Event, Process


def child(stubborn, ready):
    if stubborn:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    ready.set()
    while True:
        signal.pause()


def start(stubborn):
    ready = Event()
    process = Process(target=child, args=(stubborn, ready))
    process.start()
    ready.wait()
    return process


if __name__ == "__main__":
    polite = start(False)
    polite.terminate()
    polite.join()
    print("terminate: exitcode", polite.exitcode)

    stubborn = start(True)
    stubborn.terminate()
    stubborn.join(0.2)
    print("terminate: still alive after 200 ms:", stubborn.is_alive())
    stubborn.kill()
    stubborn.join()
    print("kill: exitcode", stubborn.exitcode)
