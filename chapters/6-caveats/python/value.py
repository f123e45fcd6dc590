"""A Value and an Array in shared memory, filled by three children. Run it: python3 value.py"""

from multiprocessing import Array, Process, Value

CHILDREN, EACH = 3, 4


def worker(number, squares, total):
    for n in range(number * EACH, (number + 1) * EACH):
        squares[n] = n * n
        with total.get_lock():
            total.value += n * n


if __name__ == "__main__":
    squares, total = Array("q", CHILDREN * EACH), Value("q", 0)
    children = [Process(target=worker, args=(n, squares, total)) for n in range(CHILDREN)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print("array:", squares[:])
    print("value:", total.value)
