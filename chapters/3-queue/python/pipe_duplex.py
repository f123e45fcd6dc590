"""A parent asks and a child answers through one pipe: the counterpart of `queue-duplex`.

Run it: python3 pipe_duplex.py
Look for: both ends are closed twice. A forked child has a copy of its parent's end, which would keep it open.
"""

from multiprocessing import Pipe, Process


def answerer(connection, other_end):
    other_end.close()
    while True:
        try:
            connection.send(connection.recv() ** 2)
        except EOFError:
            return


if __name__ == "__main__":
    ours, theirs = Pipe()
    process = Process(target=answerer, args=(theirs, ours))
    process.start()
    theirs.close()
    for number in (2, 3, 12):
        ours.send(number)
        print(f"The parent asked {number}, the child answered {ours.recv()}")
    ours.close()
    process.join()
    print(f"The child ended with exit code {process.exitcode}")
