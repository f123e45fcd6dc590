"""The memory of a worker that waits, in KiB: its own, and its share of what others have as well."""

import multiprocessing
import threading

from asked import serve

THREADS = 16


def memory_of(pid):
    fields = {}
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        for line in rollup:
            name, *rest = line.split()
            if rest[-1] == "kB":
                fields[name] = int(rest[0])
    private = fields["Private_Clean:"] + fields["Private_Dirty:"]
    return private, fields["Pss:"] - private


def increment(number):
    return number + 1


def pool_worker(method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        pool.map(increment, range(100), chunksize=1)
        return memory_of(pool._pool[0].pid)


def thread_private(_):
    before, _ = memory_of("self")
    ready, end = threading.Barrier(THREADS + 1), threading.Event()

    def wait():
        ready.wait()
        end.wait()

    threads = [threading.Thread(target=wait) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    ready.wait()
    during, _ = memory_of("self")
    end.set()
    for thread in threads:
        thread.join()
    return max(during - before, 0) / THREADS


if __name__ == "__main__":
    serve(
        {
            ("processes", "pool_private"): lambda _: pool_worker("fork")[0],
            ("processes", "pool_shared"): lambda _: pool_worker("fork")[1],
            ("processes", "spawn_private"): lambda _: pool_worker("spawn")[0],
            ("threads", "thread_private"): thread_private,
        }
    )
