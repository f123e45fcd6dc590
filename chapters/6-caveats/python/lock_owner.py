"""The counterpart of `caveats-lock-owner`: a process is killed while it holds the lock of a Value."""

from multiprocessing import Array, Pipe, Process


def transfer(accounts, parent):
    with accounts.get_lock():
        accounts[0] -= 30
        parent.send("half done")
        parent.recv()  # here it is killed
        accounts[1] += 30


if __name__ == "__main__":
    accounts, (ours, theirs) = Array("q", [100, 0]), Pipe()
    child = Process(target=transfer, args=(accounts, theirs))
    child.start()
    ours.recv()
    child.kill()
    child.join()
    print("the owner of the lock ended with", child.exitcode)
    if accounts.get_lock().acquire(timeout=1):
        print("got the lock")
    else:
        print("no lock after 1 s: without a timeout this would wait for ever")
