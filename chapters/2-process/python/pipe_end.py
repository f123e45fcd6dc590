"""A pipe that does not end: the counterpart of `process-pipe-end`.

Run it: python3 pipe_end.py
Look for: nobody gave the bystander the write end. It has it all the same, as a copy of its parent.
"""

from multiprocessing import get_context


def stand_by(until):
    until.wait()


def write(end):
    end.send("all there is")


if __name__ == "__main__":
    context = get_context("fork")
    reader, end = context.Pipe(duplex=False)
    until = context.Event()
    bystander = context.Process(target=stand_by, args=(until,))
    bystander.start()
    writer = context.Process(target=write, args=(end,))
    writer.start()
    writer.join()
    end.close()
    print("Received:", reader.recv())
    print("The end came within 200 ms:", reader.poll(0.2))
    until.set()
    bystander.join()
    print("The end came after the bystander's:", reader.poll(0.2))
