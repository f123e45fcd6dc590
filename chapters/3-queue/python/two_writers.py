"""Two processes that send through one Connection mix their frames up: the counterpart of `queue-frames`.

Run it: python3 two_writers.py
Look for: the documentation of `multiprocessing.Pipe` warns of this. What does the reader get?
"""

from multiprocessing import Pipe, Process

LENGTH = 1_000_000


def send(sender, letter):
    try:
        while True:
            sender.send_bytes(letter * LENGTH)
    except OSError:
        pass  # Nobody receives any more.


if __name__ == "__main__":
    receiver, sender = Pipe(duplex=False)
    writers = [Process(target=send, args=(sender, letter)) for letter in (b"a", b"b")]
    for writer in writers:
        writer.start()
    try:
        while len(set(receiver.recv_bytes(2 * LENGTH))) == 1:
            pass
        print("A frame came with the letters of both")
    except OSError as error:
        print("There is no length where one should be:", error)
    for writer in writers:
        writer.kill()
        writer.join()
