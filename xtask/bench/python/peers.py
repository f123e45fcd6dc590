"""Python's multiprocessing, measured as the rows of `cargo xtask bench` want it.

python3 peers.py NAME CORES [--quick]: prints nanoseconds per operation, or KiB.
CORES are the processors that may be used: 0,1.
"""

import multiprocessing
import os
import sys
import threading
import time
from multiprocessing import get_context

CORES = [int(core) for core in sys.argv[2].split(",")] if len(sys.argv) > 2 else [0]
QUICK = "--quick" in sys.argv
MIB = bytes(1 << 20)
SMALL = bytes(64)
CAPACITY = 256


def of(count):
    return max(count // 10, 2) if QUICK else count


def pin(number):
    os.sched_setaffinity(0, {CORES[number]})


def each(count, act):
    start = time.perf_counter_ns()
    for _ in range(count):
        act()
    return (time.perf_counter_ns() - start) / count


def warm(count, act):
    each(-(-count // 10), act)
    return each(count, act)


def nothing():
    pass


# Starting


def start_process(method, count):
    context = get_context(method)

    def one():
        process = context.Process(target=nothing)
        process.start()
        process.join()

    return warm(count, one)


def with_a_gib(method, count):
    ballast = bytearray(b"\1") * (1 << 30)
    figure = start_process(method, count)
    assert ballast[-1] == 1
    return figure


def start_thread():
    def one():
        thread = threading.Thread(target=nothing)
        thread.start()
        thread.join()

    return warm(of(1000), one)


def increment(n):
    return n + 1


def idle(method):
    with get_context(method).Pool(2) as pool:
        pool.map(increment, range(100))
        kib = 0
        with open(f"/proc/{pool._pool[0].pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Private_"):
                    kib += int(line.split()[1])
        return kib


# One way


def send_all(connection, core, count):
    pin(core)
    for _ in range(count + count // 10):
        connection.send_bytes(SMALL)


def put_all(queue, core, count, item):
    pin(core)
    for _ in range(count + count // 10):
        queue.put(item)


def put_fifo(queue, core, count, item):
    pin(core)
    for _ in range(count + count // 10):
        queue.put(item, timeout=10)


def drain(child, count, get):
    child.start()
    pin(0)
    each(count // 10, get)
    figure = each(count, get)
    child.join()
    return figure


def pipe(core):
    receiver, sender = multiprocessing.Pipe(duplex=False)
    count = of(50_000)
    child = multiprocessing.Process(target=send_all, args=(sender, core, count))
    return drain(child, count, receiver.recv_bytes)


def queue(core, count, item, capacity):
    one = multiprocessing.Queue(capacity)
    child = multiprocessing.Process(target=put_all, args=(one, core, count, item))
    return drain(child, count, one.get)


def faster_fifo(count, item, room):
    from faster_fifo import Queue

    one = Queue(room)
    child = multiprocessing.Process(target=put_fifo, args=(one, 1, count, item))
    return drain(child, count, lambda: one.get(timeout=10))


def produce(gate, queue, count):
    gate.wait()
    for _ in range(count):
        queue.put(SMALL)


def consume(queue):
    while queue.get() is not None:
        pass


def crowd():
    one = multiprocessing.Queue(CAPACITY)
    gate = multiprocessing.Event()
    count = of(20_000)
    producers = [multiprocessing.Process(target=produce, args=(gate, one, count)) for _ in range(2)]
    consumers = [multiprocessing.Process(target=consume, args=(one,)) for _ in range(2)]
    for child in producers + consumers:
        child.start()
    start = time.perf_counter_ns()
    gate.set()
    for child in producers:
        child.join()
    for _ in consumers:
        one.put(None)
    for child in consumers:
        child.join()
    return (time.perf_counter_ns() - start) / (2 * count)


# There and back


def echo(core, get, put):
    pin(core)
    while True:
        item = get()
        if item is None:
            return
        put(item)


def there_and_back(core, get, put, their_get, their_put):
    child = multiprocessing.Process(target=echo, args=(core, their_get, their_put))
    child.start()
    pin(0)

    def one():
        put(1)
        get()

    figure = warm(of(3000), one)
    put(None)
    child.join()
    return figure


def round_trip_pipe(core):
    ours, theirs = multiprocessing.Pipe()
    return there_and_back(core, ours.recv, ours.send, theirs.recv, theirs.send)


def round_trip_queue(core, make):
    requests, answers = make(), make()
    return there_and_back(core, answers.get, requests.put, requests.get, answers.put)


# Pools

TASKS = 100_000
SUM = TASKS * (TASKS + 1) // 2


def pool_map(count, chunk):
    with multiprocessing.Pool(2) as pool:

        def one():
            assert sum(pool.map(increment, range(TASKS), chunk)) == SUM

        return warm(of(count), one)


def life(method):
    context = get_context(method)

    def one():
        with context.Pool(2) as pool:
            assert pool.map(increment, range(2)) == [1, 2]

    return warm(of(20), one)


def apply():
    with multiprocessing.Pool(1, initializer=pin, initargs=(1,)) as pool:
        pin(0)
        return warm(of(3000), lambda: pool.apply(increment, (0,)))


# Computing


def count_up(turns):
    count = 0
    for n in range(turns):
        count += n
    return count


def turns():
    return 10_000_000 // (10 if QUICK else 1)


def count_in_pool():
    with multiprocessing.Pool(2) as pool:
        pool.map(count_up, [1000] * 4, 1)
        return each(1, lambda: pool.map(count_up, [turns()] * 4, 1))


def count_on_threads():
    def two():
        count_up(turns())
        count_up(turns())

    def one():
        threads = [threading.Thread(target=two) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return each(1, one)


def add(core, barrier, value, count):
    pin(core)
    barrier.wait()
    for _ in range(count):
        with value.get_lock():
            value.value += 1


def counter():
    value = multiprocessing.Value("q")
    barrier = multiprocessing.Barrier(2)
    count = of(50_000)
    child = multiprocessing.Process(target=add, args=(1, barrier, value, count))
    child.start()
    start = time.perf_counter_ns()
    add(0, barrier, value, count)
    child.join()
    assert value.value == 2 * count
    return (time.perf_counter_ns() - start) / (2 * count)


ROWS = {
    "start-fork": lambda: start_process("fork", of(50)),
    "start-forkserver": lambda: start_process("forkserver", of(20)),
    "start-spawn": lambda: start_process("spawn", of(10)),
    "start-fork-1gib": lambda: with_a_gib("fork", of(10)),
    "start-forkserver-1gib": lambda: with_a_gib("forkserver", of(10)),
    "start-thread": start_thread,
    "idle-fork": lambda: idle("fork"),
    "idle-spawn": lambda: idle("spawn"),
    "pipe-two-cores": lambda: pipe(1),
    "pipe-one-core": lambda: pipe(0),
    "queue-two-cores": lambda: queue(1, of(30_000), SMALL, CAPACITY),
    "queue-one-core": lambda: queue(0, of(30_000), SMALL, CAPACITY),
    "queue-1mib": lambda: queue(1, of(300), MIB, 16),
    "queue-2x2": crowd,
    "faster-fifo-two-cores": lambda: faster_fifo(of(30_000), SMALL, 1 << 16),
    "faster-fifo-1mib": lambda: faster_fifo(of(500), MIB, 16 << 20),
    "round-trip-pipe-one-core": lambda: round_trip_pipe(0),
    "round-trip-pipe-two-cores": lambda: round_trip_pipe(1),
    "round-trip-simple-queue-one-core": lambda: round_trip_queue(0, multiprocessing.SimpleQueue),
    "round-trip-simple-queue-two-cores": lambda: round_trip_queue(1, multiprocessing.SimpleQueue),
    "round-trip-queue-one-core": lambda: round_trip_queue(0, multiprocessing.Queue),
    "round-trip-queue-two-cores": lambda: round_trip_queue(1, multiprocessing.Queue),
    "map-chunks": lambda: pool_map(10, None),
    "map-each": lambda: pool_map(2, 1),
    "life-fork": lambda: life("fork"),
    "life-spawn": lambda: life("spawn"),
    "apply": apply,
    "count-pool": count_in_pool,
    "count-threads": count_on_threads,
    "counter": counter,
}

if __name__ == "__main__":
    # The children are started as the rows say, not as this Python would by default.
    multiprocessing.set_start_method("fork")
    print(ROWS[sys.argv[1]]())
