"""The counterpart of `cargo run -p pool`: three workers square five numbers."""

import multiprocessing as mp
import os


def square(n):
    return n * n


def main():
    with mp.Pool(3) as pool:
        print("results:", pool.map(square, range(1, 6)))
    print("workers left after the scope:", len(mp.active_children()))
    with mp.Pool() as pool:
        print(f"a worker for each of {os.cpu_count()} cores:", sum(pool.map(square, range(1, 101))))


if __name__ == "__main__":
    main()
