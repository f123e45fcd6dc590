"""A result cannot be decoded by the parent."""

from multiprocessing import get_context

from say import say


class Stubborn:
    def __reduce__(self):
        return (int, ("what is that?",))  # pickled well; a ValueError when it is read


def task(n):
    return Stubborn() if n == 2 else n


if __name__ == "__main__":
    with get_context("fork").Pool(2) as pool:
        results = pool.map(task, range(100), chunksize=1)
    say(f"{len(results)} of 100 results", f"100件中{len(results)}件の結果")
