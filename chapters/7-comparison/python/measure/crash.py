"""One of several tasks crashes: what does the program still get? Run alone, for it may take all along, or hang."""

import argparse
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

options = argparse.ArgumentParser()
options.add_argument("--way", type=str, required=True)
options.add_argument("--others", type=int, required=True)
options.add_argument("--crashes", type=int, required=True)
options.add_argument("--seconds", type=float, required=True)
options = options.parse_args()


def abort(task):
    if task == options.crashes:
        os.abort()
    time.sleep(options.seconds)
    return task


def fail(task):
    if task == options.crashes:
        raise RuntimeError("this task fails")
    time.sleep(options.seconds)
    return task


def tell(gets, again):
    """What arrived, what was told, whether new tasks are done."""
    arrived, told = 0, None
    for get in gets:
        try:
            get()
            arrived += 1
        except Exception as error:
            told = told or f"{type(error).__name__}: {error}"
    print("arrived", arrived, flush=True)
    if told:
        print("told", told.splitlines()[0], flush=True)
    try:
        if again():
            print("again", flush=True)
    except Exception:
        pass


def in_pool(task):
    with multiprocessing.Pool(2) as pool:
        results = [pool.apply_async(task, (n,)) for n in range(options.others + 1)]
        tell([result.get for result in results], lambda: pool.map(task, [0, 1]) == [0, 1])


def in_executor(make, task):
    with make(2) as executor:
        results = [executor.submit(task, n) for n in range(options.others + 1)]
        tell([result.result for result in results], lambda: list(executor.map(task, [0, 1])) == [0, 1])


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    {
        "pool_abort": lambda: in_pool(abort),
        "pool_exception": lambda: in_pool(fail),
        "executor_abort": lambda: in_executor(ProcessPoolExecutor, abort),
        "threads_exception": lambda: in_executor(ThreadPoolExecutor, fail),
        "threads_abort": lambda: in_executor(ThreadPoolExecutor, abort),
    }[options.way]()
